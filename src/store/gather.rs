//! Makes the world's own file again where it is missing, from the highest numbers that any database
//! holds (U10). Databases of any version are read, and those that cannot be read hold nothing.

use std::path::Path;

use super::db::Db;
use super::error::StoreError;
use super::hq_customers::CUSTOMER_TABLES;
use super::input::names;
use super::lineage::{MARK, answer};
use super::numbers::Numbers;
use super::origins::SEQUENCE as ORIGIN;
use super::side::Headquarters;

/// What is asked of headquarters and of each channel, and the sequence that it is of.
const ASKED: &[(&str, &str)] = &[
    (MARK, "SELECT max(max(MARK), coalesce(max(PENDING), 0)) FROM cdx_PARTNER"),
    (
        ORIGIN,
        "SELECT max(CAST(substr(ORIGIN, 2) AS INTEGER)) FROM cdx_RECEIVED
         WHERE ORIGIN >= '#' AND ORIGIN < '$'",
    ),
    (
        ORIGIN,
        "SELECT max(CAST(substr(ORIGIN, 2) AS INTEGER)) FROM cdx_ORIGIN
         WHERE ORIGIN >= '#' AND ORIGIN < '$'",
    ),
    ("account", "SELECT max(CAST(ACCOUNTNUM AS INTEGER)) FROM ax_CUSTTABLE"),
    ("download-session", "SELECT max(ID) FROM crt_DOWNLOADSESSION"),
    ("upload-session", "SELECT max(AXUPLOADSESSIONID) FROM crt_UPLOADSESSION"),
];

/// The highest numbers that the databases of the environment in a folder hold.
///
/// # Errors
/// The folder of the channels.
pub(super) fn numbers(root: &Path, hq: &Headquarters) -> Result<Numbers, StoreError> {
    let numbers = Numbers::none(root);
    look(&numbers, hq, "");
    let folder = root.join("channels");
    for name in names(&folder)? {
        // A file that was set aside belongs to the database it was set aside for.
        let Some((scope, rest)) = name.split_once(".db") else { continue };
        let path = folder.join(&name);
        if path.is_file() && !rest.contains("-wal") && !rest.contains("-shm") {
            // One that cannot be read holds nothing.
            if let Ok(db) = Db::peek(&path) {
                look(&numbers, &db, scope);
            }
        }
    }
    Ok(numbers)
}

fn look(numbers: &Numbers, db: &Db, scope: &str) {
    for (sequence, sql) in ASKED {
        numbers.note(sequence, answer(db, sql).unwrap_or(0));
    }
    for table in CUSTOMER_TABLES {
        let own = answer(db, &format!("SELECT max(RECID) FROM {table}"));
        let brought = answer(db, &format!("SELECT max(RECID) FROM ax_{table}"));
        numbers.note(&format!("recid {table}"), own.max(brought).unwrap_or(0));
    }
    let scoped = |name: &str| {
        if scope.is_empty() { name.to_owned() } else { format!("{scope}/{name}") }
    };
    let named = |sql: &str| {
        db.rows(sql, [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))
            .unwrap_or_default()
    };
    for (name, highest) in named("SELECT NAME, NEXT - 1 FROM cdx_SEQUENCE") {
        numbers.note(&scoped(&name), highest);
    }
    if !scope.is_empty() {
        for (table, highest) in named("SELECT name, seq FROM sqlite_sequence") {
            numbers.note(&scoped(&format!("counter {table}")), highest);
        }
    }
}
