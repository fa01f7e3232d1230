//! Seed data as definitions: jobs, and subjobs whose keys follow from the tables.

use std::collections::HashSet;

use super::file::{RawFile, RawJob, RawSubjob, unfit_id};
use super::problem::{Problem, Problems};
use super::walk::At;
use crate::extension::repository::{SeedData, SeedJob, SeedSubjob};
use crate::model::job::Direction;
use crate::model::source::Located;

/// The counter of an upload that names none.
const COUNTER: &str = "REPLICATIONCOUNTERFROMORIGIN";
/// What older samples call the upload job, and what it is called now.
const OLDER_UPLOAD_JOB: (&str, &str) = ("P-1000", "P-0001");

/// Turns a document into what a file of definitions says.
pub(super) fn read(file: &str, text: &str, seed: &SeedData) -> (RawFile, Problems) {
    let mut problems = Problems::default();
    for job in &seed.jobs {
        if let Some(kind) = unfit_id("Id", &job.id.value) {
            problems.add(|| Problem::at(file, text, job.id.span.start, &kind));
        }
    }
    let jobs = seed.jobs.iter().map(|job| raw_job(job, seed)).collect();
    let subjobs = seed.subjobs.iter().map(|subjob| raw_subjob(subjob, seed)).collect();
    (RawFile { jobs, subjobs }, problems)
}

fn at(text: &Located<String>) -> At<String> {
    At { value: text.value.clone(), at: text.span.start }
}

/// A job goes up where all that it schedules does.
fn raw_job(job: &SeedJob, seed: &SeedData) -> RawJob {
    let of_job = |subjob: &&SeedSubjob| {
        subjob.jobs.iter().any(|named| named.value.eq_ignore_ascii_case(&job.id.value))
    };
    let own: Vec<_> = seed.subjobs.iter().filter(of_job).collect();
    let uploads = !own.is_empty() && own.iter().all(|subjob| is_upload(subjob));
    RawJob {
        id: at(&job.id),
        name: job.description.clone().unwrap_or_else(|| job.id.value.clone()),
        aliases: Vec::new(),
        direction: if uploads { Direction::Upload } else { Direction::Download },
        exclude_offline: false,
        feature: None,
        grade: None,
        source: None,
    }
}

fn is_upload(subjob: &SeedSubjob) -> bool {
    subjob.upload.as_ref().map_or(subjob.counter.is_some(), |said| said.value)
}

fn raw_subjob(subjob: &SeedSubjob, seed: &SeedData) -> RawSubjob {
    let target = match (&subjob.target, &subjob.target_schema, &subjob.table) {
        (None, None, None) => None,
        (table, schema, own) => {
            let usual = seed.schema.as_ref().map_or("ext", |schema| schema.value.as_str());
            let schema = schema.as_ref().map_or(usual, |schema| schema.value.as_str());
            let named = table.as_ref().or(own.as_ref()).unwrap_or(&subjob.id);
            Some(At { value: format!("{schema}.{}", named.value), at: named.span.start })
        }
    };
    let counter = subjob.counter.as_ref().map(at).or_else(|| {
        let said = subjob.upload.as_ref().filter(|said| said.value)?;
        Some(At { value: COUNTER.to_owned(), at: said.span.start })
    });
    let mut seen = HashSet::new();
    let jobs = subjob.jobs.iter().map(|job| {
        let (older, now) = OLDER_UPLOAD_JOB;
        let value = if job.value.eq_ignore_ascii_case(older) { now } else { &job.value };
        At { value: value.to_owned(), at: job.span.start }
    });
    let fields = subjob.fields.iter().map(|field| {
        let to = field.to.as_ref().unwrap_or(&field.name);
        (at(&field.name), at(to))
    });
    RawSubjob {
        id: at(&subjob.id),
        table: subjob.table.as_ref().map(at),
        target,
        key: None,
        fields: fields.collect(),
        jobs: Some(jobs.filter(|job| seen.insert(job.value.to_ascii_uppercase())).collect()),
        filter: None,
        counter: counter.filter(|_| is_upload(subjob)),
        exclude_offline: false,
        grade: None,
        source: None,
        derived: true,
        replaces_target: subjob.override_target.as_ref().is_some_and(|said| said.value),
    }
}
