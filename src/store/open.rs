//! The one door through which every database is opened: pragmas, identity, version, migration.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::connection::{MEMORY, open_file, open_memory, uri};
use super::db::{Db, Journal, synchronous};
use super::error::StoreError;
use super::examine::{SettledCopy, only_files, settle, throwaway};
use super::migrate::migrate;
use super::schema::Kind;
use super::trouble::{not_made, sqlite};

/// The page cache of a connection that is not told otherwise, in KiB.
pub(crate) const DEFAULT_CACHE_KIB: u32 = 16 * 1024;

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

impl Db {
    /// Opens a database of a kind: pragmas, identity, version, migration in one transaction.
    ///
    /// # Errors
    /// A missing file, one that is no database of this kind, one that is newer or damaged.
    pub fn open(path: &Path, kind: Kind, access: Access) -> Result<Self, StoreError> {
        Self::open_with_cache(path, kind, access, DEFAULT_CACHE_KIB)
    }

    /// [`Db::open`] with a page cache of this many KiB.
    pub(crate) fn open_with_cache(
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
        let db = Self::new(conn, path, copy);
        db.prepare(access, cache_kib)?;
        check(&db, kind, access)?;
        Ok(db)
    }

    /// A copy of a database that is thrown away when it is closed, opened for writing: what is done
    /// to it is done to nothing. Errors name the file itself.
    ///
    /// # Errors
    /// Those of [`Db::open`], or no room for the copy.
    pub(crate) fn rehearse(path: &Path, kind: Kind) -> Result<Self, StoreError> {
        if !path.is_file() {
            return Self::open(path, kind, Access::Examine);
        }
        let copy = throwaway(path)?;
        let conn = connect(&copy.path, Access::Write)?;
        let db = Self::new(conn, path, Some(copy));
        db.prepare(Access::Write, DEFAULT_CACHE_KIB)?;
        // Nobody waits for what is thrown away.
        db.script("PRAGMA synchronous = OFF")?;
        check(&db, kind, Access::Write)?;
        Ok(db)
    }

    /// A database of any version, opened to be read and left as it is.
    pub(super) fn peek(path: &Path) -> Result<Self, StoreError> {
        only_files(path)?;
        let (conn, copy) = examining(path)?;
        let db = Self::new(conn, path, copy);
        db.prepare(Access::Examine, DEFAULT_CACHE_KIB)?;
        Ok(db)
    }

    /// A database of a kind in memory, for reading its schema.
    pub(crate) fn in_memory(kind: Kind) -> Result<Self, StoreError> {
        let conn = open_memory().map_err(|e| sqlite(Path::new(MEMORY), "open", e))?;
        let db = Self::scratch(conn);
        check(&db, kind, Access::Create)?;
        Ok(db)
    }

    fn prepare(&self, access: Access, cache_kib: u32) -> Result<(), StoreError> {
        self.conn().set_prepared_statement_cache_capacity(STATEMENTS);
        self.script(&format!(
            "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = OFF;
             PRAGMA trusted_schema = OFF; PRAGMA cache_size = -{cache_kib}; PRAGMA temp_store = FILE;"
        ))?;
        if matches!(access, Access::Read | Access::Examine) {
            return self.script("PRAGMA query_only = ON;");
        }
        // A load that somebody read beside may have left it without its log.
        self.write_by(Journal::Log)?;
        self.script(synchronous())
    }
}

/// Checks what the file is and brings it to the current version, in one transaction.
fn check(db: &Db, kind: Kind, access: Access) -> Result<(), StoreError> {
    let path = || db.path().display().to_string();
    let found = db.number("PRAGMA application_id", [])? as i32;
    let version = db.number("PRAGMA user_version", [])?;
    let known = kind.version();
    if access != Access::Create && found != kind.application_id() {
        return Err(StoreError::WrongKind { path: path(), expected: kind.describe(), found });
    }
    if version > known {
        return Err(StoreError::Newer { path: path(), found: version, known });
    }
    if version == known {
        return Ok(());
    }
    if matches!(access, Access::Read | Access::Examine) {
        return Err(StoreError::Older { path: path(), found: version, known });
    }
    db.immediate(|| migrate(db, kind, version))
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
