//! What follows from which finding causes which: a cause is told first, and fixed first.

use std::collections::BTreeSet;

use super::finding::{Cause, Finding};
use super::fix::Fix;
use super::severity::Severity;

/// Links what causes something with what it causes: a fix that would be run in vain begins with
/// what clears its way, and is as safe as that. Then causes come first.
///
/// `causes` has the places of each finding's causes; `in_the_way` are the codes of those that a
/// fix must clear first.
pub(crate) fn link(findings: &mut [Finding], causes: Vec<Vec<usize>>, in_the_way: &[&str]) {
    let mut ranks: Vec<Severity> = findings.iter().map(|finding| finding.severity).collect();
    for (at, causes) in causes.iter().enumerate() {
        for cause in causes {
            ranks[*cause] = ranks[*cause].max(findings[at].severity);
        }
    }
    for (at, causes) in causes.into_iter().enumerate() {
        let cleared: Vec<Fix> = causes
            .iter()
            .filter(|cause| in_the_way.contains(&findings[**cause].code))
            .filter_map(|cause| findings[*cause].fix.clone())
            .collect();
        let told = causes.iter().map(|cause| {
            let Finding { code, fingerprint, .. } = &findings[*cause];
            Cause { code, fingerprint: fingerprint.clone() }
        });
        let told = told.collect();
        let finding = &mut findings[at];
        finding.caused_by = told;
        finding.rank = ranks[at];
        if let Some(fix) = &mut finding.fix {
            for clear in cleared {
                fix.comes_after(clear);
            }
        }
    }
    let causing: BTreeSet<String> = findings
        .iter()
        .flat_map(|finding| finding.caused_by.iter().map(|cause| cause.fingerprint.clone()))
        .collect();
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| {
            let order = match (causing.contains(&finding.fingerprint), &finding.caused_by[..]) {
                (true, []) => 0,
                (true, _) => 1,
                (false, _) => 2,
            };
            (std::cmp::Reverse(finding.rank), order, finding.code)
        };
        key(a).cmp(&key(b))
    });
}
