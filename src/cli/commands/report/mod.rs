//! `cdx report`: an environment as one page of HTML, to look at and to send.

mod collect;
mod place;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use super::doctor::examine;
use crate::cli::judging::{FailOn, exit};
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::diagnosis::group::groups;
use crate::diagnosis::{Diagnosis, Severity};
use crate::doctor::Request;
use crate::report::html::page;
use crate::report::html::view::EnvironmentView;
use crate::report::page::{Page, Report, count, grouped};
use crate::store::replace::replace;
use collect::Collected;
use place::Place;

outcomes! {
    WrittenReport: "report";
}

/// Write an environment as one page of HTML, to look at and to send; it loads nothing.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The file; - is standard output.
    #[arg(short, long, value_name = "FILE", default_value = place::FILE)]
    output: PathBuf,
    /// With the way of this customer: an account, a temporary id, or a name.
    #[arg(long, value_name = "A")]
    customer: Option<String>,
    /// The least severe finding that makes the exit code 1; without it findings do not.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let word = args.customer.as_deref();
    let place = Place::of(context, args.output, word)?;
    let env = context.named_env();
    let catalogue = context.environment()?.gates()?;
    let here = context.steady(|reader| Collected::read(reader, &catalogue, word))?;
    let diagnosis = examine(context, Request { env, ..Request::default() })?;
    let exit = match args.fail_on {
        Some(fail_on) => exit(&diagnosis, fail_on.threshold()),
        None => Exit::Done,
    };
    let view = here.with(diagnosis);
    let text = page(&view);
    match place {
        Place::StandardOutput => {
            context.output.stdout(&text)?;
            Ok(exit)
        }
        Place::File(path) => {
            replace(&context.folder.place(&path), text.as_bytes())?;
            let report = path.display().to_string();
            context.end(exit, &WrittenReport::of(report, text.len() as u64, &view))
        }
    }
}

/// What was written.
#[derive(Debug, Serialize, JsonSchema)]
struct WrittenReport {
    /// The file.
    report: String,
    /// Its size.
    bytes: u64,
    /// Causes that findings have.
    causes: u64,
    /// Findings that are errors.
    errors: u64,
    /// Those that are warnings.
    warnings: u64,
    /// Those that are neither.
    infos: u64,
    /// Channel databases, offline ones included.
    channels: u64,
    /// Sessions in their lanes.
    sessions: u64,
    /// Real-time calls.
    calls: u64,
    /// Channel databases that could not be read.
    unreadable: Vec<String>,
}

impl WrittenReport {
    fn of(report: String, bytes: u64, view: &EnvironmentView) -> Self {
        let Diagnosis { findings, .. } = &view.diagnosis;
        let of = |severity: Severity| {
            findings.iter().filter(|one| one.severity == severity && one.counts()).count() as u64
        };
        let open = groups(findings.iter().filter(|one| one.counts()));
        Self {
            report,
            bytes,
            causes: open.len() as u64,
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            infos: of(Severity::Info),
            channels: view.lanes.len() as u64,
            sessions: view.lanes.iter().map(|lane| lane.sessions.len() as u64).sum(),
            calls: view.calls.iter().map(|one| one.calls).sum(),
            unreadable: view.unread.iter().map(|one| one.name.clone()).collect(),
        }
    }
}

impl Report for WrittenReport {
    fn text(&self, page: &mut Page) {
        let findings = [
            count(self.errors, "error"),
            count(self.warnings, "warning"),
            count(self.infos, "info"),
        ];
        page.line(format!("{}: {} bytes", self.report, grouped(self.bytes)));
        page.item(format!("{} by {}", findings.join(", "), count(self.causes, "cause")));
        page.item(format!(
            "{}, {} in them, {}",
            count(self.channels, "channel database"),
            count(self.sessions, "session"),
            count(self.calls, "real-time call")
        ));
        if !self.unreadable.is_empty() {
            page.item(format!("not read: {}", self.unreadable.join(", ")));
        }
    }
}
