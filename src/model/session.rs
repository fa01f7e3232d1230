//! Download sessions as headquarters keeps them.

use std::fmt;

use super::named::named;
use super::status::{DownloadStatus, UploadStatus};
use super::time::Time;
use crate::model::ids::{DataStoreId, DownloadId, GroupId, JobId, UploadId};

/// Downloads or uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SessionKind {
    /// From headquarters to channels.
    Download,
    /// From channels to headquarters.
    Upload,
}

named! {
    /// Whether a run sent changes or everything.
    pub(crate) enum Mode {
        /// Only what changed since the row version (D01).
        Delta = "delta",
        /// Everything in scope (D04).
        Full = "full",
    }
}

named! {
    /// Why a run was full.
    pub(crate) enum FullReason {
        /// `--full`.
        Requested = "requested",
        /// The group never had this job before.
        FirstRun = "first-run",
        /// A channel database that joined the group (D05).
        NewDatabase = "new-database",
        /// The change tracking does not reach back to the row version (D17).
        TrackingExpired = "tracking-expired",
        /// "Full dataset generation interval" has passed since the last full run.
        Interval = "interval",
    }
}

impl FullReason {
    /// The reason in a sentence.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Requested => "a full synchronization was asked for",
            Self::FirstRun => "the group never had this job before",
            Self::NewDatabase => "the database is new to its group",
            Self::TrackingExpired => "the change tracking does not reach back to the last run",
            Self::Interval => "the full dataset generation interval has passed",
        }
    }
}

/// A session of either kind; scripts see its number.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema,
)]
#[serde(untagged)]
pub enum SessionId {
    /// From headquarters to channels.
    Download(DownloadId),
    /// From channels to headquarters.
    Upload(UploadId),
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Download(id) => id.fmt(f),
            Self::Upload(id) => id.fmt(f),
        }
    }
}

impl From<DownloadId> for SessionId {
    fn from(id: DownloadId) -> Self {
        Self::Download(id)
    }
}

impl From<UploadId> for SessionId {
    fn from(id: UploadId) -> Self {
        Self::Upload(id)
    }
}

/// A download session: one package for one group, or for one database of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DownloadSession {
    /// Its number.
    pub(crate) id: DownloadId,
    /// The job.
    pub(crate) job: JobId,
    /// The RECID of the group.
    pub(crate) group_id: GroupId,
    /// The group's name.
    pub(crate) group: String,
    /// The session's own status: whether its package exists.
    pub(crate) status: DownloadStatus,
    /// Changes or everything.
    pub(crate) mode: Mode,
    /// Why it was full.
    pub(crate) reason: Option<FullReason>,
    /// Only for this database (RECID), not for its group.
    pub(crate) only: Option<DataStoreId>,
    /// The row version it starts after.
    pub(crate) since: i64,
    /// The row version it reaches.
    pub(crate) until: i64,
    /// Rows to insert or update.
    pub(crate) rows: u64,
    /// Keys to delete.
    pub(crate) deleted: u64,
    /// The package's name, once there is one.
    pub(crate) package: Option<String>,
    /// The package's checksum.
    pub(crate) checksum: String,
    /// The package's size in bytes.
    pub(crate) bytes: u64,
    /// When it was made.
    pub(crate) created: Time,
    /// Its message.
    pub(crate) message: Option<String>,
    /// Its databases, in order.
    pub(crate) stores: Vec<StoreSession>,
}

/// Where a session stands in one database (D03).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoreSession {
    /// The database's RECID.
    pub(crate) store_id: DataStoreId,
    /// The database's name.
    pub(crate) store: String,
    /// Its status.
    pub(crate) status: DownloadStatus,
    /// How often it was tried (D06).
    pub(crate) tries: u32,
    /// Whether it was cancelled or suspended by its tries, and not by a person or a full session.
    pub(crate) given_up: bool,
    /// Rows changed there.
    pub(crate) rows: u64,
    /// What went wrong, or why it waits.
    pub(crate) message: Option<String>,
    /// The full session that replaced it (D04).
    pub(crate) replaced_by: Option<DownloadId>,
    /// When it was asked for.
    pub(crate) requested: Option<Time>,
    /// When it was fetched.
    pub(crate) downloaded: Option<Time>,
    /// When it was applied.
    pub(crate) applied: Option<Time>,
}

/// An upload session: a package of rows from one channel database (U02).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UploadSession {
    /// Its number in headquarters.
    pub(crate) id: UploadId,
    /// The job.
    pub(crate) job: JobId,
    /// The RECID of the channel database.
    pub(crate) store_id: DataStoreId,
    /// The channel database.
    pub(crate) store: String,
    /// The group's name.
    pub(crate) group: String,
    /// Its status.
    pub(crate) status: UploadStatus,
    /// How often it was tried.
    pub(crate) tries: u32,
    /// Whether it was cancelled by its tries, and not by a person.
    pub(crate) given_up: bool,
    /// Rows in the package.
    pub(crate) rows: u64,
    /// The package's name, once there is one.
    pub(crate) package: Option<String>,
    /// The package's checksum.
    pub(crate) checksum: String,
    /// The package's size in bytes.
    pub(crate) bytes: u64,
    /// When it was made.
    pub(crate) created: Time,
    /// When it was sent.
    pub(crate) uploaded: Option<Time>,
    /// Its message.
    pub(crate) message: Option<String>,
}

/// The counters of one table that an upload session carries (U01).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct CounterRange {
    /// The channel's table.
    pub(crate) table: String,
    /// The lowest counter.
    pub(crate) min: i64,
    /// The highest counter.
    pub(crate) max: i64,
}
