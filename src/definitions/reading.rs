//! A file of definitions, whichever form it has.

use super::file::{self, RawFile};
use super::problem::Problems;
use super::seed;
use super::shipped::SourceFile;

/// What a file says; everything that is wrong with its form is in the problems.
pub(super) fn read(source: &SourceFile) -> (RawFile, Problems) {
    let SourceFile { name, text, shipped, seed } = source;
    match seed {
        Some(seed) => seed::read(name, text, seed),
        None => file::read(name, text, *shipped),
    }
}

/// The ids of the jobs that files declare, without looking at anything else in them.
pub fn job_ids(files: &[SourceFile]) -> Vec<String> {
    let jobs = |file: &SourceFile| read(file).0.jobs.into_iter().map(|job| job.id.value);
    files.iter().flat_map(jobs).collect()
}
