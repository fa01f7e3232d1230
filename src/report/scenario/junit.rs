//! JUnit's XML: a test suite for each file, a test case for each run of its scenario.

use std::io;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::TestReport;
use super::failure::{again, in_lines};
use crate::model::safe::document;
use crate::scenario::outcome::ScenarioOutcome;

/// What the suites of all files are called together.
const NAME: &str = concat!(env!("CARGO_PKG_NAME"), " test");

/// Runs as JUnit's XML.
///
/// # Errors
/// What keeps the XML from being written.
pub(crate) fn junit(tested: &TestReport) -> io::Result<String> {
    let mut report = Report::new(NAME);
    for one in &tested.left {
        let mut suite = TestSuite::new(printable(&one.file));
        let mut status = TestCaseStatus::skipped();
        status.set_message("interrupted before its end");
        suite.add_test_case(named(&one.name, &one.file, status));
        report.add_test_suite(suite);
    }
    let mut rest = tested.scenarios.as_slice();
    while let Some(first) = rest.first() {
        let (own, others) = rest.split_at(rest.iter().take_while(|o| o.file == first.file).count());
        let mut suite = TestSuite::new(printable(&first.file));
        for one in own {
            suite.add_test_case(case(one, &tested.free));
        }
        report.add_test_suite(suite);
        rest = others;
    }
    report.to_string().map_err(io::Error::other)
}

fn case(one: &ScenarioOutcome, free: &str) -> TestCase {
    let status = match one.failed() {
        None => TestCaseStatus::success(),
        Some(step) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let wrong = step.got.wrong.first().map_or("", String::as_str);
            let wrong = wrong.replace('\n', " ");
            let message = format!("line {}: {}: {wrong}", step.line, step.run);
            let command = again(one, free).typed(None);
            let text = format!("{}\ndo it again: {command}", in_lines(one, step));
            status
                .set_message(printable(&message))
                .set_type("expectation")
                .set_description(printable(&text));
            status
        }
    };
    named(&one.label, &one.file, status)
}

/// The test case of a run of a file.
fn named(label: &str, file: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(printable(label), status);
    let stem = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = stem.strip_suffix(".toml").unwrap_or(stem);
    case.set_classname(printable(&format!("cdx.test.{}", stem.replace('.', "-"))));
    case
}

/// Text without characters that XML forbids or a terminal obeys; line ends stay.
fn printable(text: &str) -> String {
    document(text).replace('\t', " ")
}
