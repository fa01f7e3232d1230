//! How much of an environment is read.

/// What is read of rows.
#[derive(Debug, Clone, Copy)]
pub(in crate::doctor) struct Reading {
    /// Every row.
    pub(in crate::doctor) rows: bool,
    /// Rows that count as received and are not, and every page (SQLite's integrity check).
    pub(in crate::doctor) pages: bool,
    /// Rows of both sides may be held against each other: nobody writes meanwhile.
    pub(in crate::doctor) both: bool,
}
