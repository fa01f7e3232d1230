//! Runs jobs in the order given.

use super::batch_orders;
use super::download;
use super::error::ExchangeError;
use super::initialize::of_feature;
use super::plan::plan_job;
use super::request::{Known, RunRequest, check_all, check_names};
use crate::model::event::{Event, Listener};
use crate::model::ids::JobId;
use crate::model::job::{Direction, Job};
use crate::model::run::{JobReport, RunReport};
use crate::model::suggestion::Run;
use crate::store::Writer;
use crate::world::interrupt;

/// Runs jobs one after the other; a failed one does not keep the next from running.
///
/// # Errors
/// What keeps a run from being made at all: an unknown name, a broken mapping, the files.
/// Sessions that fail are in the report, whose `ok` is then false.
pub fn run(
    writer: &mut Writer,
    request: &RunRequest,
    listener: &mut dyn Listener,
) -> Result<RunReport, ExchangeError> {
    let known = Known::read(&writer.hq)?;
    run_known(writer, &known, request, listener)
}

/// The same, with definitions that have been read.
///
/// # Errors
/// Those of [`run`].
pub(super) fn run_known(
    writer: &mut Writer,
    known: &Known,
    request: &RunRequest,
    listener: &mut dyn Listener,
) -> Result<RunReport, ExchangeError> {
    let jobs = known.jobs(&request.jobs).map_err(|error| of_feature(&writer.env, error))?;
    super::gate::publishable(&writer.env, &writer.hq, &writer.world.clock, &jobs, request)?;
    let _looking = interrupt::looking();
    let mut report = RunReport { ok: true, ..RunReport::default() };
    check_names(&writer.hq, request)?;
    check_all(&jobs, request)?;
    for (at, job) in jobs.iter().enumerate() {
        if listener.is_stopped() {
            leave(&mut report, &jobs[at..], request);
            break;
        }
        listener.event(Event::JobStarted { job: job.id.clone(), number: at + 1, of: jobs.len() });
        let done = match run_one(writer, known, job, request, listener) {
            Ok(done) => done,
            Err(error) if report.jobs.is_empty() => return Err(error),
            Err(error) => {
                report.ok = false;
                return Err(ExchangeError::Interrupted {
                    job: job.id.clone(),
                    report: Box::new(report),
                    source: Box::new(error),
                });
            }
        };
        let stopped = done.stopped;
        report.ok &= done.is_ok(request.channel.as_deref());
        report.jobs.push(done);
        if stopped {
            leave(&mut report, &jobs[at..], request);
            break;
        }
    }
    Ok(report)
}

/// Says which jobs are left, and the run that goes on with them.
fn leave(report: &mut RunReport, left: &[Job], request: &RunRequest) {
    report.ok = false;
    report.left = left.iter().map(|job| job.id.clone()).collect();
    let RunRequest { channel, group, full, phase, allow, .. } = request.clone();
    let jobs = report.left.iter().map(JobId::to_string).collect();
    report.go_on = Run { jobs, full, phase, channel, group, allow };
}

fn run_one(
    writer: &mut Writer,
    known: &Known,
    job: &Job,
    request: &RunRequest,
    listener: &mut dyn Listener,
) -> Result<JobReport, ExchangeError> {
    let done = match job.direction {
        Direction::Download => {
            let plans = plan_job(&known.definitions, job, &known.hq, &known.channel)?;
            download::run(writer, job, &plans, request, listener)?
        }
        Direction::Upload => super::upload::run(writer, known, job, request, listener)?,
        Direction::Batch if job.id.as_str() == batch_orders::JOB => {
            batch_orders::run(writer, job, listener)?
        }
        Direction::Batch => super::batch::run(writer, job, listener)?,
    };
    match writer.keep_faults() {
        Ok(()) => writer.world.faults.changed = false,
        // The end of the command tries again.
        kept => writer.tidied("what is left of the faults", kept),
    }
    Ok(done)
}
