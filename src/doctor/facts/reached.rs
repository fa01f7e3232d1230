//! How far a database has come with a job, from the sessions headquarters keeps.

use crate::model::run::Mode;
use crate::model::session::DownloadSession;
use crate::model::status::DownloadStatus;

/// How far a database has come with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It never had the job whole.
    Never,
    /// Everything up to this row version has been applied, or given up.
    Version(i64),
}

/// The row version up to which a database has had a job.
///
/// A session that is still to come holds it at where that session starts. One that was given up
/// does not: what it carried is missing and does not come by itself, unless a full session is on
/// its way. A session without data has looked at every version that was closed.
pub fn reached(sessions: &[DownloadSession], store: i64, job: &str) -> Reached {
    let mut reached = Reached::Never;
    // The same with what was given up since.
    let mut passed = Reached::Never;
    for session in sessions.iter().filter(|session| session.job.eq_ignore_ascii_case(job)) {
        let Some(row) = session.stores.iter().find(|row| row.store_id == store) else { continue };
        match row.status {
            DownloadStatus::Applied => reached = Reached::Version(session.until),
            DownloadStatus::NoData => {
                reached = Reached::Version(session.since.max(session.until - 1));
            }
            DownloadStatus::Canceled => {
                let given_up = session.mode == Mode::Delta && row.replaced_by.is_none();
                if let (true, Reached::Version(version)) = (given_up, passed) {
                    passed = Reached::Version(version.max(session.until));
                }
                continue;
            }
            _ if session.mode == Mode::Full => return reached,
            _ => {
                return match passed {
                    Reached::Never => Reached::Never,
                    Reached::Version(version) => Reached::Version(version.min(session.since)),
                };
            }
        }
        passed = reached;
    }
    passed
}
