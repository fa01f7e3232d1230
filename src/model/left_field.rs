//! What an operation left alone, since somebody newer had set it (C09).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::time::{ShownTime, Time};

/// A field that an operation left alone, since a newer one had set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "KeptField")]
pub(crate) struct LeftField<When = Time> {
    /// The field.
    pub(crate) field: String,
    /// The value that the operation has.
    pub(crate) value: String,
    /// The value that stays.
    pub(crate) kept: String,
    /// Who set it, for a reader.
    pub(crate) newer: String,
    /// When that person acted.
    pub(crate) since: When,
}

impl LeftField {
    /// The same with the time as a reader has it.
    pub(crate) fn shown(self, show: impl FnOnce(&Time) -> ShownTime) -> LeftField<ShownTime> {
        let Self { field, value, kept, newer, since } = self;
        LeftField { field, value, kept, newer, since: show(&since) }
    }
}
