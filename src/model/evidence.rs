//! What a statement of ours rests on.

use serde::{Deserialize, Serialize};

/// How well a behaviour or a definition is supported by public material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// A Microsoft page or schema says it.
    Documented,
    /// It follows from such sources.
    Inferred,
    /// No public source; ours, and open to change.
    Assumed,
}

impl Grade {
    /// The lower-case word used in files, tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed",
        }
    }

    /// Reads the word written by [`Grade::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Documented, Self::Inferred, Self::Assumed]
            .into_iter()
            .find(|grade| grade.as_str() == word)
    }
}

/// A grade and the source it was read in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// How well it is supported.
    pub grade: Grade,
    /// Where it was read, in words a person can follow.
    pub source: String,
}
