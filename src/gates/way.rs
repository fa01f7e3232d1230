//! A way to an effective feature, as steps with commands.

use crate::model::named::named;
use schemars::JsonSchema;
use serde::Serialize;

use super::resolve::Refusal;
use crate::model::pos::Prospect;
use crate::model::suggestion::Suggestion;

named! {
    /// What kind of step it is.
    pub(crate) enum StepKind {
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
pub(crate) struct PlanStep {
    /// What kind.
    pub(crate) kind: StepKind,
    /// The command; none where there is only something to wait for.
    pub(crate) command: Option<Suggestion>,
    /// Why.
    pub(crate) why: String,
}

impl PlanStep {
    /// A step with a command.
    pub(crate) fn new(
        kind: StepKind,
        command: impl Into<Suggestion>,
        why: impl Into<String>,
    ) -> Self {
        Self { kind, command: Some(command.into()), why: why.into() }
    }
}

/// The way to an effective feature.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Plan {
    /// The feature.
    pub(crate) feature: String,
    /// The one channel it is for; none for all.
    pub(crate) channel: Option<String>,
    /// Whether it is effective already.
    pub(crate) effective: bool,
    /// The steps, in order; empty when it is effective.
    #[serde(skip)]
    pub(crate) steps: Vec<PlanStep>,
    /// What no command of ours takes out of the way.
    pub(crate) refused: Vec<Refusal>,
    /// What the operations that rest on it come to now, in each channel.
    pub(crate) channels: Vec<ChannelOperations>,
    /// Settings beside the feature that keep operations from being local, and the command that
    /// changes each: it is for somebody to decide, and no step of the way.
    #[serde(skip)]
    pub(crate) choices: Vec<Choice>,
}

/// What operations come to in a channel, made now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ChannelOperations {
    /// The channel database.
    pub(crate) channel: String,
    /// Its operations.
    pub(crate) operations: Vec<Prospect>,
}

/// A setting that keeps an operation from being local.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The operation.
    pub(crate) operation: &'static str,
    /// The channels it is so in.
    pub(crate) channels: Vec<String>,
    /// The setting, in a sentence.
    pub(crate) text: String,
    /// What would change it.
    pub(crate) command: Suggestion,
}

impl Plan {
    /// Where it leads, in words.
    pub(crate) fn place(&self) -> String {
        self.channel.as_ref().map_or_else(|| "everywhere".to_owned(), |c| format!("in {c}"))
    }
}
