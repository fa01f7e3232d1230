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

/// Brings a file to the current version, a new one at once and an older one step by step, and sets
/// its kind and version.
///
/// # Errors
/// A statement that fails; the caller's transaction is then undone.
pub(super) fn migrate(db: &Db, kind: Kind, version: i64) -> Result<(), StoreError> {
    match version {
        // A new file has nothing of anybody's.
        0 => db.script(kind.whole())?,
        _ => step_by_step(db, kind, version)?,
    }
    let (id, known) = (kind.application_id(), kind.version());
    db.script(&format!("PRAGMA application_id = {id}; PRAGMA user_version = {known};"))
}

fn step_by_step(db: &Db, kind: Kind, version: i64) -> Result<(), StoreError> {
    // Otherwise a column is not renamed while any view cannot be read, whatever it is about.
    db.script("PRAGMA writable_schema = ON;")?;
    for step in kind.migrations().iter().filter(|step| step.version > version) {
        let aside = make_room(db, step)?;
        db.script(step.sql)?;
        aside.iter().try_for_each(|(table, name)| take_in(db, table, name))?;
    }
    db.script("PRAGMA writable_schema = OFF;")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::connection::open_memory;

    const HEAD: &str =
        "-- Made from the numbered steps: CDX_WRITE_SCHEMA=1 cargo test --lib store::migrate\n";

    fn made(make: impl FnOnce(&Db) -> Result<(), StoreError>) -> Db {
        let db = Db::scratch(open_memory().unwrap());
        db.immediate(|| make(&db)).unwrap();
        db
    }

    /// What a database declares, by name, in the order in which SQLite reads it.
    fn declared(db: &Db, triggers: bool) -> Vec<(String, String)> {
        let sql = "SELECT name, coalesce(sql, '') FROM sqlite_schema
                   WHERE (type = 'trigger') = ?1 ORDER BY rowid";
        db.rows(sql, [triggers], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    }

    /// The rows of every table, each as the statement that inserts it.
    fn rows(db: &Db) -> Vec<String> {
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid";
        let tables: Vec<String> = db.rows(tables, [], |row| row.get(0)).unwrap();
        let mut all = Vec::new();
        for table in tables {
            let names = "SELECT name FROM pragma_table_info(?1)";
            let names: Vec<String> = db.rows(names, [&table], |row| row.get(0)).unwrap();
            let values: Vec<String> =
                names.iter().map(|n| format!("quote({})", quoted(n))).collect();
            let (table, values) = (quoted(&table), values.join(" || ', ' || "));
            let sql = format!("SELECT {values} FROM {table} ORDER BY rowid");
            let found = db.rows(&sql, [], |row| row.get::<_, String>(0)).unwrap_or_else(|_| {
                db.rows(&format!("SELECT {values} FROM {table}"), [], |row| row.get(0)).unwrap()
            });
            let list = column_list(&names);
            all.extend(
                found
                    .iter()
                    .map(|values| format!("INSERT INTO {table} ({list}) VALUES ({values})")),
            );
        }
        all
    }

    /// A database as a script. Rows come before the triggers, which would add to them.
    fn script(db: &Db) -> String {
        let own = |(name, sql): (String, String)| (!name.starts_with("sqlite_")).then_some(sql);
        let tables = declared(db, false).into_iter().filter_map(own);
        let triggers = declared(db, true).into_iter().filter_map(own);
        let all = tables.chain(rows(db)).chain(triggers);
        HEAD.to_owned() + &all.map(|sql| format!("\n{sql};\n")).collect::<String>()
    }

    /// A new database is what the steps lead to, declarations and rows.
    #[test]
    fn the_whole_schema_is_that_of_the_steps() {
        for (kind, file) in [(Kind::Headquarters, "hq"), (Kind::Channel, "channel")] {
            let stepped = made(|db| step_by_step(db, kind, 0));
            let whole = script(&stepped);
            if std::env::var_os("CDX_WRITE_SCHEMA").is_some() {
                std::fs::write(format!("src/store/schema/{file}.sql"), whole).unwrap();
                continue;
            }
            assert!(kind.whole() == whole, "{file}.sql: see its first line");
            let new = made(|db| migrate(db, kind, 0));
            for triggers in [false, true] {
                assert_eq!(declared(&new, triggers), declared(&stepped, triggers));
            }
            assert_eq!(rows(&new), rows(&stepped));
        }
    }
}
