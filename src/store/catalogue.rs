//! Reads from a database which tables, columns and keys it has.

use super::db::{Db, Headquarters, quoted};
use super::error::StoreError;
use super::schema::Kind;
use crate::model::schema::{Catalogue, Column, Table, Tables};

/// Every table of a database except SQLite's own.
pub fn tables(db: &Db) -> Result<Tables, StoreError> {
    let named = db.rows(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' \
         ESCAPE '\\' ORDER BY name",
        [],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
    )?;
    named
        .into_iter()
        .map(|(name, sql)| Ok((name.to_ascii_uppercase(), table(db, name, sql)?)))
        .collect()
}

/// One table of a database, by its exact name.
pub fn find_table(db: &Db, name: &str) -> Result<Option<Table>, StoreError> {
    let found = db.first(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE",
        [name],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
    )?;
    found.map(|(name, sql)| table(db, name, sql)).transpose()
}

fn table(db: &Db, name: String, sql: String) -> Result<Table, StoreError> {
    let nocase = nocase_columns(&sql);
    let columns = db.rows(
        "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY cid",
        [&name],
        |row| {
            let declared: String = row.get(1)?;
            let column: String = row.get(0)?;
            Ok((
                Column {
                    length: declared_length(&declared),
                    nocase: nocase.contains(&column.to_ascii_uppercase()),
                    name: column,
                    declared,
                    nullable: !row.get::<_, bool>(2)?,
                },
                row.get::<_, i64>(3)?,
            ))
        },
    )?;
    let mut key: Vec<_> = columns.iter().filter(|(_, pk)| *pk > 0).collect();
    key.sort_by_key(|(_, pk)| *pk);
    let key: Vec<String> = key.into_iter().map(|(column, _)| column.name.clone()).collect();
    let columns: Vec<Column> = columns.into_iter().map(|(column, _)| column).collect();
    let rowid = match key.as_slice() {
        [only] => columns
            .iter()
            .find(|c| c.name == *only && c.declared.eq_ignore_ascii_case("INTEGER"))
            .map(|c| c.name.clone()),
        _ => None,
    };
    let (mut unique, indexes) = indexes(db, &name)?;
    if !key.is_empty() && !unique.contains(&key) {
        unique.insert(0, key);
    }
    let index_sql = db.rows(
        "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?1
         ORDER BY rowid",
        [&name],
        |row| row.get(0),
    )?;
    Ok(Table { name, columns, rowid, unique, indexes, sql, index_sql })
}

type Columns = Vec<Vec<String>>;

fn indexes(db: &Db, table: &str) -> Result<(Columns, Columns), StoreError> {
    let listed = db.rows(
        "SELECT name, \"unique\" FROM pragma_index_list(?1) WHERE partial = 0 ORDER BY seq DESC",
        [table],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)),
    )?;
    let (mut unique, mut all) = (Vec::new(), Vec::new());
    for (index, is_unique) in listed {
        let columns = db.rows(
            "SELECT name FROM pragma_index_info(?1) WHERE name IS NOT NULL ORDER BY seqno",
            [index],
            |row| row.get::<_, String>(0),
        )?;
        if is_unique {
            unique.push(columns.clone());
        }
        all.push(columns);
    }
    Ok((unique, all))
}

/// The length of `NVARCHAR(20)`; none for other types and for `NVARCHAR(MAX)`.
fn declared_length(declared: &str) -> Option<u32> {
    let upper = declared.to_ascii_uppercase();
    let inner = upper.split_once('(')?.1.strip_suffix(')')?;
    upper.contains("CHAR").then(|| inner.trim().parse().ok()).flatten()
}

/// SQLite tells a column's collation only in the statement that made the table.
fn nocase_columns(sql: &str) -> Vec<String> {
    sql.split([',', '\n'])
        .filter(|part| part.to_ascii_uppercase().contains("COLLATE NOCASE"))
        .filter_map(|part| {
            part.trim_start_matches(|c: char| c == '(' || c.is_whitespace())
                .split_whitespace()
                .next()
        })
        .map(|word| word.trim_matches(['"', '[', ']', '`']).to_ascii_uppercase())
        .collect()
}

/// Both sides as the shipped schema and an environment's own files declare them.
///
/// Each file of `hq` and `channel` is a name and its statements; they are run in memory.
pub fn declared(
    hq: &[(String, String)],
    channel: &[(String, String)],
) -> Result<Catalogue, StoreError> {
    let side = |kind: Kind, files: &[(String, String)]| {
        let db = Db::in_memory(kind)?;
        for (_, sql) in files {
            db.script(sql)?;
        }
        tables(&db)
    };
    Ok(Catalogue { hq: side(Kind::Headquarters, hq)?, channel: side(Kind::Channel, channel)? })
}

/// Keeps the channel side's statements in headquarters, from which packages are made.
pub fn register_channel_tables(hq: &Headquarters, channel: &Tables) -> Result<(), StoreError> {
    hq.run("DELETE FROM cdx_CHANNELTABLE", [])?;
    let mapped = channel.values().filter(|t| !t.name.to_ascii_lowercase().starts_with("cdx_"));
    for table in mapped {
        let statements = [std::slice::from_ref(&table.sql), &table.index_sql].concat().join(";\n");
        hq.run(
            "INSERT INTO cdx_CHANNELTABLE (NAME, SQL) VALUES (?1, ?2)",
            [&table.name, &statements],
        )?;
    }
    Ok(())
}

/// The channel side as headquarters has it registered.
pub fn registered_channel_tables(hq: &Headquarters) -> Result<Tables, StoreError> {
    let statements = hq.rows("SELECT SQL FROM cdx_CHANNELTABLE ORDER BY NAME", [], |row| {
        row.get::<_, String>(0)
    })?;
    let conn = rusqlite::Connection::open_in_memory().map_err(|e| hq.error("open", e))?;
    let memory = Db::scratch(conn);
    for sql in statements {
        memory.script(&sql)?;
    }
    tables(&memory)
}

/// Columns of a table as a comma-separated list of identifiers.
pub(in crate::store) fn column_list(columns: &[String]) -> String {
    columns.iter().map(|c| quoted(c)).collect::<Vec<_>>().join(", ")
}
