//! A new environment: its files, its scheduler, and a first synchronization.

use std::path::Path;

use super::error::ExchangeError;
use super::initialize::{Options, initialize};
use super::recover::{CALM, write};
use super::request::RunRequest;
use super::run::run;
use crate::model::event::{Event, Listener};
use crate::model::ids::{DataStoreId, JobId};
use crate::model::job::{Direction, FIRST_JOBS, Job};
use crate::model::run::RunReport;
use crate::model::topology::Schedule;
use crate::store::create::{self, Blueprint};
use crate::store::mark;
use crate::store::{StoreError, Writer, features, scale_unit, scheduler, topology};
use crate::world::interrupt;

/// Starts the registers of every channel that has some, or of one; which channels those are.
///
/// # Errors
/// The files of the channels.
pub(crate) fn start_registers(
    writer: &Writer,
    only: Option<DataStoreId>,
) -> Result<Vec<String>, StoreError> {
    let now = writer.world.clock.utc();
    let mut started = Vec::new();
    for store in features::channels(&writer.hq)? {
        let wanted = only.is_none_or(|id| id == store.id);
        if !wanted || !features::has_registers(&writer.hq, &store)? {
            continue;
        }
        let channel = writer.channel(&store.name)?;
        channel.write(|channel| scale_unit::start_registers(channel, &store.name, &now))?;
        writer.tidied("the log of a channel database", channel.checkpoint());
        started.push(store.name);
    }
    Ok(started)
}

/// Makes an environment, with `replace` also where one is; with `synchronize` its channels have
/// what headquarters has. What the first synchronization did is returned.
///
/// # Errors
/// A folder that has one already, or files in its place; the files.
pub fn init(
    root: &Path,
    blueprint: &Blueprint,
    replace: bool,
    synchronize: bool,
    options: Options,
    listener: &mut dyn Listener,
) -> Result<RunReport, ExchangeError> {
    let of = if synchronize { 3 } else { 2 };
    let stage = |listener: &mut dyn Listener, number, what: &str| {
        listener.event(Event::Stage { number, of, what: what.to_owned() });
    };
    let _writing = interrupt::writing();
    stage(listener, 1, "databases");
    let env = create::create(root, blueprint, replace, listener)?;
    stage(listener, 2, "scheduler");
    write(&env, "init", CALM, listener, |writer, _| initialize(writer, options))?;
    mark::complete(env.root())?;
    if !synchronize {
        return Ok(RunReport { ok: true, ..RunReport::default() });
    }
    stage(listener, 3, "first synchronization");
    write(&env, "init", CALM, listener, |writer, listener| {
        let jobs = scheduled(writer)?.iter().map(JobId::to_string).collect();
        let request = RunRequest { jobs, ..RunRequest::default() };
        let report = run(writer, &request, listener)?;
        if report.left.is_empty() {
            start_registers(writer, None)?;
        }
        Ok(report)
    })
}

/// The download jobs of active schedules that headquarters has: the first ones first.
fn scheduled(writer: &Writer) -> Result<Vec<JobId>, StoreError> {
    let definitions = scheduler::read(&writer.hq)?;
    let schedules = topology::schedules(&writer.hq)?;
    let runs = |schedule: &Schedule, id: &JobId| schedule.active && schedule.runs(id);
    let is_scheduled = |job: &&Job| {
        job.direction == Direction::Download
            && schedules.iter().any(|schedule| runs(schedule, &job.id))
    };
    let mut jobs: Vec<JobId> =
        definitions.jobs.iter().filter(is_scheduled).map(|job| job.id.clone()).collect();
    let place = |job: &JobId| {
        FIRST_JOBS.iter().position(|first| *job == *first).unwrap_or(FIRST_JOBS.len())
    };
    jobs.sort_by_key(place);
    Ok(jobs)
}
