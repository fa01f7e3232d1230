//! One rule: what is said of it, how much it must read, and the check itself.

use super::facts::Examination;
use crate::diagnosis::{Findings, Header, Unknown};
use crate::store::StoreError;

/// How much a rule must read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Headquarters' own tables, and a few of each channel.
    Quick,
    /// The same, and rows of both sides; `--quick` leaves those out, and not the rule.
    AndRows,
    /// Every row on both sides; left out by `--quick`.
    EveryRow,
}

/// One rule of the doctor.
#[derive(Debug)]
pub struct Rule {
    /// What is said of it.
    pub header: Header,
    /// How much it must read.
    pub depth: Depth,
    /// The check.
    pub check: fn(&Examination, &mut Findings) -> Result<(), Unknown>,
}

impl From<StoreError> for Unknown {
    fn from(error: StoreError) -> Self {
        Self(crate::exchange::chain(&error))
    }
}
