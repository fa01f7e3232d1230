//! How a channel's table differs from headquarters'.

use schemars::JsonSchema;
use serde::Serialize;

use super::named::named;
use super::record::{CellValue, Record};

named! {
    /// What is wrong with a row of a channel.
    pub(crate) enum Difference {
        /// Headquarters has it and the channel does not.
        Missing = "missing",
        /// It differs in a mapped column.
        Different = "different",
        /// No job brings it.
        Extra = "extra",
    }
}

/// A column in which a row differs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct DifferentColumn {
    /// The channel's column.
    pub(crate) column: String,
    /// What headquarters sends.
    pub(crate) headquarters: CellValue,
    /// What the channel has.
    pub(crate) channel: CellValue,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct DifferentRow {
    /// What is wrong with it.
    pub(crate) what: Difference,
    /// Its key, in the channel's names.
    pub(crate) key: Record,
    /// The columns that differ, where both sides have the row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) columns: Vec<DifferentColumn>,
}

impl DifferentRow {
    /// What is wrong in one line, `different: ACCOUNTNUM=004021 in CURRENCY, NAME`.
    pub(crate) fn told(&self) -> String {
        let Self { what, key, columns } = self;
        let names: Vec<&str> = columns.iter().map(|one| one.column.as_str()).collect();
        let within = if names.is_empty() { String::new() } else { " in ".to_owned() };
        format!("{what}: {key}{within}{}", names.join(", "))
    }
}

/// How a channel's table differs.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Drift {
    /// Rows that are the same on both sides.
    pub(crate) matched: u64,
    /// Rows that headquarters has and the channel has not.
    pub(crate) missing: u64,
    /// Rows that differ in a mapped column.
    pub(crate) different: u64,
    /// Rows that no job brings.
    pub(crate) extra: u64,
    /// Some of those that differ.
    pub(crate) samples: Vec<DifferentRow>,
}

impl Drift {
    /// Whether both sides agree.
    pub(crate) fn is_none(&self) -> bool {
        self.missing + self.different + self.extra == 0
    }
}
