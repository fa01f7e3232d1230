//! What a run is asked for: its jobs, looked up, and options that go with them.

use super::error::ExchangeError;
use crate::model::job::{Definitions, Direction, Job};
use crate::model::run::Phase;
use crate::model::schema::Tables;
use crate::store::{Headquarters, catalogue, scheduler, topology};

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

    pub(super) fn job(&self, word: &str) -> Result<&Job, ExchangeError> {
        let found = self.definitions.find_job(word);
        found.ok_or_else(|| ExchangeError::no_such_job(&self.definitions, word))
    }
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
