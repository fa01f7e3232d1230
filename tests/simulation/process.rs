//! A command in this process does what a process of its own does, a crash included.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use super::program::{Done, copy, run};

/// Every way that the same commands are carried out in.
const WAYS: [fn(&Path, &[&str]) -> Done; 2] = [run, run_outside];

fn run_outside(folder: &Path, args: &[&str]) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cdx"));
    let ended = command.env_clear().current_dir(folder).args(args).output().unwrap();
    Done {
        code: u8::try_from(ended.status.code().unwrap()).unwrap(),
        out: String::from_utf8(ended.stdout).unwrap(),
        err: String::from_utf8(ended.stderr).unwrap(),
    }
}

/// Every row of every table of a file, the log beside it included.
fn rows(file: &Path) -> BTreeMap<String, Vec<Vec<Value>>> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut tables = db.prepare(tables).unwrap();
    let names: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let read = |name: &String| {
        let mut query = db.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
        let width = query.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..width).map(|at| row.get(at)).collect();
        query.query_map([], row).unwrap().map(Result::unwrap).collect()
    };
    names.iter().map(|name| (name.clone(), read(name))).collect()
}

fn databases(folder: &Path) -> BTreeMap<String, BTreeMap<String, Vec<Vec<Value>>>> {
    let mut found = BTreeMap::from([("hq.db".to_owned(), rows(&folder.join("hq.db")))]);
    for entry in fs::read_dir(folder.join("channels")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "db") {
            found.insert(path.file_name().unwrap().to_string_lossy().into_owned(), rows(&path));
        }
    }
    found
}

/// A small environment that headquarters has a change for; made once, copied.
fn environment() -> TempDir {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let dir = TempDir::new().unwrap();
        for command in ["init . --customers 3", "customers create --first-name C --last-name D"] {
            let words: Vec<&str> = command.split_whitespace().collect();
            assert_eq!(run(dir.path(), &words).code, 0, "{command}");
        }
        dir
    });
    let dir = TempDir::new().unwrap();
    copy(made.path(), dir.path());
    dir
}

/// Carries out the commands both ways: the same words, the same codes, the same rows.
fn compare(commands: &[&str]) {
    let mut ended = Vec::new();
    for way in WAYS {
        let dir = environment();
        let said: Vec<Done> = commands
            .iter()
            .map(|command| way(dir.path(), &command.split_whitespace().collect::<Vec<_>>()))
            .collect();
        let log = dir.path().join("hq.db-wal");
        let left = fs::metadata(log).map_or(0, |log| log.len());
        ended.push((said, left, databases(dir.path())));
    }
    for (inside, outside) in ended[0].0.iter().zip(&ended[1].0) {
        assert_eq!(inside, outside);
    }
    assert_eq!(ended[0].1, ended[1].1, "the log that is left");
    for (file, tables) in &ended[0].2 {
        for (table, rows) in tables {
            assert_eq!(rows, &ended[1].2[file][table], "{file} {table}");
        }
    }
}

#[test]
fn a_command_in_this_process_is_one_of_its_own() {
    compare(&[
        "pos create-customer --channel houston --first-name Ada --last-name Byron",
        "pos create-customer --channel houston --offline --first-name Al --last-name Mathison",
        "pos reconnect --channel houston",
        "run P sync-customers 1010",
        "features enable async-customer-editing",
        "customers list --format json",
        "run 9999",
        "doctor",
        "doctor --fix",
        "--help",
    ]);
}

#[test]
fn a_crash_in_this_process_is_one_of_its_own() {
    for crashed in [
        "run 1010 --fault crash=pack.after-start",
        // Of one database: what the others come to while one ends is the machine's to say.
        "run 1010 --channel seattle --fault crash=apply.before-commit:seattle",
        "run 1010 --fault crash=apply.after-outcome",
        "pos create-customer --channel houston --first-name A --last-name B \
         --fault crash=rts.before-commit",
        "channels rebuild houston --fault crash=rebuild.after-aside",
    ] {
        compare(&[crashed]);
        compare(&[crashed, "run 1010", "doctor"]);
    }
}
