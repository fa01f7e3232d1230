//! What a run did, as scripts read it.

use super::named::named;
use serde::Serialize;

use super::job::Direction;
use super::status::{DownloadStatus, SessionStatus};

/// The outcome of `cdx run`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RunReport {
    /// Whether every session ended well.
    pub ok: bool,
    /// One entry a job, in the order asked for.
    pub jobs: Vec<JobReport>,
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

/// What one job did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobReport {
    /// The job's id.
    pub job: String,
    /// Download, upload or batch.
    pub kind: Direction,
    /// Full if any of its sessions was; absent for a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Why it was full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<FullReason>,
    /// Rows, summed over its sessions.
    pub rows: u64,
    /// Its sessions, by id.
    pub sessions: Vec<SessionReport>,
    /// A batch: operations that went through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processed: Option<u64>,
    /// A batch: operations that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<u64>,
    /// A batch: operations that wait behind a failed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u64>,
    /// What was not run, and why: a paused database, an inactive schedule (D13).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_run: Vec<String>,
}

impl JobReport {
    /// An empty report of a job.
    pub fn new(job: &str, kind: Direction) -> Self {
        Self {
            job: job.to_owned(),
            kind,
            mode: None,
            reason: None,
            rows: 0,
            sessions: Vec::new(),
            processed: None,
            failed: None,
            waiting: None,
            not_run: Vec::new(),
        }
    }
}

/// What happened to one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionReport {
    /// Its number.
    pub id: i64,
    /// The channel database group.
    pub group: String,
    /// Its status; of a download the worst of its channels.
    pub status: SessionStatus,
    /// Whether it carried changes or everything; absent for uploads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Uploads: `collect` or `apply`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<&'static str>,
    /// Uploads: the channel database it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Rows to insert or update in the package.
    pub rows: u64,
    /// Rows to delete in the package.
    pub deleted: u64,
    /// The package's size in bytes.
    pub bytes: u64,
    /// Its message, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Downloads: each channel database.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelReport>,
}

/// What happened to a session in one channel database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelReport {
    /// The channel database.
    pub channel: String,
    /// Its status.
    pub status: DownloadStatus,
    /// Rows really changed there.
    pub rows: u64,
    /// How often it has been tried.
    pub tries: u32,
    /// What went wrong, or why it waits.
    pub message: Option<String>,
    /// The full session that took its place (D04).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<i64>,
    /// Cancelled before this run, when the database's file was made again.
    #[serde(skip)]
    pub forgotten: bool,
}
