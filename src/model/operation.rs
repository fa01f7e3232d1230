//! Asynchronous customer operations as headquarters has them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::customer::{CREATE, Change, DEACTIVATE};
use super::field_set::LeftField;
use super::time::ShownTime;

/// The five V2 tables (U08), in the order operations of one moment are processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationKind {
    /// RETAILASYNCCUSTOMERV2.
    Customer,
    /// RETAILASYNCADDRESSV2.
    Address,
    /// RETAILASYNCCUSTOMERCONTACT.
    Contact,
    /// RETAILASYNCCUSTOMERAFFILIATION.
    Affiliation,
    /// RETAILASYNCCUSTOMERATTRIBUTEV2.
    Attribute,
}

impl OperationKind {
    /// Every kind, in processing order.
    pub const ALL: &'static [Self] =
        &[Self::Customer, Self::Address, Self::Contact, Self::Affiliation, Self::Attribute];

    /// The word that begins an operation's id.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Address => "address",
            Self::Contact => "contact",
            Self::Affiliation => "affiliation",
            Self::Attribute => "attribute",
        }
    }

    /// Its table.
    pub fn table(self) -> &'static str {
        match self {
            Self::Customer => "RETAILASYNCCUSTOMERV2",
            Self::Address => "RETAILASYNCADDRESSV2",
            Self::Contact => "RETAILASYNCCUSTOMERCONTACT",
            Self::Affiliation => "RETAILASYNCCUSTOMERAFFILIATION",
            Self::Attribute => "RETAILASYNCCUSTOMERATTRIBUTEV2",
        }
    }
}

/// Where an operation stands; the product's own words for it are not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationStatus {
    /// The batch has not looked at it.
    Pending,
    /// It went through.
    Succeeded,
    /// It failed, and will be tried again.
    Failed,
    /// It waits behind a failed one of the same customer (C03).
    Waiting,
}

impl OperationStatus {
    /// The word kept in the database and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
        }
    }

    /// Reads the word written by [`OperationStatus::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Succeeded, Self::Failed, Self::Waiting]
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

/// The name of one operation: `customer-12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OperationId {
    /// The kind.
    pub kind: OperationKind,
    /// The RECID in its table.
    pub row: i64,
}

impl OperationId {
    /// Reads `customer-12`, in any case.
    pub fn parse(text: &str) -> Option<Self> {
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operation {
    /// Its id, `customer-12`.
    pub id: String,
    /// The channel database it came from.
    pub channel: String,
    /// create, update or deactivate.
    pub operation: String,
    /// The customer account, once there is one.
    pub account: String,
    /// The temporary GUID.
    pub async_account: String,
    /// The environment's time, local.
    pub timestamp: ShownTime,
    /// Where it stands.
    pub status: OperationStatus,
    /// Why it failed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// The fields it left alone, since newer ones had set them (C09).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<LeftField<ShownTime>>,
}

/// One operation with its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperationDetail {
    /// As in the list.
    pub operation: Operation,
    /// What it changed in headquarters, old and new values.
    pub changes: Vec<Change>,
    /// What people have corrected in it.
    pub edits: Vec<Change>,
    /// Its values, by column.
    pub values: BTreeMap<String, String>,
}

/// The word for an `OPERATION` number.
pub fn operation_word(number: i64) -> &'static str {
    match number {
        CREATE => "create",
        DEACTIVATE => "deactivate",
        _ => "update",
    }
}
