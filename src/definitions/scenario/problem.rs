//! What of a scenario file cannot be done, and how it is told.

/// Why something in a scenario file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioProblem {
    /// A variable that nothing gives a value.
    #[error("unknown variable {name:?}, expected one of {expected}")]
    UnknownVariable {
        /// Its name.
        name: String,
        /// The variables there are at this place.
        expected: String,
        /// The nearest of them.
        nearest: Option<String>,
    },
    /// A variable that a later step saves.
    #[error("variable {name:?} is used before it is saved, by the step in line {line}")]
    SavedLater {
        /// Its name.
        name: String,
        /// Where it is saved.
        line: usize,
    },
    /// `${` without a name behind it.
    #[error("{found:?} is not a variable, expected ${{NAME}} of letters, digits, - and _")]
    NotAVariable {
        /// What stands there.
        found: String,
    },
    /// Two things would give a variable its value.
    #[error("variable {name:?} has its value from {owner} already")]
    Taken {
        /// Its name.
        name: String,
        /// What gives it its value.
        owner: &'static str,
    },
    /// A list of the matrix that changes nothing.
    #[error("{name:?} of the matrix is used nowhere, and would repeat the same")]
    Unused {
        /// Its name.
        name: String,
    },
    /// A value that would make the same run again.
    #[error("{value:?} is listed twice")]
    ListedTwice {
        /// The value.
        value: String,
    },
    /// Keys that exclude each other.
    #[error("{key} cannot stand beside {other}: a step is a command or a look of the doctor")]
    Beside {
        /// The key.
        key: &'static str,
        /// The other.
        other: &'static str,
    },
    /// What only a shell would understand.
    #[error("{found:?} is for a shell, and no shell runs a step: {why}")]
    OfAShell {
        /// What stands there.
        found: String,
        /// What it would do.
        why: &'static str,
    },
    /// A quote that is not closed, or a backslash at the end.
    #[error("not words: a quote is not closed, or a backslash has nothing behind it")]
    NotWords,
    /// A command that makes no sense in a scenario.
    #[error("{command} makes no sense in a step: {why}")]
    Senseless {
        /// The command, or the option.
        command: String,
        /// Why.
        why: &'static str,
    },
    /// Words that are no command.
    #[error("not a command: {message}")]
    NotACommand {
        /// What is wrong with it.
        message: String,
        /// What was probably meant.
        tip: Option<String>,
    },
    /// A file that is named, and is not there.
    #[error("{path:?} is not there, seen from the folder of this file")]
    NotThere {
        /// The path as it is written.
        path: String,
    },
}

impl ScenarioProblem {
    /// A stable code for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::UnknownVariable { .. } => "unknown-variable",
            Self::SavedLater { .. } => "saved-later",
            Self::NotAVariable { .. } => "not-a-variable",
            Self::Taken { .. } => "variable-taken",
            Self::Unused { .. } => "matrix-unused",
            Self::ListedTwice { .. } => "listed-twice",
            Self::Beside { .. } => "beside",
            Self::OfAShell { .. } => "of-a-shell",
            Self::NotWords => "not-words",
            Self::Senseless { .. } => "senseless-command",
            Self::NotACommand { .. } => "not-a-command",
            Self::NotThere { .. } => "not-there",
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::UnknownVariable { nearest: Some(nearest), .. } => {
                return Some(format!("did you mean ${{{nearest}}}?"));
            }
            Self::NotACommand { tip, .. } => return tip.clone(),
            Self::UnknownVariable { .. } => {
                "add it to [matrix], or save it in a step before; $${ is a plain ${"
            }
            Self::SavedLater { .. } => "move the step that saves it before this one",
            Self::NotAVariable { .. } => "write $${ for a plain ${",
            Self::Taken { .. } => "give it another name",
            Self::Unused { .. } => "use it, or take it out",
            Self::Beside { .. } => "make two steps of it",
            Self::OfAShell { .. } => {
                "one command a step; hold its output against expect, hand values on with save, and \
                 quote what is meant as it stands"
            }
            Self::ListedTwice { .. }
            | Self::NotWords
            | Self::Senseless { .. }
            | Self::NotThere { .. } => return None,
        };
        Some(hint.to_owned())
    }
}
