//! Announcements of operations over two files, kept in headquarters until they are finished.

use rusqlite::named_params;
use serde::Serialize;

use super::error::StoreError;
use super::side::{Headquarters, HqTx};
use crate::model::time::Time;

/// A real-time call that has changed headquarters.
pub(crate) const REAL_TIME: &str = "real-time";
/// An offline database that is being merged into its channel.
pub(crate) const RECONNECT: &str = "reconnect";
/// A channel database that is being added.
pub(crate) const CHANNEL: &str = "channel";
/// A channel database whose file is being made again.
pub(crate) const REBUILD: &str = "rebuild";
/// An upload session whose channel cannot say what was collected.
pub(crate) const COLLECT: &str = "collect";

/// An announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Intent {
    /// Its number.
    pub(crate) id: i64,
    /// The kind.
    pub(crate) kind: String,
    /// What is needed to finish it, JSON.
    pub(crate) detail: String,
    /// Why it could not be finished, where that was tried.
    pub(crate) problem: Option<Problem>,
}

/// Why an operation could not be finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// What went wrong.
    pub text: String,
    /// Since when.
    pub since: Time,
    /// The database that is in the way, where one is.
    pub in_the_way: Option<String>,
}

/// Announces an operation in the caller's transaction; its number.
pub(crate) fn announce(
    hq: &HqTx<'_>,
    kind: &str,
    detail: &impl Serialize,
    now: &Time,
) -> Result<i64, StoreError> {
    hq.run(
        "INSERT INTO cdx_INTENT (KIND, DETAIL, CREATED) VALUES (:kind, :detail, :now)",
        named_params! { ":kind": kind, ":now": now, ":detail": written(detail) },
    )?;
    Ok(hq.last_id())
}

/// A detail as it is kept.
fn written(detail: &impl Serialize) -> String {
    serde_json::to_string(detail).unwrap_or_default()
}

/// Drops an announcement: the operation is finished or undone.
pub(crate) fn drop(hq: &HqTx<'_>, id: i64) -> Result<(), StoreError> {
    hq.execute("DELETE FROM cdx_INTENT WHERE ID = ?1", [id])
}

/// Sets down that an operation could not be finished; since when stays as it was.
pub(crate) fn set_problem(hq: &HqTx<'_>, id: i64, problem: &Problem) -> Result<(), StoreError> {
    hq.execute(
        "UPDATE cdx_INTENT SET PROBLEM = :text, SINCE = coalesce(SINCE, :since),
         INTHEWAY = :way WHERE ID = :id",
        named_params! {
            ":text": problem.text, ":since": problem.since, ":way": problem.in_the_way, ":id": id,
        },
    )
}

/// Every announcement, oldest first.
pub(crate) fn all(hq: &Headquarters) -> Result<Vec<Intent>, StoreError> {
    let sql = "SELECT ID, KIND, DETAIL, PROBLEM, SINCE, INTHEWAY FROM cdx_INTENT ORDER BY ID";
    hq.rows(sql, [], |row| {
        let text: Option<String> = row.get(3)?;
        let (since, in_the_way) = (row.get::<_, Option<Time>>(4)?, row.get(5)?);
        let problem =
            text.map(|text| Problem { text, since: since.unwrap_or_default(), in_the_way });
        Ok(Intent { id: row.get(0)?, kind: row.get(1)?, detail: row.get(2)?, problem })
    })
}
