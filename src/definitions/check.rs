//! Holds definitions against the tables of both sides.

use std::collections::{HashMap, HashSet};

use super::merge::{DefinitionSet, FILTER, KEY, Places, of_field, of_target};
use super::problem::{Kind, Problem, Problems};
use super::reading;
use super::shipped::SourceFile;
use crate::model::job::{
    DATAAREAID, Definitions, Direction, FieldMap, Filter, Job, Subjob, Target,
};
use crate::model::key::{self, Sides};
use crate::model::nearest::nearest;
use crate::model::schema::{Catalogue, Table, Tables};

/// Reads every file, merges them in order, and checks them against both sides' tables.
///
/// # Errors
/// Every problem of every file, with file, line and column.
pub fn load(files: &[SourceFile], catalogue: &Catalogue) -> Result<Definitions, Problems> {
    let (definitions, problems) = load_whole(files, catalogue);
    if problems.is_empty() { Ok(definitions) } else { Err(problems) }
}

/// The same, without the subjobs that something is wrong with; and what that is.
pub(crate) fn load_whole(files: &[SourceFile], catalogue: &Catalogue) -> (Definitions, Problems) {
    let mut merged = DefinitionSet::new(files);
    let mut raw = Vec::new();
    for (at, source) in files.iter().enumerate() {
        let (file, problems) = reading::read(source);
        merged.problems.join(problems);
        // A subjob that names no job is of the one that its file declares.
        let job = file.jobs.first().map(|job| job.id.value.clone());
        file.jobs.into_iter().for_each(|job| merged.add_job(at, job));
        raw.push((at, job, file.subjobs));
    }
    for (at, job, subjobs) in raw {
        let own = job.and_then(|id| merged.jobs.get(&id).cloned());
        let mut seen = HashSet::new();
        for subjob in subjobs {
            let id = subjob.id.value.to_ascii_uppercase();
            if !seen.insert(id) {
                let kind = Kind::DuplicateSubjob { subjob: subjob.id.value.clone() };
                merged.note(at, subjob.id.at, &kind);
                continue;
            }
            merged.add_subjob(at, subjob, own.as_ref());
        }
    }
    let (mut definitions, places, mut problems) = merged.finish();
    let broken = HashSet::new();
    let mut checker = Checker { files, catalogue, places, broken, problems: Problems::default() };
    for subjob in &mut definitions.subjobs {
        checker.subjob(subjob);
    }
    for job in definitions.jobs.iter().filter(|job| job.direction == Direction::Download) {
        checker.targets_once(&definitions, job);
    }
    problems.join(checker.problems);
    let broken = |id: &str| checker.broken.contains(&id.to_ascii_uppercase());
    definitions.subjobs.retain(|subjob| !broken(&subjob.id));
    for job in &mut definitions.jobs {
        job.lines.retain(|line| !broken(&line.subjob));
    }
    problems.sort(files.iter().map(|file| file.name.as_str()));
    (definitions, problems)
}

struct Checker<'a> {
    files: &'a [SourceFile],
    catalogue: &'a Catalogue,
    places: Places,
    /// The subjobs that something is wrong with, in capitals.
    broken: HashSet<String>,
    problems: Problems,
}

impl Checker<'_> {
    /// Notes a problem at the first of these places that was written, or else where its subjob was.
    fn note(&mut self, subjob: &str, places: &[String], kind: &Kind) {
        let id = subjob.to_ascii_uppercase();
        self.broken.insert(id.clone());
        let written = |place: &String| self.places.written.get(place);
        let place = places.iter().find_map(written).or_else(|| self.places.written.get(&id));
        let Some((file, at)) = place.copied() else {
            return;
        };
        let source = &self.files[file];
        self.problems.add(|| Problem::at(&source.name, &source.text, at, kind));
    }

    fn subjob(&mut self, subjob: &mut Subjob) {
        // It goes along by itself; but where it is the whole key somebody has to say so.
        let companies = |column: &String| column.eq_ignore_ascii_case(DATAAREAID);
        if subjob.key.len() > 1 && subjob.key.iter().any(companies) {
            self.note(&subjob.id, &[of_part(&subjob.id, KEY)], &Kind::CompanyListed);
            return;
        }
        let catalogue = self.catalogue;
        let Some(from) = catalogue.hq_table(&subjob.table) else {
            let kind = unknown_table("headquarters", &subjob.table, &catalogue.hq, "");
            self.note(&subjob.id, &[], &kind);
            return;
        };
        subjob.table.clone_from(&from.name);
        let mut base = None;
        for at in 0..subjob.targets.len() {
            let target = &mut subjob.targets[at];
            let Some(to) = catalogue.channel_table(&target.schema, &target.table) else {
                let prefix = format!("{}_", target.schema);
                let kind =
                    unknown_table("the channel", &target.dotted(), &catalogue.channel, &prefix);
                let place = of_target(&subjob.id, &target.schema, &target.table);
                self.note(&subjob.id, &[place], &kind);
                continue;
            };
            if self.places.derived.contains(&subjob.id.to_ascii_uppercase()) {
                take_key_along(target, from, to);
            }
            self.fields(&subjob.id, target, from, to);
            self.key(subjob, at, from, to, &mut base);
            if at == 0 {
                self.counter(subjob, to);
            }
        }
        if let Some(filter) = &subjob.filter {
            self.filter(&subjob.id, filter, from);
        }
        // What follows from the tables is kept like what is said.
        if subjob.key.is_empty() && self.places.derived.contains(&subjob.id.to_ascii_uppercase()) {
            let key = base.unwrap_or_default().into_iter().map(|field| field.from);
            let own = key.filter(|column| !companies(column));
            subjob.key = own.collect();
        }
        subjob.key = subjob.key.iter().map(|column| spelled(from, column)).collect();
    }

    /// A package has a table once, so that a job can bring it by one subjob only.
    fn targets_once(&mut self, definitions: &Definitions, job: &Job) {
        let mut brought: HashMap<String, &str> = HashMap::new();
        for subjob in definitions.subjobs_of(job) {
            for target in &subjob.targets {
                let name = target.file_name().to_ascii_uppercase();
                let first = *brought.entry(name).or_insert(&subjob.id);
                if first != subjob.id {
                    let place = of_target(&subjob.id, &target.schema, &target.table);
                    let (job, target) = (job.id.to_string(), target.dotted());
                    let kind = Kind::TargetTwice { job, target, first: first.to_owned() };
                    self.note(&subjob.id, &[place], &kind);
                }
            }
        }
    }

    fn fields(&mut self, id: &str, target: &mut Target, from: &Table, to: &Table) {
        let place = of_target(id, &target.schema, &target.table);
        for field in &mut target.fields {
            for (table, column) in [(from, &field.from), (to, &field.to)] {
                if table.column(column).is_none() {
                    let kind = unknown_column(table, column);
                    let places = [of_field(&place, &field.from), place.clone()];
                    self.note(id, &places, &kind);
                }
            }
            *field = FieldMap { from: spelled(from, &field.from), to: spelled(to, &field.to) };
        }
    }

    /// Looks whether the key of one target can be served (S09); `base` is the key of the first.
    fn key(
        &mut self,
        subjob: &Subjob,
        at: usize,
        from: &Table,
        to: &Table,
        base: &mut Option<Vec<FieldMap>>,
    ) {
        let (target, direction) = (&subjob.targets[at], subjob.direction);
        let found = Sides { from, to, fields: &target.fields, direction }.key(&subjob.key);
        // An extension table of an upload is read beside the table it extends (S06).
        let found = match (found, &base) {
            (Ok(own), Some(base)) if direction == Direction::Upload => {
                key::of_base(&to.name, &own, base)
            }
            (found, _) => found,
        };
        match found {
            Ok(key) => {
                base.get_or_insert(key);
            }
            Err(why) => {
                let place = if at == 0 {
                    of_part(&subjob.id, KEY)
                } else {
                    of_target(&subjob.id, &target.schema, &target.table)
                };
                self.note(&subjob.id, &[place], &Kind::Key(why));
            }
        }
    }

    /// An upload reads by its counter, which needs an index (S05); an extension table has none.
    fn counter(&mut self, subjob: &Subjob, to: &Table) {
        let Some(counter) = subjob.counter.as_deref() else { return };
        let fields = &subjob.targets[0].fields;
        let counter = fields
            .iter()
            .find(|field| field.from.eq_ignore_ascii_case(counter))
            .map_or(counter, |field| field.to.as_str());
        if to.column(counter).is_none() {
            let kind = unknown_column(to, counter);
            self.note(&subjob.id, &[], &kind);
        } else if !to.is_indexed(counter) {
            let kind =
                Kind::CounterUnindexed { table: to.name.clone(), column: counter.to_owned() };
            self.note(&subjob.id, &[], &kind);
        }
    }

    fn filter(&mut self, id: &str, filter: &Filter, from: &Table) {
        let catalogue = self.catalogue;
        let mut previous = from;
        let place = [of_part(id, FILTER)];
        for join in &filter.joins {
            let Some(table) = catalogue.hq_table(&join.table) else {
                let kind = unknown_table("headquarters", &join.table, &catalogue.hq, "");
                self.note(id, &place, &kind);
                return;
            };
            for (table, column) in [(previous, &join.on), (table, &join.column)] {
                if table.column(column).is_none() {
                    let kind = unknown_column(table, column);
                    self.note(id, &place, &kind);
                }
            }
            previous = table;
        }
        if previous.column(&filter.channel).is_none() {
            let kind = unknown_column(previous, &filter.channel);
            self.note(id, &place, &kind);
        }
    }
}

/// Maps the columns of the channel's key that headquarters has too and that are not mapped: seed
/// data need not list them. DATAAREAID goes along by itself (S02).
fn take_key_along(target: &mut Target, from: &Table, to: &Table) {
    let key = to.unique.iter().find(|key| key.first() != to.rowid.as_ref());
    let columns = key.or(to.unique.first()).into_iter().flatten();
    for column in columns.filter(|column| !column.eq_ignore_ascii_case(DATAAREAID)) {
        let mapped = target.fields.iter().any(|field| field.to.eq_ignore_ascii_case(column));
        if let Some(own) = from.column(column).filter(|_| !mapped) {
            target.fields.push(FieldMap { from: own.name.clone(), to: column.clone() });
        }
    }
}

/// The place of a part of a subjob.
fn of_part(subjob: &str, part: &str) -> String {
    format!("{}.{part}", subjob.to_ascii_uppercase())
}

fn spelled(table: &Table, column: &str) -> String {
    table.column(column).map_or_else(|| column.to_owned(), |column| column.name.clone())
}

fn unknown_column(table: &Table, column: &str) -> Kind {
    let names = table.columns.iter().map(|column| column.name.as_str());
    Kind::UnknownColumn {
        table: table.name.clone(),
        column: column.to_owned(),
        nearest: nearest(column, names).map(str::to_owned),
    }
}

fn unknown_table(side: &'static str, name: &str, tables: &Tables, prefix: &str) -> Kind {
    let wanted = name.rsplit('.').next().unwrap_or(name);
    let names = tables.values().filter_map(|table| {
        let ours = table.name.starts_with("cdx_");
        if ours { None } else { table.name.strip_prefix(prefix) }
    });
    let nearest = nearest(wanted, names).map(|found| match prefix.trim_end_matches('_') {
        "" => found.to_owned(),
        schema => format!("{schema}.{found}"),
    });
    Kind::UnknownTable { side, table: name.to_owned(), nearest }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) -> Vec<Problem> {
        let files = [SourceFile::own("own.toml", text)];
        load(&files, &Catalogue::default()).map_or_else(|problems| problems.told, |_| Vec::new())
    }

    #[test]
    fn the_form_of_a_file_is_checked_with_its_places() {
        for (text, line, column, code) in [
            ("[job\n", 1, 5, "syntax"),
            ("[jobs]\n", 1, 2, "unknown-key"),
            ("job = 3\n", 1, 7, "wrong-type"),
            ("[job]\nname = \"x\"\ndirection = \"download\"\n", 1, 1, "missing"),
            ("[job]\nid = \"a b\"\nname = \"x\"\ndirection = \"batch\"\n", 2, 6, "out-of-range"),
            ("[job]\nid = \"a\"\nname = \"x\"\ndirection = \"sideways\"\n", 4, 13, "unknown-word"),
            ("[[subjob]]\nid = 7\n", 2, 6, "wrong-type"),
            ("[[subjob]]\nid = \"T\"\nkey = [\"A\"]\nfields = [\"A\", 3]\n", 4, 16, "wrong-type"),
            (
                "[[subjob]]\nid = \"T\"\nkey = [\"A\"]\nfields = [\"A\", \"A\"]\n",
                4,
                16,
                "duplicate-field",
            ),
            (
                "[[subjob]]\nid = \"T\"\nkey = [\"A\"]\nfields = [\"A\"]\njobs = [\"9\"]\n",
                5,
                9,
                "unknown-job",
            ),
            ("[[subjob]]\nid = \"T\"\nkey = [\"A\"]\nfields = [\"A\"]\n", 2, 6, "unknown-table"),
            ("[[subjob]]\nid = \"T\"\n[[subjob]]\nid = \"T\"\n", 4, 6, "duplicate-subjob"),
        ] {
            let problems = check(text);
            let found = problems.iter().any(|problem| {
                (problem.line, problem.column, problem.code) == (line, column, code)
            });
            assert!(found, "{text}\n{problems:#?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,200}") {
            check(&text);
        }

        #[test]
        fn no_table_is_too_strange(
            key in "[a-z-]{1,12}",
            value in prop_oneof!["[0-9]{1,20}", "\"[a-zA-Z.]{0,12}\"", "\\[[\"a,0 ]{0,8}\\]", "true"],
        ) {
            check(&format!("[job]\n{key} = {value}\n[[subjob]]\n{key} = {value}\n"));
        }
    }
}
