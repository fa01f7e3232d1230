//! Tells apart why a file could not be read or written: no room, no permission, another program,
//! damage, a disk that fails. Nothing else looks at the codes of SQLite and of the system for that.

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use rusqlite::{Error, ErrorCode, OpenFlags, ffi};

use super::connection::{MEMORY, open_file};
use super::error::{SqliteError, StoreError};

/// How much is written to see whether there is room.
const PROBE: usize = 64 * 1024;

impl StoreError {
    /// What the system said about a file: [`StoreError::Full`], [`StoreError::Denied`], or
    /// [`StoreError::Io`].
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| system(doing, path, source)
    }
}

/// What the system said about a file.
fn system(doing: &'static str, path: String, source: io::Error) -> StoreError {
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            StoreError::Full { path, source: source.into() }
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreError::Denied { doing, path, source: source.into() }
        }
        _ => StoreError::Io { doing, path, source },
    }
}

/// What SQLite said about a statement, sorted into the cases people can act on.
pub(super) fn sqlite(path: &Path, sql: &str, error: Error) -> StoreError {
    let name = path.display().to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Locked { path: name }
        }
        Some(ErrorCode::DiskFull) => StoreError::Full { path: name, source: error.into() },
        Some(ErrorCode::NotADatabase) => StoreError::NotADatabase { path: name },
        Some(ErrorCode::DatabaseCorrupt) => malformed(path, error),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            StoreError::Denied { doing: "write", path: name, source: error.into() }
        }
        Some(ErrorCode::CannotOpen) => not_opened(path, sql, error),
        Some(ErrorCode::SystemIoFailure) => {
            let writes = error.sqlite_error().is_some_and(|e| WRITING.contains(&e.extended_code));
            let found = if writes { probed(path) } else { None };
            found.unwrap_or(StoreError::Disk { path: name, source: SqliteError(error) })
        }
        _ => refused(path, sql, error),
    }
}

/// The I/O failures that a disk without room has part in.
const WRITING: [i32; 8] = [
    ffi::SQLITE_IOERR_WRITE,
    ffi::SQLITE_IOERR_FSYNC,
    ffi::SQLITE_IOERR_DIR_FSYNC,
    ffi::SQLITE_IOERR_TRUNCATE,
    ffi::SQLITE_IOERR_SHMOPEN,
    ffi::SQLITE_IOERR_SHMSIZE,
    ffi::SQLITE_IOERR_SHMMAP,
    ffi::SQLITE_IOERR_GETTEMPPATH,
];

fn refused(path: &Path, sql: &str, error: Error) -> StoreError {
    let source = SqliteError(error);
    StoreError::Sqlite { path: path.display().to_string(), statement: head(sql), source }
}

/// Why a new file could not be made.
pub(super) fn not_made(path: &Path, error: Error) -> StoreError {
    if error.sqlite_error_code() != Some(ErrorCode::CannotOpen) {
        return sqlite(path, "open", error);
    }
    let name = path.display().to_string();
    probed(path).unwrap_or(StoreError::Disk { path: name, source: SqliteError(error) })
}

/// A file that SQLite cannot open is gone, may not be read, or has no room or no permission for
/// what is made beside it; where something else is in the way beside it, it says what. Else it is
/// the disk: what SQLite is asked to open has been looked at before.
fn not_opened(path: &Path, sql: &str, error: Error) -> StoreError {
    let name = path.display().to_string();
    match File::open(path).map_err(|e| (e.kind(), e)) {
        Err((ErrorKind::NotFound, _)) => StoreError::Missing { path: name },
        Err((_, e)) => match system("open", name, e) {
            StoreError::Io { .. } => refused(path, sql, error),
            told => told,
        },
        Ok(_) if is_blocked(path) => probed(path).unwrap_or_else(|| refused(path, sql, error)),
        Ok(_) => {
            probed(path).unwrap_or(StoreError::Disk { path: name, source: SqliteError(error) })
        }
    }
}

/// Whether something that is no file lies where SQLite makes one beside a database.
fn is_blocked(path: &Path) -> bool {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        name
    };
    let found = |name| Path::new(&name).symlink_metadata().is_ok_and(|found| !found.is_file());
    ["-wal", "-shm", "-journal"].map(beside).into_iter().any(found)
}

/// SQLite calls a database malformed also where it had no room to write, and where the malformed
/// one is attached to this one. A file that passes a check of its own is whole.
fn malformed(path: &Path, error: Error) -> StoreError {
    let name = path.display().to_string();
    if !is_whole(path) {
        return StoreError::Damaged { path: name, source: SqliteError(error) };
    }
    probed(path).unwrap_or(StoreError::Disk { path: name, source: SqliteError(error) })
}

fn is_whole(path: &Path) -> bool {
    let check = || {
        let conn = open_file(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0))
    };
    path != Path::new(MEMORY) && check().is_ok_and(|said| said == "ok")
}

/// Writes a little beside a file: there may be no room, or no permission; none where it works.
fn probed(path: &Path) -> Option<StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if path == Path::new(MEMORY) || !folder.is_dir() {
        return None;
    }
    let write = || {
        let mut file = tempfile::tempfile_in(folder)?;
        file.write_all(&vec![0x5a; PROBE])?;
        file.sync_all()
    };
    let error = write().err()?;
    match system("write", path.display().to_string(), error) {
        StoreError::Io { .. } => None,
        told => Some(told),
    }
}

fn head(sql: &str) -> String {
    let flat = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(100) {
        Some((at, _)) => format!("{}...", &flat[..at]),
        None => flat,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: i32) -> Error {
        Error::SqliteFailure(ffi::Error::new(code), None)
    }

    #[test]
    fn each_code_of_sqlite_is_one_kind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whole.db");
        let conn = rusqlite::Connection::open(&path).unwrap();
        conn.execute_batch("CREATE TABLE t (a)").unwrap();
        let told = |code| sqlite(&path, "SELECT 1", failure(code));
        assert!(matches!(told(ffi::SQLITE_FULL), StoreError::Full { .. }));
        for code in [ffi::SQLITE_BUSY, ffi::SQLITE_BUSY_SNAPSHOT, ffi::SQLITE_LOCKED] {
            assert!(matches!(told(code), StoreError::Locked { .. }), "{code}");
        }
        for code in [ffi::SQLITE_READONLY, ffi::SQLITE_READONLY_DIRECTORY, ffi::SQLITE_PERM] {
            assert!(matches!(told(code), StoreError::Denied { .. }), "{code}");
        }
        for code in WRITING.into_iter().chain([ffi::SQLITE_IOERR, ffi::SQLITE_IOERR_READ]) {
            assert!(matches!(told(code), StoreError::Disk { .. }), "{code}");
        }
        assert!(matches!(told(ffi::SQLITE_NOTADB), StoreError::NotADatabase { .. }));
        // Nothing is in the way of what is made beside it.
        assert!(matches!(told(ffi::SQLITE_CANTOPEN), StoreError::Disk { .. }));
        let log = folder.path().join("whole.db-wal");
        std::fs::create_dir(&log).unwrap();
        assert!(matches!(told(ffi::SQLITE_CANTOPEN), StoreError::Sqlite { .. }));
        std::fs::remove_dir(&log).unwrap();
        assert!(matches!(told(ffi::SQLITE_ERROR), StoreError::Sqlite { .. }));
        // The file is whole, whatever is said of it.
        assert!(matches!(told(ffi::SQLITE_CORRUPT), StoreError::Disk { .. }));
        std::fs::write(&path, "no database").unwrap();
        assert!(matches!(told(ffi::SQLITE_CORRUPT), StoreError::Damaged { .. }));
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(told(ffi::SQLITE_CANTOPEN), StoreError::Missing { .. }));
        let made = not_made(&path, failure(ffi::SQLITE_CANTOPEN));
        assert!(matches!(made, StoreError::Disk { .. }), "one that is to be made is not missing");
    }

    #[test]
    fn each_answer_of_the_system_is_one_kind() {
        let told = |kind: ErrorKind| system("write", "x".to_owned(), kind.into());
        assert!(matches!(told(ErrorKind::StorageFull), StoreError::Full { .. }));
        assert!(matches!(told(ErrorKind::QuotaExceeded), StoreError::Full { .. }));
        assert!(matches!(told(ErrorKind::PermissionDenied), StoreError::Denied { .. }));
        assert!(matches!(told(ErrorKind::ReadOnlyFilesystem), StoreError::Denied { .. }));
        assert!(matches!(told(ErrorKind::NotFound), StoreError::Io { .. }));
    }
}
