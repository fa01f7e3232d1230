//! How much a finding matters.

use crate::model::named::named;
use crate::model::tone::Tone;

named! {
    /// How much a finding matters, the lowest first.
    pub enum Severity {
        /// Worth knowing.
        Info = "info",
        /// Something will be lost or stop working.
        Warning = "warning",
        /// Something is lost or does not work.
        Error = "error",
    }
}

impl Severity {
    /// What it means to a reader.
    pub(crate) fn tone(self) -> Option<Tone> {
        match self {
            Self::Info => None,
            Self::Warning => Some(Tone::Open),
            Self::Error => Some(Tone::Bad),
        }
    }
}
