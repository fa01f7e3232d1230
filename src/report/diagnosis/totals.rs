//! The last lines of a diagnosis as text: how the rules ended, and how much was found.

use crate::diagnosis::{Checks, Diagnosis, Finding, Severity};
use crate::model::suggestion::Prose;
use crate::report::page::{Page, count};

/// Writes them.
pub(in crate::report) fn totals(diagnosis: &Diagnosis, page: &mut Page) {
    let Checks { run, passed, failed, skipped, crashed } = diagnosis.checks;
    page.line(format!(
        "{}: {passed} passed, {failed} failed, {crashed} crashed; {skipped} skipped",
        count(run as u64, "check")
    ));
    let mut line = Prose::default();
    for (at, severity) in Severity::ALL.iter().rev().enumerate() {
        let own = |finding: &&Finding| finding.severity == *severity && finding.counts();
        let found = diagnosis.findings.iter().filter(own).count() as u64;
        let tone = severity.tone().and_then(|tone| tone.of_count(found));
        line = line.and(if at == 0 { "" } else { ", " });
        line = line.and_value(count(found, severity.as_str()), tone);
    }
    let apart = [
        (diagnosis.findings.iter().filter(|finding| finding.suppressed).count(), "suppressed"),
        (
            diagnosis.findings.iter().filter(|f| f.baseline && !f.suppressed).count(),
            "in the baseline",
        ),
    ];
    for (number, word) in apart.into_iter().filter(|(number, _)| *number > 0) {
        line = line.and(format!("; {number} {word}"));
    }
    page.line(line);
}
