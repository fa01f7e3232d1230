//! What waits on its way, counted by channel database.

use std::collections::BTreeMap;

use rusqlite::named_params;

use super::attach::{SecondAs, SecondFile};
use super::column::set_of;
use super::error::StoreError;
use super::merge;
use super::operations::of_all_kinds;
use super::origins::is_watched;
use super::side::{ChannelDatabase, Headquarters};
use super::sql_text::quoted;
use super::upload_table::UploadTable;
use crate::model::ids::DataStoreId;
use crate::model::status::DownloadStatus;
use crate::model::time::Time;

/// When each database last applied a download session.
pub(crate) fn last_applied(hq: &Headquarters) -> Result<BTreeMap<DataStoreId, Time>, StoreError> {
    let sql = "SELECT DATASTORE, max(DATEAPPLIED) FROM RETAILCDXDOWNLOADSESSIONDATASTORE \
               WHERE STATUS = ?1 GROUP BY DATASTORE";
    let rows = hq.rows(sql, [DownloadStatus::Applied], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.into_iter().collect())
}

/// How many download sessions each database has yet to apply.
pub(crate) fn downloads(hq: &Headquarters) -> Result<BTreeMap<DataStoreId, u64>, StoreError> {
    let sql = "SELECT DATASTORE, count(*) FROM RETAILCDXDOWNLOADSESSIONDATASTORE \
               WHERE STATUS NOT IN (SELECT value FROM json_each(:final)) GROUP BY DATASTORE";
    let params = named_params! { ":final": set_of(DownloadStatus::FINAL) };
    Ok(counted(hq.rows(sql, params, |row| Ok((row.get(0)?, row.get(1)?)))?))
}

/// How many operations of each database the customer batch has not brought to an end.
pub(crate) fn operations(hq: &Headquarters) -> Result<BTreeMap<DataStoreId, u64>, StoreError> {
    let part = "SELECT cdx_DATASTORE AS D FROM {table} WHERE ONLINEOPERATIONCOMPLETED <> 1";
    let sql = format!("SELECT D, count(*) FROM ({}) GROUP BY D", of_all_kinds(part));
    Ok(counted(hq.rows(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?))
}

fn counted(rows: Vec<(DataStoreId, i64)>) -> BTreeMap<DataStoreId, u64> {
    rows.into_iter().map(|(store, count)| (store, count as u64)).collect()
}

/// How many rows of each of an offline database's tables its channel has not had, and headquarters
/// neither: what the next reconnect of `source` brings.
///
/// # Errors
/// Any of the three files.
pub(crate) fn to_come(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    offline: &ChannelDatabase,
    source: &str,
    tables: &[UploadTable],
) -> Result<Vec<u64>, StoreError> {
    // Mostly nothing is there, and the two others need not be read whole for that.
    let is_empty = |table: &UploadTable| {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM main.{})", quoted(&table.plan.target));
        offline.number(&sql, []).is_ok_and(|found| found == 0)
    };
    if tables.iter().all(is_empty) {
        return Ok(vec![0; tables.len()]);
    }
    let each = || tables.iter().map(|table| of_table(channel, offline, source, table)).collect();
    let channel = SecondFile::of(channel, SecondAs::Read);
    offline.with_headquarters(hq, || offline.attached("channel", channel, each))
}

/// Those of one table, while headquarters and the channel are attached.
fn of_table(
    channel: &ChannelDatabase,
    offline: &ChannelDatabase,
    source: &str,
    table: &UploadTable,
) -> Result<u64, StoreError> {
    let target = &table.plan.target;
    let last = merge::last(channel, source, target)?;
    let (name, counter) = (quoted(target), quoted(&table.counter));
    if !is_watched(offline, target)? {
        let sql = format!("SELECT count(*) FROM main.{name} WHERE {counter} > ?1");
        return offline.number(&sql, [last]).map(|rows| rows as u64);
    }
    let sql = include_str!("sql/merge_to_come.sql");
    let absent = merge::absent(channel, "channel", table)?;
    let sql = sql.replace("{table}", &name).replace("{counter}", &counter);
    let sql = sql.replace("{absent}", &absent);
    let rows = offline.number(&sql, named_params! { ":table": target, ":last": last })?;
    Ok(rows as u64)
}
