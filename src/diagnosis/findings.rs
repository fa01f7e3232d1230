//! What a rule hands over: what it found, and what it could not find out.

use super::finding::{Finding, Found, Spot};
use super::header::Header;
use super::outcome::NotJudged;
use super::severity::Severity;
use crate::model::source::Sources;

/// What could not be found out, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unknown(pub(crate) String);

/// Something that may not have been found out.
pub type Known<T> = Result<T, Unknown>;

/// What a rule finds.
#[derive(Debug)]
pub struct Findings {
    /// The rule.
    pub(crate) header: &'static Header,
    /// Its findings.
    pub(crate) found: Vec<Finding>,
    /// What it could not look at, and why.
    pub(crate) unjudged: Vec<String>,
    /// The same, what it is apart from why.
    pub(crate) not_judged: Vec<NotJudged>,
}

impl Findings {
    /// Nothing yet.
    pub(crate) fn new(header: &'static Header) -> Self {
        Self { header, found: Vec::new(), unjudged: Vec::new(), not_judged: Vec::new() }
    }

    /// Reports something.
    pub(crate) fn report(&mut self, found: Found) {
        self.found.push(Finding::of(self.header, found));
    }

    /// Reports something that matters less than what the rule is for.
    pub(crate) fn report_milder(&mut self, severity: Severity, found: Found) {
        let mut finding = Finding::of(self.header, found);
        finding.severity = finding.severity.min(severity);
        self.found.push(finding);
    }

    /// Reports something of a repository, with the places that it points at, the one that it is
    /// about first; at most as severe as this.
    pub(crate) fn report_at(
        &mut self,
        severity: Severity,
        found: Found,
        sources: &Sources,
        spots: Vec<Spot>,
    ) {
        let mut finding = Finding::of(self.header, found).pointing_at(sources, spots);
        finding.severity = finding.severity.min(severity);
        finding.rank = finding.severity;
        self.found.push(finding);
    }

    /// Says that a part was left out, and why.
    pub(crate) fn left_out(&mut self, why: &Unknown) {
        let Unknown(line) = why;
        if !self.unjudged.contains(line) {
            self.unjudged.push(line.clone());
        }
    }

    /// Says what could not be looked at.
    pub(crate) fn unjudged(&mut self, what: &str, why: &Unknown) {
        let line = format!("{what}: {why}");
        if !self.unjudged.contains(&line) {
            self.unjudged.push(line);
            self.not_judged.push(NotJudged { what: what.to_owned(), why: why.to_string() });
        }
    }
}

impl From<&Unknown> for Unknown {
    fn from(unknown: &Unknown) -> Self {
        unknown.clone()
    }
}
