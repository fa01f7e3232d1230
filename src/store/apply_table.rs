//! Writes one table of an attached package into the channel database it is for.

use std::sync::Arc;

use super::attach::PACKAGE;
use super::catalogue::find_table;
use super::diagnose;
use super::error::StoreError;
use super::load::load;
use super::pack::kept_offline_table;
use super::packed_table::PackedTable;
use super::rejection::{ApplyError, Rejection, dotted};
use super::side::{ChannelDatabase, ChannelTx};
use super::sql_text::quoted;
use crate::model::schema::Table;

/// Deletes every row of a table (D09), but those that other jobs bring to offline databases (D10);
/// how many.
pub(super) fn empty_table(
    channel: &ChannelTx<'_>,
    packed: &PackedTable,
) -> Result<u64, ApplyError> {
    let table = existing(channel, packed)?;
    let kept = kept_offline_table(&packed.target);
    let has_kept = "SELECT EXISTS (SELECT 1 FROM pkg.sqlite_schema WHERE name = ?1)";
    let sql = match channel.number(has_kept, [&kept])? {
        0 => format!("DELETE FROM main.{}", quoted(&packed.target)),
        _ => packed.delete_unless_in(&table, &[&kept]),
    };
    Ok(channel.run(&sql, [])?)
}

/// Writes one table; how many rows it changed.
pub(super) fn apply_table(
    channel: &ChannelTx<'_>,
    packed: &PackedTable,
) -> Result<u64, ApplyError> {
    let table = existing(channel, packed)?;
    if packed.whole && packed.is_target_empty(channel)? {
        return load(channel, PACKAGE, packed, &table)
            .or_else(|error| refused(channel, packed, &table, error));
    }
    channel.script("SAVEPOINT cdx_table")?;
    let mut merged = merge(channel, packed, &table, false);
    if merged.as_ref().is_err_and(|error| error.constraint().is_some()) {
        // SQL Server checks unique keys at the end of a statement, so that two rows may swap a
        // value; SQLite checks row by row. Taking the differing rows away first comes to the same.
        channel.script("ROLLBACK TO cdx_table")?;
        merged = merge(channel, packed, &table, true);
    }
    match merged {
        Ok(rows) => channel.script("RELEASE cdx_table").map(|()| rows).map_err(ApplyError::from),
        Err(error) => refused(channel, packed, &table, error),
    }
}

pub(super) fn existing(
    channel: &ChannelDatabase,
    packed: &PackedTable,
) -> Result<Arc<Table>, ApplyError> {
    let path = || channel.path().display().to_string();
    let Some(table) = find_table(channel, &packed.target)? else {
        return Err(Rejection::NoTable { table: dotted(&packed.target), path: path() }.into());
    };
    if let Some(column) = packed.columns.iter().find(|column| table.column(column).is_none()) {
        let table = dotted(&packed.target);
        return Err(Rejection::NoColumn { table, column: column.clone(), path: path() }.into());
    }
    if !table.has_unique(&packed.key) {
        let (key, found) = (packed.key.join(" + "), table.unique_text());
        let table = dotted(&packed.target);
        return Err(Rejection::NoKey { table, key, found, path: path() }.into());
    }
    Ok(table)
}

/// Why a table could not be written: the row, where a constraint refused one.
fn refused<T>(
    channel: &ChannelDatabase,
    packed: &PackedTable,
    table: &Table,
    error: StoreError,
) -> Result<T, ApplyError> {
    Err(match error.constraint() {
        Some(told) => diagnose::explain(channel, packed, table, told)?.into(),
        None => error.into(),
    })
}

/// Deletes and upserts where something differs; the number of rows changed.
fn merge(
    channel: &ChannelTx<'_>,
    packed: &PackedTable,
    table: &Table,
    clear_first: bool,
) -> Result<u64, StoreError> {
    let mut rows = 0;
    if packed.deleted > 0 {
        rows += channel.run(&packed.delete_gone(table), [])?;
    }
    let mut cleared = 0;
    if clear_first {
        if packed.whole {
            rows += channel.run(&packed.delete_extra(table), [])?;
        }
        // A row taken away to be written again is one change, not two.
        cleared = channel.run(&packed.delete_differing(table), [])?;
    } else if !packed.folded.is_empty() {
        cleared = channel.run(&packed.respell(), [])?;
    }
    let written = channel.run(&packed.upsert(table), [])?;
    rows += written.max(cleared);
    if packed.whole && !clear_first {
        let count = format!("SELECT count(*) FROM main.{}", quoted(&packed.target));
        if channel.number(&count, [])? as u64 != packed.rows {
            rows += channel.run(&packed.delete_extra(table), [])?;
        }
    }
    Ok(rows)
}
