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

/// A misspelt column is an error, not a text. A statement's plan hangs on its text alone: otherwise
/// some are prepared again each time that other values are bound to them.
fn exact(conn: Connection) -> rusqlite::Result<Connection> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
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
    // What stands behind two slashes is the name of a machine to SQLite, which knows its own
    // alone; a share of Windows is behind four.
    let slash = match encoded.as_bytes() {
        [b'/', b'/', ..] => "//",
        [b'/', ..] => "",
        _ if encoded.contains(':') => "/",
        _ => "",
    };
    format!("file:{slash}{encoded}?{query}")
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn other_values_are_bound_to_the_same_plan() {
        let conn = open_memory().unwrap();
        conn.execute_batch("CREATE TABLE t (a, b); CREATE INDEX i ON t (a) WHERE b = 1").unwrap();
        let mut statement = conn.prepare("SELECT a FROM t WHERE b = ?1 AND a > ?2").unwrap();
        for (b, a) in [(1, 1), (2, 1), (1, 2)] {
            assert!(!statement.exists([b, a]).unwrap());
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }

    /// What a statement would undo goes from memory into a file once it is large. However SQLite is
    /// built, 12 MB of it are taken, and undone.
    #[test]
    fn a_statement_that_changed_many_pages_is_undone() {
        let folder = tempfile::tempdir().unwrap();
        let conn = open_file(folder.path().join("a.db"), OpenFlags::default()).unwrap();
        conn.execute_batch(
            "CREATE TABLE t (a INTEGER PRIMARY KEY, b UNIQUE, c);
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO t SELECT i, i, zeroblob(3000) FROM n;
             BEGIN",
        )
        .unwrap();
        let last_is_refused = "UPDATE t SET c = zeroblob(3001), b = iif(a = 3000, 2, b)";
        let told = conn.execute(last_is_refused, []).unwrap_err().sqlite_error_code();
        assert_eq!(told, Some(rusqlite::ErrorCode::ConstraintViolation));
        let count = "SELECT count(*) FROM t WHERE length(c) = 3000 AND a = b";
        assert_eq!(conn.query_row(count, [], |row| row.get(0)), Ok(3000));
    }

    #[test]
    fn a_path_of_windows_is_an_address_of_sqlites() {
        for (path, expected) in [
            ("packages/a.pkg", "file:packages/a.pkg?mode=ro"),
            ("/tmp/a b/100%#1?.db", "file:/tmp/a b/100%25%231%3f.db?mode=ro"),
            ("C:\\stores\\hq.db", "file:/C:/stores/hq.db?mode=ro"),
            ("\\\\server\\share\\hq.db", "file:////server/share/hq.db?mode=ro"),
        ] {
            assert_eq!(uri(Path::new(path), "mode=ro"), expected);
        }
    }
}
