//! Under dependency enforcement a session that is not done holds later ones back (D07).

use super::group_run::GroupRun;
use crate::model::ids::{DownloadId, JobId};
use crate::model::session::DownloadSession;
use crate::model::session::SessionId;
use crate::model::status::DownloadStatus;
use crate::model::suggestion::{OfSessions, Suggestion};
use crate::model::topology::DataStore;

/// A database that an earlier session holds back.
pub(super) struct HeldBack {
    /// The database.
    store: String,
    /// The session that must be retried or cancelled first, and its job.
    pub(super) session: DownloadId,
    job: JobId,
}

impl HeldBack {
    pub(super) fn told(&self) -> String {
        let Self { store, session, job } = self;
        format!("{store}: session {session} ({job}) holds back later sessions")
    }

    pub(super) fn hint(&self) -> Suggestion {
        OfSessions::Show(SessionId::Download(self.session)).into()
    }
}

/// The session that holds a database back from what this run has for it, if one does: it is this
/// job's own, or something of this job comes after it.
pub(super) fn held_back(
    unfinished: &[DownloadSession],
    run: &GroupRun<'_>,
    store: &DataStore,
) -> Option<HeldBack> {
    let mut rows = unfinished.iter().filter_map(|session| {
        let row = session.stores.iter().find(|row| row.store_id == store.id)?;
        Some((session, row.status))
    });
    let own = |session: &DownloadSession| session.job == run.job.id;
    let (head, _) = rows.find(|(session, status)| holds_back(*status, own(session)))?;
    let waits = own(head) || rows.any(|(session, status)| own(session) && status.is_pending());
    waits.then(|| HeldBack { store: store.name.clone(), session: head.id, job: head.job.clone() })
}

/// Under enforcement an earlier session that is not done keeps later ones waiting (D07).
fn holds_back(status: DownloadStatus, same_job: bool) -> bool {
    match status {
        DownloadStatus::Suspended => true,
        // Another job's failed session waits for its own job's next run.
        status => !same_job && status.is_failure() && status != DownloadStatus::Canceled,
    }
}
