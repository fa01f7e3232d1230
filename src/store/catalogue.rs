//! Reads from a database which tables, columns and keys it has.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use rusqlite::{Params, Row};

use super::connection::open_memory;
use super::db::Db;
use super::error::StoreError;
use super::schema::Kind;
use super::shipped_tables;
use super::side::{Headquarters, HqTx};
use super::tracking_log;
use crate::model::schema::{Catalogue, Column, Table, Tables};

/// Every table of a database of either side, except SQLite's own.
pub(crate) fn tables(db: &Db) -> Result<Tables, StoreError> {
    each(db, known)
}

fn each(
    db: &Db,
    table: impl Fn(&Db, Declaration) -> Result<Arc<Table>, StoreError>,
) -> Result<Tables, StoreError> {
    let statements = declarations(db, "tbl_name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", [])?;
    statements
        .into_iter()
        .map(|declared| Ok((declared.name.to_ascii_uppercase(), table(db, declared)?)))
        .collect()
}

/// One table of a database of either side, by its name in any case.
pub(crate) fn find_table(db: &Db, name: &str) -> Result<Option<Arc<Table>>, StoreError> {
    let found = declarations(db, "tbl_name = ?1 COLLATE NOCASE", [name])?;
    found.into_iter().next().map(|declared| known(db, declared)).transpose()
}

/// The statements that declare a table and its indexes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Declaration {
    name: String,
    sql: String,
    index_sql: Vec<String>,
}

/// What declares the tables that `condition` selects, in the order they were made in.
fn declarations(
    db: &Db,
    condition: &str,
    params: impl Params,
) -> Result<Vec<Declaration>, StoreError> {
    let sql = format!(
        "SELECT type, tbl_name, sql FROM sqlite_schema
         WHERE type IN ('table', 'index') AND sql IS NOT NULL AND {condition} ORDER BY rowid"
    );
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let (made, indexes): (Vec<_>, Vec<_>) = db
        .rows::<(String, String, String)>(&sql, params, row)?
        .into_iter()
        .partition(|(kind, ..)| kind == "table");
    let mut of_table: HashMap<String, Vec<String>> = HashMap::new();
    for (_, table, sql) in indexes {
        of_table.entry(table).or_default().push(sql);
    }
    let declared = made.into_iter().map(|(_, name, sql)| {
        let index_sql = of_table.remove(&name).unwrap_or_default();
        Declaration { name, sql, index_sql }
    });
    Ok(declared.collect())
}

/// What a declaration means. It depends on nothing else, and every database of a kind has the
/// same ones: those of the shipped schemas and of the logs of tracked tables are known, each other
/// is worked out once in a run of the program.
fn known(db: &Db, declared: Declaration) -> Result<Arc<Table>, StoreError> {
    static KNOWN: LazyLock<Mutex<HashMap<Declaration, Arc<Table>>>> = LazyLock::new(Mutex::default);
    let Declaration { name, sql, index_sql } = &declared;
    if let Some(table) = shipped_tables::declared(name, sql, index_sql) {
        return Ok(table);
    }
    if let Some(table) = tracking_log::declared(name, sql, index_sql) {
        return Ok(Arc::new(table));
    }
    let lock = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(table) = lock().get(&declared) {
        return Ok(Arc::clone(table));
    }
    let table = Arc::new(read(db, declared.clone())?);
    lock().insert(declared, Arc::clone(&table));
    Ok(table)
}

/// The declared length of a column, where it is text with one; names in any case.
pub(crate) fn column_length(db: &Db, table: &str, column: &str) -> Result<Option<u32>, StoreError> {
    Ok(db.declared(table, column)?.as_deref().and_then(declared_length))
}

fn read(db: &Db, declared: Declaration) -> Result<Table, StoreError> {
    let Declaration { name, sql, index_sql } = declared;
    let plain = plain(&sql);
    let columns = db.rows(
        "SELECT name, type, \"notnull\", pk, dflt_value FROM pragma_table_info(?1) ORDER BY cid",
        [&name],
        |row| {
            let (declared, column): (String, String) = (row.get(1)?, row.get(0)?);
            let in_key = row.get::<_, i64>(3)?;
            let length = declared_length(&declared);
            let guarded = length.is_some_and(|length| is_guarded(&plain, &column, length));
            let nullable = !row.get::<_, bool>(2)? && in_key == 0;
            let default = row.get(4)?;
            let nocase = false;
            let name = column;
            Ok((Column { name, declared, length, nullable, nocase, guarded, default }, in_key))
        },
    )?;
    let mut key: Vec<_> = columns.iter().filter(|(_, pk)| *pk > 0).collect();
    key.sort_by_key(|(_, pk)| *pk);
    let key: Vec<String> = key.into_iter().map(|(column, _)| column.name.clone()).collect();
    let mut columns: Vec<Column> = columns.into_iter().map(|(column, _)| column).collect();
    for column in &mut columns {
        column.nocase = db.collation("main", &name, &column.name)? == NOCASE;
    }
    let rowid = match key.as_slice() {
        [only] => columns
            .iter()
            .find(|c| c.name == *only && c.declared.eq_ignore_ascii_case("INTEGER"))
            .map(|c| c.name.clone()),
        _ => None,
    };
    let Indexes { mut unique, half_unique, all } = indexes(db, &name, &columns)?;
    if rowid.is_some() && !unique.contains(&key) {
        unique.insert(0, key);
    }
    let without = "SELECT wr FROM pragma_table_list(?1) WHERE schema = 'main'";
    let named = |name: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let has_rowid = db.number(without, [&name])? == 0 && !named("rowid");
    Ok(Table { name, columns, rowid, has_rowid, unique, half_unique, indexes: all, sql, index_sql })
}

/// The collation that ignores case.
const NOCASE: &str = "NOCASE";

#[derive(Default)]
struct Indexes {
    unique: Vec<Vec<String>>,
    half_unique: Vec<Vec<String>>,
    all: Vec<Vec<String>>,
}

fn indexes(db: &Db, table: &str, columns: &[Column]) -> Result<Indexes, StoreError> {
    let listed = db.rows(
        "SELECT name, \"unique\", partial FROM pragma_index_list(?1) ORDER BY seq DESC",
        [table],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?, row.get::<_, bool>(2)?)),
    )?;
    let own = |name: &String, collation: &str| {
        let column = columns.iter().find(|column| column.name == *name);
        column.is_some_and(|column| column.nocase == collation.eq_ignore_ascii_case(NOCASE))
    };
    let mut found = Indexes::default();
    for (index, is_unique, partial) in listed {
        let parts = db.rows(
            "SELECT name, coll FROM pragma_index_xinfo(?1) WHERE key = 1 ORDER BY seqno",
            [index],
            |row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, String>(1)?)),
        )?;
        let names: Option<Vec<String>> = parts.iter().map(|(name, _)| name.clone()).collect();
        // An index over an expression says nothing of the columns.
        let Some(names) = names else { continue };
        let as_columns = parts.iter().zip(&names).all(|((_, coll), name)| own(name, coll));
        match (is_unique, !partial && as_columns) {
            (true, true) => found.unique.push(names.clone()),
            (true, false) => found.half_unique.push(names.clone()),
            (false, _) => {}
        }
        if !partial {
            found.all.push(names);
        }
    }
    Ok(found)
}

/// The length of `NVARCHAR(20)`; none for other types and for `NVARCHAR(MAX)`.
fn declared_length(declared: &str) -> Option<u32> {
    let upper = declared.to_ascii_uppercase();
    let inner = upper.split_once('(')?.1.strip_suffix(')')?;
    upper.contains("CHAR").then(|| inner.trim().parse().ok()).flatten()
}

/// A statement in capitals without blanks and quotes.
fn plain(sql: &str) -> String {
    let skipped = |c: char| c.is_whitespace() || matches!(c, '"' | '[' | ']' | '`');
    sql.chars().filter(|c| !skipped(*c)).map(|c| c.to_ascii_uppercase()).collect()
}

/// Whether a table's statement, made plain, checks the length of a column as declared.
fn is_guarded(plain: &str, column: &str, length: u32) -> bool {
    let name = self::plain(column);
    plain.contains(&format!("CHECK(LENGTH({name})<={length})"))
}

/// Both sides as the tool makes them, without anything of a user's own.
///
/// # Errors
/// A database in memory.
pub fn tools() -> Result<Catalogue, StoreError> {
    Ok(Catalogue { hq: shipped(Kind::Headquarters)?, channel: shipped(Kind::Channel)? })
}

/// A side as the shipped schema alone declares it, which is worked out once.
pub(super) fn shipped(kind: Kind) -> Result<Tables, StoreError> {
    static HQ: OnceLock<Tables> = OnceLock::new();
    static CHANNEL: OnceLock<Tables> = OnceLock::new();
    let known = match kind {
        Kind::Headquarters => &HQ,
        Kind::Channel => &CHANNEL,
    };
    if let Some(tables) = known.get() {
        return Ok(tables.clone());
    }
    let tables = match shipped_tables::all(kind) {
        Some(tables) => tables,
        None => tables(&Db::in_memory(kind)?)?,
    };
    Ok(known.get_or_init(|| tables).clone())
}

/// Keeps the channel side's statements in headquarters, from which packages are made.
pub(crate) fn register_channel_tables(hq: &HqTx<'_>, channel: &Tables) -> Result<(), StoreError> {
    hq.run("DELETE FROM cdx_CHANNELTABLE", [])?;
    // A table of ours that counts its rows goes up.
    let goes_up = |table: &Table| table.column("REPLICATIONCOUNTERFROMORIGIN").is_some();
    let ours = |table: &Table| table.name.to_ascii_lowercase().starts_with("cdx_");
    let mapped = channel.values().filter(|table| !ours(table) || goes_up(table));
    for table in mapped {
        hq.run(
            "INSERT INTO cdx_CHANNELTABLE (NAME, SQL) VALUES (?1, ?2)",
            [&table.name, &registered(table)],
        )?;
    }
    Ok(())
}

/// The statements of a channel table as headquarters keeps them.
fn registered(table: &Table) -> String {
    [std::slice::from_ref(&table.sql), &table.index_sql].concat().join(";\n")
}

/// The channel side as headquarters has it registered.
pub(crate) fn registered_channel_tables(hq: &Headquarters) -> Result<Tables, StoreError> {
    let statements: Vec<(String, String)> =
        hq.rows("SELECT NAME, SQL FROM cdx_CHANNELTABLE ORDER BY NAME", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let shipped = shipped(Kind::Channel)?;
    let as_shipped = |(name, sql): &(String, String)| {
        let name = name.to_ascii_uppercase();
        let table = shipped.get(&name).filter(|table| registered(table) == *sql);
        table.map(|table| (name, Arc::clone(table)))
    };
    // Nothing needs to be made where all of it is known.
    if let Some(tables) = statements.iter().map(as_shipped).collect() {
        return Ok(tables);
    }
    let conn = open_memory().map_err(|e| hq.error("open", e))?;
    let memory = Db::scratch(conn);
    for (_, sql) in statements {
        memory.script(&sql)?;
    }
    tables(&memory)
}

#[cfg(test)]
/// [`tables`] as SQLite says it, whatever is known beforehand.
pub(super) fn worked_out(db: &Db) -> Result<Tables, StoreError> {
    each(db, |db, declared| read(db, declared).map(Arc::new))
}
