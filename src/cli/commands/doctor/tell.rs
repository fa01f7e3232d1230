//! Telling a diagnosis, and the exit code it leads to.

use schemars::JsonSchema;
use serde::Serialize;

use super::fixes::Fixes;
use crate::cli::judging::exit;
use crate::cli::outcome::outcomes;
use crate::cli::outputs::{Outputs, Told};
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

/// How a diagnosis is told.
pub(super) struct Telling<'a> {
    /// The least severe finding that counts.
    pub(super) threshold: Option<Severity>,
    /// Where it goes beside standard output.
    pub(super) outputs: &'a Outputs,
}

impl Telling<'_> {
    /// Tells a diagnosis in the formats that were asked for; the exit code is the same in each.
    pub(super) fn diagnosis(
        &self,
        context: &Context,
        diagnosis: &Diagnosis,
        fixes: Option<Fixes>,
    ) -> Result<Exit, CommandError> {
        let exit = exit(diagnosis, self.threshold);
        let servers = self.outputs.tell_servers(context);
        if let Some(fixes) = fixes.as_ref().filter(|_| !self.outputs.tell_report(context)) {
            // A build server's format has no place for them.
            context.output.to_stderr().report(&context.command, exit == Exit::Done, fixes)?;
        }
        let settings = if servers { settings(context)? } else { None };
        let report = &DoctorReport { diagnosis: diagnosis.clone(), fixes };
        let told = Told { report, diagnosis, threshold: self.threshold, settings, exit };
        self.outputs.tell(context, &told)
    }
}

/// The path of `cdx.toml` in the repository that keeps it.
fn settings(context: &Context) -> Result<Option<String>, CommandError> {
    Ok(repository::kept(&context.environment()?.root().join(SETTINGS_FILE)))
}
