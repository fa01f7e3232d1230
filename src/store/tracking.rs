//! Change tracking: which keys were touched since a version, whoever wrote (D01, D14, D17).
//!
//! Per tracked table a `cdx_CT_` table holds touched keys with the version that was open. Triggers
//! fill it; they log keys only, and whether a key is an upsert or a delete is decided when packing,
//! by whether the row still exists. BEFORE triggers log the keys that a conflicting row displaces,
//! because another program's INSERT OR REPLACE fires no delete trigger. The statements inside use
//! no OR clause, whose place the outer statement's would take, but ON CONFLICT DO NOTHING, which
//! stands whatever the outer one says. They do not read the log that they write: SQLite would put
//! what they select into a table of its own first, for every row that a program writes. They are
//! short, since every opening of headquarters reads them all.

use rusqlite::named_params;

use super::catalogue::find_table;
use super::error::StoreError;
use super::side::{Headquarters, HqTx};
use super::sql_text::{column_list, columns_of, equal, quoted, same_key};
use super::tracking_log::{log_sql, tracking_table};
use crate::model::schema::Table;
use crate::model::time::Time;

/// The version that is open now; changes are logged with it.
pub(crate) fn version(hq: &Headquarters) -> Result<i64, StoreError> {
    hq.number("SELECT VERSION FROM cdx_TRACKING", [])
}

/// The lowest version that changes can be told from.
pub(crate) fn min_valid(hq: &Headquarters) -> Result<i64, StoreError> {
    hq.number("SELECT MINVALID FROM cdx_TRACKING", [])
}

/// Closes the open version and opens the next; returns the one closed.
///
/// # Errors
/// Only those of the database. Call it inside the transaction that uses the answer.
pub(crate) fn close_version(hq: &HqTx<'_>, now: &Time) -> Result<i64, StoreError> {
    let closed = hq.number("SELECT VERSION FROM cdx_TRACKING", [])?;
    hq.run("UPDATE cdx_TRACKING SET VERSION = VERSION + 1", [])?;
    hq.run(
        "INSERT INTO cdx_TRACKINGVERSION (VERSION, CLOSED) VALUES (:version, :now)",
        named_params! { ":version": closed, ":now": now },
    )?;
    Ok(closed)
}

/// Forgets changes of versions closed before a time; returns the new lowest version.
pub(crate) fn forget_before(hq: &HqTx<'_>, time: &Time) -> Result<i64, StoreError> {
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
}

fn tracked(hq: &Headquarters) -> Result<Vec<String>, StoreError> {
    hq.rows("SELECT TABLENAME FROM cdx_TRACKEDTABLE ORDER BY TABLENAME", [], |row| row.get(0))
}

/// Whether anything was logged for a table after a version.
pub(crate) fn changed_since(
    hq: &Headquarters,
    table: &str,
    version: i64,
) -> Result<bool, StoreError> {
    let log = quoted(&tracking_table(table));
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {log} WHERE VERSION > ?1)");
    Ok(hq.number(&sql, [version])? != 0)
}

/// The versions that something was logged with for a table, ascending; none for a table that is not
/// tracked.
pub(crate) fn changes(hq: &Headquarters, table: &str) -> Result<Option<Vec<i64>>, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM cdx_TRACKEDTABLE WHERE TABLENAME = ?1 COLLATE NOCASE)";
    if hq.number(sql, [table])? == 0 {
        return Ok(None);
    }
    let log = quoted(&tracking_table(table));
    let sql = include_str!("sql/tracked_versions.sql").replace("{log}", &log);
    hq.rows(&sql, [], |row| row.get(0)).map(Some)
}

/// Tracks a table by the columns of all keys that are asked of it, making its log and triggers;
/// says whether it was not tracked so before.
///
/// `columns` limits which updates count; all of them when none. Where columns or unique indexes
/// have come, the triggers are made again. What has been logged stays, and is told by the new
/// columns; where it cannot be, or where nobody has logged for a while, runs from before are full
/// (D17).
///
/// # Errors
/// A table or column that does not exist.
pub(crate) fn track(
    hq: &HqTx<'_>,
    table: &str,
    key: &[String],
    columns: Option<&[&str]>,
) -> Result<bool, StoreError> {
    let found = find_table(hq, table)?.ok_or_else(|| hq.unreadable("a table to track", table))?;
    let spelled = |name: &String| {
        let column = found.column(name).map(|column| column.name.clone());
        column.ok_or_else(|| hq.unreadable("a column to track", format!("{table}.{name}")))
    };
    let key: Vec<String> = key.iter().map(spelled).collect::<Result<_, _>>()?;
    let kept = hq.text(
        "SELECT KEYCOLUMNS FROM cdx_TRACKEDTABLE WHERE TABLENAME = ?1 COLLATE NOCASE",
        [table],
    )?;
    let read = |text: String| hq.json::<Vec<String>>("the key of a tracked table", &text);
    let kept = kept.map(read).transpose()?;
    match kept {
        None => begin(hq, &found, &key, columns).map(|()| true),
        Some(kept) => again(hq, &found, &key, &kept, columns),
    }
}

fn begin(
    hq: &HqTx<'_>,
    table: &Table,
    key: &[String],
    columns: Option<&[&str]>,
) -> Result<(), StoreError> {
    hq.script(&log_sql(table, key))?;
    triggers(table, key, columns).iter().try_for_each(|trigger| hq.script(trigger))?;
    let wanted = serde_json::to_string(key).unwrap_or_default();
    let sql = "INSERT INTO cdx_TRACKEDTABLE (TABLENAME, KEYCOLUMNS) VALUES (?1, ?2)";
    hq.run(sql, [&table.name, &wanted])?;
    touch_all(hq, table, key)
}

/// Logs every row of a table that a job brings from now on: a run goes by what was touched, and
/// its watermark may be of a time when the job knew nothing of the table.
fn touch_all(hq: &HqTx<'_>, table: &Table, key: &[String]) -> Result<(), StoreError> {
    if hq.number("SELECT EXISTS (SELECT 1 FROM RETAILCDXDATASYNCROWVERSION)", [])? == 0 {
        return Ok(());
    }
    let (log, list) = (quoted(&tracking_table(&table.name)), column_list(key));
    hq.execute(
        &format!(
            "INSERT INTO {log} (VERSION, {list}) \
             SELECT (SELECT VERSION FROM cdx_TRACKING), {list} FROM main.{}",
            quoted(&table.name)
        ),
        [],
    )
}

/// Tracks a table that is tracked already.
fn again(
    hq: &HqTx<'_>,
    table: &Table,
    key: &[String],
    kept: &[String],
    columns: Option<&[&str]>,
) -> Result<bool, StoreError> {
    let same_key = key.len() == kept.len() && key.iter().all(|column| has(kept, column));
    let key = if same_key { kept } else { key };
    let standing = standing_triggers(hq, table)?;
    let wanted = triggers(table, key, columns);
    let sql: Vec<&String> = standing.iter().map(|(_, sql)| sql).collect();
    if same_key && sql.len() == wanted.len() && wanted.iter().all(|one| sql.contains(&one)) {
        return Ok(false);
    }
    for (name, _) in &standing {
        hq.script(&format!("DROP TRIGGER {}", quoted(name)))?;
    }
    let mut lost = 0;
    if !same_key {
        lost = carry_over(hq, table, key, kept)?;
    }
    if standing.is_empty() {
        lost = version(hq)?;
    }
    hq.run("UPDATE cdx_TRACKING SET MINVALID = max(MINVALID, ?1)", [lost])?;
    wanted.iter().try_for_each(|trigger| hq.script(trigger))?;
    let text = serde_json::to_string(key).unwrap_or_default();
    let sql = "UPDATE cdx_TRACKEDTABLE SET KEYCOLUMNS = ?2 WHERE TABLENAME = ?1 COLLATE NOCASE";
    hq.run(sql, [&table.name, &text])?;
    Ok(!same_key || standing.is_empty())
}

/// The triggers of ours that a table has: their names and statements.
fn standing_triggers(
    hq: &Headquarters,
    table: &Table,
) -> Result<Vec<(String, String)>, StoreError> {
    hq.rows(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'
         AND tbl_name = ?1 COLLATE NOCASE AND substr(name, 1, 7) = 'cdx_CT_'",
        [&table.name],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Makes a table's log again for other key columns; the last version of which something could not
/// be told by them, because the row is gone.
fn carry_over(
    hq: &HqTx<'_>,
    table: &Table,
    key: &[String],
    kept: &[String],
) -> Result<i64, StoreError> {
    let log = quoted(&tracking_table(&table.name));
    let (on, list) = (quoted(&table.name), column_list(key));
    hq.script(&format!(
        "CREATE TEMP TABLE cdx_CT_BEFORE AS SELECT * FROM main.{log}; DROP TABLE main.{log};"
    ))?;
    hq.script(&log_sql(table, key))?;
    let known: Vec<String> = kept.iter().filter(|c| table.column(c).is_some()).cloned().collect();
    let values: Vec<String> = key
        .iter()
        .map(|c| format!("{}.{}", if has(&known, c) { "o" } else { "t" }, quoted(c)))
        .collect();
    let all_known = key.iter().all(|column| has(&known, column));
    let found = same_key(&known, "t", "o");
    let (join, lost) = if all_known {
        (String::new(), None)
    } else if known.is_empty() {
        (String::new(), Some("true".to_owned()))
    } else {
        let missing = format!("NOT EXISTS (SELECT 1 FROM main.{on} t WHERE {found})");
        (format!(" JOIN main.{on} t ON {found}"), Some(missing))
    };
    let lost = match lost {
        Some(missing) => hq.number(
            &format!("SELECT max(VERSION) FROM temp.cdx_CT_BEFORE o WHERE {missing}"),
            [],
        )?,
        None => 0,
    };
    if !known.is_empty() {
        hq.script(&format!(
            "INSERT OR IGNORE INTO {log} (VERSION, {list}) SELECT o.VERSION, {} \
             FROM temp.cdx_CT_BEFORE o{join}",
            values.join(", ")
        ))?;
    }
    hq.script("DROP TABLE temp.cdx_CT_BEFORE")?;
    Ok(lost)
}

fn has(columns: &[String], wanted: &str) -> bool {
    columns.iter().any(|column| column.eq_ignore_ascii_case(wanted))
}

fn triggers(table: &Table, key: &[String], columns: Option<&[&str]>) -> Vec<String> {
    let name = tracking_table(&table.name);
    let on = quoted(&table.name);
    let of = columns.map_or_else(String::new, |columns| format!(" OF {}", column_list(columns)));
    let new = log_row(table, key, "NEW", "true");
    let old = log_row(table, key, "OLD", "true");
    let moved = log_row(table, key, "NEW", &moved(key));
    let mut made = vec![
        format!("CREATE TRIGGER \"{name}_INSERT\" AFTER INSERT ON {on} BEGIN {new} END"),
        format!(
            "CREATE TRIGGER \"{name}_UPDATE\" AFTER UPDATE{of} ON {on} BEGIN {old} {moved} END"
        ),
        format!("CREATE TRIGGER \"{name}_DELETE\" AFTER DELETE ON {on} BEGIN {old} END"),
    ];
    let same = |unique: &[String]| {
        unique.len() == key.len() && unique.iter().all(|column| has(key, column))
    };
    let whole = table.unique.iter().filter(|unique| !same(unique)).map(|unique| (unique, ""));
    // A unique index that is no key displaces rows too; more keys than needed do no harm.
    let half = table.half_unique.iter().map(|unique| (unique, " COLLATE NOCASE"));
    for (at, (unique, collate)) in whole.chain(half).enumerate() {
        let (displaces, displaced) = log_displaced(table, key, unique, collate);
        let of = column_list(unique);
        made.push(format!(
            "CREATE TRIGGER \"{name}_DISPLACED{at}\" BEFORE INSERT ON {on} WHEN {displaces} \
             BEGIN {displaced} END"
        ));
        made.push(format!(
            "CREATE TRIGGER \"{name}_MOVED{at}\" BEFORE UPDATE OF {of} ON {on} WHEN {displaces} \
             BEGIN {displaced} END"
        ));
    }
    made
}

/// Whether an update gave a row another key.
fn moved(key: &[String]) -> String {
    let differs = |column: &String| format!("NEW.{0} IS NOT OLD.{0}", quoted(column));
    key.iter().map(differs).collect::<Vec<_>>().join(" OR ")
}

/// Logs one row's key with the open version, unless it is there already, where a condition holds.
/// The log's columns are the version and the key, in this order.
fn log_row(table: &Table, key: &[String], row: &str, condition: &str) -> String {
    let log = quoted(&tracking_table(&table.name));
    let values = columns_of(row, key);
    format!(
        "INSERT INTO {log} SELECT VERSION, {values} FROM cdx_TRACKING WHERE {condition} \
         ON CONFLICT DO NOTHING;"
    )
}

/// Logs the key of the row that a new row with the same unique values would displace: when there is
/// one, and what logs it. Most rows displace none, and go no further than a look into the index.
fn log_displaced(
    table: &Table,
    key: &[String],
    unique: &[String],
    collate: &str,
) -> (String, String) {
    let log = quoted(&tracking_table(&table.name));
    let on = quoted(&table.name);
    let values = columns_of("t", key);
    let held = equal(unique.iter().map(|column| {
        let name = quoted(column);
        (format!("t.{name}"), format!("NEW.{name}{collate}"))
    }));
    (
        format!("EXISTS (SELECT 1 FROM {on} t WHERE {held})"),
        format!(
            "INSERT INTO {log} SELECT v.VERSION, {values} FROM cdx_TRACKING v, {on} t \
             WHERE {held} ON CONFLICT DO NOTHING;"
        ),
    )
}
