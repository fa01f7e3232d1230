//! What happened in an environment, in order.

use super::named::named;
use crate::model::ids::DataStoreId;
use crate::model::time::Time;

named! {
    /// What can happen.
    pub(crate) enum LogEvent {
        /// A feature was turned on or off, scheduled, or stayed off at its midnight.
        Switched = "switched",
        /// A download session was made, or could not be.
        Generated = "generated",
        /// A download session came to something in a channel database.
        Applied = "applied",
        /// An upload session came to something.
        Uploaded = "uploaded",
        /// The customer batch ran.
        Processed = "processed",
        /// An operation failed in the customer batch.
        Failed = "failed",
        /// A value of an operation was corrected on the status form.
        Corrected = "corrected",
        /// A register changed its own channel, without a call to headquarters.
        Acted = "acted",
        /// A register called headquarters.
        Called = "called",
        /// An instance of a scale unit loaded what it answers from.
        Cached = "cached",
        /// A scale unit, or the registers, were started again.
        Restarted = "restarted",
    }
}

/// Where an entry stands among all: after this number of headquarters, so many later, in this
/// channel database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogPosition {
    pub(crate) after: i64,
    pub(crate) since: i64,
    pub(crate) store: Option<DataStoreId>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogEntry {
    /// Where it stands.
    pub(crate) position: LogPosition,
    /// When.
    pub(crate) at: Time,
    /// What.
    pub(crate) event: LogEvent,
    /// What it is about: a feature, a job, an operation.
    pub(crate) subject: String,
    /// Whom it is about.
    pub(crate) account: String,
    /// A session, or an instance of a scale unit.
    pub(crate) number: Option<i64>,
    /// What came of it: a word, or a documented number of a session's status.
    pub(crate) status: String,
    /// Rows, or operations.
    pub(crate) count: u64,
    /// Why, or what else there is to say.
    pub(crate) detail: String,
}
