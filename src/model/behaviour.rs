//! The behaviours the tool shows, each with its grade, source and the tests that prove it.

use serde::{Deserialize, Serialize};

use super::evidence::Grade;

/// One behaviour.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Its id, `D06`.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// What it is, in full.
    pub text: String,
    /// How well it is supported.
    pub grade: Grade,
    /// Where it was read.
    pub source: String,
    /// The tests that prove it, `path::name`.
    pub tests: Vec<String>,
    /// What it waits for, when it is not there yet.
    pub planned: Option<String>,
}

/// Every behaviour.
///
/// # Errors
/// When the file inside the binary is no TOML; a test rules that out.
pub fn all() -> Result<Vec<Behaviour>, toml::de::Error> {
    Ok(Vec::new())
}

/// The page docs/fidelity.md.
pub fn fidelity_markdown(_behaviours: &[Behaviour]) -> String {
    String::new()
}
