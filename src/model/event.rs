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
    /// A job begins.
    JobStarted {
        /// The job's id.
        job: JobId,
    },
    /// A long step begins; `total` is in rows, or none when it is not known.
    StepStarted {
        /// What is being done, `packing CUSTTABLE`.
        step: String,
        /// How many rows, where known.
        total: Option<u64>,
    },
    /// A long step has come this far, in rows.
    StepProgress {
        /// Rows done so far.
        done: u64,
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
