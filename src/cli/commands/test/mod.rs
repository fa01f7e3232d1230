//! `cdx test`: scenarios with expectations, each in an environment of its own.

mod keep;
mod lines;
mod load;
mod only;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::cli::folder::Folder;
use crate::cli::outcome::outcomes;
use crate::cli::values::FormatArg;
use crate::cli::{CommandError, Context, Exit};
use crate::model::event::{Event, Listener as _};
use crate::model::suggestion::{Prose, Suggestion};
use crate::report::scenario::{
    LeftScenario, ListedScenario, ListedStep, TestList, TestReport, junit,
};
use crate::scenario::outcome::ScenarioOutcome;
use crate::scenario::rehearsal::{Rehearsal, typed};
use crate::scenario::{Program, play_all};
use crate::store::StoreError;
use crate::world::Machine;
use keep::Keep;

/// Play scenarios: commands with what is expected of them, each file in an environment of its own.
#[derive(Debug, clap::Args)]
#[command(after_long_help = FORMATS)]
pub(in crate::cli) struct Args {
    /// Scenario files, or folders of them.
    #[arg(value_name = "SCENARIO", required = true)]
    paths: Vec<PathBuf>,
    /// Only the scenario of this name, or those whose name contains it.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Leave the environments in this folder, which is new or empty; that of a single scenario is
    /// the folder itself.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// How many are played at once; else as many as the machine has processors.
    #[arg(long = "jobs", value_name = "N")]
    at_once: Option<NonZeroUsize>,
    /// Only say what would be played.
    #[arg(long, conflicts_with = "keep")]
    list: bool,
}

/// What `--format` takes here: more than elsewhere.
const FORMATS: &str = "\
Formats of test:
  --format text   for people: a line for each scenario, and what was otherwise than expected
  --format json   for scripts: one object, every step in it
  --format junit  JUnit XML, for build servers: a test case for each scenario

The format of a scenario file is in docs/scenarios.md.";

outcomes! {
    TestReport: "test";
    TestList: "test";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let files = load::files(context, &args.paths)?;
    let runs: Vec<Rehearsal<'_>> = files.iter().flat_map(Rehearsal::all).collect();
    let runs = match &args.only {
        None => runs,
        Some(name) => only::those(name, runs)?,
    };
    if args.list {
        if context.format == FormatArg::Junit && context.format_typed {
            let message = "--list is text or JSON, and --format junit was asked for";
            let hint = Prose::hint("see what it takes", Suggestion::Help(Some("test".to_owned())));
            return Err(CommandError::usage("usage", message, hint));
        }
        return context.done(&list(&runs));
    }
    let keep = args.keep.map(|folder| Keep::new(context, folder, &runs)).transpose()?;
    let program = program(context)?;
    let at_once = args.at_once.map_or_else(|| Machine::current().threads(), NonZeroUsize::get);
    let bar = context.progress().shared("scenarios", "scenarios");
    let all = runs.len() as u64;
    let told = Mutex::new(context.progress());
    let stage = |at: usize| {
        let what = format!("playing {}", runs[at].label());
        told.lock().unwrap_or_else(PoisonError::into_inner).event(Event::Did { what });
        keep::stage(keep.as_ref(), at)
    };
    let done = |ended: usize| bar.at(all, ended as u64);
    let played = play_all(&program, &runs, at_once, &stage, &done);
    bar.finish();
    let report = report(context, &runs, played?, args.only);
    let exit = exit(&report);
    if context.format == FormatArg::Junit {
        context.output.stdout(&junit(&report)?)?;
        return Ok(exit);
    }
    context.end(exit, &report)
}

fn report(
    context: &Context,
    runs: &[Rehearsal<'_>],
    played: Vec<Option<ScenarioOutcome>>,
    only: Option<String>,
) -> TestReport {
    let (mut scenarios, mut left) = (Vec::new(), Vec::new());
    for (run, outcome) in runs.iter().zip(played) {
        match outcome {
            Some(outcome) => scenarios.push(outcome),
            None => left.push(LeftScenario { name: run.label(), file: run.of.file.clone() }),
        }
    }
    TestReport { scenarios, left, only, free: keep::free(context) }
}

/// How it ends: a machine on which no environment can be made says nothing about a scenario.
fn exit(report: &TestReport) -> Exit {
    let impossible = i32::from(Exit::Impossible.code());
    if !report.left.is_empty() {
        Exit::Interrupted
    } else if report.scenarios.iter().all(|one| one.ok) {
        Exit::Done
    } else if report.scenarios.iter().any(|one| one.init.exit == Some(impossible)) {
        Exit::Impossible
    } else {
        Exit::No
    }
}

/// The program that steps run.
fn program(context: &Context) -> Result<Program, CommandError> {
    match context.folder {
        Folder::Process => {
            let here = std::path::Path::new("cdx");
            Ok(Program::own().map_err(StoreError::io("find", here))?)
        }
        // Another process's file is not this program.
        Folder::Given(_) => Err(CommandError::usage(
            "usage",
            "scenarios are played by a process of their own, and this is a part of another",
            Prose::hint("see what it takes", Suggestion::Help(Some("test".to_owned()))),
        )),
    }
}

fn list(runs: &[Rehearsal<'_>]) -> TestList {
    let listed = runs.iter().map(|run| {
        let values = run.values();
        let step = |step: &crate::definitions::scenario::ScenarioStep| ListedStep {
            run: typed(&step.act.words(&values)),
            line: step.line,
        };
        ListedScenario {
            name: run.of.scenario.name.clone(),
            file: run.of.file.clone(),
            matrix: run.object(),
            steps: run.of.scenario.steps.iter().map(step).collect(),
            label: run.label(),
        }
    });
    TestList { scenarios: listed.collect() }
}
