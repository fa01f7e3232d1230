//! Uploads in two phases: the Async Client collects, the P-job applies (U02).

use std::collections::BTreeMap;

use super::chain::chain;
use super::collect::Collector;
use super::error::ExchangeError;
use super::group_run::is_paused;
use super::notice;
use super::request::{Known, RunRequest};
use super::tries::upload_failed;
use super::upload_tables::upload_tables;
use crate::model::event::{Event, Listener};
use crate::model::ids::{JobId, UploadId};
use crate::model::job::Job;
use crate::model::run::{JobReport, Phase, UploadReport, Work};
use crate::model::session::UploadSession;
use crate::model::settings::{Settings, UploadTopology};
use crate::model::status::UploadStatus;
use crate::model::suggestion::{OfChannels, Suggestion};
use crate::model::time::Time;
use crate::model::topology::DataStore;
use crate::store::packages::{Folder, PackageStore, checksum};
use crate::store::rejection::ApplyError;
use crate::store::upload_pack::{self, Arrival};
use crate::store::{Headquarters, StoreError, Writer, topology, uploads};
use crate::world::{CrashPoint, FaultKind};

/// The channel databases an upload looks after; offline databases come through their channel.
pub(super) fn sources(
    hq: &Headquarters,
    request: &RunRequest,
) -> Result<Vec<DataStore>, StoreError> {
    let only = match &request.channel {
        Some(name) => Some(topology::find_store(hq, name)?.id),
        None => None,
    };
    let group = match &request.group {
        Some(name) => Some(topology::find_group(hq, name)?.id),
        None => None,
    };
    let stores = topology::data_stores(hq)?.into_iter().filter(|store| {
        !store.offline
            && only.is_none_or(|id| id == store.id)
            && group.is_none_or(|id| id == store.group_id)
    });
    Ok(stores.collect())
}

/// Refuses a phase where there are none.
pub(super) fn check_topology(
    settings: &Settings,
    job: &Job,
    request: &RunRequest,
) -> Result<(), ExchangeError> {
    if request.phase.is_some() && settings.topology == UploadTopology::OnePhase {
        return Err(ExchangeError::OptionUnfit {
            option: "--phase",
            job: job.id.clone(),
            why: "in the one-phase topology of cdx.toml the P-job collects and applies at once",
        });
    }
    Ok(())
}

/// Runs an upload job: collects, applies, or both in order.
pub(super) fn run(
    writer: &mut Writer,
    known: &Known,
    job: &Job,
    request: &RunRequest,
    listener: &mut dyn Listener,
) -> Result<JobReport, ExchangeError> {
    check_topology(writer.env.settings(), job, request)?;
    let stores = sources(&writer.hq, request)?;
    let mut done = Phases::default();
    if request.phase != Some(Phase::Apply) {
        let tables = upload_tables(&known.definitions, job, &known.hq, &known.channel)?;
        for store in &stores {
            done.stopped |= listener.is_stopped();
            if done.stopped {
                break;
            }
            if store.paused {
                let resume = OfChannels::Resume(store.name.clone()).into();
                done.left_out(is_paused(&store.name), resume, listener);
                continue;
            }
            let mut collecting = Collector { writer: &mut *writer, job, tables: &tables };
            let touched = collecting.collect(store, listener)?;
            notice::tell(writer, listener);
            for id in touched {
                done.add(&writer.hq, id, Phase::Collect, listener)?;
            }
        }
    }
    if request.phase != Some(Phase::Collect) && !done.stopped {
        let ServedStore { groups, not } = served(&writer.hq, &job.id, &stores)?;
        for why in not {
            done.left_out(why, Suggestion::Schedules, listener);
        }
        for session in waiting(&writer.hq, &job.id, &stores, &groups)? {
            done.stopped |= listener.is_stopped();
            if done.stopped {
                break;
            }
            apply_one(writer, &session, listener)?;
            done.add(&writer.hq, session.id, Phase::Apply, listener)?;
        }
        for store in stores.iter().filter(|store| !store.paused) {
            write_back(writer, store)?;
        }
        notice::tell(writer, listener);
    }
    let work = Work::Upload { rows: done.rows(), sessions: done.sessions };
    Ok(JobReport { job: job.id.clone(), work, not_run: done.not_run, stopped: done.stopped })
}

/// What the phases of a run did.
#[derive(Default)]
struct Phases {
    sessions: Vec<UploadReport>,
    not_run: Vec<String>,
    stopped: bool,
}

impl Phases {
    fn left_out(&mut self, why: String, hint: Suggestion, listener: &mut dyn Listener) {
        listener.event(Event::Warning { text: why.clone(), hint: Some(hint) });
        self.not_run.push(why);
    }

    fn add(
        &mut self,
        hq: &Headquarters,
        id: UploadId,
        phase: Phase,
        listener: &mut dyn Listener,
    ) -> Result<(), StoreError> {
        let Some(session) = uploads::all(hq)?.into_iter().find(|session| session.id == id) else {
            return Ok(());
        };
        let channel = session.store.clone();
        listener.event(Event::Upload { session: id, channel, status: session.status });
        self.sessions.push(UploadReport::of(&session, Some(phase)));
        Ok(())
    }

    /// Each session's rows, as it stood first: both phases carry the same.
    fn rows(&self) -> u64 {
        let rows: BTreeMap<UploadId, u64> =
            self.sessions.iter().rev().map(|session| (session.id, session.rows)).collect();
        rows.values().sum()
    }
}

/// The groups whose uploads an active schedule applies, and why the others' are not.
pub(super) struct ServedStore {
    pub(super) groups: Vec<String>,
    pub(super) not: Vec<String>,
}

pub(super) fn served(
    hq: &Headquarters,
    job: &JobId,
    stores: &[DataStore],
) -> Result<ServedStore, StoreError> {
    let schedules = topology::schedules(hq)?;
    let mut groups: Vec<&str> = stores.iter().map(|store| store.group.as_str()).collect();
    groups.dedup();
    let mut served = ServedStore { groups: Vec::new(), not: Vec::new() };
    for group in groups {
        let mut serving = schedules.iter().filter(|schedule| schedule.serves(job, group));
        if serving.clone().any(|schedule| schedule.active) {
            served.groups.push(group.to_owned());
            continue;
        }
        // The wording is that of the product's own warnings (U03).
        let why = match serving.next() {
            Some(schedule) => format!(
                "the channel database group '{group}' belongs to distribution schedule '{}' \
                 which is not active",
                schedule.name
            ),
            None => format!(
                "the channel database group '{group}' doesn't belong to one or more upload \
                 distribution schedules to apply the uploaded sessions"
            ),
        };
        served.not.push(why);
    }
    Ok(served)
}

/// Sessions that are sent and not applied.
pub(super) fn waiting(
    hq: &Headquarters,
    job: &JobId,
    stores: &[DataStore],
    groups: &[String],
) -> Result<Vec<UploadSession>, StoreError> {
    let waits = |session: &UploadSession| {
        matches!(session.status, UploadStatus::Uploaded | UploadStatus::ApplyFailed)
            && session.job == *job
            && stores.iter().any(|store| store.id == session.store_id)
            && groups.contains(&session.group)
    };
    Ok(uploads::all(hq)?.into_iter().filter(waits).collect())
}

fn apply_one(
    writer: &mut Writer,
    session: &UploadSession,
    listener: &mut dyn Listener,
) -> Result<(), ExchangeError> {
    let now = writer.world.clock.utc();
    let faults = &mut writer.world.faults;
    let applied = if faults.meet(FaultKind::UploadApplyFails, &session.store, listener) {
        Err("headquarters could not write the rows (fault upload-apply-fails)".to_owned())
    } else {
        insert(writer, session, &now)
    };
    let Err(message) = applied else {
        writer.world.faults.crash_at(CrashPoint::UploadAfterCommit, &session.store);
        return Ok(());
    };
    let tries = session.tries + 1;
    let failed = UploadStatus::ApplyFailed;
    Ok(writer.hq.write(|hq| upload_failed(hq, session.id, failed, tries, &message))?)
}

/// Has a channel know which of its sessions are applied, those of earlier runs too: a command that
/// ended between the two files left that open. A file that cannot be opened is told elsewhere, and
/// the next run tells it.
fn write_back(writer: &Writer, store: &DataStore) -> Result<(), ExchangeError> {
    let applied = uploads::applied(&writer.hq, store.id)?;
    if applied.is_empty() {
        return Ok(());
    }
    let noted = writer.channel_of(store).and_then(|channel| {
        let mut open = uploads::open_in_channel(&channel)?;
        open.retain(|session| applied.contains(session));
        if open.is_empty() {
            return Ok(());
        }
        channel.write(|channel| {
            open.iter().try_for_each(|session| uploads::applied_in_channel(channel, *session))
        })?;
        writer.tidied("the log of a channel database", channel.checkpoint());
        Ok(())
    });
    match noted {
        Err(error) if error.is_broken_file(writer.hq.path()) => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes the rows and the session's state in one transaction of headquarters.
fn insert(writer: &Writer, session: &UploadSession, now: &Time) -> Result<(), String> {
    let package = session.package.as_deref().unwrap_or("");
    let folder = Folder(writer.env.packages_path());
    let file = folder.get(package).map_err(|error| chain(&error))?;
    let file = file.ok_or_else(|| format!("Record for Id - {} not found", session.id))?;
    let (found, _) = checksum(&file).map_err(|error| chain(&error))?;
    if found != session.checksum {
        return Err("the package does not match its checksum".to_owned());
    }
    let arrival = Arrival { session: session.id, package, store: session.store_id, now };
    let applied = upload_pack::apply(&writer.hq, arrival, &file, |hq, _rows| {
        let status = UploadStatus::Applied;
        uploads::set_status(hq, session.id, status, "", session.tries + 1, None)?;
        writer.world.faults.crash_at(CrashPoint::UploadBeforeCommit, &session.store);
        Ok(())
    });
    applied.map(|_| ()).map_err(|error| match error {
        ApplyError::Rejected(rejection) => rejection.to_string(),
        ApplyError::Store(error) => chain(&error),
    })
}
