//! Writes one table of an attached package into the channel database it is for.

use super::catalogue::{column_list, find_table};
use super::db::quoted;
use super::diagnose;
use super::error::StoreError;
use super::pack::{deletes_table, keep_table};
use super::rejection::{ApplyError, Rejection, dotted};
use super::side::ChannelDatabase;
use crate::model::schema::Table;

/// One table of a package, as the package itself describes it.
#[derive(Debug, Clone)]
pub struct PackedTable {
    /// The channel table.
    pub target: String,
    /// All rows in scope, or changes.
    pub whole: bool,
    /// Rows to insert or update.
    pub rows: u64,
    /// Keys to delete.
    pub deleted: u64,
    /// The mapped columns.
    pub columns: Vec<String>,
    /// The key columns.
    pub key: Vec<String>,
    /// Those of them that headquarters compares without regard to case and the channel does not.
    pub folded: Vec<String>,
    /// Whether other subjobs bring rows to the same table.
    pub shared: bool,
    /// Whether offline databases leave it out.
    pub exclude_offline: bool,
}

impl PackedTable {
    /// Whether the channel's table has no row; a missing table counts as not empty.
    pub fn is_target_empty(&self, channel: &ChannelDatabase) -> Result<bool, StoreError> {
        if find_table(channel, &self.target)?.is_none() {
            return Ok(false);
        }
        let sql = format!("SELECT EXISTS (SELECT 1 FROM main.{})", quoted(&self.target));
        Ok(channel.number(&sql, [])? == 0)
    }
}

/// Deletes every row of a table (D09); how many.
pub(super) fn empty_table(
    channel: &ChannelDatabase,
    table: &PackedTable,
) -> Result<u64, ApplyError> {
    existing(channel, table)?;
    Ok(channel.run(&format!("DELETE FROM main.{}", quoted(&table.target)), [])?)
}

/// Writes one table; how many rows it changed.
pub(super) fn apply_table(
    channel: &ChannelDatabase,
    packed: &PackedTable,
) -> Result<u64, ApplyError> {
    let table = existing(channel, packed)?;
    if packed.whole && packed.is_target_empty(channel)? {
        return load(channel, packed, &table);
    }
    let quick = format!("SAVEPOINT {SAVEPOINT}");
    channel.script(&quick)?;
    match merge(channel, packed, &table, false) {
        Ok(rows) => {
            channel.script(&format!("RELEASE {SAVEPOINT}"))?;
            return Ok(rows);
        }
        Err(error) if error.constraint().is_none() => return Err(error.into()),
        Err(_) => {}
    }
    // SQL Server checks unique keys at the end of a statement, so that two rows may swap a value;
    // SQLite checks row by row. Taking the differing rows away first comes to the same.
    channel.script(&format!("ROLLBACK TO {SAVEPOINT}"))?;
    match merge(channel, packed, &table, true) {
        Ok(rows) => {
            channel.script(&format!("RELEASE {SAVEPOINT}"))?;
            Ok(rows)
        }
        Err(error) => refused(channel, packed, &table, error),
    }
}

const SAVEPOINT: &str = "cdx_table";

fn existing(channel: &ChannelDatabase, packed: &PackedTable) -> Result<Table, ApplyError> {
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

/// Fills an empty table: whole records, then the indexes.
fn load(channel: &ChannelDatabase, packed: &PackedTable, table: &Table) -> Result<u64, ApplyError> {
    // A package with the channel's indexes brings them along, sorted; else they are built after.
    let same_shape = same_shape(channel, packed, table)?;
    let brings = same_shape && brings_indexes(channel, packed, table)?;
    let indexes = if brings { Vec::new() } else { table.index_sql.clone() };
    if !brings {
        drop_indexes(channel, table)?;
    }
    let name = quoted(&packed.target);
    let filled = if same_shape {
        channel.run(&format!("INSERT INTO main.{name} SELECT * FROM pkg.{name}"), [])
    } else {
        let columns = column_list(&packed.columns);
        let sql = format!("INSERT INTO main.{name} ({columns}) SELECT {columns} FROM pkg.{name}");
        channel.run(&sql, [])
    };
    let built = filled.and_then(|rows| {
        for sql in &indexes {
            channel.script(sql)?;
        }
        Ok(rows)
    });
    match built {
        Err(error) => refused(channel, packed, table, error),
        Ok(_) => Ok(packed.rows),
    }
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

fn drop_indexes(channel: &ChannelDatabase, table: &Table) -> Result<(), StoreError> {
    let sql = "SELECT name FROM main.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL \
               AND tbl_name = ?1";
    for name in channel.rows(sql, [&table.name], |row| row.get::<_, String>(0))? {
        channel.script(&format!("DROP INDEX main.{}", quoted(&name)))?;
    }
    Ok(())
}

/// Whether the package has the very indexes of the channel's table.
fn brings_indexes(
    channel: &ChannelDatabase,
    packed: &PackedTable,
    table: &Table,
) -> Result<bool, StoreError> {
    let sql = "SELECT sql FROM pkg.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL \
               AND tbl_name = ?1 COLLATE NOCASE ORDER BY rowid";
    let theirs = channel.rows(sql, [&packed.target], |row| row.get::<_, String>(0))?;
    Ok(!theirs.is_empty() && theirs == table.index_sql)
}

/// Whether the package's table was made by the very statement that made the channel's.
fn same_shape(
    channel: &ChannelDatabase,
    packed: &PackedTable,
    table: &Table,
) -> Result<bool, StoreError> {
    let sql = "SELECT sql FROM pkg.sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE";
    let theirs = channel.text(sql, [&packed.target])?;
    Ok(theirs.is_some_and(|theirs| theirs == table.sql))
}

/// Deletes and upserts where something differs; the number of rows changed.
fn merge(
    channel: &ChannelDatabase,
    packed: &PackedTable,
    table: &Table,
    clear_first: bool,
) -> Result<u64, StoreError> {
    let mut rows = 0;
    if packed.deleted > 0 {
        rows += channel.run(&delete_gone_sql(packed, table), [])?;
    }
    let mut cleared = 0;
    if clear_first {
        if packed.whole {
            rows += channel.run(&delete_extra_sql(packed, table), [])?;
        }
        // A row taken away to be written again is one change, not two.
        cleared = channel.run(&delete_differing_sql(packed, table), [])?;
    } else if !packed.folded.is_empty() {
        cleared = channel.run(&respell_sql(packed), [])?;
    }
    let written = channel.run(&upsert_sql(packed, table), [])?;
    rows += written.max(cleared);
    if packed.whole && !clear_first {
        let count = format!("SELECT count(*) FROM main.{}", quoted(&packed.target));
        if channel.number(&count, [])? as u64 != packed.rows {
            rows += channel.run(&delete_extra_sql(packed, table), [])?;
        }
    }
    Ok(rows)
}

/// That two rows have the same key as the channel compares it.
pub(super) fn key_equal(key: &[String], left: &str, right: &str) -> String {
    key.iter()
        .map(|c| format!("{left}.{0} = {right}.{0}", quoted(c)))
        .collect::<Vec<_>>()
        .join(" AND ")
}

impl PackedTable {
    /// ` COLLATE NOCASE` where headquarters takes two keys for one that the channel does not.
    fn collate(&self, column: &String) -> &'static str {
        if self.folded.contains(column) { " COLLATE NOCASE" } else { "" }
    }

    /// That two rows have the same key as headquarters compares it.
    fn same_row(&self, left: &str, right: &str) -> String {
        let each = self
            .key
            .iter()
            .map(|c| format!("{left}.{0}{1} = {right}.{0}", quoted(c), self.collate(c)));
        each.collect::<Vec<_>>().join(" AND ")
    }

    /// How the few rows of a package are joined with the channel's many: one by one by its index,
    /// where there is one that compares as headquarters does.
    fn join(&self) -> &'static str {
        if self.folded.is_empty() { "CROSS JOIN" } else { "JOIN" }
    }

    /// Deletes the rows that a query finds as `t`.
    fn delete_sql(&self, table: &Table, found: &str) -> String {
        let name = quoted(&self.target);
        if table.has_rowid {
            return format!("DELETE FROM main.{name} WHERE rowid IN (SELECT t.rowid {found})");
        }
        let theirs: Vec<String> = self.key.iter().map(|c| format!("t.{}", quoted(c))).collect();
        format!(
            "DELETE FROM main.{name} WHERE ({}) IN (SELECT {} {found})",
            column_list(&self.key),
            theirs.join(", ")
        )
    }
}

fn delete_gone_sql(packed: &PackedTable, table: &Table) -> String {
    let name = quoted(&packed.target);
    let gone = quoted(&deletes_table(&packed.target));
    let (join, on) = (packed.join(), packed.same_row("t", "d"));
    packed.delete_sql(table, &format!("FROM pkg.{gone} d {join} main.{name} t ON {on}"))
}

/// Keys of the channel that no subjob brings (D10).
fn delete_extra_sql(packed: &PackedTable, table: &Table) -> String {
    let name = quoted(&packed.target);
    let keys = column_list(&packed.key);
    let own: Vec<String> =
        packed.key.iter().map(|c| format!("{0}{1} AS {0}", quoted(c), packed.collate(c))).collect();
    let on = packed.same_row("t", "e");
    let kept = if packed.shared {
        format!(" EXCEPT SELECT {keys} FROM pkg.{}", quoted(&keep_table(&packed.target)))
    } else {
        String::new()
    };
    let found = format!(
        "FROM (SELECT {} FROM main.{name} EXCEPT SELECT {keys} FROM pkg.{name}{kept}) e \
         {} main.{name} t ON {on}",
        own.join(", "),
        packed.join(),
    );
    packed.delete_sql(table, &found)
}

fn delete_differing_sql(packed: &PackedTable, table: &Table) -> String {
    let name = quoted(&packed.target);
    let (join, on) = (packed.join(), packed.same_row("t", "p"));
    let differ = differ(packed, table, "t", "p", !packed.folded.is_empty());
    packed.delete_sql(
        table,
        &format!("FROM pkg.{name} p {join} main.{name} t ON {on} WHERE {differ}"),
    )
}

/// Gives rows the spelling that headquarters' key has now.
fn respell_sql(packed: &PackedTable) -> String {
    let name = quoted(&packed.target);
    let set: Vec<String> = packed.key.iter().map(|c| format!("{0} = p.{0}", quoted(c))).collect();
    format!(
        "UPDATE main.{name} AS t SET {} FROM pkg.{name} p WHERE {} AND NOT ({})",
        set.join(", "),
        packed.same_row("t", "p"),
        key_equal(&packed.key, "t", "p")
    )
}

fn upsert_sql(packed: &PackedTable, table: &Table) -> String {
    let name = quoted(&packed.target);
    let columns = column_list(&packed.columns);
    let key = column_list(&packed.key);
    let set: Vec<String> =
        packed.columns.iter().map(|c| format!("{0} = excluded.{0}", quoted(c))).collect();
    let differ = differ(packed, table, &name, "excluded", true);
    format!(
        "INSERT INTO main.{name} ({columns}) SELECT {columns} FROM pkg.{name} WHERE true \
         ON CONFLICT ({key}) DO UPDATE SET {} WHERE {differ}",
        set.join(", ")
    )
}

/// Whether two rows differ in any mapped column, in letter case too.
fn differ(packed: &PackedTable, table: &Table, left: &str, right: &str, with_key: bool) -> String {
    let compared: Vec<String> = packed
        .columns
        .iter()
        .filter(|c| with_key || !packed.key.contains(c))
        .map(|c| {
            let binary = match table.column(c) {
                Some(column) if column.nocase => " COLLATE BINARY",
                _ => "",
            };
            format!("{left}.{0}{binary} IS NOT {right}.{0}", quoted(c))
        })
        .collect();
    if compared.is_empty() { "false".to_owned() } else { compared.join(" OR ") }
}
