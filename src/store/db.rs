//! An open database: its statements and its transactions.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, Params, Row, Statement, ToSql};
use serde::de::DeserializeOwned;

use super::column::UnknownValue;
use super::commit;
use super::connection::MEMORY;
use super::error::StoreError;
use super::examine::SettledCopy;
use super::numbers::Numbers;
use super::trouble::sqlite;
use crate::world::machine::{self, Durability, Machine};

/// How what is not committed yet is kept apart.
#[derive(Debug, Clone, Copy)]
pub(super) enum Journal {
    /// In a log, from which it comes into the file later.
    Log,
    /// In the file; what stood there before is kept beside it until the commit.
    RollBack,
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
    /// The last number of headquarters' log, as far as it was known when the file was looked at.
    position: Cell<i64>,
}

impl Db {
    /// A connection to a file, or to the copy that is read instead of it.
    pub(super) fn new(conn: Connection, path: &Path, copy: Option<SettledCopy>) -> Self {
        Self { conn, path: path.to_path_buf(), copy, numbers: None, position: Cell::new(0) }
    }

    /// A connection of our own to a database in memory, without a schema.
    pub(super) fn scratch(conn: Connection) -> Self {
        Self::new(conn, Path::new(MEMORY), None)
    }

    /// The file that is really open, which another connection may attach.
    pub(crate) fn at(&self) -> &Path {
        self.copy.as_ref().map_or(self.path.as_path(), |copy| copy.path.as_path())
    }

    /// Lets this database's sequences go on above what was ever given out; those of a channel have
    /// its name before theirs.
    pub(super) fn set_numbers(&mut self, numbers: Arc<Numbers>, scope: &str) {
        self.numbers = Some((numbers, scope.to_owned()));
    }

    /// Lets entries of this database's log stand behind a number of headquarters'.
    pub(super) fn set_position(&self, position: i64) {
        self.position.set(position);
    }

    /// The last number of headquarters' log, as far as it was known at the opening.
    pub(super) fn position(&self) -> i64 {
        self.position.get()
    }

    /// The world's numbers, where this is a writer's database.
    pub(super) fn numbers(&self) -> Option<&Numbers> {
        self.numbers.as_ref().map(|(numbers, _)| &**numbers)
    }

    /// A sequence of this database as the world's own file calls it.
    pub(super) fn scoped(&self, sequence: &str) -> String {
        match &self.numbers {
            Some((_, scope)) if !scope.is_empty() => format!("{scope}/{sequence}"),
            _ => sequence.to_owned(),
        }
    }

    /// Writes the world's numbers that the open transaction has used.
    fn keep_numbers(&self) -> Result<(), StoreError> {
        self.numbers().map_or(Ok(()), Numbers::keep)
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Does everything in one BEGIN IMMEDIATE transaction, or nothing. SQLite refuses one inside
    /// another.
    pub(super) fn immediate<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.transaction("BEGIN IMMEDIATE", work)
    }

    /// Reads everything from one snapshot.
    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.transaction("BEGIN", work)
    }

    fn transaction<T, E: From<StoreError>>(
        &self,
        begin: &str,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.script(begin)?;
        match work() {
            Ok(value) => Ok(self.commit().map(|()| value)?),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    /// Commits what was begun, or undoes it.
    pub(super) fn commit(&self) -> Result<(), StoreError> {
        if let Err(error) = self.keep_numbers() {
            self.roll_back();
            return Err(error);
        }
        if let Err(error) = self.script("COMMIT") {
            self.roll_back();
            return Err(commit::failed(&self.conn, self.at(), &self.path, error));
        }
        Ok(())
    }

    /// Undoes what was begun. What is told is what went wrong first: after a full disk SQLite may
    /// have rolled back by itself, and a package without a journal, which is thrown away, cannot
    /// be rolled back and would be called a damaged database here.
    pub(super) fn roll_back(&self) {
        if let Some(numbers) = self.numbers() {
            numbers.undo();
        }
        if !self.conn.is_autocommit() {
            let _thrown_away = self.script("ROLLBACK");
        }
    }

    /// Changes how a file is written to. SQLite does not while somebody else reads it: it stays as
    /// it is then, and is written to in that way.
    pub(super) fn write_by(&self, journal: Journal) -> Result<(), StoreError> {
        let mode = match journal {
            Journal::Log => "PRAGMA main.journal_mode = WAL",
            Journal::RollBack => "PRAGMA main.journal_mode = DELETE",
        };
        match self.rows(mode, [], |_| Ok(())) {
            Ok(_) | Err(StoreError::Locked { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Keeps no journal on the disk for a bulk load into a file that is thrown away when it fails,
    /// and goes back to the write-ahead log after it.
    pub(super) fn bulk(&self, on: bool) -> Result<(), StoreError> {
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
    pub(crate) fn scratch_in_memory(&self, on: bool) -> Result<(), StoreError> {
        self.script(&format!("PRAGMA temp_store = {}", if on { "MEMORY" } else { "FILE" }))
    }

    /// Does something with a page cache of so many KiB: a page that is pushed out of it goes
    /// into the log, each time that it was changed.
    pub(super) fn with_cache<T, E: From<StoreError>>(
        &self,
        kib: u32,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let usual = self.number("PRAGMA main.cache_size", [])?;
        self.script(&format!("PRAGMA main.cache_size = -{kib}"))?;
        let done = work();
        let back = self.script(&format!("PRAGMA main.cache_size = {usual}"));
        let done = done?;
        back?;
        Ok(done)
    }

    /// Gives back the memory of the page cache.
    pub(crate) fn shrink(&self) -> Result<(), StoreError> {
        self.script("PRAGMA shrink_memory")
    }

    /// Moves the write-ahead log into the file, so that one file is the whole database.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map(|_| ())
    }

    /// Runs statements that return nothing.
    pub(super) fn script(&self, sql: &str) -> Result<(), StoreError> {
        self.conn.execute_batch(sql).map_err(|e| self.error(sql, e))
    }

    /// Runs one statement; the number of rows it changed.
    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<u64, StoreError> {
        let mut statement = self.conn.prepare_cached(sql).map_err(|e| self.error(sql, e))?;
        statement.execute(params).map(|n| n as u64).map_err(|e| self.error(sql, e))
    }

    /// Runs one statement, however many rows it changes.
    pub(super) fn execute(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        self.run(sql, params).map(|_| ())
    }

    /// Every row of a query.
    pub(super) fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql).map_err(|e| self.error(sql, e))?;
        let rows = statement.query_map(params, read).map_err(|e| self.error(sql, e))?;
        rows.collect::<Result<_, _>>().map_err(|e| self.unread(sql, &statement, e))
    }

    /// The first row of a query, if there is one.
    pub(super) fn first<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, params, read)?.into_iter().next())
    }

    /// The values for which a query answers nothing.
    pub(super) fn without<V: ToSql>(
        &self,
        sql: &str,
        values: impl Iterator<Item = V>,
    ) -> Result<Vec<V>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql).map_err(|e| self.error(sql, e))?;
        let mut found = Vec::new();
        for value in values {
            if !statement.exists([&value]).map_err(|e| self.error(sql, e))? {
                found.push(value);
            }
        }
        Ok(found)
    }

    /// The number a query answers with; 0 when it answers nothing.
    pub(super) fn number(&self, sql: &str, params: impl Params) -> Result<i64, StoreError> {
        Ok(self.first(sql, params, |row| row.get::<_, Option<i64>>(0))?.flatten().unwrap_or(0))
    }

    /// The text a query answers with.
    pub(super) fn text(
        &self,
        sql: &str,
        params: impl Params,
    ) -> Result<Option<String>, StoreError> {
        Ok(self.first(sql, params, |row| row.get::<_, Option<String>>(0))?.flatten())
    }

    /// The row id of the last insert on this connection.
    pub(super) fn last_id(&self) -> i64 {
        self.conn.last_insert_rowid()
    }

    /// The connection itself, for bulk work that needs prepared statements or hooks.
    pub(super) fn conn(&self) -> &Connection {
        &self.conn
    }

    /// The declared type of a column, names in any case; none where there is no such column.
    pub(super) fn declared(&self, table: &str, column: &str) -> Result<Option<String>, StoreError> {
        match self.conn.column_metadata(Some("main"), table, column) {
            Ok((declared, ..)) => Ok(declared.map(|text| text.to_string_lossy().into_owned())),
            Err(e) if e.sqlite_error_code() == Some(ErrorCode::Unknown) => Ok(None),
            Err(e) => Err(self.error(table, e)),
        }
    }

    /// The collation that a column of a table compares by.
    pub(super) fn collation(
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
    pub(super) fn error(&self, sql: &str, error: rusqlite::Error) -> StoreError {
        sqlite(&self.path, sql, error)
    }

    /// Why a row could not be read: a value that its type does not have, with its place, or else
    /// what SQLite says.
    fn unread(&self, sql: &str, statement: &Statement<'_>, error: rusqlite::Error) -> StoreError {
        let rusqlite::Error::FromSqlConversionFailure(at, _, source) = &error else {
            return self.error(sql, error);
        };
        let Some(UnknownValue { what, value }) = source.downcast_ref() else {
            return self.error(sql, error);
        };
        let column = statement.column_name(*at).unwrap_or("?");
        let mut words = sql.split(|c: char| !c.is_alphanumeric() && c != '_');
        let table =
            words.find(|word| self.conn.column_metadata(None::<&str>, *word, column).is_ok());
        let place = table.map_or_else(|| column.to_owned(), |table| format!("{table}.{column}"));
        self.unreadable(format!("{what} in {place}"), value)
    }

    /// What a stored text in JSON says.
    pub(super) fn json<T: DeserializeOwned>(
        &self,
        what: &str,
        text: &str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|_| self.unreadable(what, text))
    }

    /// A stored value that is not understood.
    pub(super) fn unreadable(&self, what: impl ToString, value: impl ToString) -> StoreError {
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
pub(super) fn synchronous() -> &'static str {
    match Machine::current().durability() {
        Durability::Synced => "PRAGMA synchronous = FULL",
        Durability::Unsynced => "PRAGMA synchronous = OFF",
    }
}
