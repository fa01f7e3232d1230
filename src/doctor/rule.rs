//! One rule: what it looks for, why, on what it rests, and the check itself.

use super::facts::Examination;
use super::finding::{Finding, Found, Severity};
use super::sources::Source;
use crate::store::StoreError;

/// How much a rule must read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Headquarters' own tables, and a few of each channel.
    Quick,
    /// The same, and rows of both sides; `--quick` leaves those out, and not the rule.
    AndRows,
    /// Every row on both sides; left out by `--quick`.
    EveryRow,
}

/// One rule. Its code and name are never used for anything else.
#[derive(Debug)]
pub struct Rule {
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
    /// How much it must read.
    pub depth: Depth,
    /// The check.
    pub check: fn(&Examination, &mut Findings) -> Result<(), Unknown>,
}

/// What could not be found out, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unknown(pub String);

impl From<StoreError> for Unknown {
    fn from(error: StoreError) -> Self {
        Self(crate::exchange::chain(&error))
    }
}

/// Something that may not have been found out.
pub type Known<T> = Result<T, Unknown>;

/// What a rule finds.
#[derive(Debug)]
pub struct Findings {
    rule: &'static Rule,
    /// Its findings.
    pub(super) found: Vec<Finding>,
    /// What it could not look at, and why.
    pub(super) unjudged: Vec<String>,
}

impl Findings {
    /// Nothing yet.
    pub(super) fn new(rule: &'static Rule) -> Self {
        Self { rule, found: Vec::new(), unjudged: Vec::new() }
    }

    /// Reports something.
    pub fn report(&mut self, found: Found) {
        self.found.push(Finding::of(self.rule, found));
    }

    /// Reports something that matters less than what the rule is for.
    pub fn report_milder(&mut self, severity: Severity, found: Found) {
        let mut finding = Finding::of(self.rule, found);
        finding.severity = finding.severity.min(severity);
        self.found.push(finding);
    }

    /// Says that a part was left out, and why.
    pub fn left_out(&mut self, why: &Unknown) {
        let Unknown(line) = why;
        if !self.unjudged.contains(line) {
            self.unjudged.push(line.clone());
        }
    }

    /// Says what could not be looked at.
    pub fn unjudged(&mut self, what: &str, why: &Unknown) {
        let line = format!("{what}: {why}");
        if !self.unjudged.contains(&line) {
            self.unjudged.push(line);
        }
    }
}

impl From<&Unknown> for Unknown {
    fn from(unknown: &Unknown) -> Self {
        unknown.clone()
    }
}
