//! A way to an effective feature, as steps with commands.

use crate::model::named::named;
use serde::Serialize;

use super::resolve::Refusal;
use crate::model::pos::Prospect;
use crate::model::suggestion::Suggestion;

named! {
    /// What kind of step it is.
    pub enum StepKind {
        /// Move the application version.
        Upgrade = "upgrade",
        /// Set something up, and record it.
        Configure = "configure",
        /// Clear something out of the way of a job: resume, activate, retry.
        Clear = "clear",
        /// Turn a feature off that excludes it.
        Disable = "disable",
        /// Turn features on in headquarters.
        Enable = "enable",
        /// Initialize the commerce scheduler.
        Initialize = "initialize",
        /// Run jobs.
        Run = "run",
        /// Wait until a job is Applied.
        Wait = "wait",
        /// Restart scale units or registers.
        Restart = "restart",
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanStep {
    /// What kind.
    pub kind: StepKind,
    /// The command; none where there is only something to wait for.
    pub command: Option<Suggestion>,
    /// Why.
    pub why: String,
}

impl PlanStep {
    /// A step with a command.
    pub fn new(kind: StepKind, command: impl Into<Suggestion>, why: impl Into<String>) -> Self {
        Self { kind, command: Some(command.into()), why: why.into() }
    }
}

/// The way to an effective feature.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The feature.
    pub feature: String,
    /// The one channel it is for; none for all.
    pub channel: Option<String>,
    /// Whether it is effective already.
    pub effective: bool,
    /// The steps, in order; empty when it is effective.
    #[serde(skip)]
    pub steps: Vec<PlanStep>,
    /// What no command of ours takes out of the way.
    pub refused: Vec<Refusal>,
    /// What the operations that rest on it come to now, in each channel.
    pub channels: Vec<ChannelOperations>,
    /// Settings beside the feature that keep operations from being local, and the command that
    /// changes each: it is for somebody to decide, and no step of the way.
    #[serde(skip)]
    pub choices: Vec<Choice>,
}

/// What operations come to in a channel, made now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelOperations {
    /// The channel database.
    pub channel: String,
    /// Its operations.
    pub operations: Vec<Prospect>,
}

/// A setting that keeps an operation from being local.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The operation.
    pub operation: &'static str,
    /// The channels it is so in.
    pub channels: Vec<String>,
    /// The setting, in a sentence.
    pub text: String,
    /// What would change it.
    pub command: Suggestion,
}

impl Plan {
    /// Where it leads, in words.
    pub fn place(&self) -> String {
        self.channel.as_ref().map_or_else(|| "everywhere".to_owned(), |c| format!("in {c}"))
    }
}
