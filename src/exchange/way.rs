//! What happened on the way of the clock: what fell due, and which batches ran.

use schemars::JsonSchema;
use serde::Serialize;

use crate::gates::due::MidnightOutcome;
use crate::model::ids::JobId;
use crate::model::job::Direction;
use crate::model::run::Phase;
use crate::model::suggestion::SetSchedule;
use crate::model::time::ShownTime;

/// What fell due on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DueEvents")]
pub(crate) struct Passed {
    /// Features that fell due, by the midnight.
    pub(crate) features: Vec<MidnightOutcome>,
    /// Packages whose retention has passed.
    pub(crate) expired_packages: Vec<String>,
    /// The lowest version changes can be told from, where that has moved.
    pub(crate) tracking_from: Option<i64>,
}

impl Passed {
    /// Adds what happened later.
    pub(super) fn then(&mut self, later: Self) {
        self.features.extend(later.features);
        self.expired_packages.extend(later.expired_packages);
        self.tracking_from = later.tracking_from.or(self.tracking_from);
    }
}

/// What happened on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "TimePassed")]
pub struct Way {
    /// What fell due.
    pub(crate) passed: Passed,
    /// The batches that ran, in order.
    pub(crate) runs: Vec<BatchRun>,
    /// The schedules that did not run at all, and why.
    pub(crate) not_run: Vec<NotRun>,
    /// Whether Ctrl-C stopped it before the time that was asked for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) stopped: bool,
}

/// One run of a recurring batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BatchRun {
    /// When it ran.
    pub(crate) time: ShownTime,
    /// The schedule, or the Async Client.
    pub(crate) schedule: String,
    /// Whether every job ended well.
    pub(crate) ok: bool,
    /// Its jobs, a line for each of its groups.
    pub(crate) jobs: Vec<JobInShort>,
}

/// A job's report in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "JobSummary")]
pub(crate) struct JobInShort {
    /// The job.
    pub(crate) job: JobId,
    /// Which way it moves rows; none where it could not be run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<Direction>,
    /// Which phase of an upload, where it was one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phase: Option<Phase>,
    /// The channel database group, where the schedule serves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<String>,
    /// The channel database, where the Async Client collects from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<String>,
    /// Whether it ended well.
    pub(crate) ok: bool,
    /// Rows that were sent, or operations that were processed.
    pub(crate) rows: u64,
    /// Sessions with something in them.
    pub(crate) sessions: usize,
    /// Operations that failed in a batch.
    pub(crate) failed: u64,
    /// Operations of a batch that wait behind a failed one.
    pub(crate) waiting: u64,
    /// What went wrong, or was not run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) messages: Vec<String>,
}

/// A schedule that does not run by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct NotRun {
    /// The schedule.
    pub(crate) schedule: String,
    /// Why.
    pub(crate) why: String,
    /// What has it run.
    #[serde(skip)]
    pub(crate) change: SetSchedule,
}

impl Way {
    /// Whether every batch ended well.
    pub(crate) fn is_ok(&self) -> bool {
        self.runs.iter().all(|run| run.ok)
    }
}

impl BatchRun {
    /// Whether it found nothing to do, and nothing was wrong.
    pub(crate) fn is_quiet(&self) -> bool {
        self.ok && self.jobs.iter().all(JobInShort::is_quiet)
    }
}

impl JobInShort {
    /// Whether it did nothing, well or not.
    pub(crate) fn is_quiet(&self) -> bool {
        self.rows == 0 && self.sessions == 0 && self.failed == 0 && self.waiting == 0
    }
}
