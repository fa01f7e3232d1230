//! Where every connection to SQLite is made.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

/// What stands for the path of a database in memory.
pub(super) const MEMORY: &str = ":memory:";

/// Opens a file; every connection to one is made here.
pub(super) fn open_file(path: impl AsRef<Path>, flags: OpenFlags) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(path, flags).and_then(exact)
}

/// Opens a database in memory; every such connection is made here.
pub(super) fn open_memory() -> rusqlite::Result<Connection> {
    Connection::open_in_memory().and_then(exact)
}

/// A misspelt column is an error, not a text.
fn exact(conn: Connection) -> rusqlite::Result<Connection> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    Ok(conn)
}

/// A path as an SQLite URI with a query.
pub(super) fn uri(path: &Path, query: &str) -> String {
    let text = path.display().to_string().replace('\\', "/");
    let mut encoded = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '%' => encoded.push_str("%25"),
            '?' => encoded.push_str("%3f"),
            '#' => encoded.push_str("%23"),
            _ => encoded.push(c),
        }
    }
    let slash = if encoded.starts_with('/') || !encoded.contains(':') { "" } else { "/" };
    format!("file:{slash}{encoded}?{query}")
}
