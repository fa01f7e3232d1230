//! What a statement of ours rests on.

use super::named::named;
use schemars::JsonSchema;
use serde::Serialize;

named! {
    /// How well a behaviour or a definition is supported by public material.
    pub enum Grade {
        /// A Microsoft page or schema says it.
        Documented = "documented",
        /// It follows from such sources.
        Inferred = "inferred",
        /// No public source; ours, and open to change.
        Assumed = "assumed",
    }
}

/// A grade and the source it was read in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Evidence {
    /// How well it is supported.
    pub grade: Grade,
    /// Where it was read, in words a person can follow.
    pub source: String,
}
