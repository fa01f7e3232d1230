//! Counts what a run would move, from one snapshot, and writes nothing.

use serde::Serialize;

use super::download::{generating_schedule, group_runs};
use super::error::ExchangeError;
use super::generate::intended;
use super::plan::plan_job;
use super::run::{Known, RunRequest};
use crate::model::job::{Direction, Job};
use crate::model::run::{FullReason, Mode};
use crate::store::pack::{self, PackageSpec};
use crate::store::{Reader, topology};

/// What a run would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DryRun {
    /// One entry a job.
    pub jobs: Vec<DryJob>,
}

/// What one job would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DryJob {
    /// The job's id.
    pub job: String,
    /// Download, upload or batch.
    pub kind: Direction,
    /// Rows per subjob and channel database.
    pub channels: Vec<DryChannel>,
    /// What would be kept from running, and why.
    pub kept: Vec<String>,
}

/// What one channel database would get or give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DryChannel {
    /// The channel database.
    pub channel: String,
    /// Changes or everything, for downloads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Why it would be full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<FullReason>,
    /// Its subjobs.
    pub subjobs: Vec<DrySubjob>,
}

/// The rows of one subjob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrySubjob {
    /// The subjob.
    pub subjob: String,
    /// Rows to insert or update.
    pub rows: u64,
    /// Keys to delete.
    pub deleted: u64,
}

/// Counts rows per subjob and channel database.
///
/// # Errors
/// As [`super::run::run`]; nothing is written in any case.
pub fn dry_run(reader: &Reader, request: &RunRequest) -> Result<DryRun, ExchangeError> {
    let known = Known::read(&reader.hq)?;
    let mut report = DryRun::default();
    for job in known.jobs(&request.jobs)? {
        let mut entry =
            DryJob { job: job.id.clone(), kind: job.direction, channels: vec![], kept: vec![] };
        if job.direction == Direction::Download {
            download(reader, &known, &job, request, &mut entry)?;
        }
        report.jobs.push(entry);
    }
    Ok(report)
}

fn download(
    reader: &Reader,
    known: &Known,
    job: &Job,
    request: &RunRequest,
    entry: &mut DryJob,
) -> Result<(), ExchangeError> {
    let hq = &reader.hq;
    let plans = plan_job(&known.definitions, job, &known.hq, &known.channel)?;
    let schedules = topology::schedules(hq)?;
    for run in group_runs(hq, job, &plans, request)? {
        if let Err(why) = generating_schedule(&schedules, &run) {
            entry.kept.push(why);
            continue;
        }
        for session in intended(hq, &run, &reader.world.clock)? {
            let spec = PackageSpec {
                job: &job.id,
                session: 0,
                group: run.group.id,
                mode: session.mode,
                since: session.since,
                tables: &plans,
                indexed: false,
            };
            let counted = plans
                .iter()
                .map(|plan| Ok((plan, pack::count(hq, &spec, plan)?)))
                .collect::<Result<Vec<_>, ExchangeError>>()?;
            for store in &session.stores {
                let subjobs = counted
                    .iter()
                    .filter(|(plan, _)| !(store.offline && plan.exclude_offline))
                    .map(|(plan, (rows, deleted))| DrySubjob {
                        subjob: plan.subjob.clone(),
                        rows: *rows,
                        deleted: *deleted,
                    })
                    .collect();
                entry.channels.push(DryChannel {
                    channel: store.name.clone(),
                    mode: Some(session.mode),
                    reason: session.reason,
                    subjobs,
                });
            }
        }
    }
    Ok(())
}
