//! Channel databases, their groups and the distribution schedules that serve them.

use super::named::named;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::model::ids::{DataStoreId, GroupId, JobId};
use crate::model::interval::Interval;
use crate::model::time::Time;

/// A channel database group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Group {
    /// Its RECID.
    #[serde(skip)]
    pub(crate) id: GroupId,
    /// Its name.
    pub(crate) name: String,
    /// Marked as a place to park databases, without schedules.
    pub(crate) dummy: bool,
}

/// A channel database, or a register's offline database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DataStore {
    /// Its RECID.
    #[serde(skip)]
    pub(crate) id: DataStoreId,
    /// Its name, which is also its file's: `houston`, `houston.offline`.
    pub(crate) name: String,
    /// The RECID of its group.
    #[serde(skip)]
    pub(crate) group_id: GroupId,
    /// Its group's name.
    pub(crate) group: String,
    /// Whether it is a register's offline database.
    pub(crate) offline: bool,
    /// The register of an offline database; empty otherwise.
    pub(crate) terminal: String,
    /// "Pause data synchronization" (D13).
    pub(crate) paused: bool,
}

/// The end of an offline database's name.
pub(crate) const OFFLINE_SUFFIX: &str = ".offline";

impl DataStore {
    /// The channel it belongs to: its own name, without the mark of an offline database.
    pub(crate) fn channel(&self) -> &str {
        self.name.strip_suffix(OFFLINE_SUFFIX).unwrap_or(&self.name)
    }
}

/// A distribution schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Schedule {
    /// Its RECID.
    #[serde(skip)]
    pub(crate) id: i64,
    /// Its name.
    pub(crate) name: String,
    /// An inactive schedule generates nothing (D13).
    pub(crate) active: bool,
    /// The jobs it runs.
    pub(crate) jobs: Vec<JobId>,
    /// The groups it serves.
    pub(crate) groups: Vec<String>,
    /// Whether a recurring batch runs it.
    pub(crate) recurring: bool,
    /// How often that batch runs; none where nobody has said.
    pub(crate) every: Option<Interval>,
    /// From when that is counted; empty for the beginning of time.
    #[serde(skip)]
    pub(crate) from: Time,
    /// The RECID of the batch job behind it, 0 for none.
    pub(crate) batch_id: i64,
    /// The caption of that batch job.
    pub(crate) batch: String,
    /// The state of that batch job; none when there is no batch job. JSON has it in lower case.
    #[serde(serialize_with = "in_lower_case")]
    #[schemars(with = "Option<String>")]
    pub(crate) batch_state: Option<BatchState>,
}

impl Schedule {
    /// Whether it runs a job, by the job's id in any case.
    pub(crate) fn runs(&self, job: &JobId) -> bool {
        self.jobs.contains(job)
    }

    /// Whether it serves a group with a job, active or not; names count in any case (D13).
    pub(crate) fn serves(&self, job: &JobId, group: &str) -> bool {
        self.runs(job) && self.groups.iter().any(|known| known.eq_ignore_ascii_case(group))
    }
}

named! {
    /// The state of a batch job; the words are those of the batch form.
    pub(crate) enum BatchState {
        /// It will run at its next recurrence.
        Waiting = "Waiting",
        /// It runs now.
        Executing = "Executing",
        /// Somebody has put it on hold (U03).
        Hold = "Hold",
        /// It ended with an error.
        Error = "Error",
        /// It ended, and does not recur.
        Ended = "Ended",
        /// Somebody has cancelled it.
        Canceled = "Canceled",
    }
}

#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn in_lower_case<S: Serializer>(
    state: &Option<BatchState>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    state.map(|state| state.as_str().to_lowercase()).serialize(serializer)
}

impl BatchState {
    /// Whether a batch job in this state applies anything, sooner or later (U03).
    pub(crate) fn is_valid(self) -> bool {
        matches!(self, Self::Waiting | Self::Executing)
    }
}
