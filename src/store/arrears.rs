//! What a channel database still owes headquarters, and what it still waits for.

use rusqlite::OptionalExtension as _;

use super::catalogue::find_table;
use super::column::count;
use super::error::StoreError;
use super::feature_rows::Half;
use super::side::{ChannelDatabase, Headquarters};
use super::sql_text::quoted;
use super::{origins, uploads};
use crate::model::ids::{DataStoreId, DownloadId};
use crate::model::pos::Reason;
use crate::model::status::DownloadStatus;
use crate::model::time::Time;

/// The columns that say when a row was made or changed, the better one first.
const STAMPS: &[&str] = &["MODIFIEDDATETIME", "CREATEDDATETIME"];

/// How far one upload table of a channel has come (U01, U07).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    /// The channel's table.
    pub(crate) table: String,
    /// The highest counter the table has ever given out.
    pub(crate) issued: i64,
    /// The highest counter that headquarters has received.
    pub(crate) received: i64,
    /// Rows above what was collected.
    pub(crate) unsent: u64,
    /// When the oldest of them was changed; none where the table does not say.
    pub(crate) oldest: Option<Time>,
}

/// Reads the counters of one upload table.
pub(crate) fn counters(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    store: DataStoreId,
    table: &str,
    counter: &str,
) -> Result<Counters, StoreError> {
    let received = uploads::received(hq, store, table)?;
    let after = uploads::reached(hq, channel, store, table)?;
    let (name, counter) = (quoted(table), quoted(counter));
    let highest = channel.number(&format!("SELECT max({counter}) FROM {name}"), [])?;
    let issued = origins::issued(channel, table)?.max(highest);
    let mut found = Counters { table: table.to_owned(), issued, received, ..Counters::default() };
    if highest <= after {
        return Ok(found);
    }
    let columns = find_table(channel, table)?;
    let stamp = STAMPS
        .iter()
        .find(|name| columns.as_ref().is_some_and(|table| table.column(name).is_some()));
    let oldest = stamp.map_or("NULL".to_owned(), |stamp| format!("min({})", quoted(stamp)));
    let sql = format!("SELECT count(*), {oldest} FROM {name} WHERE {counter} > ?1");
    let row = channel
        .first(&sql, [after], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<Time>>(1)?)))?;
    if let Some((unsent, oldest)) = row {
        (found.unsent, found.oldest) = (unsent as u64, oldest);
    }
    Ok(found)
}

/// An asynchronous customer whose account headquarters has given and the channel does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnreturnedCustomer {
    /// The temporary GUID.
    pub(crate) guid: String,
    /// The account in headquarters.
    pub(crate) account: String,
}

/// The customers a channel still shows as pending although headquarters has given them an account
/// (C05), in the order they were made.
pub(crate) fn unreturned(
    hq: &Headquarters,
    channel: &ChannelDatabase,
) -> Result<Vec<UnreturnedCustomer>, StoreError> {
    let pending = channel.rows(include_str!("sql/channel_pending.sql"), [], |row| row.get(0))?;
    let sql = "SELECT ACCOUNTNUM FROM RETAILCUSTTABLE WHERE CUSTACCOUNTASYNC = ?1 LIMIT 1";
    let mut found = Vec::new();
    for guid in pending {
        let guid: String = guid;
        if let Some(account) = hq.text(sql, [&guid])? {
            found.push(UnreturnedCustomer { guid, account });
        }
    }
    Ok(found)
}

/// Features of which a channel has only one of the two rows (G14): the name, or the number of the
/// state row that is missing, and which row is there.
pub(crate) fn half_features(channel: &ChannelDatabase) -> Result<Vec<(String, Half)>, StoreError> {
    channel.rows(include_str!("sql/channel_half_features.sql"), [], |row| {
        let state: i64 = row.get(1)?;
        Ok((row.get(0)?, if state == 1 { Half::State } else { Half::Metadata }))
    })
}

/// The name of a feature by its row in headquarters; its label, where that row is not there.
pub(crate) fn feature_name(hq: &Headquarters, state: &str) -> Result<Option<String>, StoreError> {
    hq.text(
        "SELECT NAME FROM FEATUREMANAGEMENTSTATE WHERE RECID = ?1
         UNION ALL SELECT LABEL FROM FEATUREMANAGEMENTMETADATA WHERE FEATURESTATE = ?1 LIMIT 1",
        [state],
    )
}

/// The download sessions a channel has applied, in the order it did.
pub(crate) fn applied(channel: &ChannelDatabase) -> Result<Vec<DownloadId>, StoreError> {
    let sql = "SELECT DOWNLOADSESSIONID FROM crt_DOWNLOADSESSIONLOG WHERE STATUS = ?1 ORDER BY ID";
    channel.rows(sql, [DownloadStatus::Applied], |row| row.get(0))
}

/// The names of the packages that were applied, in that order (D11).
pub(crate) fn applied_packages(channel: &ChannelDatabase) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DATAFILENAME FROM crt_DOWNLOADSESSIONDATAFILEHISTORY ORDER BY rowid";
    channel.rows(sql, [], |row| row.get(0))
}

/// Real-time calls of one operation, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Calls {
    /// The operation.
    pub(crate) operation: String,
    /// Why it was not local.
    pub(crate) reasons: Vec<Reason>,
    /// How many there were.
    pub(crate) count: u64,
    /// When the last one was made.
    pub(crate) last: Time,
}

/// The real-time calls a channel has logged, by operation and reason.
pub(crate) fn calls(channel: &ChannelDatabase) -> Result<Vec<Calls>, StoreError> {
    let sql = "SELECT OPERATION, REASONS, count(*), max(CALLED) FROM cdx_REALTIMECALL \
               GROUP BY OPERATION, REASONS ORDER BY max(ID)";
    let rows = channel.rows(sql, [], |row| {
        let (operation, reasons): (String, String) = (row.get(0)?, row.get(1)?);
        Ok((operation, reasons, count(row, 2)?, row.get(3)?))
    })?;
    rows.into_iter()
        .map(|(operation, text, count, last)| {
            let reasons = channel.json("the reasons of a call", &text)?;
            Ok(Calls { operation, reasons, count, last })
        })
        .collect()
}

/// How many rows a channel's table has; none when there is no such table.
pub(crate) fn row_count(channel: &ChannelDatabase, table: &str) -> Result<Option<u64>, StoreError> {
    let sql = format!("SELECT count(*) FROM {}", quoted(table));
    let exists = "SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE";
    let known = channel.conn().query_row(exists, [table], |_| Ok(())).optional();
    match known.map_err(|e| channel.error(exists, e))? {
        None => Ok(None),
        Some(()) => channel.number(&sql, []).map(|count| Some(count as u64)),
    }
}

/// Everything that says how a channel's tables are made, as one text.
pub(crate) fn schema_text(channel: &ChannelDatabase) -> Result<String, StoreError> {
    let sql = "SELECT group_concat(name || ' ' || coalesce(sql, ''), char(10) ORDER BY type, name) \
               FROM sqlite_schema";
    Ok(channel.text(sql, [])?.unwrap_or_default())
}
