//! Whether a database file is whole.

use super::db::Db;
use super::error::StoreError;

/// How many complaints are kept of one file.
const MOST: u32 = 5;

/// What SQLite's integrity check says of a database, at most five lines; nothing when it is whole.
///
/// # Errors
/// When the check itself cannot be run, as on a file that ends too early.
pub(crate) fn complaints(db: &Db) -> Result<Vec<String>, StoreError> {
    let sql = format!("PRAGMA integrity_check({MOST})");
    let lines = db.rows(&sql, [], |row| row.get::<_, String>(0))?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}
