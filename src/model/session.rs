//! Download sessions as headquarters keeps them.

use std::fmt;

use super::ids::{DataStoreId, DownloadId, GroupId, UploadId};
use super::named::named;
use super::status::{DownloadStatus, UploadStatus};
use super::time::Time;

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
    pub enum Mode {
        /// Only what changed since the row version (D01).
        Delta = "delta",
        /// Everything in scope (D04).
        Full = "full",
    }
}

named! {
    /// Why a run was full.
    pub enum FullReason {
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
    pub fn describe(self) -> &'static str {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
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
pub struct DownloadSession {
    /// Its number.
    pub id: DownloadId,
    /// The job.
    pub job: String,
    /// The RECID of the group.
    pub group_id: GroupId,
    /// The group's name.
    pub group: String,
    /// The session's own status: whether its package exists.
    pub status: DownloadStatus,
    /// Changes or everything.
    pub mode: Mode,
    /// Why it was full.
    pub reason: Option<FullReason>,
    /// Only for this database (RECID), not for its group.
    pub only: Option<DataStoreId>,
    /// The row version it starts after.
    pub since: i64,
    /// The row version it reaches.
    pub until: i64,
    /// Rows to insert or update.
    pub rows: u64,
    /// Keys to delete.
    pub deleted: u64,
    /// The package's name, once there is one.
    pub package: Option<String>,
    /// The package's checksum.
    pub checksum: String,
    /// The package's size in bytes.
    pub bytes: u64,
    /// When it was made.
    pub created: Time,
    /// Its message.
    pub message: Option<String>,
    /// Its databases, in order.
    pub stores: Vec<StoreSession>,
}

/// Where a session stands in one database (D03).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSession {
    /// The database's RECID.
    pub store_id: DataStoreId,
    /// The database's name.
    pub store: String,
    /// Its status.
    pub status: DownloadStatus,
    /// How often it was tried (D06).
    pub tries: u32,
    /// Whether it was cancelled or suspended by its tries, and not by a person or a full session.
    pub given_up: bool,
    /// Rows changed there.
    pub rows: u64,
    /// What went wrong, or why it waits.
    pub message: Option<String>,
    /// The full session that replaced it (D04).
    pub replaced_by: Option<DownloadId>,
    /// When it was asked for.
    pub requested: Option<Time>,
    /// When it was fetched.
    pub downloaded: Option<Time>,
    /// When it was applied.
    pub applied: Option<Time>,
}

/// An upload session: a package of rows from one channel database (U02).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadSession {
    /// Its number in headquarters.
    pub id: UploadId,
    /// The job.
    pub job: String,
    /// The RECID of the channel database.
    pub store_id: DataStoreId,
    /// The channel database.
    pub store: String,
    /// The group's name.
    pub group: String,
    /// Its status.
    pub status: UploadStatus,
    /// How often it was tried.
    pub tries: u32,
    /// Whether it was cancelled by its tries, and not by a person.
    pub given_up: bool,
    /// Rows in the package.
    pub rows: u64,
    /// The package's name, once there is one.
    pub package: Option<String>,
    /// The package's checksum.
    pub checksum: String,
    /// The package's size in bytes.
    pub bytes: u64,
    /// When it was made.
    pub created: Time,
    /// When it was sent.
    pub uploaded: Option<Time>,
    /// Its message.
    pub message: Option<String>,
}

/// The counters of one table that an upload session carries (U01).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CounterRange {
    /// The channel's table.
    pub table: String,
    /// The lowest counter.
    pub min: i64,
    /// The highest counter.
    pub max: i64,
}
