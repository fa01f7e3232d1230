//! Makes the sessions of one group and job: what each database lacks, packed once.

use super::ahead::Ahead;
use super::chain::chain;
use super::error::ExchangeError;
use super::group_run::GroupRun;
use super::tries::Tries;
use crate::model::event::{Event, Listener};
use crate::model::ids::{DataStoreId, DownloadId};
use crate::model::plan::TablePlan;
use crate::model::session::{DownloadSession, StoreSession};
use crate::model::session::{FullReason, Mode};
use crate::model::status::DownloadStatus;
use crate::model::topology::DataStore;
use crate::store::pack::{self, PackageSpec, PackageSummary};
use crate::store::packages::{Folder, PackageStore};
use crate::store::sessions::{self, NewSession, Shortfall};
use crate::store::{HqTx, StoreError, Writer, topology, tracking};
use crate::world::{Clock, CrashPoint, FaultKind};

pub(super) struct PackageMaker<'a, 'b> {
    pub(super) writer: &'a mut Writer,
    pub(super) run: &'a GroupRun<'b>,
    pub(super) schedule: i64,
    /// A database that is filled while its package is made.
    pub(super) ahead: Option<Ahead>,
}

/// What was made.
#[derive(Default)]
pub(super) struct MadeSessions {
    /// The sessions, made or tried again.
    pub(super) sessions: Vec<DownloadId>,
    /// A database that is filled already.
    pub(super) ahead: Option<Ahead>,
}

/// From so many databases on, indexes are built once in the package instead of in each of them.
const WORTH_INDEXING: usize = 4;

/// What a session is to carry, before it has a number.
#[derive(Debug)]
pub(super) struct IntendedSession {
    pub(super) mode: Mode,
    pub(super) reason: Option<FullReason>,
    /// The row version a delta starts after.
    pub(super) since: i64,
    /// For one database only.
    pub(super) only: Option<DataStoreId>,
    pub(super) stores: Vec<DataStore>,
}

impl PackageMaker<'_, '_> {
    /// Makes what is due.
    pub(super) fn generate(
        mut self,
        listener: &mut dyn Listener,
    ) -> Result<MadeSessions, ExchangeError> {
        let failed = sessions::unfinished(&self.writer.hq, self.run.group.id)?
            .into_iter()
            .find(|s| s.job == self.run.job.id && s.status == DownloadStatus::CreateFailed);
        if let Some(session) = failed {
            self.repack(&session, listener)?;
            return Ok(MadeSessions { sessions: vec![session.id], ahead: self.ahead });
        }
        let mut sessions = Vec::new();
        for intended in intended(&self.writer.hq, self.run, &self.writer.world.clock)? {
            sessions.push(self.make(&intended, listener)?);
        }
        Ok(MadeSessions { sessions, ahead: self.ahead })
    }

    fn make(
        &mut self,
        intended: &IntendedSession,
        listener: &mut dyn Listener,
    ) -> Result<DownloadId, ExchangeError> {
        let now = self.writer.world.clock.utc();
        let nothing = intended.mode == Mode::Delta && !self.any_change(intended.since)?;
        let hq = &self.writer.hq;
        let new = |until, status| NewSession {
            job: &self.run.job.id,
            group: self.run.group.id,
            schedule: self.schedule,
            mode: intended.mode,
            reason: intended.reason,
            only: intended.only,
            since: intended.since,
            until,
            stores: &intended.stores,
            now: &now,
            status,
        };
        if nothing {
            // Everything up to the open version has been looked at, and there was nothing.
            let until = tracking::version(hq)?;
            let session = hq.write(|hq| {
                let session = sessions::create(hq, &new(until, DownloadStatus::NoData))?;
                supplied(hq, self.run, &intended.stores)?;
                Ok::<_, StoreError>(session)
            })?;
            tell(listener, session, &intended.stores, DownloadStatus::NoData);
            return Ok(session);
        }
        self.crash(CrashPoint::PackBeforeStart);
        let enforced = topology::enforces_dependencies(hq)?;
        let (session, until) = hq.write(|hq| {
            let until = tracking::close_version(hq, &now)?;
            let session = sessions::create(hq, &new(until, DownloadStatus::Started))?;
            for store in &intended.stores {
                if intended.mode == Mode::Full {
                    let job = &self.run.job.id;
                    sessions::replace_pending(hq, job, store.id, session, enforced)?;
                }
            }
            Ok::<_, StoreError>((session, until))
        })?;
        self.crash(CrashPoint::PackAfterStart);
        self.pack(session, intended, until, listener)?;
        Ok(session)
    }

    /// Tries once more to make a package that could not be made (D06).
    fn repack(
        &mut self,
        session: &DownloadSession,
        listener: &mut dyn Listener,
    ) -> Result<(), ExchangeError> {
        let now = self.writer.world.clock.utc();
        let min_valid = tracking::min_valid(&self.writer.hq)?;
        let until = self.writer.hq.write(|hq| {
            let until = tracking::close_version(hq, &now)?;
            sessions::set_versions(hq, session.id, session.since, until)?;
            sessions::set_all(hq, session.id, DownloadStatus::Started, None)?;
            Ok::<_, StoreError>(until)
        })?;
        let expired = session.mode == Mode::Delta && session.since < min_valid;
        let intended = IntendedSession {
            mode: if expired { Mode::Full } else { session.mode },
            reason: if expired { Some(FullReason::TrackingExpired) } else { session.reason },
            since: session.since,
            only: session.only,
            stores: self
                .run
                .stores
                .iter()
                .filter(|store| {
                    // What was taken off the session meanwhile is not given by it.
                    let open = |row: &StoreSession| !row.status.is_final();
                    session.stores.iter().any(|row| row.store_id == store.id && open(row))
                })
                .cloned()
                .collect(),
        };
        self.pack(session.id, &intended, until, listener)
    }

    fn pack(
        &mut self,
        session: DownloadId,
        intended: &IntendedSession,
        until: i64,
        listener: &mut dyn Listener,
    ) -> Result<(), ExchangeError> {
        let packages = Folder(self.writer.env.packages_path());
        let faults = &mut self.writer.world.faults;
        let packed = if faults.meet(FaultKind::CreateFails, &self.run.job.id, listener) {
            Err("the package could not be made (fault create-fails)".to_owned())
        } else {
            self.fill(session, intended, &packages, listener).map_err(|error| chain(&error))
        };
        match packed {
            Err(message) => self.create_failed(session, intended, &message, listener),
            Ok((summary, _)) if summary.is_empty() => {
                self.writer.hq.write(|hq| {
                    sessions::set_all(hq, session, DownloadStatus::NoData, None)?;
                    self.settle(hq, intended, until)
                })?;
                tell(listener, session, &intended.stores, DownloadStatus::NoData);
                Ok(())
            }
            Ok((summary, package)) => {
                self.crash(CrashPoint::PackBeforeAvailable);
                self.writer.hq.write(|hq| {
                    sessions::make_available(hq, session, &summary, &package)?;
                    self.settle(hq, intended, until)
                })?;
                self.crash(CrashPoint::PackAfterAvailable);
                tell(listener, session, &intended.stores, DownloadStatus::Available);
                Ok(())
            }
        }
    }

    fn fill(
        &mut self,
        session: DownloadId,
        intended: &IntendedSession,
        packages: &Folder,
        listener: &mut dyn Listener,
    ) -> Result<(PackageSummary, String), StoreError> {
        let stem = format!("{}-{session:06}", file_part(&self.run.job.id));
        let draft = packages.draft(&stem)?;
        let spec = PackageSpec {
            job: &self.run.job.id,
            session,
            group: self.run.group.id,
            mode: intended.mode,
            since: intended.since,
            tables: self.run.plans,
            indexed: intended.stores.len() >= WORTH_INDEXING,
        };
        self.ahead = None;
        let begun = Ahead::begin(self.writer, self.run, &intended.stores, &spec, draft.clone())?;
        let (ahead, finishing) = begun.unzip();
        self.ahead = ahead;
        let summary = pack::pack(&self.writer.hq, &spec, &draft, finishing, listener)?;
        if summary.is_empty() {
            self.writer.tidied("an empty package", packages.sweep().map(|_| ()));
            return Ok((summary, String::new()));
        }
        let package = format!("{stem}-{}.db", &summary.checksum[..12]);
        self.crash(CrashPoint::PackBeforeRename);
        let put = || packages.put(&draft, &package);
        match &self.ahead {
            Some(ahead) => ahead.place.moves(packages.path(&package), put)?,
            None => put()?,
        }
        Ok((summary, package))
    }

    /// Moves the row version of the group, and notes what each database now has or lacks.
    fn settle(
        &self,
        hq: &HqTx<'_>,
        intended: &IntendedSession,
        until: i64,
    ) -> Result<(), StoreError> {
        supplied(hq, self.run, &intended.stores)?;
        if intended.only.is_some() {
            return Ok(());
        }
        sessions::set_row_version(hq, self.run.group.id, &self.run.job.id, until)?;
        for store in self.run.stores.iter().filter(|store| store.paused) {
            sessions::set_missed(hq, store.id, &self.run.job.id, intended.since)?;
        }
        Ok(())
    }

    fn create_failed(
        &self,
        session: DownloadId,
        intended: &IntendedSession,
        message: &str,
        listener: &mut dyn Listener,
    ) -> Result<(), ExchangeError> {
        let hq = &self.writer.hq;
        let tries = Tries::read(hq)?;
        let status = hq.write(|hq| {
            let failed = DownloadStatus::CreateFailed;
            let (status, message) = tries.after(failed, sessions::count_try(hq, session)?, message);
            if status != failed {
                sessions::give_up(hq, session)?;
            }
            sessions::set_all(hq, session, status, Some(&message))?;
            Ok::<_, StoreError>(status)
        })?;
        let swept = Folder(self.writer.env.packages_path()).sweep().map(|_| ());
        self.writer.tidied("a package that was not made", swept);
        tell(listener, session, &intended.stores, status);
        Ok(())
    }

    fn any_change(&self, since: i64) -> Result<bool, StoreError> {
        any_change(&self.writer.hq, self.run.plans, since)
    }

    fn crash(&self, point: CrashPoint) {
        self.writer.world.faults.crash_at(point, &self.run.job.id);
    }
}

/// Whether anything that a job brings was touched after a row version, its filters' tables
/// included.
///
/// # Errors
/// Headquarters' file.
pub(crate) fn any_change(
    hq: &crate::store::Headquarters,
    plans: &[TablePlan],
    since: i64,
) -> Result<bool, StoreError> {
    for plan in plans {
        if tracking::changed_since(hq, &plan.hq_table, since)?
            || pack::scope_moved(hq, plan, since)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn supplied(hq: &HqTx<'_>, run: &GroupRun<'_>, stores: &[DataStore]) -> Result<(), StoreError> {
    stores.iter().try_for_each(|store| sessions::set_supplied(hq, store.id, &run.job.id))
}

fn tell(
    listener: &mut dyn Listener,
    session: DownloadId,
    stores: &[DataStore],
    status: DownloadStatus,
) {
    for store in stores {
        listener.event(Event::Download { session, channel: store.name.clone(), status });
    }
}

/// A job's id as part of a file name.
fn file_part(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

/// Why a group's session is to be full, if it is.
fn full_reason(
    hq: &crate::store::Headquarters,
    run: &GroupRun<'_>,
    version: Option<i64>,
    min_valid: i64,
    clock: &Clock,
) -> Result<Option<FullReason>, StoreError> {
    let Some(version) = version else {
        return Ok(Some(if run.full { FullReason::Requested } else { FullReason::FirstRun }));
    };
    if run.full {
        return Ok(Some(FullReason::Requested));
    }
    if version < min_valid {
        return Ok(Some(FullReason::TrackingExpired));
    }
    let Some(interval) = topology::full_interval(hq)? else { return Ok(None) };
    let last = sessions::last_full(hq, run.group.id, &run.job.id)?;
    let due = last.is_none_or(|last| last <= clock.before(interval));
    Ok(due.then_some(FullReason::Interval))
}

/// What is due for a group: its own session first, then one for each database that lacks more.
pub(super) fn intended(
    hq: &crate::store::Headquarters,
    run: &GroupRun<'_>,
    clock: &Clock,
) -> Result<Vec<IntendedSession>, ExchangeError> {
    let takes = |store: &DataStore, full: bool| {
        // An excluded job's full run empties its tables in an offline database (D09).
        !store.paused && (full || !store.offline || !run.job.exclude_offline)
    };
    if let (true, Some(only)) = (run.full, &run.only) {
        let stores: Vec<_> = Some(only).filter(|s| takes(s, true)).cloned().into_iter().collect();
        let reason = Some(FullReason::Requested);
        let full =
            IntendedSession { mode: Mode::Full, reason, since: 0, only: Some(only.id), stores };
        return Ok(if full.stores.is_empty() { Vec::new() } else { vec![full] });
    }
    let version = sessions::row_version(hq, run.group.id, &run.job.id)?;
    let min_valid = tracking::min_valid(hq)?;
    let whole = full_reason(hq, run, version, min_valid, clock)?;
    let since = version.unwrap_or(0);
    if let Some(reason) = whole {
        let stores: Vec<_> = run.stores.iter().filter(|s| takes(s, true)).cloned().collect();
        let reason = Some(reason);
        let full = IntendedSession { mode: Mode::Full, reason, since, only: None, stores };
        return Ok(if full.stores.is_empty() { Vec::new() } else { vec![full] });
    }
    let mut group =
        IntendedSession { mode: Mode::Delta, reason: None, since, only: None, stores: Vec::new() };
    let mut own = Vec::new();
    for store in run.stores.iter().filter(|store| takes(store, false)) {
        let stores = vec![store.clone()];
        let only = Some(store.id);
        match sessions::shortfall(hq, store.id, &run.job.id)? {
            Shortfall::Nothing => group.stores.push(store.clone()),
            // The others of the group wait for a run that looks after them.
            _ if !run.wants(store) => {}
            Shortfall::Since(missed) if missed >= min_valid => {
                own.push(IntendedSession {
                    mode: Mode::Delta,
                    reason: None,
                    since: missed,
                    only,
                    stores,
                });
            }
            Shortfall::Since(_) => {
                let reason = Some(FullReason::TrackingExpired);
                own.push(IntendedSession { mode: Mode::Full, reason, since, only, stores });
            }
            Shortfall::Everything => {
                let reason = Some(FullReason::NewDatabase);
                own.push(IntendedSession { mode: Mode::Full, reason, since, only, stores });
            }
        }
    }
    // The group's session closes its version before the others do, so that nothing falls between.
    let mut all = Vec::new();
    if !group.stores.is_empty() {
        all.push(group);
    }
    all.extend(own);
    Ok(all)
}
