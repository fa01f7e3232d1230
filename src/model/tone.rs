//! What a value means to its reader. Colour comes from it, and belongs to values alone.

use super::operation::OperationStatus;
use super::pos::Path;
use super::status::{DownloadStatus, UploadStatus};
use super::trace::StepState;

/// How a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// On its way, or worth a look.
    Open,
    /// Wrong.
    Bad,
    /// A command to type.
    Command,
}

impl Tone {
    /// The tone of a count of things that are in this one; none are worth no colour.
    pub(crate) fn of_count(self, count: u64) -> Option<Self> {
        (count > 0).then_some(self)
    }
}

impl DownloadStatus {
    /// What it means to a reader.
    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::Applied | Self::NoData => Tone::Good,
            Self::Started | Self::Available | Self::Requested | Self::Downloaded => Tone::Open,
            Self::Canceled
            | Self::CreateFailed
            | Self::DownloadFailed
            | Self::ApplyFailed
            | Self::Suspended => Tone::Bad,
        }
    }
}

impl UploadStatus {
    /// What it means to a reader.
    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::Applied => Tone::Good,
            Self::Started | Self::Available | Self::Uploaded => Tone::Open,
            Self::Canceled | Self::UploadFailed | Self::ApplyFailed | Self::ReadFailed => Tone::Bad,
        }
    }
}

impl OperationStatus {
    /// What it means to a reader.
    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::Succeeded => Tone::Good,
            Self::Pending | Self::Waiting => Tone::Open,
            Self::Failed => Tone::Bad,
        }
    }
}

impl StepState {
    /// What it means to a reader.
    pub(crate) fn tone(self) -> Option<Tone> {
        match self {
            Self::Done => Some(Tone::Good),
            Self::Waiting => Some(Tone::Open),
            Self::Failed => Some(Tone::Bad),
            Self::NotNeeded => None,
        }
    }
}

impl Path {
    /// What it means to a reader.
    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::Async | Self::Local => Tone::Good,
            Self::RealTime | Self::AsyncFallback => Tone::Open,
            Self::Refused | Self::Failed => Tone::Bad,
        }
    }
}
