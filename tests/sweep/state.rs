//! What an environment holds, to compare one life of it with another.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// Rows of the tables that people see, by file and table, without the numbers that differ from
/// one life to another: ids drawn from a sequence are not given out again after a failure.
pub type Rows = BTreeMap<String, Vec<String>>;

/// The database files, sorted, relative to the environment; what is none is left out.
fn databases(env: &Path) -> Vec<(String, PathBuf)> {
    let mut found = files_of(env);
    found.retain(|(_, path)| {
        let db = Connection::open(path).unwrap();
        db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).is_ok()
    });
    found
}

fn files_of(env: &Path) -> Vec<(String, PathBuf)> {
    files(env)
        .into_iter()
        .filter(|name| name == "hq.db" || name.starts_with("channels/"))
        .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "db"))
        .map(|name| (name.clone(), env.join(name)))
        .collect()
}

/// Every file below a folder, relative to it, sorted.
pub fn files(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{name}/"), found);
            } else {
                found.push(name);
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, "", &mut found);
    found.sort();
    found
}

fn tables(db: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut statement = db.prepare(sql).unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.collect::<Result<_, _>>().unwrap()
}

/// Everything that is stored, in one number.
pub fn fingerprint(env: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    files(env).hash(&mut hasher);
    for (_, path) in databases(env) {
        let db = Connection::open(&path).unwrap();
        for table in tables(&db) {
            table.hash(&mut hasher);
            let mut statement = db.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                for at in 0..columns {
                    match row.get_ref(at).unwrap() {
                        ValueRef::Null => 0_u8.hash(&mut hasher),
                        ValueRef::Integer(number) => number.hash(&mut hasher),
                        ValueRef::Real(number) => number.to_bits().hash(&mut hasher),
                        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.hash(&mut hasher),
                    }
                }
            }
        }
    }
    hasher.finish()
}

/// What SQLite finds wrong with the files.
pub fn damage(env: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for (name, path) in files_of(env) {
        let told = Connection::open(&path).and_then(|db| {
            db.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))
        });
        match told {
            Ok(told) if told == "ok" => {}
            told => found.push(format!("{name}: {told:?}")),
        }
    }
    found
}

/// The rows that people see.
pub fn rows(env: &Path) -> Rows {
    let mut all = Rows::new();
    for (name, path) in databases(env) {
        let db = Connection::open(&path).unwrap();
        for table in tables(&db).into_iter().filter(|table| is_seen(table)) {
            let mut statement = db.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
            let columns: Vec<bool> = statement.column_names().map(is_drawn_column).collect();
            let mut found = Vec::new();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let cells: Vec<String> = columns
                    .iter()
                    .enumerate()
                    .map(|(at, drawn)| cell(row.get_ref(at).unwrap(), *drawn))
                    .collect();
                found.push(cells.join(" "));
            }
            found.sort();
            all.insert(format!("{name} {table}"), found);
        }
    }
    all
}

/// Not the logs and numbers of runs, of which a repeated run makes more.
fn is_seen(table: &str) -> bool {
    const RUNS: &[&str] = &[
        "RETAILCDXDOWNLOADSESSION",
        "RETAILCDXDOWNLOADSESSIONDATASTORE",
        "RETAILCDXUPLOADSESSION",
        "RETAILCDXDATASYNCROWVERSION",
        "RETAILCDXDATASTOREHEARTBEATLOG",
        "sqlite_sequence",
    ];
    const OURS: &[&str] = &["cdx_CUSTOMERORDER", "cdx_LOYALTYCARD", "cdx_FACT"];
    let ours = OURS.contains(&table);
    ours || !(RUNS.contains(&table) || table.starts_with("cdx_") || table.starts_with("crt_"))
}

/// Whether a column holds ids, which come from a sequence, or counts the rows of a channel.
fn is_drawn_column(name: &str) -> bool {
    name.contains("RECID") || name.contains("COUNTER") || name == "cdx_SETBY"
}

fn cell(value: ValueRef<'_>, drawn: bool) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) if number > 999 || drawn => "#".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            if drawn || is_drawn(&text) { "#".to_owned() } else { format!("{text:?}") }
        }
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// Accounts, GUIDs, the numbers of parties and locations, and what begins with one of them or ends in a
/// counter. A number that was taken before a command ended is not given out again.
fn is_drawn(text: &str) -> bool {
    let numbered = text.strip_prefix(['C', 'L']).is_some_and(|number| {
        number.len() >= 8 && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let account = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let guid = text.len() >= 36 && text.as_bytes()[8] == b'-' && text.as_bytes()[13] == b'-';
    let counter = text.rsplit('-').next().is_some_and(|end| {
        end.len() == 6 && end.len() < text.len() && end.bytes().all(|byte| byte.is_ascii_digit())
    });
    account || guid || counter || numbered
}

/// The first rows that one side has and the other has not.
pub fn difference(found: &Rows, expected: &Rows) -> Option<String> {
    for (table, rows) in expected {
        let Some(other) = found.get(table) else { return Some(format!("{table} is missing")) };
        if other != rows {
            let more = other.iter().find(|row| count(other, row) > count(rows, row));
            let less = rows.iter().find(|row| count(rows, row) > count(other, row));
            return Some(format!(
                "{table}: {} rows, expected {}\n  more: {more:?}\n  less: {less:?}",
                other.len(),
                rows.len()
            ));
        }
    }
    found.keys().find(|table| !expected.contains_key(*table)).map(|table| format!("{table} is new"))
}

fn count(rows: &[String], row: &str) -> usize {
    rows.iter().filter(|other| *other == row).count()
}

/// The rows of headquarters alone.
pub fn headquarters(rows: &Rows) -> Rows {
    let own = rows.iter().filter(|(table, _)| table.starts_with("hq.db"));
    own.map(|(table, rows)| (table.clone(), rows.clone())).collect()
}
