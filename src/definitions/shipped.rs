//! The job definitions inside the binary, and the files that others stand in.

use crate::extension::repository::SeedData;

/// A definition file: its name and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The name problems are reported under.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
    /// Shipped files must give evidence for every line, and default to the `ax` schema.
    pub(crate) shipped: bool,
    /// The only job that a shipped file declares: it is called like it.
    pub(super) job: Option<&'static str>,
    /// Seed data as it was read from the text, which else is TOML.
    pub(super) seed: Option<SeedData>,
}

impl SourceFile {
    /// A file of one's own in TOML.
    pub(crate) fn own(name: &str, text: &str) -> Self {
        let (name, text) = (name.to_owned(), text.to_owned());
        Self { name, text, shipped: false, job: None, seed: None }
    }

    /// Seed data, and the text that it was read from.
    pub(crate) fn seed(name: &str, text: &str, seed: SeedData) -> Self {
        Self { seed: Some(seed), ..Self::own(name, text) }
    }
}

/// The files inside the binary, by the id of their job.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/jobs.rs"));

/// The files that come with the tool: jobs that are a number first, as they are listed.
pub fn shipped() -> Vec<SourceFile> {
    let is_number = |id: &str| id.bytes().all(|byte| byte.is_ascii_digit());
    let (numbers, others): (Vec<_>, Vec<_>) = FILES.iter().partition(|(id, _)| is_number(id));
    let file = |(id, text): &(&'static str, &str)| SourceFile {
        name: format!("shipped jobs/{id}.toml"),
        text: (*text).to_owned(),
        shipped: true,
        job: Some(id),
        seed: None,
    };
    numbers.into_iter().chain(others).map(file).collect()
}
