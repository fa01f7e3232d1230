//! Counts what a run would move, from one snapshot, and writes nothing.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::batch_orders;
use super::chain::chain;
use super::error::ExchangeError;
use super::generate::intended;
use super::group_run::{generating_schedule, group_runs, is_paused};
use super::plan::plan_job;
use super::request::{Known, RunRequest, check_all, check_names};
use super::upload::{ServedStore, check_topology, served, sources, waiting};
use super::upload_tables::upload_tables;
use super::waiting::not_collected;
use crate::model::ids::{DownloadId, JobId, UploadId};
use crate::model::job::{Direction, Job};
use crate::model::run::Phase;
use crate::model::session::UploadSession;
use crate::model::session::{FullReason, Mode};
use crate::model::status::UploadStatus;
use crate::model::topology::DataStore;
use crate::store::pack::{self, PackageSpec};
use crate::store::upload_table::UploadTable;
use crate::store::{Access, Reader, StoreError, batch_order, operations, orders, topology};

/// What a run would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DryRun {
    /// One entry a job.
    pub(crate) jobs: Vec<DryJob>,
}

/// What one job would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DryJob {
    /// The job's id.
    pub(crate) job: JobId,
    /// Download, upload or batch.
    pub(crate) kind: Direction,
    /// Rows per subjob and channel database.
    pub(crate) channels: Vec<DryChannel>,
    /// What would not run, and why.
    pub(crate) not_run: Vec<String>,
    /// Upload sessions that are collected and would be applied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sessions: Vec<DrySession>,
}

/// An upload session that waits for the P-job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DrySession {
    /// Its number.
    pub(crate) id: UploadId,
    /// The channel it comes from.
    pub(crate) channel: String,
    /// Where it stands.
    pub(crate) status: UploadStatus,
    /// Its rows.
    pub(crate) rows: u64,
}

/// What one channel database would get or give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DryChannel {
    /// The channel database.
    pub(crate) channel: String,
    /// Changes or everything, for downloads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<Mode>,
    /// Why it would be full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<FullReason>,
    /// Its subjobs.
    pub(crate) subjobs: Vec<DrySubjob>,
}

/// The rows of one subjob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DrySubjob {
    /// The subjob.
    pub(crate) subjob: String,
    /// Rows to insert or update.
    pub(crate) rows: u64,
    /// Keys to delete.
    pub(crate) deleted: u64,
}

/// Counts rows per subjob and channel database.
///
/// # Errors
/// As [`super::run::run`]; nothing is written in any case.
pub(crate) fn dry_run(reader: &Reader, request: &RunRequest) -> Result<DryRun, ExchangeError> {
    let known = Known::read(&reader.hq)?;
    let jobs = known.jobs(&request.jobs)?;
    super::gate::check_names(&reader.env.gates()?, &request.allow)?;
    check_names(&reader.hq, request)?;
    check_all(&jobs, request)?;
    let mut report = DryRun::default();
    for job in &jobs {
        let mut entry = DryJob {
            job: job.id.clone(),
            kind: job.direction,
            channels: Vec::new(),
            not_run: Vec::new(),
            sessions: Vec::new(),
        };
        match job.direction {
            Direction::Download => download(reader, &known, job, request, &mut entry)?,
            Direction::Upload => upload(reader, &known, job, request, &mut entry)?,
            Direction::Batch => batch(reader, job, &mut entry)?,
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
            entry.not_run.push(why);
            continue;
        }
        let paused = run.stores.iter().filter(|store| store.paused && run.wants(store));
        entry.not_run.extend(paused.map(|store| is_paused(&store.name)));
        for session in intended(hq, &run, &reader.world.clock)? {
            let spec = PackageSpec {
                job: &job.id,
                session: DownloadId(0),
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

/// The rows above each table's counter, and the sessions that wait to be applied.
fn upload(
    reader: &Reader,
    known: &Known,
    job: &Job,
    request: &RunRequest,
    entry: &mut DryJob,
) -> Result<(), ExchangeError> {
    check_topology(reader.env.settings(), job, request)?;
    let stores = sources(&reader.hq, request)?;
    if request.phase != Some(Phase::Apply) {
        let tables = upload_tables(&known.definitions, job, &known.hq, &known.channel)?;
        for store in &stores {
            if store.paused {
                entry.not_run.push(is_paused(&store.name));
                continue;
            }
            match above_counters(reader, store, &tables) {
                Ok(subjobs) => entry.channels.push(DryChannel {
                    channel: store.name.clone(),
                    mode: None,
                    reason: None,
                    subjobs,
                }),
                Err(error) => entry.not_run.push(format!("{}: {}", store.name, chain(&error))),
            }
        }
    }
    if request.phase != Some(Phase::Collect) {
        let ServedStore { groups, not } = served(&reader.hq, &job.id, &stores)?;
        entry.not_run.extend(not);
        for session in waiting(&reader.hq, &job.id, &stores, &groups)? {
            let UploadSession { id, store: channel, status, rows, .. } = session;
            entry.sessions.push(DrySession { id, channel, status, rows });
        }
    }
    Ok(())
}

fn above_counters(
    reader: &Reader,
    store: &DataStore,
    tables: &[UploadTable],
) -> Result<Vec<DrySubjob>, StoreError> {
    let channel = reader.env.channel(&store.name, Access::Read)?;
    let mut subjobs = Vec::new();
    for table in tables {
        let rows = not_collected(&reader.hq, store, &channel, table)?;
        subjobs.push(DrySubjob { subjob: table.plan.subjob.clone(), rows, deleted: 0 });
    }
    Ok(subjobs)
}

/// The operations, or the orders, that wait, by the channel they came from and the table they are
/// in.
fn batch(reader: &Reader, job: &Job, entry: &mut DryJob) -> Result<(), ExchangeError> {
    let mut counted: BTreeMap<String, BTreeMap<&str, u64>> = BTreeMap::new();
    let of_orders = job.id.as_str() == batch_orders::JOB;
    for order in orders::waiting(&reader.hq)?.into_iter().filter(|_| of_orders) {
        *counted.entry(order.channel).or_default().entry(orders::TABLE).or_default() += 1;
    }
    for id in batch_order::waiting(&reader.hq)?.into_iter().filter(|_| !of_orders) {
        let Some(row) = operations::find(&reader.hq, id)? else { continue };
        *counted.entry(row.channel).or_default().entry(id.kind.table()).or_default() += 1;
    }
    for (channel, tables) in counted {
        let subjobs = tables.into_iter().map(|(table, rows)| DrySubjob {
            subjob: table.to_owned(),
            rows,
            deleted: 0,
        });
        let subjobs = subjobs.collect();
        entry.channels.push(DryChannel { channel, mode: None, reason: None, subjobs });
    }
    Ok(())
}
