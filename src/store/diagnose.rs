//! Finds out which row a channel database refused, since SQLite does not say.

use std::path::Path;

use rusqlite::OpenFlags;

use super::catalogue;
use super::connection::{open_file, uri};
use super::db::Db;
use super::error::{SqliteError, StoreError};
use super::packed_table::PackedTable;
use super::rejection::{Rejection, dotted};
use super::side::ChannelDatabase;
use super::sql_text::{column_list, key_text, quoted, same_key};
use super::trouble::sqlite;
use crate::model::schema::Table;

/// The first value that is longer than its channel column, in key order (D12).
pub(super) fn too_long(
    channel: &ChannelDatabase,
    packed: &PackedTable,
    table: &Table,
) -> Result<Option<Rejection>, StoreError> {
    let values = Values {
        name: &packed.target,
        told: dotted(&packed.target),
        columns: &packed.columns,
        key: &packed.key,
    };
    values.too_long(channel, table)
}

/// Values of an attached package that are about to be written.
pub(super) struct Values<'a> {
    /// The package's table.
    pub(super) name: &'a str,
    /// How people know it.
    pub(super) told: String,
    /// Its columns.
    pub(super) columns: &'a [String],
    /// The columns by which a row is named.
    pub(super) key: &'a [String],
}

impl Values<'_> {
    /// The first value that is longer than the column it is for, in key order (D12).
    pub(super) fn too_long(&self, db: &Db, table: &Table) -> Result<Option<Rejection>, StoreError> {
        let limits: Vec<(&str, u32)> = self
            .columns
            .iter()
            .filter_map(|name| Some((name.as_str(), table.column(name)?.length?)))
            .collect();
        if limits.is_empty() {
            return Ok(None);
        }
        let name = quoted(self.name);
        // Bytes are cheap to count and never fewer than characters, so they rule most rows out.
        let by = |function: &str| {
            let over: Vec<String> = limits
                .iter()
                .map(|(column, limit)| format!("{function}({}) > {limit}", quoted(column)))
                .collect();
            over.join(" OR ")
        };
        let suspect =
            format!("SELECT EXISTS (SELECT 1 FROM pkg.{name} WHERE {})", by("octet_length"));
        if db.number(&suspect, [])? == 0 {
            return Ok(None);
        }
        let over = by("length");
        let count = format!("SELECT count(*) FROM pkg.{name} WHERE {over}");
        let count = db.number(&count, [])?;
        let lengths: Vec<String> =
            limits.iter().map(|(column, _)| format!("length({})", quoted(column))).collect();
        let sql = format!(
            "SELECT {}, {} FROM pkg.{name} WHERE {over} ORDER BY {} LIMIT 1",
            key_text(self.key, ""),
            lengths.join(", "),
            column_list(self.key)
        );
        let found = db.first(&sql, [], |row| {
            let key: String = row.get(0)?;
            let lengths: Vec<Option<i64>> =
                (0..limits.len()).map(|at| row.get(at + 1)).collect::<Result<_, _>>()?;
            Ok((key, lengths))
        })?;
        let Some((key, lengths)) = found else {
            return Ok(None);
        };
        let first = limits.iter().zip(lengths).find_map(|((column, limit), length)| {
            let length = length.filter(|length| *length > i64::from(*limit))?;
            Some(((*column).to_owned(), length, i64::from(*limit)))
        });
        Ok(first.map(|(column, length, limit)| Rejection::TooLong {
            table: self.told.clone(),
            column,
            key,
            length,
            limit,
            others: if count > 1 {
                format!(" (and {} more rows)", count - 1)
            } else {
                String::new()
            },
        }))
    }
}

/// Whether every value of a package is short enough for the columns of its own tables, which are
/// the channel's. Bytes are counted, so that "no" only means that it must be looked at (D12).
pub(crate) fn fits(file: &Path) -> Result<bool, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = open_file(uri(file, "immutable=1"), flags).map_err(|e| sqlite(file, "open", e))?;
    let package = Db::scratch(conn);
    let tables = catalogue::tables(&package)?;
    tables
        .values()
        .try_fold(true, |fits, table| Ok(fits && table_fits(&package, "main", &table.name, table)?))
}

/// The same of a table of the file that is attached under a name, for a table of the channel's.
pub(super) fn table_fits(
    db: &Db,
    package: &str,
    name: &str,
    table: &Table,
) -> Result<bool, StoreError> {
    let over: Vec<String> = table
        .columns
        .iter()
        .filter_map(|c| Some(format!("octet_length({}) > {}", quoted(&c.name), c.length?)))
        .collect();
    if over.is_empty() {
        return Ok(true);
    }
    let (name, over) = (quoted(name), over.join(" OR "));
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {package}.{name} WHERE {over})");
    Ok(db.number(&sql, [])? == 0)
}

/// Names what a constraint refused: a value, or the row that holds a unique value (D08).
pub(super) fn explain(
    channel: &ChannelDatabase,
    packed: &PackedTable,
    table: &Table,
    told: &SqliteError,
) -> Result<Rejection, StoreError> {
    if let Some(rejection) = too_long(channel, packed, table)? {
        return Ok(rejection);
    }
    for unique in &table.unique {
        if let Some(rejection) = duplicate(channel, packed, unique)? {
            return Ok(rejection);
        }
    }
    Ok(Rejection::Constraint { table: dotted(&packed.target), detail: told.to_string() })
}

fn duplicate(
    channel: &ChannelDatabase,
    packed: &PackedTable,
    unique: &[String],
) -> Result<Option<Rejection>, StoreError> {
    let name = quoted(&packed.target);
    let held = same_key(unique, "t", "p");
    let same = same_key(&packed.key, "t", "p");
    let mine = key_text(&packed.key, "p.");
    let theirs = key_text(&packed.key, "t.");
    // The holder may be a row of the channel, or another row of the package itself.
    for holder in [format!("main.{name}"), format!("pkg.{name}")] {
        let sql = format!(
            "SELECT {mine}, {theirs} FROM pkg.{name} p JOIN {holder} t ON {held} \
             WHERE NOT ({same}) LIMIT 1"
        );
        let found = channel.first(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if let Some((key, holder)) = found {
            let table = dotted(&packed.target);
            let columns = unique.join(", ");
            let holder: String = holder;
            let holder = format!("row {holder}");
            return Ok(Some(Rejection::Duplicate { table, key, columns, holder }));
        }
    }
    Ok(None)
}
