//! `cdx schedules`: headquarters' distribution schedules.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::model::topology::{BatchState, Schedule};
use crate::report::page::{Page, Report, yes};
use crate::store::topology;

/// Show and change distribution schedules.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List distribution schedules.
    List,
    /// Change a distribution schedule; a new name makes a new one.
    Set {
        /// Its name.
        name: String,
        /// Whether it generates anything.
        #[arg(long, value_enum)]
        active: Option<super::YesNo>,
        /// Whether a recurring batch runs it.
        #[arg(long, value_enum)]
        recurring: Option<super::YesNo>,
        /// The state of that batch.
        #[arg(long, value_parser = states(), ignore_case = true, value_name = "STATE")]
        batch_state: Option<BatchState>,
        /// The jobs it runs, instead of those it has.
        #[arg(long, value_name = "JOB", num_args = 1..)]
        jobs: Option<Vec<String>>,
        /// The groups it serves, instead of those it has.
        #[arg(long, value_name = "G", num_args = 0..)]
        groups: Option<Vec<String>>,
    },
}

/// The words of a batch job's states, in any case.
fn states() -> impl TypedValueParser<Value = BatchState> {
    let words = BatchState::ALL.iter().map(|state| state.as_str().to_lowercase());
    PossibleValuesParser::new(words)
        .try_map(|word| BatchState::parse(&word).ok_or_else(|| format!("no state {word:?}")))
}

pub(in crate::cli) fn run(context: &mut Context, args: Args) -> Result<Exit, CommandError> {
    if let Command::Set { name, active, recurring, batch_state, jobs, groups } = args.command {
        let writer = context.writer(&[])?;
        let definitions = crate::store::scheduler::read(&writer.hq)?;
        let jobs = jobs.map(|words| {
            words
                .iter()
                .map(|word| match definitions.find_job(word) {
                    Some(job) => Ok(job.id.clone()),
                    None => Err(super::jobs::unknown_job(&definitions, word)),
                })
                .collect::<Result<Vec<_>, _>>()
        });
        let jobs = jobs.transpose()?;
        let groups = groups
            .map(|names| names.iter().map(|name| topology::find_group(&writer.hq, name)).collect());
        let groups: Option<Vec<_>> = groups.transpose()?;
        let change = topology::ScheduleChange {
            active: active.map(Into::into),
            recurring: recurring.map(Into::into),
            batch_state,
            jobs,
            groups: groups.map(|groups| groups.iter().map(|group| group.id).collect()),
        };
        topology::set_schedule(&writer.hq, &name, &change)?;
        writer.finish()?;
    }
    let schedules = topology::schedules(&context.reader()?.hq)?;
    context.print(&ScheduleList { schedules })?;
    Ok(Exit::Done)
}

#[derive(Debug, Serialize)]
struct ScheduleList {
    schedules: Vec<Schedule>,
}

impl Report for ScheduleList {
    fn text(&self, page: &mut Page) {
        let row = |schedule: &Schedule| {
            [
                schedule.name.clone(),
                yes(schedule.active),
                yes(schedule.recurring),
                schedule.batch_state.map_or("none", BatchState::as_str).to_owned(),
                schedule.jobs.join(" "),
                schedule.groups.join(" "),
            ]
        };
        page.table(
            ["schedule", "active", "recurring", "batch", "jobs", "groups"],
            self.schedules.iter().map(row).collect(),
        );
    }
}
