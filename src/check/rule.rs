//! One rule: what is said of it, and the check itself.

use super::facts::Facts;
use crate::diagnosis::{Findings, Header};

/// One rule of `cdx check`.
#[derive(Debug)]
pub struct Rule {
    /// What is said of it.
    pub header: Header,
    /// The check. What it cannot judge it says by `Findings::unjudged`.
    pub check: fn(&Facts, &mut Findings),
}
