//! What a rule reports: what is wrong, with what, on what evidence, and what fixes it.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::fix::Fix;
use super::header::Header;
use super::severity::Severity;
use super::sources::Source;
use super::subject::Subject;
use crate::model::source::{LineColumn, Sources, Span};

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is about.
    pub subject: Subject,
    /// What is wrong, in a sentence that is the same for all subjects with this cause.
    pub title: String,
    /// What it was seen by.
    pub evidence: Vec<String>,
    /// What it does to people.
    pub effect: String,
    /// What fixes it, where a command does.
    pub fix: Option<Fix>,
}

/// A place in a repository that a finding points at, and what is to be seen there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Where.
    pub span: Span,
    /// What is to be seen there, in a few words: `nvarchar(10) here`.
    pub label: String,
}

/// The other side of a finding, as scripts read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Related {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is to be seen there.
    pub message: String,
    /// Whether it stands in a list of tables, and in no file of the repository.
    #[serde(skip)]
    pub listed: bool,
}

/// A finding that causes another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Cause {
    /// Its rule.
    pub code: &'static str,
    /// Its own fingerprint.
    pub fingerprint: String,
}

/// A finding as it is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// The rule's code.
    pub code: &'static str,
    /// The rule's name.
    pub name: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// What is wrong.
    pub title: String,
    /// What it was seen by.
    pub evidence: Vec<String>,
    /// What it does to people.
    pub effect: String,
    /// What fixes it.
    pub fix: Option<Fix>,
    /// The findings that cause it, and with which it ends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub caused_by: Vec<Cause>,
    /// How much it matters with all that it causes.
    #[serde(skip)]
    pub rank: Severity,
    /// What the rule rests on.
    pub sources: &'static [Source],
    /// The same for the same rule and subject, in every run and on every machine.
    pub fingerprint: String,
    /// Accepted, in `cdx.toml`, `cdx-check.toml` or a comment.
    pub suppressed: bool,
    /// Why it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed_because: Option<String>,
    /// Known before, in the baseline.
    pub baseline: bool,
    /// The places that it points at, the one that it is about first; none of an environment.
    #[serde(skip)]
    pub spots: Vec<Spot>,
    /// Where the place that it is about ends.
    #[serde(skip)]
    pub end: Option<LineColumn>,
    /// The places beside the one that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
}

impl Spot {
    /// A place, and what is to be seen there.
    pub(crate) fn new(span: Span, label: impl Into<String>) -> Self {
        Self { span, label: label.into() }
    }
}

impl Finding {
    /// A rule's finding.
    pub fn of(rule: &'static Header, found: Found) -> Self {
        let Found { subject, title, evidence, effect, fix } = found;
        Self {
            code: rule.code,
            name: rule.name,
            severity: rule.severity,
            fingerprint: fingerprint(rule.code, &subject),
            subject,
            title,
            evidence,
            effect,
            fix,
            caused_by: Vec::new(),
            rank: rule.severity,
            sources: rule.sources,
            suppressed: false,
            suppressed_because: None,
            baseline: false,
            spots: Vec::new(),
            end: None,
            related: Vec::new(),
        }
    }

    /// The same, pointing at places: the one that it is about first. One that stands in a list of
    /// tables is no place that anybody can change, and the first of the repository comes before it.
    #[must_use]
    pub(crate) fn pointing_at(mut self, sources: &Sources, mut spots: Vec<Spot>) -> Self {
        let own = spots.iter().position(|spot| !sources.is_listed(spot.span.source));
        if let Some(own) = own.filter(|own| *own > 0) {
            let spot = spots.remove(own);
            self.subject = self.subject.placed(sources, spot.span);
            self.fingerprint = fingerprint(self.code, &self.subject);
            spots.insert(0, spot);
        }
        let related = spots.iter().skip(1).map(|spot| {
            let (file, at) = (sources.file(spot.span).to_owned(), sources.position(spot.span));
            let (message, listed) = (spot.label.clone(), sources.is_listed(spot.span.source));
            Related { file, line: at.line, column: at.column, message, listed }
        });
        let related = related.collect();
        let own = spots.first().filter(|spot| {
            self.subject.in_file() == Some(sources.file(spot.span))
                && self.subject.position() == Some(sources.position(spot.span))
        });
        let end = own.map(|spot| sources.end(spot.span));
        Self { spots, end, related, ..self }
    }

    /// Has it known by another name of its file, the same wherever the program is run.
    pub(crate) fn known_in(&mut self, name: &dyn Fn(&str) -> String) {
        self.fingerprint = fingerprint(self.code, &self.subject.clone().renamed(name));
    }

    /// The same with other names of its files; what it is known by stays.
    #[must_use]
    pub(crate) fn renamed(mut self, name: &dyn Fn(&str) -> String) -> Self {
        for place in self.related.iter_mut().filter(|place| !place.listed) {
            place.file = name(&place.file);
        }
        Self { subject: self.subject.renamed(name), ..self }
    }

    /// Whether it counts towards the verdict: neither accepted nor known before.
    pub(crate) fn counts(&self) -> bool {
        !self.suppressed && !self.baseline
    }
}

/// A hash of the code and the subject alone.
fn fingerprint(code: &str, subject: &Subject) -> String {
    let mut text = code.to_owned();
    for (name, value) in subject.parts() {
        let _ = write!(text, "\n{name}={value}");
    }
    Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_of_code_and_subject_alone() {
        let houston = Subject::channel("houston").with_job("1110");
        assert_eq!(
            fingerprint("CDX201", &houston),
            fingerprint("CDX201", &Subject::job("1110").with_channel("houston"))
        );
        assert_ne!(fingerprint("CDX201", &houston), fingerprint("CDX202", &houston));
        assert_ne!(
            fingerprint("CDX201", &houston),
            fingerprint("CDX201", &Subject::channel("houston").with_key("1110"))
        );
        // Part of what scripts keep in baselines: it never changes.
        assert_eq!(fingerprint("CDX201", &houston), "b3ac65890ce93d3fc173e2091b40a967");
    }
}
