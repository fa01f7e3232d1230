//! Brings a database to the current schema, in the transaction of its opening.
//!
//! The tables that a later version makes have the names of the real database, so somebody who
//! rehearsed them before has made them too, and may have views that are broken. Neither may keep an
//! environment from being opened: a table of that name is set aside, its rows are taken in, and it
//! stays under another name.

use super::db::Db;
use super::error::StoreError;
use super::schema::{Kind, Migration};
use super::sql_text::{column_list, quoted};

/// Takes the steps after a version, and sets the file's kind and version.
///
/// # Errors
/// A statement that fails; the caller's transaction is then undone.
pub(super) fn migrate(db: &Db, kind: Kind, version: i64) -> Result<(), StoreError> {
    // Otherwise a column is not renamed while any view cannot be read, whatever it is about.
    db.script("PRAGMA writable_schema = ON;")?;
    for step in kind.migrations().iter().filter(|step| step.version > version) {
        // A new file has nothing of anybody's.
        let aside = if version == 0 { Vec::new() } else { make_room(db, step)? };
        db.script(step.sql)?;
        aside.iter().try_for_each(|(table, name)| take_in(db, table, name))?;
    }
    let (id, known) = (kind.application_id(), kind.version());
    db.script(&format!(
        "PRAGMA writable_schema = OFF; PRAGMA application_id = {id}; PRAGMA user_version = {known};"
    ))
}

/// Sets aside the tables that a step is about to make; each with its other name.
fn make_room(db: &Db, step: &Migration) -> Result<Vec<(&'static str, String)>, StoreError> {
    let there = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' \
                 AND name = ?1 COLLATE NOCASE";
    let mut aside = Vec::new();
    for table in step.tables() {
        if db.number(there, [table])? > 0 {
            aside.push((table, set_aside(db, table)?));
        }
    }
    Ok(aside)
}

/// Gives a table another name, and takes from it what its successor may have under the same name;
/// views go on to read the name they were made for.
fn set_aside(db: &Db, table: &str) -> Result<String, StoreError> {
    let attached = include_str!("sql/attached_to_table.sql");
    for thing in db.rows(attached, [table], |row| row.get::<_, String>(0))? {
        let (kind, name) = thing.split_once(' ').unwrap_or_default();
        db.script(&format!("DROP {kind} {}", quoted(name)))?;
    }
    let mut name = format!("own_{table}");
    let taken = "SELECT count(*) FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE";
    while db.number(taken, [&name])? > 0 {
        name.insert_str(0, "own_");
    }
    db.script(&format!(
        "PRAGMA legacy_alter_table = ON; ALTER TABLE {} RENAME TO {}; \
         PRAGMA legacy_alter_table = OFF;",
        quoted(table),
        quoted(&name)
    ))?;
    Ok(name)
}

/// Copies the rows that fit, by the columns that both have.
fn take_in(db: &Db, table: &str, aside: &str) -> Result<(), StoreError> {
    let columns: Vec<String> =
        db.rows(include_str!("sql/columns_of_both.sql"), [table, aside], |row| row.get(0))?;
    if columns.is_empty() {
        return Ok(());
    }
    let (list, table, aside) = (column_list(&columns), quoted(table), quoted(aside));
    db.script(&format!("INSERT OR IGNORE INTO {table} ({list}) SELECT {list} FROM {aside}"))
}
