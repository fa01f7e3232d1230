//! What the engine says while it works; progress bars, text, JSON and verdicts consume it.

use super::status::{DownloadStatus, UploadStatus};
use super::suggestion::Suggestion;
use crate::model::ids::{DownloadId, JobId, UploadId};

/// One thing that happened, in the order it happened; channel events come in channel order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Something an interrupted command had left was finished or undone.
    Repaired {
        /// What, in a sentence.
        what: String,
    },
    /// A part of a command begins.
    Stage {
        /// Which, from 1.
        number: usize,
        /// How many parts there are in all.
        of: usize,
        /// What is done in it, `first synchronization`.
        what: String,
    },
    /// A job begins.
    JobStarted {
        /// The job's id.
        job: JobId,
        /// Which of the jobs asked for, from 1.
        number: usize,
        /// How many were asked for.
        of: usize,
    },
    /// A long step begins.
    StepStarted {
        /// What is being done, `packing CUSTTABLE`.
        step: String,
        /// How much there is, where known.
        total: Option<u64>,
        /// What is counted, `rows`.
        noun: &'static str,
    },
    /// A long step has come this far.
    StepProgress {
        /// How much is done so far.
        done: u64,
    },
    /// Where within a long step the work is.
    StepPart {
        /// Where, `3 of 12 channel databases`.
        what: String,
    },
    /// The step is over.
    StepFinished,
    /// A download session changed its state in one channel database.
    Download {
        /// The session's number.
        session: DownloadId,
        /// The channel database.
        channel: String,
        /// Its new state.
        status: DownloadStatus,
    },
    /// An upload session changed its state.
    Upload {
        /// The session's number.
        session: UploadId,
        /// The channel database.
        channel: String,
        /// Its new state.
        status: UploadStatus,
    },
    /// Something was done that only who follows each step wants to know.
    Did {
        /// What, in a sentence.
        what: String,
    },
    /// Something worth knowing that is not a failure.
    Note {
        /// What, in a sentence.
        text: String,
    },
    /// A warning, with the command that fixes it where one exists.
    Warning {
        /// What, in a sentence.
        text: String,
        /// A command to run next.
        hint: Option<Suggestion>,
    },
    /// A fault that was drawn or used, so that the run can be repeated.
    Fault {
        /// The fault as `--fault` takes it.
        fault: String,
    },
}

/// Takes events; implemented by the reports.
pub trait Listener {
    /// Takes one event.
    fn event(&mut self, event: Event);

    /// Whether somebody wants the work to stop at the next place where everything is whole.
    fn is_stopped(&mut self) -> bool {
        false
    }
}

/// A listener that drops everything, for callers that only want the report.
#[derive(Debug, Default, Clone, Copy)]
pub struct Silent;

impl Listener for Silent {
    fn event(&mut self, _event: Event) {}
}

impl Listener for Vec<Event> {
    fn event(&mut self, event: Event) {
        self.push(event);
    }
}
