//! Uploads in two phases: the Async Client collects, the P-job applies (U02).

use super::collect::Collecting;
use super::download::is_paused;
use super::error::ExchangeError;
use super::generate::chain;
use super::notice;
use super::plan::plan_subjob;
use super::run::{Known, Phase, RunRequest};
use crate::model::event::{Event, Listener};
use crate::model::job::{Definitions, Direction, FieldMap, Job, Subjob, Target};
use crate::model::key::{self, NoKey};
use crate::model::plan::TablePlan;
use crate::model::run::{JobReport, SessionReport};
use crate::model::schema::Tables;
use crate::model::session::UploadSession;
use crate::model::settings::{Settings, UploadTopology};
use crate::model::status::{SessionStatus, UploadStatus, given_up};
use crate::model::suggestion::{OfChannels, Suggestion};
use crate::model::time::Time;
use crate::model::topology::DataStore;
use crate::store::packages::{Folder, PackageStore, checksum};
use crate::store::rejection::ApplyError;
use crate::store::upload_pack::{self, Arrival};
use crate::store::upload_table::UploadTable;
use crate::store::{Headquarters, HqTx, StoreError, Writer, topology, uploads};
use crate::world::{CrashPoint, FaultKind};

/// The tables an upload job collects, without their counters.
///
/// # Errors
/// A mapping that is broken on either side.
pub fn upload_tables(
    definitions: &Definitions,
    job: &Job,
    hq: &Tables,
    channel: &Tables,
) -> Result<Vec<UploadTable>, ExchangeError> {
    let known = Sides { definitions, hq, channel };
    let tables = definitions.subjobs_of(job).map(|subjob| known.upload_table(job, subjob));
    tables.filter_map(Result::transpose).collect()
}

/// What a mapping goes between.
struct Sides<'a> {
    definitions: &'a Definitions,
    hq: &'a Tables,
    channel: &'a Tables,
}

impl Sides<'_> {
    /// The table that a subjob collects, with its extension tables.
    fn upload_table(
        &self,
        job: &Job,
        subjob: &Subjob,
    ) -> Result<Option<UploadTable>, ExchangeError> {
        let broken = |detail: String| ExchangeError::MappingBroken {
            job: job.id.clone(),
            subjob: subjob.id.clone(),
            detail,
        };
        let plans = plan_subjob(self.definitions, job, subjob, self.hq, self.channel)?;
        let mut plans = plans.into_iter();
        let Some(plan) = plans.next() else { return Ok(None) };
        let counter = subjob.counter.as_deref().unwrap_or_default();
        let column = plan.columns.iter().find(|column| column.from.eq_ignore_ascii_case(counter));
        let unmapped = || broken("the replication counter is not mapped".to_owned());
        let counter = column.map(|column| column.to.clone()).ok_or_else(unmapped)?;
        let of_base = |extension: TablePlan| {
            let key = of_base(&extension, &plan).map_err(|why| broken(why.to_string()))?;
            Ok(TablePlan { key, ..extension })
        };
        let extensions = plans.map(of_base).collect::<Result<_, ExchangeError>>()?;
        Ok(Some(UploadTable { plan, counter, extensions, after: 0 }))
    }
}

/// What every upload job collects, each subjob by itself: one that cannot be served keeps none of
/// the others from being looked after.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    pub(super) tables: Vec<UploadTable>,
    /// The channel tables that are left out, and why.
    pub(super) left_out: Vec<(String, String)>,
}

impl Uploads {
    /// What headquarters has of them.
    ///
    /// # Errors
    /// Headquarters.
    pub(super) fn read(hq: &Headquarters) -> Result<Self, ExchangeError> {
        let known = Known::read(hq)?;
        let Known { definitions, hq, channel } = &known;
        let sides = Sides { definitions, hq, channel };
        let mut found = Self::default();
        for job in definitions.jobs.iter().filter(|job| job.direction == Direction::Upload) {
            for subjob in definitions.subjobs_of(job) {
                match sides.upload_table(job, subjob) {
                    Ok(table) => found.tables.extend(table),
                    Err(why) => {
                        let targets = subjob.targets.iter().map(Target::file_name);
                        found.left_out.extend(targets.map(|target| (target, chain(&why))));
                    }
                }
            }
        }
        // What several subjobs collect is known whole, or not at all.
        let left_out = &found.left_out;
        let other = |table: &UploadTable| {
            left_out.iter().all(|(name, _)| !name.eq_ignore_ascii_case(&table.plan.target))
        };
        found.tables.retain(other);
        Ok(found)
    }
}

/// The key of an extension table in the order of its base table's (S06).
fn of_base(extension: &TablePlan, base: &TablePlan) -> Result<Vec<FieldMap>, NoKey> {
    key::of_base(&extension.target, &extension.key, &base.key)
}

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
    let mut report = JobReport::new(&job.id, Direction::Upload);
    let stores = sources(&writer.hq, request)?;
    let mut counted = Vec::new();
    if request.phase != Some(Phase::Apply) {
        let tables = upload_tables(&known.definitions, job, &known.hq, &known.channel)?;
        for store in &stores {
            if store.paused {
                let why = is_paused(&store.name);
                let hint = Some(OfChannels::Resume(store.name.clone()).into());
                listener.event(Event::Warning { text: why.clone(), hint });
                report.not_run.push(why);
                continue;
            }
            let mut collecting = Collecting { writer: &mut *writer, job, tables: &tables };
            let touched = collecting.collect(store, listener)?;
            notice::tell(writer, listener);
            for id in touched {
                counted.push(id);
                add(&mut report, &writer.hq, id, "collect", listener)?;
            }
        }
    }
    if request.phase != Some(Phase::Collect) {
        apply_all(writer, job, &stores, &mut report, &mut counted, listener)?;
    }
    counted.sort_unstable();
    counted.dedup();
    let rows = |id: &i64| report.sessions.iter().find(|s| s.id == *id).map_or(0, |s| s.rows);
    report.rows = counted.iter().map(rows).sum();
    Ok(report)
}

fn add(
    report: &mut JobReport,
    hq: &Headquarters,
    id: i64,
    phase: &'static str,
    listener: &mut dyn Listener,
) -> Result<(), StoreError> {
    let Some(session) = uploads::all(hq)?.into_iter().find(|session| session.id == id) else {
        return Ok(());
    };
    let channel = session.store.clone();
    listener.event(Event::Upload { session: id, channel, status: session.status });
    report.sessions.push(session_report(&session, Some(phase)));
    Ok(())
}

/// An upload session as scripts see it.
pub fn session_report(session: &UploadSession, phase: Option<&'static str>) -> SessionReport {
    SessionReport {
        id: session.id,
        group: session.group.clone(),
        status: SessionStatus::Upload(session.status),
        mode: None,
        phase,
        channel: Some(session.store.clone()),
        rows: session.rows,
        deleted: 0,
        bytes: session.bytes,
        message: session.message.clone(),
        channels: Vec::new(),
    }
}

fn apply_all(
    writer: &mut Writer,
    job: &Job,
    stores: &[DataStore],
    report: &mut JobReport,
    counted: &mut Vec<i64>,
    listener: &mut dyn Listener,
) -> Result<(), ExchangeError> {
    let Served { groups, not } = served(&writer.hq, &job.id, stores)?;
    for why in not {
        let hint = Some(Suggestion::Schedules);
        listener.event(Event::Warning { text: why.clone(), hint });
        report.not_run.push(why);
    }
    for session in waiting(&writer.hq, &job.id, stores, &groups)? {
        apply_one(writer, &session, listener)?;
        counted.push(session.id);
        add(report, &writer.hq, session.id, "apply", listener)?;
    }
    Ok(())
}

/// The groups whose uploads an active schedule applies, and why the others' are not.
pub(super) struct Served {
    pub(super) groups: Vec<String>,
    pub(super) not: Vec<String>,
}

pub(super) fn served(
    hq: &Headquarters,
    job: &str,
    stores: &[DataStore],
) -> Result<Served, StoreError> {
    let schedules = topology::schedules(hq)?;
    let mut groups: Vec<&str> = stores.iter().map(|store| store.group.as_str()).collect();
    groups.dedup();
    let mut served = Served { groups: Vec::new(), not: Vec::new() };
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
    job: &str,
    stores: &[DataStore],
    groups: &[String],
) -> Result<Vec<UploadSession>, StoreError> {
    let waits = |session: &UploadSession| {
        matches!(session.status, UploadStatus::Uploaded | UploadStatus::ApplyFailed)
            && session.job == job
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
    let faulty = faults.take(FaultKind::UploadApplyFails, &session.store);
    let applied = if faulty {
        listener.event(Event::Fault { fault: format!("upload-apply-fails={}", session.store) });
        Err("headquarters could not write the rows (fault upload-apply-fails)".to_owned())
    } else {
        insert(writer, session, &now)
    };
    let Err(message) = applied else {
        writer.world.faults.crash_at(CrashPoint::UploadAfterCommit, &session.store);
        return Ok(());
    };
    let tries = session.tries + 1;
    let limit = topology::try_count(&writer.hq)?;
    let failed = UploadStatus::ApplyFailed;
    let set = |hq: &HqTx<'_>| {
        if tries < limit {
            return uploads::set_status(hq, session.id, failed, &message, tries, None);
        }
        uploads::give_up(hq, session.id, &given_up(failed, tries, &message), tries)
    };
    Ok(writer.hq.write(set)?)
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
