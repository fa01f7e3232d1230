//! Sessions by channel database: a lane each, its sessions in order.

use super::session::SessionId;
use super::status::{DownloadStatus, UploadStatus};
use super::time::{ShownTime, Time};
use crate::model::ids::{DownloadId, JobId};

/// Where a session stands in one channel database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LaneStatus {
    /// One from headquarters.
    Download(DownloadStatus),
    /// One to headquarters.
    Upload(UploadStatus),
}

impl LaneStatus {
    /// Its documented name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Download(status) => status.as_str(),
            Self::Upload(status) => status.as_str(),
        }
    }

    /// Whether it ended badly.
    pub(crate) fn is_failure(self) -> bool {
        match self {
            Self::Download(status) => status.is_failure(),
            Self::Upload(status) => status.is_failure(),
        }
    }
}

/// A session in one channel database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LaneSession<When = Time> {
    /// Its number.
    pub(crate) id: SessionId,
    /// The job.
    pub(crate) job: JobId,
    /// When it was made.
    pub(crate) created: When,
    /// Where it stands.
    pub(crate) status: LaneStatus,
    /// Rows changed there by a download, rows in the package of an upload.
    pub(crate) rows: u64,
    /// How often it was tried.
    pub(crate) tries: u32,
    /// What went wrong, or why it waits.
    pub(crate) message: Option<String>,
    /// The full session that took its place (D04).
    pub(crate) replaced_by: Option<DownloadId>,
}

impl LaneSession {
    /// The same with its time as readers have it.
    pub(crate) fn shown(self, show: impl FnOnce(&Time) -> ShownTime) -> LaneSession<ShownTime> {
        let Self { id, job, created, status, rows, tries, message, replaced_by } = self;
        let created = show(&created);
        LaneSession { id, job, created, status, rows, tries, message, replaced_by }
    }
}

impl<When> LaneSession<When> {
    /// Whether it ended badly, and no other session took its place.
    pub(crate) fn is_trouble(&self) -> bool {
        self.status.is_failure() && self.replaced_by.is_none()
    }
}

/// A channel database and its sessions, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lane<When = Time> {
    /// The channel database, or a register's offline database.
    pub(crate) channel: String,
    /// Its sessions.
    pub(crate) sessions: Vec<LaneSession<When>>,
}
