//! Printing a diagnosis, and the exit code it leads to.

use std::path::Path;

use serde::Serialize;

use super::fixes::Fixes;
use crate::cli::values::FormatArg;
use crate::cli::{CommandError, Context, Exit};
use crate::diagnosis::baseline::Baseline;
use crate::diagnosis::{Diagnosis, Severity};
use crate::model::suggestion::{Doctor, Prose};
use crate::report::doctor;
use crate::report::page::{Page, Report, count};
use crate::store::mark::SETTINGS_FILE;
use crate::store::replace::replace;
use crate::store::repository;

/// A diagnosis, behind what was run to fix it.
#[derive(Debug, Serialize)]
struct DoctorReport {
    #[serde(flatten)]
    diagnosis: Diagnosis,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<Fixes>,
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
    let exit = if threshold.is_some_and(|threshold| diagnosis.fails(threshold)) {
        Exit::No
    } else if diagnosis.is_sound() {
        Exit::Done
    } else {
        Exit::Impossible
    };
    if let Some(fixes) = fixes.as_ref().filter(|_| context.format.doctors_own().is_some()) {
        // A build server's format has no place for them.
        context.output.to_stderr().report(&context.command, exit == Exit::Done, fixes)?;
    }
    match context.format {
        FormatArg::Text | FormatArg::Csv | FormatArg::Json => {
            return context.end(exit, &DoctorReport { diagnosis, fixes });
        }
        FormatArg::Junit => context.output.stdout(&doctor::junit(&diagnosis, threshold)?)?,
        FormatArg::Sarif => {
            context.output.stdout(&doctor::sarif(&diagnosis, settings(context)?.as_deref()))?;
        }
        FormatArg::Github => context.output.stdout(&doctor::github(&diagnosis))?,
    }
    Ok(exit)
}

/// The path of `cdx.toml` in the repository that keeps it.
fn settings(context: &Context) -> Result<Option<String>, CommandError> {
    Ok(repository::kept(&context.environment()?.root().join(SETTINGS_FILE)))
}

/// What was written of a baseline.
#[derive(Debug, Serialize)]
struct BaselineReport {
    baseline: String,
    findings: usize,
}

impl Report for BaselineReport {
    fn text(&self, page: &mut Page) {
        page.line(format!("{}: {}", self.baseline, count(self.findings as u64, "finding")));
        let doctor = Doctor { baseline: Some(self.baseline.clone()), ..Doctor::default() };
        page.item(Prose::hint("what is new from now on", doctor));
    }
}

/// Writes a baseline, whole or not at all.
pub(super) fn baseline(
    context: &Context,
    path: &Path,
    baseline: &Baseline,
) -> Result<Exit, CommandError> {
    replace(path, baseline.text().as_bytes())?;
    let (path, findings) = (path.display().to_string(), baseline.len());
    context.done(&BaselineReport { baseline: path, findings })
}
