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
/// does not: what it carried is missing, and says so. A session without data has looked at every
/// version that was closed.
pub fn reached(sessions: &[DownloadSession], store: i64, job: &str) -> Reached {
    let mut reached = Reached::Never;
    for session in sessions.iter().filter(|session| session.job.eq_ignore_ascii_case(job)) {
        let Some(row) = session.stores.iter().find(|row| row.store_id == store) else { continue };
        match row.status {
            DownloadStatus::Applied => reached = Reached::Version(session.until),
            DownloadStatus::NoData => {
                reached = Reached::Version(session.since.max(session.until - 1));
            }
            DownloadStatus::Canceled => {}
            _ if session.mode == Mode::Full => return reached,
            _ => {
                return match reached {
                    Reached::Never => Reached::Never,
                    Reached::Version(version) => Reached::Version(version.min(session.since)),
                };
            }
        }
    }
    reached
}
