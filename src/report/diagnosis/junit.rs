//! JUnit's XML: a test case for each rule that passed, and one for each finding.

use std::collections::BTreeSet;
use std::io;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::examiner::Examiner;
use super::wording::{particulars, printable, set_aside, subject};
use crate::diagnosis::{Diagnosis, Finding, Severity};
use crate::diagnosis::{Outcome, State};

/// A diagnosis as JUnit's XML.
///
/// A finding that counts and is at least as severe as the threshold is a failure; any other is a
/// success that tells of it. A rule that passed is a success, one that could not look everywhere
/// is skipped, one that could not be carried out is an error. Without a threshold nothing fails.
///
/// # Errors
/// What keeps the XML from being written.
pub fn junit(diagnosis: &Diagnosis, threshold: Option<Severity>) -> io::Result<String> {
    let examiner = Examiner::of(diagnosis);
    let mut suite = TestSuite::new(examiner.name());
    let mut names = BTreeSet::new();
    for finding in &diagnosis.findings {
        suite.add_test_case(of_finding(finding, examiner, threshold, &mut names));
    }
    for rule in &diagnosis.rules {
        if let Some(status) = of_rule(rule) {
            let name = unique(format!("{} {}", rule.code, rule.name), &mut names);
            suite.add_test_case(case(examiner, rule.code, &name, status));
        }
    }
    let mut report = Report::new(examiner.name());
    report.add_test_suite(suite);
    report.to_string().map_err(io::Error::other)
}

fn of_finding(
    finding: &Finding,
    examiner: Examiner,
    threshold: Option<Severity>,
    names: &mut BTreeSet<String>,
) -> TestCase {
    let about = printable(&subject(&finding.subject));
    let name = unique(format!("{} {}: {about}", finding.code, finding.name), names);
    let spared = set_aside(finding, examiner).or_else(|| too_slight(finding.severity, threshold));
    let Some(spared) = spared else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status
            .set_message(printable(&finding.title))
            .set_type(finding.severity.as_str())
            .set_description(printable(&particulars(finding)));
        return case(examiner, finding.code, &name, status);
    };
    let mut case = case(examiner, finding.code, &name, TestCaseStatus::success());
    let text = format!("{spared}\n{}\n{}", finding.title, particulars(finding));
    case.set_system_out(printable(&text));
    case
}

/// Why a severity is no failure; none for one that is.
fn too_slight(severity: Severity, threshold: Option<Severity>) -> Option<String> {
    let own = severity.as_str();
    match threshold {
        Some(least) if severity >= least => None,
        Some(least) => Some(format!("Below the threshold: {own}, not {}.", least.as_str())),
        None => Some(format!("Nothing is to fail: {own}.")),
    }
}

/// How a rule ended, beside its findings; none for one that failed and looked everywhere.
fn of_rule(rule: &Outcome) -> Option<TestCaseStatus> {
    let mut status = match rule.state {
        State::Passed => return Some(TestCaseStatus::success()),
        State::Failed if rule.reasons.is_empty() => return None,
        State::Failed | State::Skipped => TestCaseStatus::skipped(),
        State::Crashed => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("crashed");
            status
        }
    };
    status.set_message(printable(&rule.reasons.join("; ")));
    Some(status)
}

fn case(examiner: Examiner, code: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("{}.{code}", examiner.class()));
    case
}

/// The name, numbered where it is taken.
fn unique(name: String, names: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number: usize| format!("{name} ({number})"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| !names.contains(name));
    let name = free.unwrap_or(name);
    names.insert(name.clone());
    name
}
