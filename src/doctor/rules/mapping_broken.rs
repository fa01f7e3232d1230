//! CDX603: a mapped table or column does not exist on one side.

use crate::diagnosis::sources::CDX_EXTENSIBILITY;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::jobs::rebuild;
use crate::doctor::about::schemas::OfSchemas;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::JobId;
use crate::model::job::{Job, Subjob, Target};
use crate::model::schema::{Table, Tables};
use crate::model::suggestion::OfJobs;

const HEADER: Header = Header {
    code: "CDX603",
    name: "mapping-broken",
    severity: Severity::Error,
    checks: "that every table and column that headquarters' definitions map exists in \
             headquarters and in each channel database",
    why: "A job with a mapping that points nowhere cannot be run; a channel that lacks a table or \
          a column fails every session that carries it.",
    how_to_fix: "Add the table or the column by a file in `schema/hq` or `schema/channel` and initialize \
           the scheduler, or take the mapping out of the definitions. Where only one channel lacks \
           what all should have, its file was changed by hand: bring it back from a copy, or make \
           it again.",
    since: "0.2.0",
    behaviours: &["S01"],
    sources: &[Source::documented(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let definitions = x.hq.definitions.as_ref()?;
    let hq = x.hq.tables.as_ref()?;
    let mut told: Vec<(Option<String>, String)> = Vec::new();
    let mut tell = |findings: &mut Findings, gap: &Gap, channel: Option<&str>| {
        let place = (channel.map(str::to_owned), gap.place());
        if !told.contains(&place) {
            told.push(place);
            findings.report(gap.found(x, channel)?);
        }
        Ok::<_, Unknown>(())
    };
    for job in &definitions.jobs {
        for subjob in definitions.subjobs_of(job) {
            for gap in in_headquarters(job, subjob, hq) {
                tell(findings, &gap, None)?;
            }
            let mut gaps = OfSchemas::default();
            for (channel, facts) in x.readable() {
                let targets = subjob.targets.iter();
                let of = |tables: &Tables| -> Vec<Gap> {
                    targets.flat_map(|target| in_channel(job, target, tables)).collect()
                };
                for gap in gaps.of(&facts.tables, of) {
                    tell(findings, gap, Some(&channel.store.name))?;
                }
            }
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

/// What a mapping names and a side has not.
struct Gap {
    job: JobId,
    table: String,
    column: Option<String>,
}

impl Gap {
    fn place(&self) -> String {
        format!("{}.{}", self.table, self.column.as_deref().unwrap_or_default())
    }

    /// Whether channel databases have it, as far as headquarters knows.
    fn is_registered(&self, x: &Examination) -> Result<bool, Unknown> {
        let name = self.table.replacen('.', "_", 1).to_ascii_uppercase();
        let table = x.hq.channel_tables.as_ref()?.get(&name);
        Ok(table
            .is_some_and(|table| self.column.as_ref().is_none_or(|c| table.column(c).is_some())))
    }

    fn found(&self, x: &Examination, channel: Option<&str>) -> Result<Found, Unknown> {
        let Self { job, table, column } = self;
        let side = if channel.is_some() { "the channel" } else { "headquarters" };
        let title = match column {
            Some(column) => format!("{side} has no column {column} in {table}, which is mapped"),
            None => format!("{side} has no table {table}, which is mapped"),
        };
        let mut subject = Subject::table(table).with_job(job);
        if let Some(column) = column {
            subject = subject.with_key(column);
        }
        if let Some(channel) = channel {
            subject = subject.with_channel(channel);
        }
        let fix = match channel {
            Some(name) if self.is_registered(x)? => rebuild(x, name)?,
            _ => Fix::manual([Step::new(Stage::Look, OfJobs::Check)]),
        };
        let evidence = vec![format!("a subjob of {job} maps it")];
        Ok(Found { subject, title, evidence, effect: format!("{job} fails"), fix })
    }
}

fn gap(job: &Job, table: &str, column: Option<&str>) -> Gap {
    Gap { job: job.id.clone(), table: table.to_owned(), column: column.map(str::to_owned) }
}

fn in_headquarters(job: &Job, subjob: &Subjob, tables: &Tables) -> Vec<Gap> {
    let Some(table) = tables.get(&subjob.table.to_ascii_uppercase()) else {
        return vec![gap(job, &subjob.table, None)];
    };
    let columns = subjob.targets.iter().flat_map(|target| &target.fields).map(|field| &field.from);
    missing(table, columns).into_iter().map(|name| gap(job, &subjob.table, Some(name))).collect()
}

fn in_channel(job: &Job, target: &Target, tables: &Tables) -> Vec<Gap> {
    let dotted = target.dotted();
    let Some(table) = tables.get(&target.file_name().to_ascii_uppercase()) else {
        return vec![gap(job, &dotted, None)];
    };
    let columns = target.fields.iter().map(|field| &field.to);
    missing(table, columns).into_iter().map(|name| gap(job, &dotted, Some(name))).collect()
}

fn missing<'a>(table: &Table, columns: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    columns.filter(|column| table.column(column).is_none()).collect()
}
