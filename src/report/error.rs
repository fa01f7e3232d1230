//! The one printer of errors.

use std::fmt::Write as _;
use std::io;

use colored::Color;
use serde_json::{Value, json};

use super::output::{Format, Output};
use super::safe;
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
    pub(crate) report: Option<Value>,
}

impl Output {
    /// Prints an error: to standard error, and with JSON as the one object on standard output.
    pub(crate) fn failure(&self, command: &str, failure: &Failure) -> io::Result<()> {
        let hints: Vec<String> = failure.hints.iter().map(|hint| hint.text(self.env())).collect();
        // Where the object cannot be printed, people still read what went wrong.
        let mut printed = Ok(());
        if self.format() == Format::Json {
            let mut body = json!({
                "error": {
                    "code": failure.code,
                    "message": failure.message,
                    "causes": failure.causes,
                    "hints": hints,
                }
            });
            if let (Some(report), Value::Object(fields)) = (&failure.report, &mut body) {
                fields.insert("report".to_owned(), report.clone());
            }
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
