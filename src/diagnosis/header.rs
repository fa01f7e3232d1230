//! What is said of a rule, whatever it looks at.

use super::severity::Severity;
use super::sources::Source;

/// A rule without its check. Its code and name are never used for anything else.
#[derive(Debug)]
pub struct Header {
    /// `CDX303`.
    pub code: &'static str,
    /// `lingering-real-time-calls`; the file, the page and the fixtures bear the same name.
    pub name: &'static str,
    /// How much its findings matter.
    pub severity: Severity,
    /// What it checks.
    pub checks: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// How to fix it.
    pub how_to_fix: &'static str,
    /// The version it came with.
    pub since: &'static str,
    /// The behaviours it rests on, by id.
    pub behaviours: &'static [&'static str],
    /// Where those were read.
    pub sources: &'static [Source],
}

/// Whether a word names a rule, by code or name, in any case.
pub(crate) fn is_called(code: &str, name: &str, word: &str) -> bool {
    word.trim().eq_ignore_ascii_case(code) || word.trim().eq_ignore_ascii_case(name)
}
