//! How far a channel has come on the way from enabled to effective (G15, G16).

use schemars::JsonSchema;
use serde::Serialize;

use super::gate::{Act, Gate, Restart};
use crate::model::ids::{DownloadId, JobId};

/// A point in the life of headquarters: a row version, and the sessions made until then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    /// Sessions that count reach at least this row version.
    pub(crate) version: i64,
    /// Sessions that count were made after this one.
    pub(crate) session: DownloadId,
}

/// A session of a job that a database has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PastSession {
    /// The job.
    pub(crate) job: JobId,
    /// The session.
    pub(crate) session: DownloadId,
    /// The row version it reaches.
    pub(crate) until: i64,
    /// The newest session there was when it was applied.
    pub(crate) newest: DownloadId,
}

/// What has happened since a feature was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct History {
    /// The sessions one database has had, in any order.
    pub(crate) had: Vec<PastSession>,
    /// The row version at which the scheduler was last initialized.
    pub(crate) initialized: i64,
    /// Facts that are yes, each with the row version at which it became so.
    pub(crate) facts: Vec<(String, i64)>,
}

/// Whether a step has been taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StepProgress {
    /// Its place among the gate's steps.
    pub(crate) step: usize,
    /// Whether it is done.
    pub(crate) done: bool,
}

/// Which steps of a gate a database has behind it since the gate was changed at a row version.
///
/// A job counts when a session of it that reaches the mark was applied. Waiting for a job,
/// initializing and what people do move the mark: what follows must come after. Restarts are
/// judged by what the restarted thing answers from, elsewhere.
pub(crate) fn walk(gate: &Gate, changed: i64, history: &History) -> Vec<StepProgress> {
    let mut mark = Mark { version: changed, session: DownloadId(0) };
    let mut open = true;
    let mut taken = Vec::new();
    for (step, found) in gate.steps.iter().enumerate() {
        let done = match &found.act {
            Act::Run { job, wait } => {
                let counts = |had: &&PastSession| {
                    had.job == *job && had.until >= mark.version && had.session > mark.session
                };
                let first = history.had.iter().filter(counts).map(|had| had.newest).min();
                if let Some(newest) = first.filter(|_| *wait) {
                    mark.session = mark.session.max(newest);
                }
                open && first.is_some()
            }
            Act::Initialize => {
                let done = history.initialized >= mark.version;
                mark.version = mark.version.max(history.initialized);
                open && done
            }
            Act::Manual { fact, .. } => {
                let known = history.facts.iter().find(|(name, _)| name.eq_ignore_ascii_case(fact));
                mark.version = mark.version.max(known.map_or(0, |(_, version)| *version));
                open && known.is_some()
            }
            Act::Restart(_) => open,
        };
        let gates_the_rest = !matches!(&found.act, Act::Run { wait: false, .. });
        open &= done || !gates_the_rest;
        taken.push(StepProgress { step, done });
    }
    taken
}

/// The jobs that are still to run, in order, each once.
pub(crate) fn missing_jobs(gate: &Gate, taken: &[StepProgress]) -> Vec<JobId> {
    let mut jobs: Vec<JobId> = Vec::new();
    for step in taken.iter().filter(|taken| !taken.done) {
        if let Act::Run { job, .. } = &gate.steps[step.step].act
            && !jobs.contains(job)
        {
            jobs.push(job.clone());
        }
    }
    jobs
}

/// What else is still to be done, in sentences.
pub(crate) fn missing_acts(gate: &Gate, taken: &[StepProgress]) -> Vec<String> {
    let undone = taken.iter().filter(|taken| !taken.done);
    undone
        .filter_map(|taken| match &gate.steps[taken.step].act {
            Act::Initialize => Some("initialize the commerce scheduler".to_owned()),
            Act::Manual { fact, text } => Some(format!("{text} ({fact})")),
            Act::Run { .. } | Act::Restart(Restart::ScaleUnit | Restart::Register) => None,
        })
        .collect()
}
