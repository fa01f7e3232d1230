//! Printing a diagnosis, and the exit code it leads to.

use schemars::JsonSchema;
use serde::Serialize;

use super::fixes::Fixes;
use crate::cli::judging::{exit, tell_server};
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::diagnosis::{Diagnosis, Severity};
use crate::report::doctor;
use crate::report::page::{Page, Report};
use crate::store::mark::SETTINGS_FILE;
use crate::store::repository;

/// A diagnosis, behind what was run to fix it.
#[derive(Debug, Serialize, JsonSchema)]
struct DoctorReport {
    #[serde(flatten)]
    diagnosis: Diagnosis,
    /// With `--fix`: what was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<Fixes>,
}

outcomes! {
    DoctorReport: "doctor";
}

impl Report for DoctorReport {
    fn text(&self, page: &mut Page) {
        if let Some(fixes) = &self.fixes {
            fixes.text(page);
            page.gap();
        }
        doctor::text(&self.diagnosis, page);
    }
}

/// Prints a diagnosis in the format that was asked for; the exit code is the same in each.
pub(super) fn diagnosis(
    context: &Context,
    diagnosis: Diagnosis,
    fixes: Option<Fixes>,
    threshold: Option<Severity>,
) -> Result<Exit, CommandError> {
    let exit = exit(&diagnosis, threshold);
    let Some(word) = context.format.diagnoses_own() else {
        return context.end(exit, &DoctorReport { diagnosis, fixes });
    };
    if let Some(fixes) = &fixes {
        // A build server's format has no place for them.
        context.output.to_stderr().report(&context.command, exit == Exit::Done, fixes)?;
    }
    let settings = if word == "sarif" { settings(context)? } else { None };
    tell_server(context, &diagnosis, threshold, settings.as_deref())?;
    Ok(exit)
}

/// The path of `cdx.toml` in the repository that keeps it.
fn settings(context: &Context) -> Result<Option<String>, CommandError> {
    Ok(repository::kept(&context.environment()?.root().join(SETTINGS_FILE)))
}
