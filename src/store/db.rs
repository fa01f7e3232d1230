//! The one door through which every database is opened, and the two ways to use it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Params, Row};

use super::column::unread;
use super::commit;
use super::error::StoreError;
use super::examine::{SettledCopy, only_files, settle, throwaway};
use super::numbers::Numbers;
use super::schema::{self, Kind};
use super::trouble::{not_made, sqlite};
use crate::world::machine::{self, Durability, Machine};

/// The page cache of a connection that is not told otherwise, in KiB.
pub const DEFAULT_CACHE_KIB: u32 = 16 * 1024;

/// What stands for the path of a database in memory.
pub(super) const MEMORY: &str = ":memory:";

/// Prepared statements a connection keeps; the customer batch uses some forty in turn.
const STATEMENTS: usize = 128;

/// What a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Make a new file; it must not exist.
    Create,
    /// Read and write an existing file, migrating it when it is older.
    Write,
    /// Read only; never waits for a writer.
    Read,
    /// Read only, and leaves every file as it is: no lock, no log, no shared memory beside it.
    /// Whoever uses it looks afterwards whether somebody wrote meanwhile.
    Examine,
}

/// An open database.
#[derive(Debug)]
pub struct Db {
    conn: Connection,
    path: PathBuf,
    /// The copy that is read instead of a file with a log, kept as long as it is read.
    copy: Option<SettledCopy>,
    /// The numbers that must not be given out twice, and whose they are here; only of writers.
    numbers: Option<(Arc<Numbers>, String)>,
}

impl Db {
    /// Opens a database of a kind: pragmas, identity, version, migration in one transaction.
    ///
    /// # Errors
    /// A missing file, one that is no database of this kind, one that is newer or damaged.
    pub fn open(path: &Path, kind: Kind, access: Access) -> Result<Self, StoreError> {
        Self::open_with_cache(path, kind, access, DEFAULT_CACHE_KIB)
    }

    /// [`Db::open`] with a page cache of this many KiB.
    pub fn open_with_cache(
        path: &Path,
        kind: Kind,
        access: Access,
        cache_kib: u32,
    ) -> Result<Self, StoreError> {
        // A link that leads nowhere is in the way of a new file too.
        let there = path.exists() || access == Access::Create && path.is_symlink();
        match (access, there) {
            (Access::Create, true) => {
                let path = path.display().to_string();
                return Err(StoreError::Exists { path, what: "a file" });
            }
            (Access::Write | Access::Read | Access::Examine, false) => {
                return Err(StoreError::Missing { path: path.display().to_string() });
            }
            _ => {}
        }
        only_files(path)?;
        let (conn, copy) = match access {
            Access::Create | Access::Write => (connect(path, access)?, None),
            Access::Read => reading(path)?,
            Access::Examine => examining(path)?,
        };
        let db = Self { conn, path: path.to_path_buf(), copy, numbers: None };
        db.prepare(access, cache_kib)?;
        schema::check(&db, kind, access)?;
        Ok(db)
    }

    /// A copy of a database that is thrown away when it is closed, opened for writing: what is done
    /// to it is done to nothing. Errors name the file itself.
    ///
    /// # Errors
    /// Those of [`Db::open`], or no room for the copy.
    pub fn rehearse(path: &Path, kind: Kind) -> Result<Self, StoreError> {
        if !path.is_file() {
            return Self::open(path, kind, Access::Examine);
        }
        let copy = throwaway(path)?;
        let conn = connect(&copy.path, Access::Write)?;
        let db = Self { conn, path: path.to_path_buf(), copy: Some(copy), numbers: None };
        db.prepare(Access::Write, DEFAULT_CACHE_KIB)?;
        // Nobody waits for what is thrown away.
        db.script("PRAGMA synchronous = OFF")?;
        schema::check(&db, kind, Access::Write)?;
        Ok(db)
    }

    /// The file that is really open, which another connection may attach.
    pub fn at(&self) -> &Path {
        self.copy.as_ref().map_or(self.path.as_path(), |copy| copy.path.as_path())
    }

    /// A database of any version, opened to be read and left as it is.
    pub(in crate::store) fn peek(path: &Path) -> Result<Self, StoreError> {
        only_files(path)?;
        let (conn, copy) = examining(path)?;
        let db = Self { conn, path: path.to_path_buf(), copy, numbers: None };
        db.prepare(Access::Examine, DEFAULT_CACHE_KIB)?;
        Ok(db)
    }

    /// A database of a kind in memory, for reading its schema.
    pub fn in_memory(kind: Kind) -> Result<Self, StoreError> {
        let path = PathBuf::from(MEMORY);
        let conn = open_memory().map_err(|e| sqlite(&path, "open", e))?;
        let db = Self { conn, path, copy: None, numbers: None };
        schema::check(&db, kind, Access::Create)?;
        Ok(db)
    }

    /// A connection of our own to a database in memory, without a schema.
    pub(in crate::store) fn scratch(conn: Connection) -> Self {
        Self { conn, path: PathBuf::from(MEMORY), copy: None, numbers: None }
    }

    fn prepare(&self, access: Access, cache_kib: u32) -> Result<(), StoreError> {
        self.conn.set_prepared_statement_cache_capacity(STATEMENTS);
        self.script(&format!(
            "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = OFF;
             PRAGMA trusted_schema = OFF; PRAGMA cache_size = -{cache_kib};
             PRAGMA temp_store = FILE;"
        ))?;
        if matches!(access, Access::Read | Access::Examine) {
            return self.script("PRAGMA query_only = ON;");
        }
        self.script(&format!("PRAGMA journal_mode = WAL; {};", synchronous()))
    }

    /// Lets this database's sequences go on above what was ever given out; those of a channel have
    /// its name before theirs.
    pub(in crate::store) fn set_numbers(&mut self, numbers: Arc<Numbers>, scope: &str) {
        self.numbers = Some((numbers, scope.to_owned()));
    }

    /// The world's numbers, where this is a writer's database.
    pub(in crate::store) fn numbers(&self) -> Option<&Numbers> {
        self.numbers.as_ref().map(|(numbers, _)| &**numbers)
    }

    /// A sequence of this database as the world's own file calls it.
    pub(in crate::store) fn scoped(&self, sequence: &str) -> String {
        match &self.numbers {
            Some((_, scope)) if !scope.is_empty() => format!("{scope}/{sequence}"),
            _ => sequence.to_owned(),
        }
    }

    /// Writes the world's numbers that the open transaction has used.
    fn keep_numbers(&self) -> Result<(), StoreError> {
        self.numbers().map_or(Ok(()), Numbers::keep)
    }

    /// Whether a transaction is open.
    pub(super) fn is_inside(&self) -> bool {
        !self.conn.is_autocommit()
    }

    /// Whether it is in memory.
    pub(in crate::store) fn is_in_memory(&self) -> bool {
        self.path == Path::new(MEMORY)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file as another connection attaches it to read it without touching anything.
    pub(in crate::store) fn source(&self) -> String {
        uri(self.at(), "mode=ro&immutable=1")
    }

    /// Does everything in one BEGIN IMMEDIATE transaction, or nothing.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transaction("BEGIN IMMEDIATE", work)
    }

    /// Reads everything from one snapshot.
    pub(in crate::store) fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transaction("BEGIN", work)
    }

    fn transaction<T, E: From<StoreError>>(
        &self,
        begin: &str,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.is_inside() {
            return work(self);
        }
        self.script(begin)?;
        match work(self) {
            Ok(value) => {
                if let Err(error) = self.keep_numbers() {
                    self.roll_back();
                    return Err(error.into());
                }
                if let Err(error) = self.script("COMMIT") {
                    self.roll_back();
                    return Err(commit::failed(self, error).into());
                }
                Ok(value)
            }
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    /// Undoes what was begun. What is told is what went wrong first: after a full disk SQLite may
    /// have rolled back by itself, and a package without a journal, which is thrown away, cannot
    /// be rolled back and would be called a damaged database here.
    fn roll_back(&self) {
        if let Some(numbers) = self.numbers() {
            numbers.undo();
        }
        self.undo();
    }

    /// Leaves an open transaction.
    pub(super) fn undo(&self) {
        if !self.conn.is_autocommit() {
            let _thrown_away = self.script("ROLLBACK");
        }
    }

    /// Keeps no journal on the disk for a bulk load into a file that is thrown away when it fails,
    /// and goes back to the write-ahead log after it.
    pub(in crate::store) fn bulk(&self, on: bool) -> Result<(), StoreError> {
        self.checkpoint()?;
        let modes = if on {
            ["PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF"]
        } else {
            [synchronous(), "PRAGMA journal_mode = WAL"]
        };
        modes.iter().try_for_each(|sql| self.rows(sql, [], |_| Ok(())).map(|_| ()))
    }

    /// Keeps what statements need to undo themselves in memory, for many small statements; off
    /// for large sorts, which would otherwise need as much memory as they sort.
    pub fn scratch_in_memory(&self, on: bool) -> Result<(), StoreError> {
        self.script(&format!("PRAGMA temp_store = {}", if on { "MEMORY" } else { "FILE" }))
    }

    /// Gives back the memory of the page cache.
    pub fn shrink(&self) -> Result<(), StoreError> {
        self.script("PRAGMA shrink_memory")
    }

    /// Moves the write-ahead log into the file, so that one file is the whole database.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map(|_| ())
    }

    /// Runs statements that return nothing.
    pub(in crate::store) fn script(&self, sql: &str) -> Result<(), StoreError> {
        self.conn.execute_batch(sql).map_err(|e| self.error(sql, e))
    }

    /// Runs one statement; the number of rows it changed.
    pub(in crate::store) fn run(&self, sql: &str, params: impl Params) -> Result<u64, StoreError> {
        let mut statement = self.conn.prepare_cached(sql).map_err(|e| self.error(sql, e))?;
        statement.execute(params).map(|n| n as u64).map_err(|e| self.error(sql, e))
    }

    /// Every row of a query.
    pub(in crate::store) fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql).map_err(|e| self.error(sql, e))?;
        let rows = statement.query_map(params, read).map_err(|e| self.error(sql, e))?;
        rows.collect::<Result<_, _>>().map_err(|e| unread(self, sql, &statement, e))
    }

    /// The first row of a query, if there is one.
    pub(in crate::store) fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, params, read)?.into_iter().next())
    }

    /// The number a query answers with; 0 when it answers nothing.
    pub(in crate::store) fn number(
        &self,
        sql: &str,
        params: impl Params,
    ) -> Result<i64, StoreError> {
        Ok(self.first(sql, params, |row| row.get::<_, Option<i64>>(0))?.flatten().unwrap_or(0))
    }

    /// The text a query answers with.
    pub(in crate::store) fn text(
        &self,
        sql: &str,
        params: impl Params,
    ) -> Result<Option<String>, StoreError> {
        Ok(self.first(sql, params, |row| row.get::<_, Option<String>>(0))?.flatten())
    }

    /// The row id of the last insert on this connection.
    pub(in crate::store) fn last_id(&self) -> i64 {
        self.conn.last_insert_rowid()
    }

    /// The connection itself, for bulk work that needs prepared statements or hooks.
    pub(in crate::store) fn conn(&self) -> &Connection {
        &self.conn
    }

    /// The connection itself, to set hooks and limits on it.
    pub(in crate::store) fn conn_mut(&mut self) -> &mut Connection {
        &mut self.conn
    }

    /// The collation that a column of a table compares by.
    pub(in crate::store) fn collation(
        &self,
        schema: &str,
        table: &str,
        column: &str,
    ) -> Result<String, StoreError> {
        let found = self.conn.column_metadata(Some(schema), table, column);
        let (_, collation, ..) = found.map_err(|e| self.error(table, e))?;
        let collation = collation.map(|name| name.to_string_lossy().to_ascii_uppercase());
        Ok(collation.unwrap_or_default())
    }

    /// SQLite's answer to a statement as an error of ours.
    pub(in crate::store) fn error(&self, sql: &str, error: rusqlite::Error) -> StoreError {
        sqlite(&self.path, sql, error)
    }

    /// A stored value that is not understood.
    pub(in crate::store) fn unreadable(
        &self,
        what: impl ToString,
        value: impl ToString,
    ) -> StoreError {
        let path = self.path.display().to_string();
        StoreError::Unreadable { path, what: what.to_string(), value: value.to_string() }
    }
}

impl Drop for Db {
    /// A command that ends without coming to its end leaves the log as a process does that is
    /// taken away: closing the last connection would move it into the file.
    fn drop(&mut self) {
        if machine::is_ending() {
            let _left = self.conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        }
    }
}

/// How long a commit waits for the disk.
fn synchronous() -> &'static str {
    match Machine::current().durability() {
        Durability::Synced => "PRAGMA synchronous = FULL",
        Durability::Unsynced => "PRAGMA synchronous = OFF",
    }
}

/// Opens a file; every connection to one is made here.
pub(in crate::store) fn open_file(
    path: impl AsRef<Path>,
    flags: OpenFlags,
) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(path, flags).and_then(exact)
}

/// Opens a database in memory; every such connection is made here.
pub(in crate::store) fn open_memory() -> rusqlite::Result<Connection> {
    Connection::open_in_memory().and_then(exact)
}

/// A misspelt column is an error, not a text.
fn exact(conn: Connection) -> rusqlite::Result<Connection> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    Ok(conn)
}

fn connect(path: &Path, access: Access) -> Result<Connection, StoreError> {
    let error = |e| sqlite(path, "open", e);
    let shared = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    match access {
        // A writer attaches packages that do not exist yet, so it may create files; that the
        // database itself exists has been looked at before.
        Access::Create | Access::Write => {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | shared;
            let new = access == Access::Create;
            open_file(path, flags).map_err(|e| if new { not_made(path, e) } else { error(e) })
        }
        Access::Read => open_file(path, OpenFlags::SQLITE_OPEN_READ_ONLY | shared).map_err(error),
        Access::Examine => {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | shared;
            open_file(uri(path, "immutable=1"), flags).map_err(error)
        }
    }
}

/// A reader; where it may write nothing beside the file, or there is no room for it, one that
/// leaves everything as it is.
fn reading(path: &Path) -> Result<(Connection, Option<SettledCopy>), StoreError> {
    let conn = connect(path, Access::Read)?;
    if readable(&conn) { Ok((conn, None)) } else { examining(path) }
}

/// A reader of a file that cannot change: the file itself, or a copy where it has a log.
fn examining(path: &Path) -> Result<(Connection, Option<SettledCopy>), StoreError> {
    let copy = settle(path)?;
    let read = copy.as_ref().map_or(path, |copy| copy.path.as_path());
    Ok((connect(read, Access::Examine)?, copy))
}

fn readable(conn: &Connection) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, DiskFull, ReadOnly, SystemIoFailure};
    let read = conn.query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |_| Ok(()));
    !matches!(
        read.map_err(|e| e.sqlite_error_code()),
        Err(Some(CannotOpen | ReadOnly | DiskFull | SystemIoFailure))
    )
}

/// A path as an SQLite URI with a query.
pub(in crate::store) fn uri(path: &Path, query: &str) -> String {
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

/// A name as an SQL identifier.
pub(in crate::store) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
