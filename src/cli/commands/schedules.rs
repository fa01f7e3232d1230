//! `cdx schedules`: headquarters' distribution schedules.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::values::{YesNo, interval, new_name};
use crate::cli::{CommandError, Context, Exit};
use crate::model::ids::{GroupId, JobId};
use crate::model::interval::Interval;
use crate::model::job::Definitions;
use crate::model::name_kind::NameKind;
use crate::model::suggestion::{Prose, SetSchedule};
use crate::model::topology::{BatchState, Schedule};
use crate::report::page::{Page, Report, yes};
use crate::store::{Headquarters, HqWriter, StoreError, scheduler, topology};

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
    /// Change a distribution schedule; a new name with jobs makes a new one.
    Set(SetArgs),
}

#[derive(Debug, clap::Args)]
struct SetArgs {
    /// Its name.
    #[arg(value_parser = new_name)]
    name: String,
    /// Whether it generates anything.
    #[arg(long, value_enum)]
    active: Option<YesNo>,
    /// Whether a recurring batch runs it; where there is none, yes makes one.
    #[arg(long, value_enum)]
    recurring: Option<YesNo>,
    /// The state of that batch; where there is none, one is made.
    #[arg(long, value_parser = states(), ignore_case = true, value_name = "STATE")]
    batch_state: Option<BatchState>,
    /// How often that batch runs, from now on: 10m, 2h, 1d; where there is none, one is made.
    #[arg(long, value_name = "D", value_parser = interval)]
    every: Option<Interval>,
    /// The jobs it runs, instead of those it has.
    #[arg(long, value_name = "JOB", num_args = 1..,
          conflicts_with_all = ["add_jobs", "remove_jobs"])]
    jobs: Option<Vec<String>>,
    /// Jobs it runs beside those it has.
    #[arg(long, value_name = "JOB", num_args = 1..)]
    add_jobs: Vec<String>,
    /// Jobs it no longer runs.
    #[arg(long, value_name = "JOB", num_args = 1..)]
    remove_jobs: Vec<String>,
    /// The groups it serves, instead of those it has.
    #[arg(long, value_name = "G", num_args = 0..,
          conflicts_with_all = ["add_groups", "remove_groups"])]
    groups: Option<Vec<String>>,
    /// Groups it serves beside those it has.
    #[arg(long, value_name = "G", num_args = 1..)]
    add_groups: Vec<String>,
    /// Groups it no longer serves.
    #[arg(long, value_name = "G", num_args = 1..)]
    remove_groups: Vec<String>,
}

outcomes! {
    ScheduleList: "schedules list", "schedules set";
}

/// The words of a batch job's states, in any case.
fn states() -> impl TypedValueParser<Value = BatchState> {
    let words = BatchState::ALL.iter().map(|state| state.as_str().to_lowercase());
    PossibleValuesParser::new(words)
        .try_map(|word| BatchState::parse(&word).ok_or_else(|| format!("no state {word:?}")))
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    if let Command::Set(args) = &args.command {
        set(context, args)?;
    }
    let schedules = topology::schedules(&context.reader()?.hq)?;
    context.done(&ScheduleList { schedules })
}

fn set(context: &Context, args: &SetArgs) -> Result<(), CommandError> {
    context.change(|writer| change(writer, args))
}

fn change(writer: &HqWriter<'_>, args: &SetArgs) -> Result<(), CommandError> {
    let schedules = topology::schedules(&writer.hq)?;
    let known = schedules.iter().find(|one| one.name.eq_ignore_ascii_case(&args.name));
    let jobs = jobs(&scheduler::read(&writer.hq)?, known, args)?;
    if known.is_none() && jobs.as_ref().is_none_or(Vec::is_empty) {
        return Err(unknown_schedule(&schedules, &args.name));
    }
    let change = topology::ScheduleChange {
        active: args.active.map(Into::into),
        recurring: args.recurring.map(Into::into).or(args.every.is_some().then_some(true)),
        every: args.every.map(|every| (every, writer.world.clock.utc())),
        batch_state: args.batch_state,
        jobs,
        groups: groups(&writer.hq, known, args)?,
    };
    Ok(topology::set_schedule(&writer.hq, &args.name, &change)?)
}

/// A schedule without jobs does nothing, so that a new name without them is a misspelt one.
fn unknown_schedule(schedules: &[Schedule], name: &str) -> CommandError {
    let names: Vec<String> = schedules.iter().map(|schedule| schedule.name.clone()).collect();
    let unknown = StoreError::unknown(NameKind::Schedule, name, &names);
    let mut error = CommandError::from(unknown);
    let change = SetSchedule { jobs: vec!["1010".to_owned()], ..SetSchedule::of(name) };
    let new = Prose::hint("a new one needs jobs, for example", change);
    error.failure.hints.push(new);
    error
}

/// The jobs a schedule runs from now on; none when they stay.
fn jobs(
    definitions: &Definitions,
    known: Option<&Schedule>,
    args: &SetArgs,
) -> Result<Option<Vec<JobId>>, CommandError> {
    if args.jobs.is_none() && args.add_jobs.is_empty() && args.remove_jobs.is_empty() {
        return Ok(None);
    }
    let find = |word: &String| match definitions.find_job(word) {
        Some(job) => Ok(job.id.clone()),
        None => Err(super::jobs::unknown_job(definitions, word)),
    };
    let kept = known.filter(|_| args.jobs.is_none());
    let mut jobs = kept.map_or_else(Vec::new, |schedule| schedule.jobs.clone());
    for word in &args.remove_jobs {
        // What has no definition any more can be taken off anyway.
        let held = jobs.iter().any(|job| *job == word.as_str());
        let job = if held { JobId::new(word) } else { find(word)? };
        jobs.retain(|known| *known != job);
    }
    for word in args.jobs.iter().flatten().chain(&args.add_jobs) {
        let job = find(word)?;
        if !jobs.contains(&job) {
            jobs.push(job);
        }
    }
    Ok(Some(jobs))
}

/// The RECIDs of the groups a schedule serves from now on; none when they stay.
fn groups(
    hq: &Headquarters,
    known: Option<&Schedule>,
    args: &SetArgs,
) -> Result<Option<Vec<GroupId>>, CommandError> {
    if args.groups.is_none() && args.add_groups.is_empty() && args.remove_groups.is_empty() {
        return Ok(None);
    }
    let find = |name: &String| topology::find_group(hq, name).map(|group| group.id);
    let kept = known.filter(|_| args.groups.is_none()).into_iter();
    let kept = kept.flat_map(|schedule| &schedule.groups);
    let mut groups: Vec<GroupId> = kept.map(find).collect::<Result<_, _>>()?;
    for name in &args.remove_groups {
        let group = find(name)?;
        groups.retain(|known| *known != group);
    }
    for name in args.groups.iter().flatten().chain(&args.add_groups) {
        let group = find(name)?;
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    Ok(Some(groups))
}

#[derive(Debug, Serialize, JsonSchema)]
struct ScheduleList {
    /// Distribution schedules.
    schedules: Vec<Schedule>,
}

impl Report for ScheduleList {
    fn text(&self, page: &mut Page) {
        let row = |schedule: &Schedule| {
            [
                schedule.name.clone(),
                yes(schedule.active),
                yes(schedule.recurring),
                schedule.every.map_or_else(|| "-".to_owned(), |every| every.to_string()),
                schedule.batch_state.map_or("none", BatchState::as_str).to_owned(),
                JobId::join(&schedule.jobs, " "),
                schedule.groups.join(" "),
            ]
        };
        page.table(
            ["schedule", "active", "recurring", "every", "batch", "jobs", "groups"],
            self.schedules.iter().map(row).collect(),
        );
    }
}
