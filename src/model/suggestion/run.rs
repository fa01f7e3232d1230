//! A run of jobs that is suggested.

use crate::model::phase::Phase;

/// A run of jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// The jobs, in order.
    pub(crate) jobs: Vec<String>,
    /// The whole of each instead of what has changed.
    pub(crate) full: bool,
    /// One half of an upload.
    pub(crate) phase: Option<Phase>,
    /// One channel.
    pub(crate) channel: Option<String>,
    /// One group.
    pub(crate) group: Option<String>,
    /// Facts that it may be run without.
    pub(crate) allow: Vec<String>,
}

impl Run {
    /// Runs these jobs.
    pub(crate) fn jobs<T: AsRef<str>>(jobs: impl IntoIterator<Item = T>) -> Self {
        let jobs = jobs.into_iter().map(|job| job.as_ref().to_owned()).collect();
        Self { jobs, ..Self::default() }
    }

    /// Runs one job.
    pub fn job(word: &str) -> Self {
        Self::jobs([word])
    }

    /// All of it, not what has changed.
    #[must_use]
    pub(crate) fn full(self) -> Self {
        Self { full: true, ..self }
    }

    /// For one channel database group alone.
    #[must_use]
    pub(crate) fn in_group(self, group: &str) -> Self {
        Self { group: Some(group.to_owned()), ..self }
    }

    /// In one channel alone.
    #[must_use]
    pub fn in_channel(self, channel: &str) -> Self {
        Self { channel: Some(channel.to_owned()), ..self }
    }
}
