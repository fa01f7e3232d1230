//! What a run did, as scripts read it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::borrow::Cow;

use super::session::{DownloadSession, FullReason, Mode, StoreSession, UploadSession};
use super::status::{DownloadStatus, UploadStatus};
use crate::model::ids::{DownloadId, JobId, UploadId};
use crate::model::job::Direction;
pub use crate::model::phase::Phase;
use crate::model::suggestion::Run;

/// The outcome of `cdx run`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunReport {
    /// Whether every session ended well.
    pub ok: bool,
    /// One entry a job, in the order asked for.
    pub jobs: Vec<JobReport>,
    /// What Ctrl-C kept from being run, or from being finished.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<JobId>,
    /// The run that goes on with it.
    #[serde(skip)]
    pub(crate) go_on: Run,
}

/// What one job did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobReport {
    /// The job's id.
    pub job: JobId,
    /// What its kind of job does.
    #[serde(flatten)]
    pub(crate) work: Work,
    /// What was not run, and why: a paused database, an inactive schedule (D13).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) not_run: Vec<String>,
    /// Whether Ctrl-C stopped it before its end.
    #[serde(skip)]
    pub(crate) stopped: bool,
}

/// What a job did, by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Work {
    /// Packages made for groups and applied by channel databases.
    Download {
        /// Full if any of its sessions was; none where it has none.
        #[serde(skip_serializing_if = "Option::is_none")]
        mode: Option<Mode>,
        /// Why it was full.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<FullReason>,
        /// Rows, summed over its sessions.
        rows: u64,
        /// Its sessions, by id.
        sessions: Vec<DownloadReport>,
    },
    /// Packages collected from channel databases and applied by headquarters.
    Upload {
        /// Rows, each session's once.
        rows: u64,
        /// Its sessions, in the order in which their phases were run.
        sessions: Vec<UploadReport>,
    },
    /// Operations processed in headquarters.
    Batch(Tally),
}

/// What a batch came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Operations that went through.
    pub(crate) processed: u64,
    /// Operations that failed.
    pub(crate) failed: u64,
    /// Operations that wait behind a failed one.
    pub(crate) waiting: u64,
}

impl JsonSchema for Tally {
    fn schema_name() -> Cow<'static, str> {
        "Tally".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let count = |what: &str| {
            json_schema!({
                "description": what, "type": "integer", "minimum": 0,
            })
        };
        json_schema!({
            "description": "What a batch came to.",
            "type": "object",
            "properties": {
                "rows": count("The operations that went through."),
                "sessions": {
                    "description": "None: a batch has no sessions.", "type": "array", "maxItems": 0,
                },
                "processed": count("Operations that went through."),
                "failed": count("Operations that failed."),
                "waiting": count("Operations that wait behind a failed one."),
            },
            "required": ["rows", "sessions", "processed", "failed", "waiting"],
        })
    }
}

impl Serialize for Tally {
    /// With the keys that every job has: a batch has no sessions.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Tally", 5)?;
        object.serialize_field("rows", &self.processed)?;
        object.serialize_field("sessions", &[(); 0])?;
        object.serialize_field("processed", &self.processed)?;
        object.serialize_field("failed", &self.failed)?;
        object.serialize_field("waiting", &self.waiting)?;
        object.end()
    }
}

impl JobReport {
    /// Which way the job moves rows.
    pub(crate) fn direction(&self) -> Direction {
        match &self.work {
            Work::Download { .. } => Direction::Download,
            Work::Upload { .. } => Direction::Upload,
            Work::Batch(_) => Direction::Batch,
        }
    }

    /// Whether no session of it ended badly, in the channel asked for or in any, no operation
    /// failed, and nothing was left out.
    pub(crate) fn is_ok(&self, only: Option<&str>) -> bool {
        let done = match &self.work {
            Work::Download { sessions, .. } => sessions.iter().all(|session| session.is_ok(only)),
            Work::Upload { sessions, .. } => sessions.iter().all(|one| !one.status.is_failure()),
            Work::Batch(tally) => tally.failed == 0,
        };
        done && self.not_run.is_empty() && !self.stopped
    }
}

/// What happened to a download session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DownloadReport {
    /// Its number.
    pub(crate) id: DownloadId,
    /// The channel database group.
    pub(crate) group: String,
    /// The worst status of its channels.
    pub(crate) status: DownloadStatus,
    /// Whether it carried changes or everything.
    pub(crate) mode: Mode,
    /// Rows to insert or update in the package.
    pub(crate) rows: u64,
    /// Rows to delete in the package.
    pub(crate) deleted: u64,
    /// The package's size in bytes.
    pub(crate) bytes: u64,
    /// Its message, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// Each channel database.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) channels: Vec<ChannelReport>,
}

/// What happened to an upload session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct UploadReport {
    /// Its number.
    pub(crate) id: UploadId,
    /// The channel database group.
    pub(crate) group: String,
    /// Its status.
    pub(crate) status: UploadStatus,
    /// The phase that a run carried out; none where it is only shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phase: Option<Phase>,
    /// The channel database it came from.
    pub(crate) channel: String,
    /// Rows in the package.
    pub(crate) rows: u64,
    /// Always 0: an upload only adds rows.
    pub(crate) deleted: u64,
    /// The package's size in bytes.
    pub(crate) bytes: u64,
    /// Its message, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

impl UploadReport {
    /// A session as scripts see it, in a phase of a run or only shown.
    pub(crate) fn of(session: &UploadSession, phase: Option<Phase>) -> Self {
        Self {
            id: session.id,
            group: session.group.clone(),
            status: session.status,
            phase,
            channel: session.store.clone(),
            rows: session.rows,
            deleted: 0,
            bytes: session.bytes,
            message: session.message.clone(),
        }
    }
}

impl DownloadReport {
    /// A session as scripts see it; its status is the worst of its channels.
    pub(crate) fn of(session: &DownloadSession) -> Self {
        let worst = session.stores.iter().map(|store| store.status).max_by_key(|s| s.severity());
        let channel = |store: &StoreSession| ChannelReport {
            channel: store.store.clone(),
            status: store.status,
            rows: store.rows,
            tries: store.tries,
            message: store.message.clone(),
            replaced_by: store.replaced_by,
            forgotten: false,
        };
        Self {
            id: session.id,
            group: session.group.clone(),
            status: worst.unwrap_or(session.status),
            mode: session.mode,
            rows: session.rows,
            deleted: session.deleted,
            bytes: session.bytes,
            message: session.message.clone(),
            channels: session.stores.iter().map(channel).collect(),
        }
    }

    /// Whether there was nothing to send, now or from before.
    pub(crate) fn is_empty(&self) -> bool {
        self.status == DownloadStatus::NoData
    }

    /// Whether it ended well, in the channel asked for or in all.
    fn is_ok(&self, only: Option<&str>) -> bool {
        let asked = |name: &str| only.is_none_or(|only| only.eq_ignore_ascii_case(name));
        if self.channels.is_empty() {
            return !self.status.is_failure();
        }
        self.channels.iter().filter(|one| asked(&one.channel)).all(ChannelReport::is_ok)
    }
}

/// What happened to a session in one channel database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "SessionInChannel")]
pub(crate) struct ChannelReport {
    /// The channel database.
    pub(crate) channel: String,
    /// Its status.
    pub(crate) status: DownloadStatus,
    /// Rows really changed there.
    pub(crate) rows: u64,
    /// How often it has been tried.
    pub(crate) tries: u32,
    /// What went wrong, or why it waits.
    pub(crate) message: Option<String>,
    /// The full session that took its place (D04).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replaced_by: Option<DownloadId>,
    /// Cancelled before this run, when the database's file was made again.
    #[serde(skip)]
    pub(crate) forgotten: bool,
}

impl ChannelReport {
    /// What went wrong there, or why it waits, with the channel's name.
    pub(crate) fn told(&self) -> Option<String> {
        self.message.as_ref().map(|message| format!("{}: {message}", self.channel))
    }

    /// Whether it ended well; one that is over and done with does not count.
    fn is_ok(&self) -> bool {
        !self.status.is_failure() || self.replaced_by.is_some() || self.forgotten
    }
}
