//! Raises a restored channel's counters above what headquarters has received (U07).

use rusqlite::named_params;

use super::db::{ChannelDatabase, Headquarters, quoted, uri};
use super::error::StoreError;
use super::upload_pack::UploadTable;
use super::uploads;
use crate::model::job::DATAAREAID;

/// Columns that headquarters changes in its own copy of a row (C02).
const CHANGED_THERE: &[&str] = &["CUSTACCOUNT", "ONLINEOPERATIONCOMPLETED"];

/// What was done to one table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reseeded {
    /// The channel's table.
    pub table: String,
    /// The highest counter it had given out.
    pub from: i64,
    /// The highest counter it counts from now.
    pub to: i64,
    /// Rows that headquarters has not, which got new counters.
    pub renumbered: u64,
}

/// Raises the counters of one table; none where they are not below.
///
/// # Errors
/// Either file. Call it inside a transaction of the channel.
pub fn reseed(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    store: i64,
    table: &UploadTable,
) -> Result<Option<Reseeded>, StoreError> {
    let target = &table.plan.target;
    let received = uploads::received(hq, store, target)?;
    let (name, counter) = (quoted(target), quoted(&table.counter));
    let highest = channel.number(&format!("SELECT max({counter}) FROM {name}"), [])?;
    let sequence = "SELECT max(seq) FROM sqlite_sequence WHERE name = ?1 COLLATE NOCASE";
    let from = channel.number(sequence, [target])?.max(highest);
    if from >= received {
        return Ok(None);
    }
    let mut to = received;
    let unknown = channel.rows(
        &unknown_sql(table),
        named_params! { ":store": store, ":received": received },
        |row| row.get::<_, i64>(0),
    )?;
    for old in &unknown {
        to += 1;
        let sql = format!("UPDATE main.{name} SET {counter} = ?1 WHERE {counter} = ?2");
        channel.run(&sql, [to, *old])?;
    }
    let sql = "DELETE FROM sqlite_sequence WHERE name = ?1 COLLATE NOCASE";
    channel.run(sql, [target])?;
    let sql = "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)";
    channel.run(sql, rusqlite::params![target, to])?;
    let renumbered = unknown.len() as u64;
    Ok(Some(Reseeded { table: target.clone(), from, to, renumbered }))
}

/// Rows of the channel, up to what was received, that headquarters has not from this channel.
fn unknown_sql(table: &UploadTable) -> String {
    let counter = quoted(&table.counter);
    let same: Vec<String> = table
        .plan
        .columns
        .iter()
        .filter(|c| !CHANGED_THERE.contains(&c.from.as_str()) && c.from != DATAAREAID)
        .map(|c| format!("t.{} IS c.{}", quoted(&c.from), quoted(&c.to)))
        .collect();
    format!(
        "SELECT c.{counter} FROM main.{} c WHERE c.{counter} <= :received AND NOT EXISTS (
         SELECT 1 FROM hq.{} t WHERE t.cdx_DATASTORE = :store AND {}) ORDER BY 1",
        quoted(&table.plan.target),
        quoted(&table.plan.hq_table),
        same.join(" AND ")
    )
}

/// Does something to a channel, in one transaction, while headquarters is attached for reading.
pub fn with_headquarters<T>(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    channel.run("ATTACH DATABASE ?1 AS hq", [uri(hq.path(), "mode=ro")])?;
    let done = channel.write(|_| work());
    let detached = channel.script("DETACH DATABASE hq");
    let done = done?;
    detached?;
    Ok(done)
}
