//! Findings that were known before: marked, not dropped.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Finding;

/// The version of the file.
const VERSION: u32 = 1;

/// What a baseline file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    format_version: u32,
    findings: Vec<Entry>,
}

/// One known finding; only the fingerprint counts, the rest is for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    subject: String,
    fingerprint: String,
}

impl Baseline {
    /// The baseline of everything that was found and is not accepted already.
    pub(crate) fn of(findings: &[Finding]) -> Self {
        let entry = |finding: &Finding| Entry {
            code: finding.code.to_owned(),
            subject: worded(finding),
            fingerprint: finding.fingerprint.clone(),
        };
        let open = findings.iter().filter(|finding| !finding.suppressed);
        let mut findings: Vec<Entry> = open.map(entry).collect();
        findings.sort();
        findings.dedup();
        Self { format_version: VERSION, findings }
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// What is wrong with it, with line and column.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let found: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if found.format_version == VERSION {
            return Ok(found);
        }
        Err(format!("format_version is {}, expected {VERSION}", found.format_version))
    }

    /// The file's text.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// How many findings it holds.
    pub(crate) fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether a finding was known.
    pub(crate) fn knows(&self, fingerprint: &str) -> bool {
        self.findings.iter().any(|entry| entry.fingerprint == fingerprint)
    }
}

fn worded(finding: &Finding) -> String {
    let parts = finding.subject.parts();
    parts.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
}
