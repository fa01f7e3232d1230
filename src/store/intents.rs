//! Announcements of operations over two files, kept in headquarters until they are finished.

use rusqlite::named_params;
use serde::Serialize;

use super::db::{Db, Headquarters};
use super::error::StoreError;

/// A real-time call that has changed headquarters.
pub const REAL_TIME: &str = "real-time";
/// An offline database that is being merged into its channel.
pub const RECONNECT: &str = "reconnect";
/// A channel database that is being added.
pub const CHANNEL: &str = "channel";
/// A channel database whose file is being made anew.
pub const REBUILD: &str = "rebuild";

/// An announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Its number.
    pub id: i64,
    /// The kind.
    pub kind: String,
    /// What is needed to finish it, JSON.
    pub detail: String,
}

/// Announces an operation in the caller's transaction; its number.
pub fn announce(
    hq: &Db,
    kind: &str,
    detail: &impl Serialize,
    now: &str,
) -> Result<i64, StoreError> {
    hq.run(
        "INSERT INTO cdx_INTENT (KIND, DETAIL, CREATED) VALUES (:kind, :detail, :now)",
        named_params! {
            ":kind": kind, ":now": now,
            ":detail": serde_json::to_string(detail).unwrap_or_default(),
        },
    )?;
    Ok(hq.last_id())
}

/// Drops an announcement: the operation is finished or undone.
pub fn drop(hq: &Db, id: i64) -> Result<(), StoreError> {
    hq.run("DELETE FROM cdx_INTENT WHERE ID = ?1", [id]).map(|_| ())
}

/// Every announcement, oldest first.
pub fn all(hq: &Headquarters) -> Result<Vec<Intent>, StoreError> {
    hq.rows("SELECT ID, KIND, DETAIL FROM cdx_INTENT ORDER BY ID", [], |row| {
        Ok(Intent { id: row.get(0)?, kind: row.get(1)?, detail: row.get(2)? })
    })
}
