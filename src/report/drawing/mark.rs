//! Marks of states: each has a shape of its own, so that colour alone tells nobody anything.

use maud::{Markup, html};

use crate::diagnosis::Severity;
use crate::gates::in_effect::ChannelState;
use crate::gates::resolve::Status;
use crate::model::lane::{LaneSession, LaneStatus};
use crate::model::named::named;
use crate::model::status::{DownloadStatus, UploadStatus};
use crate::model::trace::StepState;

named! {
    /// A shape that stands beside a word; its text is its name in the drawing and in the style.
    pub(in crate::report) enum Mark {
        /// A disc with a tick: as it should be.
        Done = "done",
        /// A disc half filled: on its way, and the last part is missing.
        Half = "half",
        /// A diamond: on its way.
        Open = "open",
        /// A square with a cross: wrong.
        Failed = "failed",
        /// An octagon with a bar: given up, or held.
        Stopped = "stopped",
        /// A ring: off.
        Off = "off",
        /// A dash: there was nothing to do.
        Idle = "idle",
    }
}

impl Mark {
    /// The mark as it stands beside a word.
    pub(in crate::report) fn shown(self) -> Markup {
        html! {
            svg.mark.(self.as_str()) width="16" height="16" aria-hidden="true" {
                use href={"#m-" (self)} {}
            }
        }
    }

    /// The shape, sixteen wide and high.
    fn shape(self) -> Markup {
        match self {
            Self::Done => html! {
                circle.solid cx="8" cy="8" r="7" {}
                path.cut d="M4.8 8.4 7 10.6 11.3 5.8" {}
            },
            Self::Half => html! {
                circle.outline cx="8" cy="8" r="6.2" {}
                path.solid d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" {}
            },
            Self::Open => html! { path.outline d="M8 1.4 14.6 8 8 14.6 1.4 8z" {} },
            Self::Failed => html! {
                rect.solid x="1" y="1" width="14" height="14" rx="2.5" {}
                path.cut d="M5 5 11 11M11 5 5 11" {}
            },
            Self::Stopped => html! {
                path.solid d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" {}
                path.cut d="M4.8 8h6.4" {}
            },
            Self::Off => html! { circle.outline cx="8" cy="8" r="5.6" {} },
            Self::Idle => html! { path.outline d="M4 8h8" {} },
        }
    }
}

/// The shapes, once in each document.
pub(in crate::report) fn shapes() -> Markup {
    html! {
        @for mark in Mark::ALL {
            symbol id={"m-" (mark)} viewBox="0 0 16 16" { (mark.shape()) }
        }
    }
}

impl From<ChannelState> for Mark {
    fn from(state: ChannelState) -> Self {
        match state {
            ChannelState::Off => Self::Off,
            ChannelState::NotDistributed => Self::Open,
            ChannelState::Cached => Self::Half,
            ChannelState::Effective => Self::Done,
        }
    }
}

impl From<Status> for Mark {
    fn from(status: Status) -> Self {
        match status {
            Status::Mandatory | Status::Enabled => Self::Done,
            Status::Scheduled => Self::Open,
            Status::CannotEnable | Status::NeedsConfirmation | Status::NotEnabled => Self::Off,
        }
    }
}

impl From<StepState> for Mark {
    fn from(state: StepState) -> Self {
        match state {
            StepState::Done => Self::Done,
            StepState::Waiting => Self::Open,
            StepState::Failed => Self::Failed,
            StepState::NotNeeded => Self::Idle,
        }
    }
}

impl From<Severity> for Mark {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Failed,
            Severity::Warning => Self::Open,
            Severity::Info => Self::Idle,
        }
    }
}

impl From<LaneStatus> for Mark {
    fn from(status: LaneStatus) -> Self {
        use DownloadStatus as Down;
        use UploadStatus as Up;
        match status {
            LaneStatus::Download(Down::Applied) | LaneStatus::Upload(Up::Applied) => Self::Done,
            LaneStatus::Download(Down::NoData) => Self::Idle,
            LaneStatus::Download(Down::Downloaded | Down::Requested)
            | LaneStatus::Upload(Up::Uploaded) => Self::Half,
            LaneStatus::Download(Down::Started | Down::Available)
            | LaneStatus::Upload(Up::Started | Up::Available) => Self::Open,
            LaneStatus::Download(Down::Canceled | Down::Suspended)
            | LaneStatus::Upload(Up::Canceled) => Self::Stopped,
            LaneStatus::Download(Down::CreateFailed | Down::DownloadFailed | Down::ApplyFailed)
            | LaneStatus::Upload(Up::UploadFailed | Up::ApplyFailed | Up::ReadFailed) => {
                Self::Failed
            }
        }
    }
}

impl<When> From<&LaneSession<When>> for Mark {
    fn from(session: &LaneSession<When>) -> Self {
        // What a full session took the place of is nobody's trouble any more.
        if session.replaced_by.is_some() { Self::Off } else { session.status.into() }
    }
}
