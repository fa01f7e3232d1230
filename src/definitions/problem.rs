//! What can be wrong with a definition, and where; the wording of all of it is here.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::scenario::problem::ScenarioProblem;
use super::script::{CHANGED, ScriptProblem};
use crate::model::key::NoKey;
use crate::model::wording::{count, grouped};

/// One thing that is wrong, without its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Kind {
    /// The text is no TOML.
    #[error("not valid TOML: {0}")]
    Syntax(String),
    /// A file, or a part of one, that cannot be read.
    #[error("{0}")]
    Unread(String),
    /// A key nobody reads.
    #[error("unknown key {key:?}, expected one of {expected}")]
    UnknownKey {
        /// The key.
        key: String,
        /// What is read here.
        expected: String,
        /// The nearest of them.
        nearest: Option<String>,
    },
    /// A value of another type.
    #[error("{key} is {found}, expected {expected}")]
    WrongType {
        /// The key.
        key: String,
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A word that is none of the known ones.
    #[error("{key} is {value:?}, expected one of {expected}")]
    UnknownWord {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// The words there are.
        expected: String,
        /// The nearest of them.
        nearest: Option<String>,
    },
    /// A key that must be there.
    #[error("{key} is missing, expected {expected}")]
    Missing {
        /// The key.
        key: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// A value out of its range.
    #[error("{key} is {value}, expected {expected}")]
    OutOfRange {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A file that is not what its ending says.
    #[error("this is not {what}: {detail}")]
    NotA {
        /// What it should be.
        what: String,
        /// What is in the way.
        detail: String,
    },
    /// No such table.
    #[error("{side} has no table {table:?}")]
    UnknownTable {
        /// Headquarters or the channel.
        side: &'static str,
        /// The table.
        table: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// No such column.
    #[error("table {table} has no column {column:?}")]
    UnknownColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// DATAAREAID is listed (S02).
    #[error("DATAAREAID is listed; it is added by itself where the table has it")]
    CompanyListed,
    /// The key cannot be served (S09).
    #[error(transparent)]
    Key(#[from] NoKey),
    /// A statement of a schema script that is refused, or that fails.
    #[error("{0}")]
    Script(ScriptProblem),
    /// Something in a scenario file that is refused.
    #[error("{0}")]
    Scenario(ScenarioProblem),
    /// The same field twice.
    #[error("field {field} is listed twice")]
    DuplicateField {
        /// The field.
        field: String,
    },
    /// The same subjob twice in one file.
    #[error("subjob {subjob:?} is declared twice in this file")]
    DuplicateSubjob {
        /// The subjob.
        subjob: String,
    },
    /// The same job twice.
    #[error("job {job:?} is declared already, in {first}")]
    DuplicateJob {
        /// The job, or the spelling.
        job: String,
        /// Where.
        first: String,
    },
    /// A subjob for a job that does not exist.
    #[error("job {job:?} does not exist")]
    UnknownJob {
        /// The job.
        job: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// An existing subjob is declared with another value (S03).
    #[error(
        "subjob {subjob} exists with {what} {known}; a definition may add to it, not change it"
    )]
    Changes {
        /// The subjob.
        subjob: String,
        /// Table, key, ...
        what: &'static str,
        /// Its value.
        known: String,
    },
    /// An upload without a replication counter (S05).
    #[error("upload subjob {subjob} has no replication counter")]
    NoCounter {
        /// The subjob.
        subjob: String,
    },
    /// The counter is no column, or no index begins with it (S05).
    #[error("replication counter {column} of {table} has no index that begins with it")]
    CounterUnindexed {
        /// The table.
        table: String,
        /// The counter.
        column: String,
    },
    /// No such feature.
    #[error("{key}: unknown feature {value:?}")]
    UnknownFeature {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// Two gates share a spelling.
    #[error("feature {spelling:?} is declared already, in {first}")]
    DuplicateFeature {
        /// The slug, name or class.
        spelling: String,
        /// Where.
        first: String,
    },
    /// A prerequisite that comes later than what needs it.
    #[error(
        "{feature} is {stage} from {since}, its prerequisite {needed} {later}; \
         a prerequisite is never younger"
    )]
    Younger {
        /// The feature.
        feature: String,
        /// Which stage.
        stage: &'static str,
        /// From which version.
        since: String,
        /// The prerequisite.
        needed: String,
        /// When that reaches the stage.
        later: String,
    },
    /// A chain of prerequisites that comes back to its start.
    #[error("features require each other: {0}")]
    Cycle(String),
    /// A feature that needs what it excludes.
    #[error("{feature} excludes {other}, which it also needs")]
    ExcludesNeeded {
        /// The feature.
        feature: String,
        /// What it excludes.
        other: String,
    },
    /// Stages that do not follow each other.
    #[error("{stage} begins at {since}, which is not after the stage before it ({before})")]
    StageOrder {
        /// The stage.
        stage: &'static str,
        /// Its first version.
        since: String,
        /// The first version of the stage before.
        before: String,
    },
    /// A download job that brings one channel table twice, where a package has it once.
    #[error(
        "job {job} brings {target} by subjob {first} already; another subjob of that table \
         needs another job"
    )]
    TargetTwice {
        /// The job.
        job: String,
        /// The channel table.
        target: String,
        /// The subjob that brings it already.
        first: String,
    },
    /// A job that mixes directions.
    #[error("subjob {subjob} has a replication counter and is scheduled by download job {job}")]
    CounterInDownload {
        /// The subjob.
        subjob: String,
        /// The job.
        job: String,
    },
}

impl Kind {
    /// A stable code for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "syntax",
            Self::Unread(_) => "not-read",
            Self::UnknownKey { .. } => "unknown-key",
            Self::WrongType { .. } => "wrong-type",
            Self::UnknownWord { .. } => "unknown-word",
            Self::Missing { .. } => "missing",
            Self::OutOfRange { .. } => "out-of-range",
            Self::NotA { .. } => "not-readable",
            Self::UnknownTable { .. } => "unknown-table",
            Self::UnknownColumn { .. } => "unknown-column",
            Self::CompanyListed => "dataareaid-listed",
            Self::Key(why) => why.code(),
            Self::Script(problem) => problem.code(),
            Self::Scenario(problem) => problem.code(),
            Self::DuplicateField { .. } => "duplicate-field",
            Self::DuplicateSubjob { .. } => "duplicate-subjob",
            Self::DuplicateJob { .. } => "duplicate-job",
            Self::UnknownJob { .. } => "unknown-job",
            Self::Changes { .. } => "changes-existing",
            Self::NoCounter { .. } => "no-counter",
            Self::CounterUnindexed { .. } => "counter-unindexed",
            Self::TargetTwice { .. } => "target-twice",
            Self::CounterInDownload { .. } => "counter-in-download",
            Self::UnknownFeature { .. } => "unknown-feature",
            Self::DuplicateFeature { .. } => "duplicate-feature",
            Self::Younger { .. } => "younger-prerequisite",
            Self::Cycle(_) => "cycle",
            Self::ExcludesNeeded { .. } => "excludes-needed",
            Self::StageOrder { .. } => "stage-order",
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { nearest: Some(nearest), .. }
            | Self::UnknownWord { nearest: Some(nearest), .. }
            | Self::UnknownTable { nearest: Some(nearest), .. }
            | Self::UnknownColumn { nearest: Some(nearest), .. }
            | Self::UnknownFeature { nearest: Some(nearest), .. }
            | Self::UnknownJob { nearest: Some(nearest), .. } => {
                Some(format!("did you mean {nearest}?"))
            }
            Self::Script(problem) => Some(problem.hint().to_owned()),
            Self::Scenario(problem) => problem.hint(),
            Self::CompanyListed => Some("take it out of the list".to_owned()),
            Self::NoCounter { .. } => {
                Some("add counter = \"REPLICATIONCOUNTERFROMORIGIN\"".to_owned())
            }
            Self::UnknownTable { .. } => {
                Some("put its CREATE TABLE into schema/hq or schema/channel".to_owned())
            }
            _ => None,
        }
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// The file, as it was named.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
    /// A stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Problem {
    /// A problem at a byte offset of a text.
    pub(crate) fn at(file: &str, text: &str, offset: usize, kind: &Kind) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            code: kind.code(),
            message: kind.to_string(),
            hint: kind.hint(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, code, message, .. } = self;
        write!(f, "{file}:{line}:{column}: {message} [{code}]")?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

/// So many problems are told; those after them are counted.
const MOST: usize = 100;

/// What is wrong, in the order of files and lines, and how much more; never empty as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, thiserror::Error, JsonSchema)]
pub struct Problems {
    /// The first hundred.
    pub told: Vec<Problem>,
    /// How many more there are.
    pub more: usize,
}

impl Problems {
    /// One problem alone.
    pub(crate) fn one(problem: Problem) -> Self {
        Self { told: vec![problem], more: 0 }
    }

    /// Whether scripts that were changed are all that is wrong.
    pub(crate) fn are_changed_scripts(&self) -> bool {
        self.told.iter().all(|problem| problem.code == CHANGED)
    }

    /// Adds a problem, which is only made where it is told.
    pub(crate) fn add(&mut self, problem: impl FnOnce() -> Problem) {
        if self.told.len() < MOST {
            self.told.push(problem());
        } else {
            self.more += 1;
        }
    }

    /// Adds those of another file.
    pub(crate) fn join(&mut self, others: Self) {
        self.more += others.more;
        others.told.into_iter().for_each(|problem| self.add(|| problem));
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.told.len() + self.more
    }

    /// Puts those that are told into the order of files and lines, each once.
    pub(crate) fn sort<'n>(&mut self, files: impl Iterator<Item = &'n str>) {
        let files: Vec<&str> = files.collect();
        let order = |problem: &Problem| files.iter().position(|file| *file == problem.file);
        self.told.sort_by_cached_key(|problem| (order(problem), problem.line, problem.column));
        self.told.dedup();
    }

    /// How many there are, and where it is one or more: `3 problems`.
    pub(crate) fn counted(&self) -> String {
        count(self.count() as u64, "problem")
    }

    /// Each that is told on a line of its own, set in, and how many more there are.
    pub(crate) fn lines(&self) -> String {
        let more = || format!("\n  and {} more", grouped(self.more as u64));
        let told = self.told.iter().map(|problem| format!("\n  {problem}"));
        told.chain((self.more > 0).then(more)).collect()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in definitions{}", self.counted(), self.lines())
    }
}
