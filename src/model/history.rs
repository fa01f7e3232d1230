//! Download sessions as headquarters keeps them, and how far they have brought each database.

use std::collections::BTreeMap;

use super::ids::{DataStoreId, DownloadId, JobId};
use super::session::Mode;
use super::session::{DownloadSession, StoreSession};
use super::status::DownloadStatus;

/// How far a database has come with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    /// It never had the job whole.
    Never,
    /// Everything up to this row version has been applied, or given up.
    Version(i64),
}

/// The download sessions, and which of them each database's present file has had or awaits.
#[derive(Debug, Default)]
pub(crate) struct History {
    sessions: Vec<DownloadSession>,
    /// For each database by RECID: where its sessions are, and where in them its row is.
    places: BTreeMap<DataStoreId, Vec<(usize, usize)>>,
    /// Where the session of each package is, by the package's name.
    packages: BTreeMap<String, usize>,
    /// The last full session that was applied in each database, of each job.
    last_full: BTreeMap<(DataStoreId, JobId), DownloadId>,
}

impl History {
    /// Sessions, oldest first, and the newest one there was when a database's file was made again:
    /// what came before that is not in the file (D05).
    pub(crate) fn new(
        sessions: Vec<DownloadSession>,
        rebuilt: &BTreeMap<DataStoreId, DownloadId>,
    ) -> Self {
        let mut places: BTreeMap<DataStoreId, Vec<(usize, usize)>> = BTreeMap::new();
        let mut packages = BTreeMap::new();
        let mut last_full = BTreeMap::new();
        for (at, session) in sessions.iter().enumerate() {
            packages.extend(session.package.clone().map(|name| (name, at)));
            for (row_at, row) in session.stores.iter().enumerate() {
                if rebuilt.get(&row.store_id).is_some_and(|newest| session.id <= *newest) {
                    continue;
                }
                places.entry(row.store_id).or_default().push((at, row_at));
                if session.mode == Mode::Full && row.status == DownloadStatus::Applied {
                    last_full.insert((row.store_id, session.job.clone()), session.id);
                }
            }
        }
        Self { sessions, places, packages, last_full }
    }

    /// Every session, oldest first.
    pub(crate) fn all(&self) -> &[DownloadSession] {
        &self.sessions
    }

    /// The session that a package was made for.
    pub(crate) fn of_package(&self, name: &str) -> Option<&DownloadSession> {
        self.packages.get(name).and_then(|at| self.sessions.get(*at))
    }

    /// The sessions of one database with its row in each, oldest first.
    pub(crate) fn of(
        &self,
        store: DataStoreId,
    ) -> impl DoubleEndedIterator<Item = (&DownloadSession, &StoreSession)> {
        let places = self.places.get(&store).into_iter().flatten();
        places.map(|(at, row)| {
            let session = &self.sessions[*at];
            (session, &session.stores[*row])
        })
    }

    fn of_job<'a>(
        &'a self,
        store: DataStoreId,
        job: &'a JobId,
    ) -> impl Iterator<Item = (&'a DownloadSession, &'a StoreSession)> {
        self.of(store).filter(|(session, _)| session.job == *job)
    }

    /// The number of the last full session of a job that was applied in a database; 0 for none.
    fn last_full(&self, store: DataStoreId, job: &JobId) -> DownloadId {
        self.last_full.get(&(store, job.clone())).copied().unwrap_or_default()
    }

    /// Whether a full session of the same job was applied in a database later than this one, which
    /// brought whatever was in it.
    pub(crate) fn is_healed(&self, store: DataStoreId, session: &DownloadSession) -> bool {
        self.last_full(store, &session.job) > session.id
    }

    /// Whether a database has lost a session of a job, so that only a full one brings it what was
    /// in it.
    pub(crate) fn has_lost(&self, store: DataStoreId, job: &JobId) -> bool {
        let full = self.last_full(store, job);
        let mut since = self.of_job(store, job).filter(|(session, _)| session.id > full);
        since.any(|(_, row)| row.status == DownloadStatus::Canceled && row.replaced_by.is_none())
    }

    /// The row version up to which a database has had a job.
    ///
    /// A session that is still to come holds it at where that session starts, and a full one at
    /// where the first session was cancelled that it takes the place of. What was given up does
    /// not hold it: that is missing, and does not come by itself. A session without data has
    /// looked at every version that was closed (D03).
    pub(crate) fn reached(&self, store: DataStoreId, job: &JobId) -> Reached {
        let mut known = Progress::default();
        for (session, row) in self.of_job(store, job) {
            match row.status {
                DownloadStatus::Applied => known.advance(session, session.until),
                DownloadStatus::NoData => {
                    known.advance(session, session.since.max(session.until - 1));
                }
                DownloadStatus::Canceled => known.cancel(session, row),
                _ if session.mode == Mode::Full => return known.whole,
                _ => {
                    return match known.passed() {
                        Reached::Never => Reached::Never,
                        Reached::Version(version) => Reached::Version(version.min(session.since)),
                    };
                }
            }
        }
        known.passed()
    }
}

/// How far a database has come, session by session.
struct Progress {
    /// Up to here nothing was cancelled since the last full session.
    whole: Reached,
    /// The same, with what was cancelled counted as if it had come.
    with_cancelled: Reached,
    /// Something was cancelled since the last full session.
    torn: bool,
    /// A full session that is still to come takes the place of something.
    replaced: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Self { whole: Reached::Never, with_cancelled: Reached::Never, torn: false, replaced: false }
    }
}

impl Progress {
    fn advance(&mut self, session: &DownloadSession, to: i64) {
        if session.mode == Mode::Full {
            (self.torn, self.replaced) = (false, false);
        }
        self.with_cancelled = Reached::Version(to);
        if !self.torn {
            self.whole = self.with_cancelled;
        }
    }

    fn cancel(&mut self, session: &DownloadSession, row: &StoreSession) {
        self.torn = true;
        if row.replaced_by.is_some() {
            self.replaced = true;
        } else if session.mode == Mode::Full {
            // What it was to take the place of is given up with it.
            self.replaced = false;
        } else if let Reached::Version(version) = self.with_cancelled {
            self.with_cancelled = Reached::Version(version.max(session.until));
        }
    }

    fn passed(&self) -> Reached {
        if self.replaced { self.whole } else { self.with_cancelled }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::GroupId;
    use crate::model::session::Mode::{Delta, Full};
    use crate::model::status::DownloadStatus::{
        Applied, ApplyFailed, Available, Canceled, NoData, Suspended,
    };
    use crate::model::time::Time;

    const STORE: DataStoreId = DataStoreId(7);

    /// A session of job 1010 that goes from its number to the next, times ten.
    fn session(id: i64, mode: Mode, status: DownloadStatus, by: Option<i64>) -> DownloadSession {
        let row = StoreSession {
            store_id: STORE,
            store: "houston".to_owned(),
            status,
            tries: 0,
            given_up: false,
            rows: 0,
            message: None,
            replaced_by: by.map(DownloadId),
            requested: None,
            downloaded: None,
            applied: None,
        };
        DownloadSession {
            id: DownloadId(id),
            job: JobId::new("1010"),
            group_id: GroupId(1),
            group: "Default".to_owned(),
            status: Available,
            mode,
            reason: None,
            only: None,
            since: id * 10,
            until: id * 10 + 10,
            rows: 0,
            deleted: 0,
            package: None,
            checksum: String::new(),
            bytes: 0,
            created: Time::default(),
            message: None,
            stores: vec![row],
        }
    }

    type Row = (Mode, DownloadStatus, Option<i64>);

    fn history(rows: &[Row], rebuilt: i64) -> History {
        let sessions =
            rows.iter().zip(1..).map(|((mode, status, by), id)| session(id, *mode, *status, *by));
        History::new(sessions.collect(), &BTreeMap::from([(STORE, DownloadId(rebuilt))]))
    }

    #[test]
    fn a_database_has_come_as_far_as_nothing_is_on_its_way() {
        let had = (Full, Applied, None);
        let given_up = (Delta, Canceled, None);
        let cases: &[(&str, &[Row], Reached)] = &[
            ("nothing yet", &[], Reached::Never),
            ("the first is on its way", &[(Full, Available, None)], Reached::Never),
            ("applied", &[had], Reached::Version(20)),
            ("without data", &[had, (Delta, NoData, None)], Reached::Version(29)),
            ("failed", &[had, (Delta, ApplyFailed, None)], Reached::Version(20)),
            (
                "failed, later ones went on",
                &[had, (Delta, ApplyFailed, None), (Delta, Applied, None)],
                Reached::Version(20),
            ),
            ("given up", &[had, given_up], Reached::Version(30)),
            (
                "given up, later ones went on",
                &[had, given_up, (Delta, Applied, None)],
                Reached::Version(40),
            ),
            (
                "given up, and a full one comes",
                &[had, given_up, (Delta, NoData, None), (Full, Available, None)],
                Reached::Version(20),
            ),
            (
                "replaced by a full one that waits",
                &[had, (Delta, Canceled, Some(4)), (Delta, NoData, None), (Full, Suspended, None)],
                Reached::Version(20),
            ),
            (
                "a later delta while the full one is not yet made",
                &[had, (Delta, Canceled, Some(9)), (Delta, Applied, None)],
                Reached::Version(20),
            ),
            (
                "replaced by a full one that was applied",
                &[had, (Delta, Canceled, Some(3)), (Full, Applied, None)],
                Reached::Version(40),
            ),
            (
                "the full one was given up too",
                &[had, (Delta, Canceled, Some(4)), (Delta, NoData, None), (Full, Canceled, None)],
                Reached::Version(39),
            ),
        ];
        for (what, rows, expected) in cases {
            assert_eq!(history(rows, 0).reached(STORE, &JobId::new("1010")), *expected, "{what}");
        }
    }

    #[test]
    fn a_file_made_again_has_had_nothing_of_what_came_before() {
        let rows = [(Full, Applied, None), (Delta, Canceled, None), (Full, Available, None)];
        assert_eq!(history(&rows, 2).reached(STORE, &JobId::new("1010")), Reached::Never);
        assert!(history(&rows, 0).has_lost(STORE, &JobId::new("1010")));
        assert!(!history(&rows, 2).has_lost(STORE, &JobId::new("1010")));
        assert_eq!(history(&rows, 2).of(STORE).count(), 1);
        assert_eq!(history(&rows, 2).all().len(), 3);
    }

    #[test]
    fn a_full_session_heals_what_came_before_it() {
        let lost = [(Full, Applied, None), (Delta, Canceled, None), (Delta, Applied, None)];
        let healed = [lost[0], lost[1], lost[2], (Full, Applied, None)];
        let (lost, healed) = (history(&lost, 0), history(&healed, 0));
        assert!(
            lost.has_lost(STORE, &JobId::new("1010"))
                && !healed.has_lost(STORE, &JobId::new("1010"))
        );
        assert!(
            !lost.has_lost(STORE, &JobId::new("1110"))
                && !lost.has_lost(DataStoreId(8), &JobId::new("1010"))
        );
        assert!(!lost.is_healed(STORE, &lost.all()[1]));
        assert!(healed.is_healed(STORE, &healed.all()[1]));
        assert!(!healed.is_healed(STORE, &healed.all()[3]));
    }
}
