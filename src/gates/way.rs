//! A way to an effective feature, as steps with commands.

use serde::Serialize;

use super::resolve::Refusal;
use crate::model::suggestion::Suggestion;

/// What kind of step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Move the application version.
    Upgrade,
    /// Set something up, and record it.
    Configure,
    /// Clear something out of the way of a job: resume, activate, retry.
    Clear,
    /// Turn a feature off that excludes it.
    Disable,
    /// Turn features on in headquarters.
    Enable,
    /// Initialize the commerce scheduler.
    Initialize,
    /// Run jobs.
    Run,
    /// Wait until a job is Applied.
    Wait,
    /// Restart scale units or registers.
    Restart,
}

impl StepKind {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Configure => "configure",
            Self::Clear => "clear",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Initialize => "initialize",
            Self::Run => "run",
            Self::Wait => "wait",
            Self::Restart => "restart",
        }
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
}

impl Plan {
    /// Where it leads, in words.
    pub fn place(&self) -> String {
        self.channel.as_ref().map_or_else(|| "everywhere".to_owned(), |c| format!("in {c}"))
    }
}
