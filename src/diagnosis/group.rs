//! Findings of one cause, together: what is told once for twenty channels that share it.

use super::finding::Finding;
use super::fix::{Fix, together};
use crate::model::suggestion::Suggestion;

/// How many lines of evidence are shown of one cause.
const MOST_EVIDENCE: usize = 5;

/// Findings that share a rule, a cause and what fixes it.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// The findings, at least one.
    pub(crate) findings: Vec<&'a Finding>,
}

/// Findings by cause, in the order of the first of each.
pub(crate) fn groups<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for finding in findings {
        match groups.iter_mut().find(|group| group.is_like(finding)) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group { findings: vec![finding] }),
        }
    }
    groups
}

impl<'a> Group<'a> {
    /// The first finding, which speaks for all.
    pub(crate) fn first(&self) -> Option<&'a Finding> {
        self.findings.first().copied()
    }

    fn is_like(&self, other: &Finding) -> bool {
        let safety = |finding: &Finding| finding.fix.as_ref().map(|fix| fix.safety);
        let codes = |finding: &'_ Finding| {
            finding.caused_by.iter().map(|cause| cause.code).collect::<Vec<_>>()
        };
        self.first().is_some_and(|first| {
            first.code == other.code
                && first.title == other.title
                && first.effect == other.effect
                && safety(first) == safety(other)
                && first.baseline == other.baseline
                && codes(first) == codes(other)
        })
    }

    /// The channels concerned, in order, each once.
    pub(crate) fn channels(&self) -> Vec<&'a str> {
        let mut found = Vec::new();
        for channel in self.findings.iter().filter_map(|finding| finding.subject.in_channel()) {
            if !found.contains(&channel) {
                found.push(channel);
            }
        }
        found
    }

    /// What else the findings are about, each once.
    pub(crate) fn subjects(&self) -> Vec<String> {
        let mut found = Vec::new();
        for finding in &self.findings {
            let text = finding.subject.beside_channel();
            if !text.is_empty() && !found.contains(&text) {
                found.push(text);
            }
        }
        found
    }

    /// Lines of evidence, each once, and how many more there are.
    pub(crate) fn evidence(&self) -> (Vec<&'a str>, usize) {
        let mut found: Vec<&str> = Vec::new();
        for line in self.findings.iter().flat_map(|finding| &finding.evidence) {
            if !found.contains(&line.as_str()) {
                found.push(line);
            }
        }
        let more = found.len().saturating_sub(MOST_EVIDENCE);
        found.truncate(MOST_EVIDENCE);
        (found, more)
    }

    /// The fixes.
    pub(crate) fn fixes(&self) -> impl Iterator<Item = &'a Fix> {
        self.findings.iter().filter_map(|finding| finding.fix.as_ref())
    }

    /// The commands that fix all of them.
    pub(crate) fn commands(&self) -> Vec<Suggestion> {
        together(self.fixes())
    }
}
