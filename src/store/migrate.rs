//! Brings a database to the current schema, in the transaction of its opening.
//!
//! What a later version makes has the names of the real database, so somebody who rehearsed it
//! before may have made it too, and may have views that are broken. Neither may keep an environment
//! from being opened: a table of such a name is set aside, its rows are taken in, and it stays
//! under another name; a view, an index or a trigger of such a name goes.

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

/// Frees the names that a step is about to give; the tables set aside, each with its other name.
fn make_room(db: &Db, step: &Migration) -> Result<Vec<(String, String)>, StoreError> {
    let there = "SELECT type, name FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE";
    let mut aside = Vec::new();
    for wanted in step.names() {
        let found = db.first(there, [wanted], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some((kind, name)): Option<(String, String)> = found else { continue };
        if kind == "table" {
            let other = set_aside(db, &name)?;
            aside.push((wanted.to_owned(), other));
        } else {
            db.script(&format!("DROP {kind} {}", quoted(&name)))?;
        }
    }
    Ok(aside)
}

/// Gives a table another name. Views go on to read the name they were made for; what logs its
/// changes goes, since that is made again for the new table.
fn set_aside(db: &Db, table: &str) -> Result<String, StoreError> {
    let own = "SELECT name FROM sqlite_schema WHERE type = 'trigger' \
               AND tbl_name = ?1 COLLATE NOCASE AND substr(name, 1, 4) = 'cdx_'";
    for trigger in db.rows(own, [table], |row| row.get::<_, String>(0))? {
        db.script(&format!("DROP TRIGGER {}", quoted(&trigger)))?;
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

/// Copies the rows that fit, by the columns that both have; a RECID is kept where it is free.
fn take_in(db: &Db, table: &str, aside: &str) -> Result<(), StoreError> {
    let both = include_str!("sql/columns_of_both.sql");
    let columns: Vec<(String, Option<String>)> =
        db.rows(both, [table, aside], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let is_recid = |name: &str| name.eq_ignore_ascii_case("RECID");
    let others = || columns.iter().filter(|(name, _)| !is_recid(name));
    if others().next().is_none() {
        return Ok(());
    }
    let list = column_list(&others().map(|(name, _)| name.clone()).collect::<Vec<_>>());
    // A column that takes no NULL has its default in its place.
    let value = |(name, default): &(String, Option<String>)| match default {
        Some(default) => format!("coalesce({}, {default})", quoted(name)),
        None => quoted(name),
    };
    let values = others().map(value).collect::<Vec<_>>().join(", ");
    let (table, aside) = (quoted(table), quoted(aside));
    if columns.iter().any(|(name, _)| is_recid(name)) {
        let sql = include_str!("sql/take_in_with_recid.sql").replace("{table}", &table);
        let sql = sql.replace("{list}", &list).replace("{values}", &values);
        db.script(&sql.replace("{aside}", &aside))?;
    }
    // What has come already is refused by its key.
    db.script(&format!("INSERT OR IGNORE INTO {table} ({list}) SELECT {values} FROM {aside}"))
}
