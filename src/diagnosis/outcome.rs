//! How each rule ended, and what all of them say together.

use schemars::JsonSchema;
use serde::Serialize;

use super::finding::Finding;
use super::header::Header;
use super::severity::Severity;
use crate::model::named::named;

named! {
    /// How a rule ended.
    pub enum State {
        /// It looked, and found nothing.
        Passed = "passed",
        /// It found something.
        Failed = "failed",
        /// It could not look, or not everywhere, and found nothing.
        Skipped = "skipped",
        /// It could not be carried out.
        Crashed = "crashed",
    }
}

/// One rule, and how it ended.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "RuleOutcome")]
pub struct Outcome {
    /// The rule's code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// How it ended.
    pub state: State,
    /// What it could not look at, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// How many rules ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "RuleCounts")]
pub struct Checks {
    /// Rules that were carried out, whatever came of it.
    pub run: usize,
    /// Those that found nothing.
    pub passed: usize,
    /// Those that found something.
    pub failed: usize,
    /// Those that could not look, or not everywhere.
    pub skipped: usize,
    /// Those that could not be carried out.
    pub crashed: usize,
}

/// What a diagnosis looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Looked {
    /// An environment.
    Environment {
        /// Its databases.
        channels: Vec<String>,
    },
    /// A repository.
    Repository {
        /// How much of it.
        judged: Judged,
        /// What of it could not be judged.
        not_judged: Vec<NotJudged>,
    },
}

/// How much of a repository was judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "JudgedParts")]
pub struct Judged {
    /// Subjobs of seed data.
    pub subjobs: usize,
    /// Tables of headquarters and of the channel that the repository makes or extends.
    pub tables: usize,
    /// Scripts.
    pub scripts: usize,
}

/// What could not be judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct NotJudged {
    /// A table, a subjob, a file.
    pub what: String,
    /// Why not.
    pub why: String,
}

/// What is wrong with an environment or a repository.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Diagnosis {
    /// How many rules ended how.
    pub checks: Checks,
    /// Every rule that was asked for.
    pub rules: Vec<Outcome>,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
    /// What was looked at.
    #[serde(flatten)]
    pub looked: Looked,
    /// The environment that `--env` named, which commands to be typed name too.
    #[serde(skip)]
    pub env: Option<String>,
}

impl Diagnosis {
    /// Whether it can be said that all is well: every rule was carried out, and one at least could
    /// judge something.
    pub(crate) fn is_sound(&self) -> bool {
        self.is_informed() && self.checks.crashed == 0
    }

    /// Whether anything could be checked at all.
    pub(crate) fn is_informed(&self) -> bool {
        self.rules.is_empty() || self.checks.passed + self.checks.failed > 0
    }

    /// Whether something counts that is at least this grave.
    pub fn fails(&self, threshold: Severity) -> bool {
        self.findings.iter().any(|finding| finding.counts() && finding.severity >= threshold)
    }
}

impl Outcome {
    /// How a rule ended.
    pub(crate) fn of(rule: &'static Header, state: State, reasons: Vec<String>) -> Self {
        Self { code: rule.code, name: rule.name, state, reasons }
    }
}

impl Checks {
    /// How many of these rules ended how.
    pub(crate) fn of(rules: &[Outcome]) -> Self {
        let of = |state| rules.iter().filter(|rule| rule.state == state).count();
        let (passed, failed) = (of(State::Passed), of(State::Failed));
        let (skipped, crashed) = (of(State::Skipped), of(State::Crashed));
        Self { run: passed + failed + crashed, passed, failed, skipped, crashed }
    }
}

/// A rule has failed once one of its findings counts.
pub fn settle(rules: &mut [Outcome], findings: &[Finding]) {
    for rule in rules.iter_mut().filter(|rule| rule.state != State::Crashed) {
        if findings.iter().any(|finding| finding.code == rule.code && finding.counts()) {
            rule.state = State::Failed;
        }
    }
}
