//! A file of definitions, whichever form it has.

use super::file::{self, RawFile};
use super::problem::Problems;
use super::seed;
use super::shipped::SourceFile;

/// What a file says; everything that is wrong with its form is in the problems.
pub(super) fn read(source: &SourceFile) -> (RawFile, Problems) {
    let SourceFile { name, text, shipped, seed, .. } = source;
    match seed {
        Some(seed) => seed::read(name, text, seed),
        None => file::read(name, text, *shipped),
    }
}

/// The ids of the jobs that files declare, without looking at anything else in them; at nothing in
/// those that come with the tool.
pub fn job_ids(files: &[SourceFile]) -> Vec<String> {
    let jobs = |file: &SourceFile| match file.job {
        Some(id) => vec![id.to_owned()],
        None => declared(file),
    };
    files.iter().flat_map(jobs).collect()
}

fn declared(file: &SourceFile) -> Vec<String> {
    read(file).0.jobs.into_iter().map(|job| job.id.value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::shipped;

    #[test]
    fn a_shipped_file_is_called_like_its_job() {
        for file in shipped() {
            assert_eq!(declared(&file), Vec::from_iter(file.job));
        }
    }
}
