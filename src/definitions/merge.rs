//! Brings files together: a subjob that exists already is added to (S03).

use std::collections::{BTreeMap, HashSet};

use super::file::{RawJob, RawSubjob};
use super::problem::{Kind, Problem, Problems};
use super::shipped::SourceFile;
use super::walk::At;
use crate::model::evidence::{Evidence, Grade};
use crate::model::ids::JobId;
use crate::model::job::{Definitions, Direction, FieldMap, Job, JobLine, Subjob, Target};
use crate::model::nearest::nearest;

/// Where in which file something was said, so that a later check can point there.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub(super) written: BTreeMap<String, (usize, usize)>,
    /// The subjobs of seed data, whose key follows from the tables.
    pub(super) derived: HashSet<String>,
}

/// The place of a subjob's key; no column has such a name.
pub(super) const KEY: &str = "[key]";

/// The place of a subjob's filter.
pub(super) const FILTER: &str = "[filter]";

/// The place of a subjob's table in the channel.
pub(super) fn of_target(subjob: &str, schema: &str, table: &str) -> String {
    format!("{subjob}.{schema}.{table}").to_ascii_uppercase()
}

/// The place of a field that goes to such a table.
pub(super) fn of_field(target: &str, from: &str) -> String {
    format!("{target}.{}", from.to_ascii_uppercase())
}

/// Everything read so far.
pub(super) struct DefinitionSet<'a> {
    pub(super) files: &'a [SourceFile],
    pub(super) jobs: BTreeMap<String, Job>,
    pub(super) subjobs: BTreeMap<String, Subjob>,
    pub(super) places: Places,
    pub(super) problems: Problems,
    /// Every word that a job is known by, in lower case, and where it was declared.
    spelled: BTreeMap<String, String>,
    /// Lines to add once every job is known: file, offset, job, line.
    lines: Vec<(usize, usize, String, JobLine)>,
}

impl<'a> DefinitionSet<'a> {
    pub(super) fn new(files: &'a [SourceFile]) -> Self {
        Self {
            files,
            jobs: BTreeMap::new(),
            subjobs: BTreeMap::new(),
            places: Places::default(),
            problems: Problems::default(),
            spelled: BTreeMap::new(),
            lines: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, file: usize, at: usize, kind: &Kind) {
        let source = &self.files[file];
        self.problems.add(|| Problem::at(&source.name, &source.text, at, kind));
    }

    fn evidence(&self, file: usize, grade: Option<Grade>, source: Option<String>) -> Evidence {
        let own = || format!("your own definition ({})", self.files[file].name);
        Evidence { grade: grade.unwrap_or(Grade::Assumed), source: source.unwrap_or_else(own) }
    }

    pub(super) fn add_job(&mut self, file: usize, raw: RawJob) {
        // Seed data may say again which job it adds to.
        if self.files[file].seed.is_some() && self.is_job(&raw.id.value) {
            return;
        }
        let evidence = self.evidence(file, raw.grade, raw.source);
        for spelling in std::iter::once(&raw.id).chain(&raw.aliases) {
            if let Some(first) = self.spelled.get(&spelling.value.to_lowercase()) {
                let first = first.clone();
                let kind = Kind::DuplicateJob { job: spelling.value.clone(), first };
                self.note(file, spelling.at, &kind);
                return;
            }
        }
        let origin = self.files[file].name.clone();
        let aliases = raw.aliases.iter().map(|alias| &alias.value);
        for word in aliases.chain([&raw.id.value, &raw.name]) {
            self.spelled.entry(word.to_lowercase()).or_insert_with(|| origin.clone());
        }
        let job = Job {
            id: JobId::new(&raw.id.value),
            name: raw.name,
            aliases: raw.aliases.into_iter().map(|alias| alias.value).collect(),
            direction: raw.direction,
            exclude_offline: raw.exclude_offline,
            feature: raw.feature,
            evidence,
            lines: Vec::new(),
            origin,
        };
        self.jobs.insert(raw.id.value, job);
    }

    fn is_job(&self, id: &str) -> bool {
        self.jobs.keys().any(|known| known.eq_ignore_ascii_case(id))
    }

    pub(super) fn add_subjob(&mut self, file: usize, raw: RawSubjob, own_job: Option<&Job>) {
        let evidence = self.evidence(file, raw.grade, raw.source.clone());
        let jobs = match (&raw.jobs, own_job) {
            (Some(jobs), _) => jobs.clone(),
            (None, Some(job)) => vec![At { value: job.id.to_string(), at: raw.id.at }],
            (None, None) => Vec::new(),
        };
        let mut named = HashSet::new();
        for job in jobs.into_iter().filter(|job| named.insert(job.value.clone())) {
            let line =
                JobLine { subjob: raw.id.value.clone(), enabled: true, evidence: evidence.clone() };
            self.lines.push((file, job.at, job.value, line));
        }
        let id = raw.id.value.to_ascii_uppercase();
        if self.subjobs.contains_key(&id) {
            self.extend(file, &id, raw);
        } else {
            self.create(file, id, raw, evidence);
        }
    }

    fn create(&mut self, file: usize, id: String, raw: RawSubjob, evidence: Evidence) {
        let at = raw.id.at;
        if raw.derived {
            self.places.derived.insert(id.clone());
        }
        if raw.key.is_none() && !raw.derived {
            let expected = "the key columns on both sides";
            self.note(file, at, &Kind::Missing { key: "key", expected });
        }
        if raw.fields.is_empty() && !raw.derived {
            let expected = "the columns to map";
            self.note(file, at, &Kind::Missing { key: "fields", expected });
        }
        let table = raw.table.as_ref().map_or_else(|| raw.id.value.clone(), |t| t.value.clone());
        let (schema, name) = self.target(file, raw.target.as_ref(), &table);
        self.places.written.insert(id.clone(), (file, at));
        if let Some(first) = raw.key.as_ref().and_then(|key| key.first()) {
            self.places.written.insert(format!("{id}.{KEY}"), (file, first.at));
        }
        if let Some(filter) = &raw.filter {
            self.places.written.insert(format!("{id}.{FILTER}"), (file, filter.at));
        }
        let place = of_target(&id, &schema, &name);
        if let Some(target) = &raw.target {
            self.places.written.insert(place.clone(), (file, target.at));
        }
        let fields = self.fields(file, &place, &raw.fields);
        let subjob = Subjob {
            id: raw.id.value,
            direction: if raw.counter.is_some() { Direction::Upload } else { Direction::Download },
            table,
            key: raw.key.unwrap_or_default().into_iter().map(|column| column.value).collect(),
            targets: vec![Target { schema, table: name, fields }],
            filter: raw.filter.map(|filter| filter.value),
            counter: raw.counter.map(|counter| counter.value),
            exclude_offline: raw.exclude_offline,
            evidence,
        };
        self.subjobs.insert(id, subjob);
    }

    /// `ax.CUSTTABLE`, or only a table, in the schema that is usual for the file.
    fn target(&self, file: usize, target: Option<&At<String>>, table: &str) -> (String, String) {
        let usual = if self.files[file].shipped { "ax" } else { "ext" };
        let named = target.map_or(table, |target| target.value.as_str());
        match named.split_once('.') {
            Some((schema, table)) => (schema.to_lowercase(), table.to_owned()),
            None => (usual.to_owned(), named.to_owned()),
        }
    }

    fn fields(
        &mut self,
        file: usize,
        target: &str,
        raw: &[(At<String>, At<String>)],
    ) -> Vec<FieldMap> {
        let mut fields: Vec<FieldMap> = Vec::new();
        let mut listed = HashSet::new();
        for (from, to) in raw {
            self.places.written.insert(of_field(target, &from.value), (file, from.at));
            let twice = listed.contains(&to.value.to_ascii_uppercase());
            if to.value.eq_ignore_ascii_case("DATAAREAID")
                || from.value.eq_ignore_ascii_case("DATAAREAID")
            {
                self.note(file, from.at, &Kind::CompanyListed);
            } else if twice {
                self.note(file, to.at, &Kind::DuplicateField { field: to.value.clone() });
            } else {
                listed.insert(to.value.to_ascii_uppercase());
                fields.push(FieldMap { from: from.value.clone(), to: to.value.clone() });
            }
        }
        fields
    }

    /// Notes every value with which a definition would change a subjob that exists (S03).
    fn refuse_changes(&mut self, file: usize, raw: &RawSubjob, known: &Subjob) {
        let changes = |what, known: &str| Kind::Changes {
            subjob: raw.id.value.clone(),
            what,
            known: known.to_owned(),
        };
        if let Some(table) =
            raw.table.as_ref().filter(|t| !t.value.eq_ignore_ascii_case(&known.table))
        {
            self.note(file, table.at, &changes("table", &known.table));
        }
        if let Some(key) = &raw.key {
            let same = key.len() == known.key.len()
                && key.iter().zip(&known.key).all(|(a, b)| a.value.eq_ignore_ascii_case(b));
            if !same {
                self.note(file, raw.id.at, &changes("key", &known.key.join(", ")));
            }
        }
        if let Some(counter) =
            raw.counter.as_ref().filter(|c| known.counter.as_ref() != Some(&c.value))
        {
            let was = known.counter.as_deref().unwrap_or("no replication counter");
            self.note(file, counter.at, &changes("counter", was));
        }
        if let Some(filter) = &raw.filter
            && known.filter.is_some()
        {
            self.note(file, filter.at, &changes("filter", "of its own"));
        }
    }

    /// Adds fields, a target or a filter to a subjob that exists; it cannot be changed (S03).
    fn extend(&mut self, file: usize, id: &str, raw: RawSubjob) {
        let Some(known) = self.subjobs.remove(id) else {
            return;
        };
        self.refuse_changes(file, &raw, &known);
        let primary = known.targets.first().map(Target::dotted).unwrap_or_default();
        let (schema, table) = match &raw.target {
            Some(target) => self.target(file, Some(target), &known.table),
            None => primary
                .split_once('.')
                .map_or_else(Default::default, |(s, t)| (s.to_owned(), t.to_owned())),
        };
        let place = of_target(id, &schema, &table);
        let fields = self.fields(file, &place, &raw.fields);
        let dotted = format!("{schema}.{table}");
        let mut subjob = known;
        if raw.replaces_target {
            subjob.targets.truncate(0);
        }
        let key_fields: Vec<FieldMap> = subjob.targets.first().map_or_else(Vec::new, |target| {
            let in_key = |field: &&FieldMap| {
                subjob.key.iter().any(|column| column.eq_ignore_ascii_case(&field.from))
            };
            target.fields.iter().filter(in_key).cloned().collect()
        });
        let existing =
            subjob.targets.iter_mut().find(|target| target.dotted().eq_ignore_ascii_case(&dotted));
        let target = if let Some(target) = existing {
            target
        } else {
            // An extension table shares the primary key of the table it extends (S06).
            self.places
                .written
                .insert(place, (file, raw.target.as_ref().map_or(raw.id.at, |t| t.at)));
            subjob.targets.push(Target { schema, table, fields: key_fields });
            let last = subjob.targets.len() - 1;
            &mut subjob.targets[last]
        };
        let mut twice = Vec::new();
        let listed: HashSet<String> =
            target.fields.iter().map(|field| field.to.to_ascii_uppercase()).collect();
        for field in fields {
            if listed.contains(&field.to.to_ascii_uppercase()) {
                twice.push(field.to.clone());
            } else {
                target.fields.push(field);
            }
        }
        if let (None, Some(filter)) = (&subjob.filter, raw.filter) {
            self.places.written.insert(format!("{id}.{FILTER}"), (file, filter.at));
            subjob.filter = Some(filter.value);
        }
        subjob.exclude_offline |= raw.exclude_offline;
        self.subjobs.insert(id.to_owned(), subjob);
        for field in twice {
            self.note(file, raw.id.at, &Kind::DuplicateField { field });
        }
    }

    /// Puts every line into its job, and hands everything over.
    pub(super) fn finish(mut self) -> (Definitions, Places, Problems) {
        let mut scheduled = HashSet::new();
        for (file, at, word, mut line) in std::mem::take(&mut self.lines) {
            let job = self.jobs.values_mut().find(|job| job.id.eq_ignore_ascii_case(&word));
            let Some(job) = job else {
                // The product knows jobs that the tool does not; the subjob runs in its others.
                if self.files[file].seed.is_some() {
                    continue;
                }
                let ids: Vec<&str> = self.jobs.keys().map(String::as_str).collect();
                let nearest = nearest(&word, ids).map(str::to_owned);
                self.note(file, at, &Kind::UnknownJob { job: word, nearest });
                continue;
            };
            let subjob = self.subjobs.get(&line.subjob.to_ascii_uppercase());
            let Some(subjob) = subjob else { continue };
            line.subjob.clone_from(&subjob.id);
            let kind = match (job.direction, subjob.counter.is_some()) {
                (Direction::Upload, false) => Some(Kind::NoCounter { subjob: subjob.id.clone() }),
                (Direction::Download, true) => Some(Kind::CounterInDownload {
                    subjob: subjob.id.clone(),
                    job: job.id.to_string(),
                }),
                _ => None,
            };
            if scheduled.insert((job.id.clone(), line.subjob.clone())) {
                job.lines.push(line);
            }
            if let Some(kind) = kind {
                self.note(file, at, &kind);
            }
        }
        let definitions = Definitions {
            jobs: self.jobs.into_values().collect(),
            subjobs: self.subjobs.into_values().collect(),
        };
        (definitions, self.places, self.problems)
    }
}
