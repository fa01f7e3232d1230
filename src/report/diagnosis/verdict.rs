//! What a diagnosis comes to, in words: whether it failed, and how much was found.

use crate::diagnosis::{Checks, Diagnosis, Finding, Severity};
use crate::report::page::count;

/// Whether it failed, passed or could not judge, and how much was found.
pub(super) fn verdict(diagnosis: &Diagnosis, threshold: Option<Severity>) -> String {
    let word = if threshold.is_some_and(|threshold| diagnosis.fails(threshold)) {
        "failed"
    } else if diagnosis.is_sound() {
        "passed"
    } else {
        "could not judge everything"
    };
    format!("{word}: {}", found(diagnosis))
}

/// How much was found, in a few words.
pub(super) fn found(diagnosis: &Diagnosis) -> String {
    let mut words: Vec<String> = Vec::new();
    for severity in Severity::ALL.iter().rev() {
        match (severity, of(diagnosis, *severity)) {
            (_, 0) => {}
            (Severity::Info, found) => words.push(format!("{found} info")),
            (severity, found) => words.push(count(found, severity.as_str())),
        }
    }
    if words.is_empty() {
        words.push("nothing found".to_owned());
    }
    if diagnosis.checks.crashed > 0 {
        words.push(format!("{} crashed", count(diagnosis.checks.crashed as u64, "check")));
    }
    if !diagnosis.is_informed() {
        words.push("nothing could be judged".to_owned());
    }
    words.join(", ")
}

/// How much was found, was accepted and was known, and how the checks ended.
pub(super) fn counted(diagnosis: &Diagnosis) -> String {
    let accepted = diagnosis.findings.iter().filter(|finding| finding.suppressed).count();
    let known = diagnosis.findings.iter().filter(|finding| !finding.suppressed && finding.baseline);
    let Checks { run, passed, failed, skipped, crashed } = diagnosis.checks;
    format!(
        "{}, {}, {} info, {accepted} suppressed, {} in the baseline; {} run: {passed} passed, \
         {failed} failed, {crashed} crashed; {skipped} skipped",
        count(of(diagnosis, Severity::Error), "error"),
        count(of(diagnosis, Severity::Warning), "warning"),
        of(diagnosis, Severity::Info),
        known.count(),
        count(run as u64, "check"),
    )
}

/// How many findings of a severity count.
fn of(diagnosis: &Diagnosis, severity: Severity) -> u64 {
    let own = |finding: &&Finding| finding.counts() && finding.severity == severity;
    diagnosis.findings.iter().filter(own).count() as u64
}
