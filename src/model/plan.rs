//! What a job does to one table, worked out from its definition and both schemas.

use std::collections::BTreeMap;

use super::job::{FieldMap, Filter};

/// One headquarters table on its way to one channel table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePlan {
    /// The subjob.
    pub subjob: String,
    /// The headquarters table.
    pub hq_table: String,
    /// The channel table as its file names it, `ax_CUSTTABLE`.
    pub target: String,
    /// The statement that makes the channel table; packages hold tables of the same shape.
    pub target_sql: String,
    /// The statements that make its indexes, for packages that go to several databases.
    pub target_indexes: Vec<String>,
    /// The mapped columns, DATAAREAID among them where both sides have it (S02).
    pub columns: Vec<PlanColumn>,
    /// The key on both sides, DATAAREAID included where it belongs to it.
    pub key: Vec<FieldMap>,
    /// The declared types of the key's channel columns.
    pub key_types: BTreeMap<String, String>,
    /// Those of the key's channel columns that headquarters compares without regard to case and
    /// the channel does not.
    pub folded: Vec<String>,
    /// Which rows belong to a group (D18).
    pub filter: Option<Filter>,
    /// Whether offline databases are left out (D09).
    pub exclude_offline: bool,
    /// Other subjobs that bring rows to the same channel table (D10).
    pub shared: Vec<Scope>,
    /// For a job that offline databases are excluded from: what other jobs bring to the table
    /// there, which a full run spares (D09, D10).
    pub kept_offline: Vec<Scope>,
}

/// A mapped column and what stands for NULL where the channel does not take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanColumn {
    /// The headquarters column.
    pub from: String,
    /// The channel column.
    pub to: String,
    /// Headquarters may hold NULL where the channel may not: send the empty value.
    pub fill: Fill,
}

/// The value sent for a NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// NULL is sent as it is, or cannot occur.
    Keep,
    /// An empty text.
    EmptyText,
    /// A zero.
    Zero,
}

/// The rows a subjob brings to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The headquarters table.
    pub hq_table: String,
    /// Its key columns, in the order of the target's key.
    pub(crate) key: Vec<String>,
    /// Which rows.
    pub(crate) filter: Option<Filter>,
}

impl TablePlan {
    /// The headquarters tables whose changes can move rows in or out of scope (D18).
    pub(crate) fn watched(&self) -> Vec<&str> {
        match &self.filter {
            None => Vec::new(),
            Some(filter) => filter
                .joins
                .iter()
                .map(|join| join.table.as_str())
                .chain(MEMBERSHIP.iter().map(|(table, _)| *table))
                .collect(),
        }
    }

    /// The key's channel columns.
    pub(crate) fn key_to(&self) -> Vec<String> {
        self.key.iter().map(|field| field.to.clone()).collect()
    }

    /// The key's headquarters columns.
    pub(crate) fn key_from(&self) -> Vec<String> {
        self.key.iter().map(|field| field.from.clone()).collect()
    }
}

/// The tables that say which channels a group has, and the columns that matter.
pub(crate) const MEMBERSHIP: &[(&str, &[&str])] = &[
    ("RETAILCDXDATASTORECHANNEL", &["DATASTORE", "CHANNEL"]),
    ("RETAILCONNDATABASEPROFILE", &["DATAGROUP"]),
];
