//! `cdx run`: runs jobs in the order given.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::arming::rehearsed;
use crate::exchange::dry_run::{DryRun, dry_run};
use crate::exchange::{Asked, RunRequest, run as run_jobs};
use crate::model::run::{Phase, RunReport};
use crate::model::suggestion::{OfJobs, Prose, Run};
use crate::report::page::{Page, Report};
use crate::world::{CrashPoint, FaultKind};

/// Run jobs in the order given.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Jobs by id or name: 1110, "Global configuration", P, sync-customers.
    #[arg(value_name = "JOB")]
    jobs: Vec<String>,
    /// Only this channel database.
    #[arg(long, value_name = "C")]
    channel: Option<String>,
    /// Only this channel database group.
    #[arg(long, value_name = "G", conflicts_with = "channel")]
    group: Option<String>,
    /// A full synchronization.
    #[arg(long)]
    full: bool,
    /// Only this phase of an upload.
    #[arg(long, value_enum)]
    phase: Option<PhaseArg>,
    /// Count rows per subjob and channel, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Publish a feature although this configuration, which it asks for, is not set up.
    #[arg(long, value_name = "NAME")]
    allow: Vec<String>,
    /// Make something go wrong: apply-fails=houston:2, crash=POINT; `list` shows what there is.
    #[arg(long, value_name = "F")]
    fault: Vec<String>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum PhaseArg {
    Collect,
    Apply,
}

outcomes! {
    RunReport: "run", "init";
    DryRun: "run";
    FaultList: "run";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    if args.fault.iter().any(|fault| fault == "list") {
        return context.done(&FaultList::all());
    }
    if args.jobs.is_empty() {
        let hint = Prose::hint("name one or more", Run::jobs(["1110", "1070"]));
        let error = CommandError::usage("usage", "no job is named", hint);
        return Err(error.with_hint(Prose::hint("see what there is", OfJobs::List)));
    }
    let request = RunRequest {
        jobs: args.jobs.clone(),
        channel: args.channel.clone(),
        group: args.group.clone(),
        full: args.full,
        phase: args.phase.map(|phase| match phase {
            PhaseArg::Collect => Phase::Collect,
            PhaseArg::Apply => Phase::Apply,
        }),
        allow: args.allow.clone(),
    };
    if args.dry_run {
        let reader = context.reader()?;
        // A fault that cannot happen is refused here too; none happens.
        rehearsed(&reader, &args.fault, Asked::Jobs(&request))?;
        let report = dry_run(&reader, &request)?;
        return context.done(&report);
    }
    let mut progress = context.progress();
    let report = context.write_with((&args.fault, Asked::Jobs(&request)), |writer| {
        Ok(run_jobs(writer, &request, &mut progress)?)
    })?;
    context.end(ending(&report), &report)
}

/// How a command ends that ran jobs.
fn ending(report: &RunReport) -> Exit {
    match report {
        RunReport { left, .. } if !left.is_empty() => Exit::Interrupted,
        RunReport { ok: true, .. } => Exit::Done,
        _ => Exit::No,
    }
}

/// What `--fault` takes.
#[derive(Debug, Serialize, JsonSchema)]
struct FaultList {
    /// The faults.
    faults: Vec<FaultLine>,
    /// Where `--fault crash=POINT` ends a command.
    crash_points: Vec<&'static str>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FaultLine {
    /// As it is typed.
    name: &'static str,
    /// What it does.
    text: &'static str,
}

impl FaultList {
    fn all() -> Self {
        Self {
            faults: FaultKind::ALL
                .iter()
                .map(|kind| FaultLine { name: kind.as_str(), text: kind.describe() })
                .collect(),
            crash_points: CrashPoint::ALL.iter().map(|point| point.as_str()).collect(),
        }
    }
}

impl Report for FaultList {
    fn text(&self, page: &mut Page) {
        let row = |line: &FaultLine| [line.name.to_owned(), line.text.to_owned()];
        page.table(["fault", "what it does"], self.faults.iter().map(row).collect());
        page.item(
            "random draws one of these and a channel from the environment's seed, and tells it",
        );
        page.title("crash=POINT ends the process at one of these");
        for point in &self.crash_points {
            page.item(*point);
        }
    }
}
