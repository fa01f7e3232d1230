//! What of a schema script cannot be done, and how it is told.

/// Why a statement of a schema script is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptProblem {
    /// Something that no script may do.
    #[error("{action} is refused in a schema script: {why}")]
    Refused {
        /// What it would do, `ATTACH "../x.db"`.
        action: String,
        /// Why not.
        why: &'static str,
    },
    /// Words that are no statement that is known.
    #[error("not understood: {0}")]
    NotUnderstood(String),
    /// A statement that does not fit what there is by then.
    #[error("the statement fails: {0}")]
    Failed(String),
    /// It makes a table that the tool makes itself.
    #[error("{table} is a table that cdx makes itself")]
    OwnTable {
        /// The table, in capitals.
        table: String,
    },
    /// A script that was applied has been changed since.
    #[error("it was applied to {database} and has changed since")]
    Changed {
        /// A database that has had it as it was.
        database: String,
    },
}

/// The code of a script that was changed.
pub(super) const CHANGED: &str = "script-changed";

impl ScriptProblem {
    /// A stable code for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "script-refused",
            Self::NotUnderstood(_) => "script-not-understood",
            Self::Failed(_) => "script-fails",
            Self::OwnTable { .. } => "script-own-table",
            Self::Changed { .. } => CHANGED,
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Refused { .. } => {
                "a script makes and changes tables of its own; take the statement out (where the \
                 file was applied already, put the rest of it into a new file in its place, with \
                 CREATE TABLE IF NOT EXISTS)"
            }
            Self::NotUnderstood(_) | Self::Failed(_) => "correct it",
            Self::OwnTable { .. } => {
                "take its statements out; where an earlier version has applied the file, delete \
                 it, and the job file that maps the table: its rows have been taken in"
            }
            Self::Changed { .. } => {
                "put it back as it was and the change into a new file with a later name"
            }
        }
    }
}
