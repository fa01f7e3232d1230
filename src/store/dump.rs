//! A database as text, for tests that hold two against each other.

use rusqlite::types::Value;

use super::db::Db;
use super::error::StoreError;

/// Every row of every table, a line each, in the order of the tables' names and of the rows' ids.
pub(crate) fn dump(db: &Db) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut lines = Vec::new();
    for table in db.rows(sql, [], |row| row.get::<_, String>(0))? {
        lines.extend(db.rows(&format!("SELECT * FROM \"{table}\""), [], |row| {
            let cells = 0..row.as_ref().column_count();
            let cells: Result<Vec<Value>, _> = cells.map(|at| row.get(at)).collect();
            Ok(format!("{table} {:?}", cells?))
        })?);
    }
    Ok(lines)
}

/// Writes as another program does.
pub(crate) fn write(db: &Db, sql: &str) -> Result<(), StoreError> {
    db.script(sql)
}
