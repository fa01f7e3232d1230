//! What people call jobs beside the names in their definitions, and jobs that are known by name
//! and not modelled (G01).

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evidence::Grade;
use super::folding::meant;

const NAMES: &str = include_str!("job_names.toml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    spelling: Vec<Spelling>,
    known: Vec<KnownJob>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelling {
    job: String,
    names: Vec<String>,
}

/// A job of the product that is not modelled here.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownJob {
    /// Its id.
    #[serde(rename(serialize = "job"))]
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Other spellings.
    #[serde(default, skip_serializing)]
    also: Vec<String>,
    /// What it is.
    pub(crate) what: String,
    /// How well that is supported.
    pub(crate) grade: Grade,
    /// Where it was read.
    pub(crate) source: String,
}

impl std::fmt::Display for KnownJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, name, .. } = self;
        if name.ends_with(id.as_str()) { f.write_str(id) } else { write!(f, "{id} ({name})") }
    }
}

fn file() -> &'static File {
    static FILE: OnceLock<File> = OnceLock::new();
    // The file is part of the program and a test reads it.
    FILE.get_or_init(|| toml::from_str(NAMES).unwrap_or_default())
}

/// Other spellings of the job with this id.
pub(crate) fn spellings(id: &str) -> Vec<&'static str> {
    let of = file().spelling.iter().filter(|one| one.job.eq_ignore_ascii_case(id));
    of.flat_map(|one| &one.names).map(String::as_str).collect()
}

/// What people put around the name of a job.
const AROUND: [&str; 3] = ["job", "trabajo", "cdx"];

/// What a word may mean by way of a job, in the order in which it is tried: all of it, the id of
/// `1110 (Global configuration)`, and each without what people put around it, `CDX P-job`.
pub(super) fn ways(word: &str) -> Vec<String> {
    let whole = meant(word);
    let named = whole.split_once(" (").filter(|(_, name)| name.ends_with(')'));
    let id = named.map(|(id, _)| id.to_owned());
    let mut ways: Vec<String> = [whole].into_iter().chain(id).collect();
    for at in 0..ways.len() {
        let words = ways[at].split(' ').filter(|word| !AROUND.contains(word));
        ways.push(words.collect::<Vec<_>>().join(" "));
    }
    ways.retain(|way| !way.is_empty());
    ways
}

/// The job a word means that is known and not modelled.
pub(crate) fn not_modelled(word: &str) -> Option<&'static KnownJob> {
    let called = |job: &KnownJob, wanted: &str| {
        let names = [&job.id, &job.name].into_iter().chain(&job.also);
        let whole = format!("{} {}", job.id, job.name);
        names.chain([&whole]).any(|name| meant(name) == wanted)
    };
    ways(word).iter().find_map(|way| file().known.iter().find(|job| called(job, way)))
}

/// The ids of jobs that are known and not modelled.
pub(crate) fn not_modelled_ids() -> impl Iterator<Item = &'static str> {
    file().known.iter().map(|job| job.id.as_str())
}

/// The ids and names of jobs that are known and not modelled. One whose name is made of its id has
/// none that a word could be near to.
pub(crate) fn not_modelled_spellings() -> impl Iterator<Item = &'static str> {
    let names = |job: &'static KnownJob| {
        let name = Some(job.name.as_str()).filter(|name| !name.ends_with(&job.id));
        [job.id.as_str()].into_iter().chain(name)
    };
    file().known.iter().flat_map(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_can_be_read() {
        let read: File = toml::from_str(NAMES).unwrap();
        assert!(read.spelling.iter().all(|one| !one.names.is_empty()));
        assert_eq!(read.known.iter().filter(|job| job.grade == Grade::Documented).count(), 14);
        assert_eq!(not_modelled("PRODUCTS").map(ToString::to_string).unwrap(), "1040 (Products)");
        assert_eq!(not_modelled("p-1000").map(ToString::to_string).unwrap(), "P-1000");
    }
}
