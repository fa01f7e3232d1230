//! The log of what happened: headquarters' entries by triggers, the channels' by those who act.

use rusqlite::{Row, named_params, params};

use super::error::StoreError;
use super::side::{ChannelDatabase, ChannelTx, Headquarters, HqTx};
use crate::model::customer::Change;
use crate::model::ids::DataStoreId;
use crate::model::log::{LogEntry, LogEvent, LogPosition};
use crate::model::operation::OperationId;
use crate::model::run::Tally;
use crate::model::time::Time;

/// The number of headquarters' last entry.
pub(super) fn last(hq: &Headquarters) -> Result<i64, StoreError> {
    hq.number("SELECT max(ID) FROM cdx_LOG", [])
}

/// What a channel's entry says beside its time and event.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said<'a> {
    pub(super) subject: &'a str,
    pub(super) account: &'a str,
    /// An instance of the scale unit.
    pub(super) number: Option<u32>,
    pub(super) status: &'a str,
    pub(super) detail: &'a str,
}

/// Notes what happened in a channel.
pub(super) fn note(
    channel: &ChannelTx<'_>,
    event: LogEvent,
    said: Said<'_>,
    at: &Time,
) -> Result<(), StoreError> {
    channel.execute(
        include_str!("sql/log_note.sql"),
        named_params! {
            ":known": channel.position(), ":at": at, ":event": event, ":subject": said.subject,
            ":account": said.account, ":number": said.number, ":status": said.status,
            ":detail": said.detail,
        },
    )
}

/// Notes that the customer batch ran, unless it had nothing to do.
pub(crate) fn note_batch(hq: &HqTx<'_>, tally: &Tally, at: &Time) -> Result<(), StoreError> {
    if *tally == Tally::default() {
        return Ok(());
    }
    let detail = format!("{} failed, {} waiting", tally.failed, tally.waiting);
    hq.execute(
        "INSERT INTO cdx_LOG (AT, EVENT, SUBJECT, STATUS, COUNT, DETAIL)
         VALUES (?1, ?2, '', '', ?3, ?4)",
        params![at, LogEvent::Processed, tally.processed as i64, detail],
    )
}

/// Notes that an operation failed in the customer batch.
pub(crate) fn note_failure(
    hq: &HqTx<'_>,
    store: DataStoreId,
    operation: OperationId,
    error: &str,
    at: &Time,
) -> Result<(), StoreError> {
    hq.execute(
        "INSERT INTO cdx_LOG (AT, EVENT, DATASTORE, SUBJECT, STATUS, DETAIL)
         VALUES (?1, ?2, ?3, ?4, '', ?5)",
        params![at, LogEvent::Failed, store, operation.to_string(), error],
    )
}

/// Notes that a value of an operation was corrected on the status form (C04).
pub(super) fn note_correction(
    hq: &HqTx<'_>,
    (store, operation): (DataStoreId, OperationId),
    change: &Change,
    at: &Time,
) -> Result<(), StoreError> {
    let Change { attribute, old, new } = change;
    hq.execute(
        "INSERT INTO cdx_LOG (AT, EVENT, DATASTORE, SUBJECT, STATUS, DETAIL)
         VALUES (?1, ?2, ?3, ?4, '', ?5)",
        params![
            at,
            LogEvent::Corrected,
            store,
            operation.to_string(),
            format!("{attribute} was {old:?}, is {new:?}")
        ],
    )
}

/// Headquarters' entries, in order.
pub(crate) fn of_headquarters(hq: &Headquarters) -> Result<Vec<LogEntry>, StoreError> {
    hq.rows(include_str!("sql/log_headquarters.sql"), [], entry)
}

/// A channel database's entries, in order.
pub(crate) fn of_channel(
    channel: &ChannelDatabase,
    store: DataStoreId,
) -> Result<Vec<LogEntry>, StoreError> {
    channel.rows(include_str!("sql/log_channel.sql"), [store], entry)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<LogEntry> {
    let position = LogPosition {
        after: row.get("AFTERHQ")?,
        since: row.get("SINCE")?,
        store: row.get("DATASTORE")?,
    };
    Ok(LogEntry {
        position,
        at: row.get("AT")?,
        event: row.get("EVENT")?,
        subject: row.get("SUBJECT")?,
        account: row.get("ACCOUNT")?,
        number: row.get("NUMBER")?,
        status: row.get("STATUS")?,
        count: row.get::<_, i64>("COUNT")? as u64,
        detail: row.get("DETAIL")?,
    })
}
