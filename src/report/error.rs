//! The one printer of errors.

use std::fmt::Write as _;
use std::io;

use colored::Color;
use schemars::JsonSchema;
use serde::Serialize;

use super::output::{Format, Output};
use crate::definitions::Problem;
use crate::exchange::way::Way;
use crate::model::run::RunReport;
use crate::model::safe;
use crate::model::suggestion::Prose;

/// What went wrong, ready to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A stable word for scripts.
    pub(crate) code: &'static str,
    /// What.
    pub(crate) message: String,
    /// Why, the nearest cause first.
    pub(crate) causes: Vec<String>,
    /// What to do, each ending in a command to run.
    pub(crate) hints: Vec<Prose>,
    /// What was done before it went wrong.
    pub(crate) report: Option<PartialReport>,
}

/// What was done before something went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum PartialReport {
    /// By jobs that ran.
    Run(RunReport),
    /// While the clock moved.
    Way(Way),
    /// By the reader of files.
    Problems(ListedProblems),
}

/// What is wrong with files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ListedProblems {
    /// Each with its place.
    pub(crate) problems: Vec<Problem>,
    /// Those after the first hundred.
    pub(crate) more_problems: usize,
}

/// An error, as JSON has it.
#[derive(Serialize, JsonSchema)]
pub(super) struct FailureObject<'a> {
    /// What went wrong.
    error: ErrorObject<'a>,
    /// What was done before it went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a PartialReport>,
}

/// What went wrong.
#[derive(Serialize, JsonSchema)]
struct ErrorObject<'a> {
    /// A stable word for scripts.
    code: &'a str,
    /// What.
    message: &'a str,
    /// Why, the nearest cause first.
    causes: &'a [String],
    /// What to do, each ending in a command to run.
    hints: &'a [String],
}

impl Output {
    /// Prints an error: to standard error, and with JSON as the one object on standard output.
    pub(crate) fn failure(&self, command: &str, failure: &Failure) -> io::Result<()> {
        let hints: Vec<String> = failure.hints.iter().map(|hint| hint.text(self.env())).collect();
        // Where the object cannot be printed, people still read what went wrong.
        let mut printed = Ok(());
        if self.format() == Format::Json {
            let Failure { code, message, causes, report, .. } = failure;
            let error = ErrorObject { code, message, causes, hints: &hints };
            let body = FailureObject { error, report: report.as_ref() };
            printed = self.print(&self.json(command, false, &body));
        }
        let palette = self.stderr_palette();
        let mut text = format!(
            "{} {}\n",
            palette.paint("error:", Color::Red),
            safe::message(&failure.message)
        );
        for cause in &failure.causes {
            let cause = safe::message(cause);
            let _ = writeln!(text, "  {} {cause}", palette.faint("caused by:"));
        }
        for hint in &hints {
            let hint = safe::line(hint);
            let _ = writeln!(text, "{} {hint}", palette.paint("hint:", Color::Cyan));
        }
        self.stderr(&text).and(printed)
    }
}
