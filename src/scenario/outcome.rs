//! What came of a scenario, step by step.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// What came of one run of a scenario.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ScenarioOutcome {
    /// Its name.
    pub(crate) name: String,
    /// Its file, as it was named.
    pub(crate) file: String,
    /// Whether everything was as expected.
    pub(crate) ok: bool,
    /// The values of its matrix.
    pub(crate) matrix: Map<String, Value>,
    /// The folder of its environment, where it was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) environment: Option<String>,
    /// How its environment was made.
    pub(crate) init: StepOutcome,
    /// Its steps, in order.
    pub(crate) steps: Vec<StepOutcome>,
    /// Its name with the values of its matrix.
    #[serde(skip)]
    pub(crate) label: String,
}

impl ScenarioOutcome {
    /// The first step that failed, the making of the environment included.
    pub(crate) fn failed(&self) -> Option<&StepOutcome> {
        std::iter::once(&self.init).chain(&self.steps).find(|step| !step.ok)
    }

    /// How many steps were not run.
    pub(crate) fn not_run(&self) -> usize {
        self.steps.iter().filter(|step| step.not_run).count()
    }
}

/// What came of a step.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct StepOutcome {
    /// Its command, as it is typed.
    pub(crate) run: String,
    /// Its line in the file.
    pub(crate) line: usize,
    /// How the command ended; none where it did not run, or was killed.
    pub(crate) exit: Option<i32>,
    /// Whether everything was as expected.
    pub(crate) ok: bool,
    /// A step before it failed.
    #[serde(skip_serializing_if = "is_no")]
    pub(crate) not_run: bool,
    /// What was expected.
    pub(crate) expected: ExpectedOutcome,
    /// What there was instead, or as well.
    pub(crate) got: Got,
}

/// What was expected of a step, with the values of its variables.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub(crate) struct ExpectedOutcome {
    /// How the command ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exit: Option<u8>,
    /// Texts on its standard output.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) contains: Vec<String>,
    /// Values by their JSON pointer.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) json: Map<String, Value>,
    /// No finding of the doctor is as severe as this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) none: Option<&'static str>,
}

/// What a step came to.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub(crate) struct Got {
    /// How the command ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exit: Option<i32>,
    /// Texts that are not on its standard output.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) missing: Vec<String>,
    /// The values at the pointers that were expected; one where nothing is stands out.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) json: Map<String, Value>,
    /// Findings of the doctor that were not to be there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) findings: Vec<String>,
    /// Everything that is wrong, a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) wrong: Vec<String>,
    /// The beginning of its standard output, where something is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stdout: Option<String>,
    /// The beginning of its standard error, where something is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stderr: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
fn is_no(yes: &bool) -> bool {
    !yes
}
