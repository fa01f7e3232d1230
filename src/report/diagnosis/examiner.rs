//! Whose diagnosis it is: what tells the formats of the doctor and of `check` apart.

use crate::check;
use crate::diagnosis::{Diagnosis, Header, Looked};
use crate::doctor;

/// Whose diagnosis it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Examiner {
    /// The doctor, of an environment.
    Doctor,
    /// `check`, of a repository.
    Check,
}

impl Examiner {
    /// Whose diagnosis this is.
    pub(super) fn of(diagnosis: &Diagnosis) -> Self {
        match diagnosis.looked {
            Looked::Environment { .. } => Self::Doctor,
            Looked::Repository { .. } => Self::Check,
        }
    }

    /// What reports are called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Doctor => "cdx doctor",
            Self::Check => "cdx check",
        }
    }

    /// What the class of a test case begins with.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Doctor => "cdx.doctor",
            Self::Check => "cdx.check",
        }
    }

    /// Where findings are accepted.
    pub(super) fn accepting(self) -> &'static str {
        match self {
            Self::Doctor => "cdx.toml",
            Self::Check => "the repository",
        }
    }

    /// What is checked out, as people know it.
    pub(super) fn root(self) -> &'static str {
        match self {
            Self::Doctor => "The repository that keeps the environment.",
            Self::Check => "The repository that was checked.",
        }
    }

    /// Every rule, with its page.
    pub(super) fn rules(self) -> Vec<(&'static Header, String)> {
        match self {
            Self::Doctor => {
                let rules = doctor::rules::RULES.iter();
                rules.map(|rule| (&rule.header, doctor::page::body(rule))).collect()
            }
            Self::Check => {
                check::headers().map(|header| (header, check::page::body(header))).collect()
            }
        }
    }
}
