//! Runs jobs in the order given.

use super::download;
use super::error::ExchangeError;
use super::plan::plan_job;
use crate::model::event::{Event, Listener};
use crate::model::job::{Definitions, Direction, Job};
use crate::model::run::{JobReport, RunReport};
use crate::model::schema::Tables;
use crate::store::catalogue;
use crate::store::{Environment, Headquarters, Writer, scheduler, topology};

/// The two phases of an upload (U02).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The Async Client packs and sends.
    Collect,
    /// The P-job writes into headquarters.
    Apply,
}

/// What to run, and how.
#[derive(Debug, Clone, Default)]
pub struct RunRequest {
    /// The jobs, by any name people use.
    pub jobs: Vec<String>,
    /// Only this channel database.
    pub channel: Option<String>,
    /// Only this group.
    pub group: Option<String>,
    /// A full synchronization.
    pub full: bool,
    /// Only this phase of an upload.
    pub phase: Option<Phase>,
    /// Configurations that gates ask for and that may be missing this time (G16).
    pub allow: Vec<String>,
}

/// Definitions and schemas as a run uses them.
pub(super) struct Known {
    pub(super) definitions: Definitions,
    pub(super) hq: Tables,
    pub(super) channel: Tables,
}

impl Known {
    pub(super) fn read(hq: &crate::store::Headquarters) -> Result<Self, ExchangeError> {
        Ok(Self {
            definitions: scheduler::read(hq)?,
            hq: catalogue::tables(hq)?,
            channel: catalogue::registered_channel_tables(hq)?,
        })
    }

    pub(super) fn jobs(&self, words: &[String]) -> Result<Vec<Job>, ExchangeError> {
        words.iter().map(|word| self.job(word).cloned()).collect()
    }

    fn job(&self, word: &str) -> Result<&Job, ExchangeError> {
        self.definitions.find_job(word).ok_or_else(|| ExchangeError::UnknownJob {
            word: word.to_owned(),
            nearest: crate::model::nearest::nearest(word, self.definitions.job_spellings())
                .map(str::to_owned),
        })
    }
}

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
    let jobs = known.jobs(&request.jobs).map_err(|error| of_feature(&writer.env, error))?;
    super::gate::publishable(&writer.env, &writer.hq, &writer.world.clock, &jobs, request)?;
    let mut report = RunReport { ok: true, jobs: Vec::new() };
    check_names(&writer.hq, request)?;
    check_all(&jobs, request)?;
    for job in &jobs {
        let done = match run_one(writer, &known, job, request, listener) {
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
        report.ok &= is_ok(&done, request.channel.as_deref());
        report.jobs.push(done);
    }
    Ok(report)
}

/// A job that headquarters has not because its feature was off when the scheduler was initialized.
pub(super) fn of_feature(env: &Environment, error: ExchangeError) -> ExchangeError {
    let ExchangeError::UnknownJob { word, .. } = &error else { return error };
    let Ok(definitions) = super::initialize::definitions_on_disk(env) else { return error };
    match definitions.find_job(word) {
        Some(Job { id, feature: Some(feature), .. }) => {
            ExchangeError::JobNotMade { job: id.clone(), feature: feature.clone() }
        }
        _ => error,
    }
}

fn run_one(
    writer: &mut Writer,
    known: &Known,
    job: &Job,
    request: &RunRequest,
    listener: &mut dyn Listener,
) -> Result<JobReport, ExchangeError> {
    listener.event(Event::JobStarted { job: job.id.clone() });
    let done = match job.direction {
        Direction::Download => {
            let plans = plan_job(&known.definitions, job, &known.hq, &known.channel)?;
            download::run(writer, job, &plans, request, listener)?
        }
        Direction::Upload => super::upload::run(writer, known, job, request, listener)?,
        Direction::Batch => super::batch::run(writer, job, listener)?,
    };
    match writer.keep_faults() {
        Ok(()) => writer.world.faults.changed = false,
        // The end of the command tries again.
        kept => writer.tidied("what is left of the faults", kept),
    }
    Ok(done)
}

/// The channel and the group a request names are looked up, whatever jobs it is for.
pub(super) fn check_names(hq: &Headquarters, request: &RunRequest) -> Result<(), ExchangeError> {
    if let Some(name) = &request.channel {
        topology::find_store(hq, name)?;
    }
    if let Some(name) = &request.group {
        topology::find_group(hq, name)?;
    }
    Ok(())
}

/// Refuses options that do not go with a job, or with any of them.
pub(super) fn check_all(jobs: &[Job], request: &RunRequest) -> Result<(), ExchangeError> {
    jobs.iter().try_for_each(|job| check_options(job, request))?;
    let placed = [("--channel", &request.channel), ("--group", &request.group)];
    let placed = placed.into_iter().find(|(_, name)| name.is_some());
    let batches = jobs.iter().all(|job| job.direction == Direction::Batch);
    if let (Some((option, _)), Some(job)) = (placed, jobs.first().filter(|_| batches)) {
        let why = "a batch is over what has come from every channel";
        return Err(ExchangeError::OptionUnfit { option, job: job.id.clone(), why });
    }
    Ok(())
}

fn check_options(job: &Job, request: &RunRequest) -> Result<(), ExchangeError> {
    let unfit = |option, why| Err(ExchangeError::OptionUnfit { option, job: job.id.clone(), why });
    match job.direction {
        Direction::Download if request.phase.is_some() => {
            unfit("--phase", "only uploads have phases")
        }
        Direction::Upload if request.full => unfit("--full", "uploads are incremental only"),
        Direction::Batch if request.full => unfit("--full", "a batch has no full run"),
        Direction::Batch if request.phase.is_some() => unfit("--phase", "only uploads have phases"),
        _ => Ok(()),
    }
}

/// A job is well when no session of it ended badly, in the channel asked for or in any, and nothing
/// was not run.
fn is_ok(report: &JobReport, only: Option<&str>) -> bool {
    let asked = |name: &str| only.is_none_or(|only| only.eq_ignore_ascii_case(name));
    let sessions = report.sessions.iter().all(|session| {
        session.channels.is_empty() && !session.status.is_failure()
            || !session.channels.is_empty()
                && session.channels.iter().filter(|channel| asked(&channel.channel)).all(
                    |channel| {
                        let over = channel.replaced_by.is_some() || channel.forgotten;
                        !channel.status.is_failure() || over
                    },
                )
    });
    sessions && report.failed.unwrap_or(0) == 0 && report.not_run.is_empty()
}
