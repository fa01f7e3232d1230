//! Asynchronous customer operations as headquarters has them.

use super::named::{named, numbered};
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::customer::Change;
use super::left_field::LeftField;
use super::time::{ShownTime, Time};
use super::trace::TracedCustomer;
use crate::model::ids::DataStoreId;

named! {
    /// The five V2 tables (U08), in the order operations of one moment are processed.
    pub(crate) enum OperationKind {
        /// RETAILASYNCCUSTOMERV2.
        Customer = "customer",
        /// RETAILASYNCADDRESSV2.
        Address = "address",
        /// RETAILASYNCCUSTOMERCONTACT.
        Contact = "contact",
        /// RETAILASYNCCUSTOMERAFFILIATION.
        Affiliation = "affiliation",
        /// RETAILASYNCCUSTOMERATTRIBUTEV2.
        Attribute = "attribute",
    }
}

impl OperationKind {
    /// Its table.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Customer => "RETAILASYNCCUSTOMERV2",
            Self::Address => "RETAILASYNCADDRESSV2",
            Self::Contact => "RETAILASYNCCUSTOMERCONTACT",
            Self::Affiliation => "RETAILASYNCCUSTOMERAFFILIATION",
            Self::Attribute => "RETAILASYNCCUSTOMERATTRIBUTEV2",
        }
    }

    /// The kind whose channel table has this name, `ax_RETAILASYNCCUSTOMERV2`, in any case.
    pub(crate) fn of_channel_table(table: &str) -> Option<Self> {
        table.split_once('_').and_then(|(_, name)| Self::of_table(name))
    }

    /// The kind whose table has this name, in any case.
    pub(crate) fn of_table(table: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.table().eq_ignore_ascii_case(table))
    }
}

numbered! {
    /// What an operation does, by its number in OPERATION (the numbers are inferred).
    pub(crate) enum Action {
        /// It makes something.
        Create = 1, "create";
        /// It edits something.
        Update = 2, "update";
        /// It ends something (R10).
        Deactivate = 3, "deactivate";
    }
}

impl Action {
    /// The action of a column's text; none of another program's number that is none.
    pub(crate) fn stored(text: &str) -> Option<Self> {
        Self::from_number(text.parse().ok()?)
    }
}

named! {
    /// Where an operation stands; the product's own words for it are not public.
    pub(crate) enum OperationStatus {
        /// The batch has not looked at it.
        Pending = "pending",
        /// It went through.
        Succeeded = "succeeded",
        /// It failed, and will be tried again.
        Failed = "failed",
        /// It waits behind a failed one of the same customer (C03).
        Waiting = "waiting",
    }
}

/// The name of one operation: `customer-12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OperationId {
    /// The kind.
    pub(crate) kind: OperationKind,
    /// The RECID in its table.
    pub(crate) row: i64,
}

impl OperationId {
    /// Reads `customer-12`, in any case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (kind, row) = text.trim().rsplit_once('-')?;
        let kind =
            OperationKind::ALL.iter().find(|known| known.as_str().eq_ignore_ascii_case(kind))?;
        Some(Self { kind: *kind, row: row.parse().ok()? })
    }
}

impl std::fmt::Display for OperationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.kind.as_str(), self.row)
    }
}

/// One operation, as the customer synchronization status lists it (C04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Operation {
    /// Its id, `customer-12`.
    pub(crate) id: String,
    /// The channel database it came from.
    pub(crate) channel: String,
    /// create, update or deactivate; another program's number that is none of them as it is.
    pub(crate) operation: String,
    /// Of an operation on an attribute its name, where headquarters has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attribute: Option<String>,
    /// The customer account, once there is one.
    pub(crate) account: String,
    /// The temporary GUID.
    pub(crate) async_account: String,
    /// The environment's time, local.
    pub(crate) timestamp: ShownTime,
    /// Where it stands.
    pub(crate) status: OperationStatus,
    /// Why it failed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_error: Option<String>,
    /// The fields it left alone, since newer ones had set them (C09).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) left: Vec<LeftField<ShownTime>>,
}

impl Operation {
    /// What it does, and of an attribute to which.
    pub(crate) fn does(&self) -> String {
        match &self.attribute {
            Some(attribute) => format!("{} {attribute}", self.operation),
            None => self.operation.clone(),
        }
    }
}

/// Which operations a list is to have; each that is none lets all through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OperationFilter {
    /// Those that stand so.
    pub(crate) status: Option<OperationStatus>,
    /// Those of this channel database.
    pub(crate) channel: Option<DataStoreId>,
    /// Those of this customer, by account or by temporary id.
    pub(crate) customer: Option<TracedCustomer>,
    /// Those of this table.
    pub(crate) kind: Option<OperationKind>,
    /// The one with this RECID in its table.
    pub(crate) row: Option<i64>,
    /// Those that do this.
    pub(crate) action: Option<Action>,
    /// Those of this time and later.
    pub(crate) since: Option<Time>,
}

/// One operation with its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OperationDetail {
    /// As in the list.
    pub(crate) operation: Operation,
    /// What it changed in headquarters, old and new values.
    pub(crate) changes: Vec<Change>,
    /// What people have corrected in it.
    pub(crate) edits: Vec<Change>,
    /// Its values, by column.
    pub(crate) values: BTreeMap<String, String>,
}
