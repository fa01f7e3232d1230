//! Change tracking: which keys were touched since a version, whoever wrote (D01, D14, D17).
//!
//! Per tracked table a `cdx_CT_` table holds touched keys with the version that was open. Triggers
//! fill it; they log keys only, and whether a key is an upsert or a delete is decided when packing,
//! by whether the row still exists. BEFORE triggers log the keys that a conflicting row displaces,
//! because another program's INSERT OR REPLACE fires no delete trigger. The statements inside use
//! no OR clause: the outer statement's would take its place.

use rusqlite::named_params;

use super::catalogue::find_table;
use super::db::{Db, Headquarters, quoted};
use super::error::StoreError;
use crate::model::job::DATAAREAID;
use crate::model::schema::Table;

/// The tracking table of a headquarters table.
pub(in crate::store) fn tracking_table(table: &str) -> String {
    format!("cdx_CT_{}", table.to_ascii_uppercase())
}

/// A key with the company's column where the table has one.
pub fn full_key(table: &Table, key: &[String]) -> Vec<String> {
    let company = table.column(DATAAREAID).filter(|_| {
        !key.iter().any(|column| column.eq_ignore_ascii_case(DATAAREAID))
            && !key.iter().any(|column| Some(column) == table.rowid.as_ref())
    });
    key.iter().cloned().chain(company.map(|column| column.name.clone())).collect()
}

/// The version that is open now; changes are logged with it.
pub fn version(hq: &Headquarters) -> Result<i64, StoreError> {
    hq.number("SELECT VERSION FROM cdx_TRACKING", [])
}

/// The lowest version that changes can be told from.
pub fn min_valid(hq: &Headquarters) -> Result<i64, StoreError> {
    hq.number("SELECT MINVALID FROM cdx_TRACKING", [])
}

/// Closes the open version and opens the next; returns the one closed.
///
/// # Errors
/// Only those of the database. Call it inside the transaction that uses the answer.
pub fn close_version(hq: &Db, now: &str) -> Result<i64, StoreError> {
    let closed = hq.number("SELECT VERSION FROM cdx_TRACKING", [])?;
    hq.run("UPDATE cdx_TRACKING SET VERSION = VERSION + 1", [])?;
    hq.run(
        "INSERT INTO cdx_TRACKINGVERSION (VERSION, CLOSED) VALUES (:version, :now)",
        named_params! { ":version": closed, ":now": now },
    )?;
    Ok(closed)
}

/// Forgets changes of versions closed before a time (stored text); returns the new lowest version.
pub fn forget_before(hq: &Headquarters, time: &str) -> Result<i64, StoreError> {
    hq.write(|hq| {
        let last =
            hq.number("SELECT max(VERSION) FROM cdx_TRACKINGVERSION WHERE CLOSED < ?1", [time])?;
        let valid = hq.number("SELECT MINVALID FROM cdx_TRACKING", [])?;
        if last <= valid {
            return Ok(valid);
        }
        for table in tracked(hq)? {
            let log = quoted(&tracking_table(&table));
            hq.run(&format!("DELETE FROM {log} WHERE VERSION <= ?1"), [last])?;
        }
        hq.run("DELETE FROM cdx_TRACKINGVERSION WHERE VERSION <= ?1", [last])?;
        hq.run("UPDATE cdx_TRACKING SET MINVALID = ?1", [last])?;
        Ok(last)
    })
}

fn tracked(hq: &Db) -> Result<Vec<String>, StoreError> {
    hq.rows("SELECT TABLENAME FROM cdx_TRACKEDTABLE ORDER BY TABLENAME", [], |row| row.get(0))
}

/// Whether anything was logged for a table after a version.
pub fn changed_since(hq: &Headquarters, table: &str, version: i64) -> Result<bool, StoreError> {
    let log = quoted(&tracking_table(table));
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {log} WHERE VERSION > ?1)");
    Ok(hq.number(&sql, [version])? != 0)
}

/// Tracks a table by a key, making its log and triggers; says whether it was not tracked before.
///
/// `columns` limits which updates count; all of them when none. A table whose columns have
/// changed since gets its triggers anew.
pub fn track(
    hq: &Headquarters,
    table: &str,
    key: &[String],
    columns: Option<&[&str]>,
) -> Result<bool, StoreError> {
    let found = find_table(hq, table)?.ok_or_else(|| hq.unreadable("a table to track", table))?;
    let key = full_key(&found, key);
    let wanted = serde_json::to_string(&key).unwrap_or_default();
    let kept = hq.text(
        "SELECT KEYCOLUMNS FROM cdx_TRACKEDTABLE WHERE TABLENAME = ?1 COLLATE NOCASE",
        [table],
    )?;
    if kept.as_deref() == Some(wanted.as_str()) {
        return Ok(false);
    }
    if kept.is_some() {
        untrack(hq, &found)?;
    }
    hq.script(&log_sql(&found, &key))?;
    for trigger in triggers(&found, &key, columns) {
        hq.script(&trigger)?;
    }
    hq.run(
        "INSERT INTO cdx_TRACKEDTABLE (TABLENAME, KEYCOLUMNS) VALUES (?1, ?2)",
        [&found.name, &wanted],
    )?;
    Ok(true)
}

/// Drops a table's triggers and log, as a bulk load that will be followed by a full run does.
fn untrack(hq: &Headquarters, table: &Table) -> Result<(), StoreError> {
    let prefix = tracking_table(&table.name);
    let names = hq.rows(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE
         AND substr(name, 1, 7) = 'cdx_CT_'",
        [&table.name],
        |row| row.get::<_, String>(0),
    )?;
    for name in names {
        hq.script(&format!("DROP TRIGGER {}", quoted(&name)))?;
    }
    hq.script(&format!("DROP TABLE {}", quoted(&prefix)))?;
    hq.run("DELETE FROM cdx_TRACKEDTABLE WHERE TABLENAME = ?1 COLLATE NOCASE", [&table.name])
        .map(|_| ())
}

fn log_sql(table: &Table, key: &[String]) -> String {
    let columns: String = key
        .iter()
        .map(|name| {
            let column = table.column(name);
            let nocase = column.is_some_and(|column| column.nocase);
            let collate = if nocase { " COLLATE NOCASE" } else { "" };
            let kind = column.map_or("ANY", |column| log_type(&column.declared));
            format!("{} {kind}{collate}, ", quoted(name))
        })
        .collect();
    let log = quoted(&tracking_table(&table.name));
    let list = list(key, "");
    format!(
        "CREATE TABLE {log} (VERSION INTEGER NOT NULL, {columns}\
         PRIMARY KEY (VERSION, {list})) STRICT, WITHOUT ROWID"
    )
}

/// The type of a key column in the log. It must have the affinity of the table's own column, or
/// SQLite cannot look a key up and reads the whole log for each row that is written.
fn log_type(declared: &str) -> &'static str {
    let declared = declared.to_ascii_uppercase();
    if declared.contains("INT") {
        "INTEGER"
    } else if declared.contains("CHAR") || declared == "TEXT" {
        "TEXT"
    } else {
        "ANY"
    }
}

fn triggers(table: &Table, key: &[String], columns: Option<&[&str]>) -> Vec<String> {
    let name = tracking_table(&table.name);
    let on = quoted(&table.name);
    let of = columns.map_or_else(String::new, |columns| {
        format!(" OF {}", columns.iter().map(|c| quoted(c)).collect::<Vec<_>>().join(", "))
    });
    let new = log_row(table, key, "NEW");
    let old = log_row(table, key, "OLD");
    let mut made = vec![
        format!("CREATE TRIGGER \"{name}_INSERT\" AFTER INSERT ON {on} BEGIN {new} END"),
        format!("CREATE TRIGGER \"{name}_UPDATE\" AFTER UPDATE{of} ON {on} BEGIN {old} {new} END"),
        format!("CREATE TRIGGER \"{name}_DELETE\" AFTER DELETE ON {on} BEGIN {old} END"),
    ];
    let same = |unique: &[String]| {
        let mut one: Vec<_> = unique.iter().map(|c| c.to_ascii_uppercase()).collect();
        let mut other: Vec<_> = key.iter().map(|c| c.to_ascii_uppercase()).collect();
        one.sort();
        other.sort();
        one == other
    };
    for (at, unique) in table.unique.iter().filter(|unique| !same(unique)).enumerate() {
        let displaced = log_displaced(table, key, unique);
        let of = list(unique, "");
        made.push(format!(
            "CREATE TRIGGER \"{name}_DISPLACED{at}\" BEFORE INSERT ON {on} BEGIN {displaced} END"
        ));
        made.push(format!(
            "CREATE TRIGGER \"{name}_MOVED{at}\" BEFORE UPDATE OF {of} ON {on} \
             BEGIN {displaced} END"
        ));
    }
    made
}

/// Logs one row's key with the open version, unless it is there already.
fn log_row(table: &Table, key: &[String], row: &str) -> String {
    let log = quoted(&tracking_table(&table.name));
    let names = list(key, "");
    let values = list(key, &format!("{row}."));
    let equal = equal(key, "c.", &format!("{row}."));
    format!(
        "INSERT INTO {log} (VERSION, {names}) SELECT v.VERSION, {values} FROM cdx_TRACKING v \
         WHERE NOT EXISTS (SELECT 1 FROM {log} c WHERE c.VERSION = v.VERSION AND {equal});"
    )
}

/// Logs the key of the row that a new row with the same unique values would displace.
fn log_displaced(table: &Table, key: &[String], unique: &[String]) -> String {
    let log = quoted(&tracking_table(&table.name));
    let on = quoted(&table.name);
    let names = list(key, "");
    let values = list(key, "t.");
    let held = equal(unique, "t.", "NEW.");
    let equal = equal(key, "c.", "t.");
    format!(
        "INSERT INTO {log} (VERSION, {names}) SELECT v.VERSION, {values} \
         FROM cdx_TRACKING v, {on} t WHERE {held} AND NOT EXISTS \
         (SELECT 1 FROM {log} c WHERE c.VERSION = v.VERSION AND {equal});"
    )
}

fn list(columns: &[String], prefix: &str) -> String {
    columns.iter().map(|c| format!("{prefix}{}", quoted(c))).collect::<Vec<_>>().join(", ")
}

fn equal(columns: &[String], left: &str, right: &str) -> String {
    columns
        .iter()
        .map(|c| format!("{left}{0} = {right}{0}", quoted(c)))
        .collect::<Vec<_>>()
        .join(" AND ")
}
