//! Findings that are accepted, and suppressions that accept nothing.

use jiff::civil::Date;

use super::finding::Finding;
use super::header::{Header, is_called};
use super::outcome::{Outcome, State};
use super::severity::Severity;
use super::sources::{FIDELITY, Source};
use crate::model::settings::Suppression;

/// The rule about suppressions themselves, which the doctor and `check` both have.
pub(crate) const UNUSED: Header = Header {
    code: "CDX902",
    name: "suppression-unused",
    severity: Severity::Warning,
    checks: "every suppression (`[[suppress]]` of `cdx.toml`, or of a repository's \
             `cdx-check.toml`, and a comment `cdx: allow`): that it names a rule, has a reason, \
             has not expired, and accepts at least one finding; where the rule could not look \
             everywhere, nothing is said",
    why: "A suppression that accepts nothing any more hides the next finding of its kind from \
          everybody. One that has expired was meant to be looked at by now.",
    how_to_fix: "Take it out, or give it a new date and a reason.",
    since: "0.2.0",
    behaviours: &[],
    sources: &[Source::assumed(FIDELITY)],
};

/// Whether a suppression has ended.
pub(crate) fn is_expired(suppression: &Suppression, today: Date) -> bool {
    suppression.expires.is_some_and(|expires| expires <= today)
}

/// Whether a suppression accepts a finding.
fn accepts(suppression: &Suppression, finding: &Finding) -> bool {
    let parts = finding.subject.parts();
    let same = |(name, value): &(String, String)| {
        parts.iter().any(|(part, found)| part == name && found.eq_ignore_ascii_case(value))
    };
    is_called(finding.code, finding.name, &suppression.code) && suppression.scope.iter().all(same)
}

/// Marks what is accepted, but nothing of the rule `never`, which is about suppressions; for each
/// suppression, whether it matched anything.
pub(crate) fn apply(
    suppressions: &[Suppression],
    today: Date,
    never: &str,
    findings: &mut [Finding],
) -> Vec<bool> {
    let mut matched = vec![false; suppressions.len()];
    for (at, suppression) in suppressions.iter().enumerate() {
        let own = |finding: &&mut Finding| finding.code != never && accepts(suppression, finding);
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

/// The suppressions that matched nothing, where the rule they name could look everywhere; to be
/// asked where nothing was left out.
pub(crate) fn unused<'a>(
    suppressions: &'a [Suppression],
    matched: &'a [bool],
    rules: &'a [Outcome],
) -> impl Iterator<Item = &'a Suppression> {
    let looked = |suppression: &Suppression| {
        let own = rules.iter().find(|rule| is_called(rule.code, rule.name, &suppression.code));
        own.is_some_and(|rule| rule.state == State::Passed)
    };
    let pairs = suppressions.iter().zip(matched);
    pairs.filter(move |(one, matched)| !**matched && looked(one)).map(|(one, _)| one)
}
