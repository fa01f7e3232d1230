//! Where each row of an upload table was made, which goes with the row wherever it goes: a row is
//! known by its origin, since a row gets a new counter when it is merged or brought up again.
//!
//! A row that the tool makes has the next number of the world's own file for an origin (`#7`), in
//! the order in which things were done. A row of any other program has the file's id and its count
//! of writes, by a trigger.

use std::sync::Arc;

use rusqlite::{named_params, params};

use super::catalogue::find_table;
use super::error::StoreError;
use super::side::{ChannelDatabase, ChannelTx, Handle, Headquarters};
use super::sql_text::{literal, quoted};
use super::uploads;
use crate::model::ids::DataStoreId;
use crate::model::schema::Table;

/// The sequence of origins in the world's own file.
pub(super) const SEQUENCE: &str = "origin";

/// Gives a row that the tool has just made its origin.
pub(crate) fn made(channel: &ChannelTx<'_>, table: &str, counter: i64) -> Result<(), StoreError> {
    let Some(numbers) = channel.numbers() else { return Ok(()) };
    counted(channel, table, counter);
    let origin = format!("#{}", numbers.draw(SEQUENCE));
    channel.execute(
        "INSERT INTO cdx_ORIGIN (TABLENAME, COUNTER, ORIGIN) VALUES (:table, :counter, :origin)
             ON CONFLICT (TABLENAME, COUNTER) DO UPDATE SET ORIGIN = excluded.ORIGIN",
        named_params! { ":table": table, ":counter": counter, ":origin": origin },
    )
}

/// Notes that a table's counters have come at least so far.
pub(super) fn counted(channel: &ChannelTx<'_>, table: &str, counter: i64) {
    if let Some(numbers) = channel.numbers() {
        numbers.note(&channel.scoped(&counter_sequence(table)), counter);
    }
}

/// The highest counter of a table, as a sequence of its channel.
fn counter_sequence(table: &str) -> String {
    format!("counter {table}")
}

fn trigger_name(table: &str) -> String {
    quoted(&format!("cdx_ORIGIN_{table}"))
}

/// Watches an upload table from now on: every row gets an origin, and of those that are there the
/// ones above `after`, up to which they have gone elsewhere without one. A table that was dropped
/// and made again is watched again; what was known of the rows before does not count for its rows.
///
/// # Errors
/// The file; a table that is not there is left alone.
pub(crate) fn watch(
    channel: &Handle<ChannelDatabase>,
    table: &str,
    counter: &str,
    after: i64,
) -> Result<(), StoreError> {
    let Some(found) = find_table(channel, table)? else { return Ok(()) };
    if found.column(counter).is_none() {
        return Ok(());
    }
    let (name, column) = (&found.name, quoted(counter));
    channel.write(|channel| {
        if is_watched(channel, name)? {
            let counts = found.rowid.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(counter));
            if counts && all_have_one(channel, name, &column, after)? {
                return Ok(());
            }
            return assign(channel, name, &column, after);
        }
        let known = "SELECT count(*) FROM cdx_UPLOADTABLE WHERE TABLENAME = ?1";
        let after = if channel.number(known, [name])? > 0 { 0 } else { after };
        channel.run("DELETE FROM cdx_ORIGIN WHERE TABLENAME = ?1", [name])?;
        channel.run(
            "INSERT INTO cdx_UPLOADTABLE (TABLENAME, COUNTER) VALUES (?1, ?2)
             ON CONFLICT (TABLENAME) DO UPDATE SET COUNTER = excluded.COUNTER",
            [name.as_str(), counter],
        )?;
        assign(channel, name, &column, after)?;
        let table = literal(name);
        // Stays here as it is: the database keeps this text, line by line.
        channel.script(&format!(
            "CREATE TRIGGER {trigger} AFTER INSERT ON {on} BEGIN
                 UPDATE cdx_FILE SET WRITES = WRITES + 1;
                 DELETE FROM cdx_ORIGIN WHERE TABLENAME = {table} AND COUNTER = NEW.{column};
                 INSERT INTO cdx_ORIGIN (TABLENAME, COUNTER, ORIGIN)
                 SELECT {table}, NEW.{column}, ID || '/' || WRITES FROM cdx_FILE;
             END",
            trigger = trigger_name(name),
            on = quoted(name),
        ))
    })
}

/// Whether every counter of a table from `after` up to its last row has an origin, and so every row
/// that is there; of a table whose rows count by themselves.
fn all_have_one(
    channel: &ChannelDatabase,
    name: &str,
    counter: &str,
    after: i64,
) -> Result<bool, StoreError> {
    let last = channel.number(&format!("SELECT max({counter}) FROM {}", quoted(name)), [])?;
    let sql = "SELECT count(*) FROM cdx_ORIGIN WHERE TABLENAME = ?1 AND COUNTER > ?2
               AND COUNTER <= ?3";
    Ok(last <= after || channel.number(sql, params![name, after, last])? == last - after)
}

/// Gives the rows of a table above a counter an origin where they have none, in their order.
fn assign(
    channel: &ChannelTx<'_>,
    name: &str,
    counter: &str,
    after: i64,
) -> Result<(), StoreError> {
    let sql = include_str!("sql/origins_assign.sql");
    let sql = sql.replace("{table}", &quoted(name)).replace("{counter}", counter);
    let given = channel.run(&sql, named_params! { ":table": name, ":after": after })?;
    if given > 0 {
        channel.run("UPDATE cdx_FILE SET WRITES = WRITES + ?1", [given as i64])?;
    }
    Ok(())
}

pub(super) fn is_watched(channel: &ChannelDatabase, table: &str) -> Result<bool, StoreError> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 \
               COLLATE NOCASE AND substr(name, 1, 11) = 'cdx_ORIGIN_'";
    Ok(channel.number(sql, [table])? > 0)
}

/// The upload tables that have lost their trigger, and so were dropped and made again.
pub(crate) fn made_again(channel: &ChannelDatabase) -> Result<Vec<(String, String)>, StoreError> {
    channel
        .rows(include_str!("sql/origins_made_again.sql"), [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Watches the tables again that were dropped and made again.
pub(super) fn watch_again(channel: &Handle<ChannelDatabase>) -> Result<(), StoreError> {
    made_again(channel)?.iter().try_for_each(|(table, counter)| watch(channel, table, counter, 0))
}

/// Lets a channel's counters go on above everything that was given out under its name (U07, U10).
///
/// # Errors
/// Either file.
pub(crate) fn raise_counters(
    hq: &Headquarters,
    channel: &Handle<ChannelDatabase>,
    store: DataStoreId,
) -> Result<(), StoreError> {
    let behind = behind(hq, channel, store, given_out)?;
    if behind.is_empty() {
        return Ok(());
    }
    channel.write(|channel| raise_each(channel, &behind))
}

/// The same for one table, whatever the column is called that counts its rows.
///
/// # Errors
/// Either file.
pub(crate) fn raise_counter(
    hq: &Headquarters,
    channel: &Handle<ChannelDatabase>,
    store: DataStoreId,
    table: &str,
) -> Result<(), StoreError> {
    let given = uploads::reached(hq, channel, store, table)?.max(given_out(channel, table));
    let Some(found) = find_table(channel, table)?.filter(|found| found.rowid.is_some()) else {
        return Ok(());
    };
    channel.write(|channel| raise(channel, &found.name, given))
}

/// The same inside the transaction that takes a file in. One that may be another database's goes on
/// above what was given out under any name: it may go back to its own, with what it has given out
/// here.
///
/// # Errors
/// Either file.
pub(super) fn raise_counters_of(
    hq: &Headquarters,
    channel: &ChannelTx<'_>,
    store: DataStoreId,
    of_another: bool,
) -> Result<(), StoreError> {
    let under_any_name = |channel: &ChannelDatabase, table: &str| {
        let sequence = counter_sequence(table);
        channel.numbers().map_or(0, |numbers| numbers.highest_of_any(&sequence))
    };
    let behind = if of_another {
        behind(hq, channel, store, under_any_name)?
    } else {
        behind(hq, channel, store, given_out)?
    };
    raise_each(channel, &behind)
}

fn raise_each(channel: &ChannelTx<'_>, behind: &[(String, i64)]) -> Result<(), StoreError> {
    behind.iter().try_for_each(|(table, given)| raise(channel, table, *given))
}

/// The tables whose counters are behind what was given out, and how far that came.
fn behind(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    store: DataStoreId,
    given_out: impl Fn(&ChannelDatabase, &str) -> i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    let tables = channel.rows("SELECT TABLENAME, COUNTER FROM cdx_UPLOADTABLE", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut behind = Vec::new();
    for (table, counter) in tables {
        let given = uploads::reached(hq, channel, store, &table)?.max(given_out(channel, &table));
        if given <= issued(channel, &table)? {
            continue;
        }
        // One whose rows do not have the counter for their id does not count by itself.
        let counts = |found: &Arc<Table>| {
            found.rowid.as_deref().is_some_and(|rowid| rowid.eq_ignore_ascii_case(&counter))
        };
        let found = find_table(channel, &table)?.filter(counts);
        behind.extend(found.map(|found| (found.name.clone(), given)));
    }
    Ok(behind)
}

/// The highest counter of a table that the tool has given out under the channel's name.
pub(crate) fn given_out(channel: &ChannelDatabase, table: &str) -> i64 {
    let sequence = channel.scoped(&counter_sequence(table));
    channel.numbers().map_or(0, |numbers| numbers.highest(&sequence))
}

/// The highest counter that SQLite remembers having given out for a table of the database itself.
pub(super) fn issued(channel: &ChannelDatabase, table: &str) -> Result<i64, StoreError> {
    let sql = "SELECT max(seq) FROM main.sqlite_sequence WHERE name = ?1 COLLATE NOCASE";
    channel.number(sql, [table])
}

/// Lets a table count on from a number, unless it has come further.
pub(super) fn raise(channel: &ChannelTx<'_>, table: &str, to: i64) -> Result<(), StoreError> {
    if to <= issued(channel, table)? {
        return Ok(());
    }
    let sql = "DELETE FROM main.sqlite_sequence WHERE name = ?1 COLLATE NOCASE";
    channel.run(sql, [table])?;
    counted(channel, table, to);
    let sql = "INSERT INTO main.sqlite_sequence (name, seq) VALUES (?1, ?2)";
    channel.execute(sql, params![table, to])
}
