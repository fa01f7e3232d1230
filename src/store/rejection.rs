//! Why a channel database, or headquarters, would not take a package's rows.

use super::error::StoreError;

/// A package's rows were refused; nothing of them stays (D12, D08, U05).
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejection {
    /// A value is longer than the column (D12).
    #[error(
        "table {table}: value too long in column {column}, key {key}: {length} characters, \
         the column takes {limit}{others}"
    )]
    TooLong {
        /// The table, dotted.
        table: String,
        /// The column.
        column: String,
        /// The row's key, `ACCOUNTNUM=004021`.
        key: String,
        /// The value's length in characters.
        length: i64,
        /// The column's.
        limit: i64,
        /// ` (and 3 more rows)`, or nothing.
        others: String,
    },
    /// Another row holds a unique value (D08).
    #[error("table {table}: row {key} cannot be written: {columns} is held by {holder}")]
    Duplicate {
        /// The table, dotted.
        table: String,
        /// The row of the package.
        key: String,
        /// The unique columns.
        columns: String,
        /// Who holds their values: `row ...`, or headquarters.
        holder: String,
    },
    /// Any other constraint.
    #[error("table {table}: {detail}")]
    Constraint {
        /// The table, dotted.
        table: String,
        /// SQLite's account.
        detail: String,
    },
    /// The table is not in the database.
    #[error("table {table} does not exist in {path}")]
    NoTable {
        /// The table, dotted.
        table: String,
        /// The file.
        path: String,
    },
    /// The table has no unique key of these columns.
    #[error("table {table} has no unique key {key} in {path}, it has {found}")]
    NoKey {
        /// The table, dotted.
        table: String,
        /// The key columns.
        key: String,
        /// The unique keys it has.
        found: String,
        /// The file.
        path: String,
    },
    /// The table has no such column.
    #[error("table {table} has no column {column} in {path}")]
    NoColumn {
        /// The table, dotted.
        table: String,
        /// The column.
        column: String,
        /// The file.
        path: String,
    },
}

/// A package could not be applied: its rows were refused, or the database failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApplyError {
    /// The rows were refused.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `ax_CUSTTABLE` as people write it, `ax.CUSTTABLE`.
pub(crate) fn dotted(target: &str) -> String {
    target.replacen('_', ".", 1)
}
