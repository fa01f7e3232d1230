//! Reads an environment's files as a person would who only wants to have seen them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use rusqlite::{Connection, OpenFlags};

fn files(env: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(env.join("channels")).expect("channels");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "db"));
    files.sort();
    files.push(env.join("hq.db"));
    files
}

fn open(path: &Path) -> Connection {
    let uri = format!("file:{}?immutable=1", path.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags).expect("a database")
}

fn tables(db: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    let mut statement = db.prepare(sql).expect("the schema");
    let names = statement.query_map([], |row| row.get(0)).expect("names");
    names.collect::<Result<_, _>>().expect("names")
}

/// Opens each file and reads the names of its tables; milliseconds.
pub fn schemas(env: &Path) -> f64 {
    timed(env, |path| {
        tables(&open(path));
    })
}

/// Reads every value of every row of each file once; milliseconds.
pub fn rows(env: &Path) -> f64 {
    timed(env, |path| {
        let db = open(path);
        for table in tables(&db) {
            let mut statement = db.prepare(&format!("SELECT * FROM \"{table}\"")).expect("a table");
            let columns = statement.column_count();
            let mut rows = statement.query([]).expect("rows");
            while let Some(row) = rows.next().expect("a row") {
                for at in 0..columns {
                    std::hint::black_box(row.get_ref(at).expect("a value"));
                }
            }
        }
    })
}

/// Does something to each file, on as many threads as there are cores.
fn timed(env: &Path, work: impl Fn(&Path) + Sync) -> f64 {
    let files = files(env);
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(4);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(path);
                }
            });
        }
    });
    begun.elapsed().as_secs_f64() * 1000.0
}
