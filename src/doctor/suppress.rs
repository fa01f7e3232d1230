//! Findings that `cdx.toml` accepts, and suppressions that accept nothing.

use jiff::civil::Date;

use super::examine::{Outcome, State};
use super::finding::Finding;

use super::rules::{self, suppression_unused};
use crate::model::settings::Suppression;

/// Whether a suppression has ended.
pub fn is_expired(suppression: &Suppression, today: Date) -> bool {
    suppression.expires.is_some_and(|expires| expires <= today)
}

/// Whether a suppression accepts a finding.
fn accepts(suppression: &Suppression, finding: &Finding) -> bool {
    let parts = finding.subject.parts();
    let same = |(name, value): &(String, String)| {
        parts.iter().any(|(part, found)| part == name && found.eq_ignore_ascii_case(value))
    };
    rules::is_called(finding.code, finding.name, &suppression.code)
        && suppression.scope.iter().all(same)
}

/// Marks what is accepted; for each suppression, whether it matched anything.
pub(super) fn apply(
    suppressions: &[Suppression],
    today: Date,
    findings: &mut [Finding],
) -> Vec<bool> {
    let mut matched = vec![false; suppressions.len()];
    for (at, suppression) in suppressions.iter().enumerate() {
        let own = |finding: &&mut Finding| {
            finding.code != suppression_unused::RULE.code && accepts(suppression, finding)
        };
        for finding in findings.iter_mut().filter(own) {
            matched[at] = true;
            if !is_expired(suppression, today) {
                finding.suppressed = true;
                finding.suppressed_because.get_or_insert_with(|| suppression.reason.clone());
            }
        }
    }
    matched
}

/// Reports suppressions that matched nothing, where the rule they name could look everywhere;
/// called where no channel was left out.
pub(super) fn tell_unused(
    suppressions: &[Suppression],
    matched: &[bool],
    rules: &[Outcome],
    findings: &mut Vec<Finding>,
) {
    let asked = |code: &str| rules.iter().any(|rule| rule.code == code);
    if !asked(suppression_unused::RULE.code) {
        return;
    }
    for (suppression, matched) in suppressions.iter().zip(matched) {
        let own =
            rules.iter().find(|rule| rules::is_called(rule.code, rule.name, &suppression.code));
        let looked = own.is_some_and(|rule| rule.state == State::Passed);
        if !matched && looked {
            let found = suppression_unused::unused(suppression);
            findings.push(Finding::of(&suppression_unused::RULE, found));
        }
    }
}
