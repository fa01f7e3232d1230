//! Reads a database without leaving a trace beside it.
//!
//! SQLite makes a log and shared memory beside a file in WAL mode even for a reader. A file
//! without a log is therefore opened as one that cannot change; one with a log, or with a journal
//! that an interrupted writer left, is copied into a temporary folder and settled there.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::OpenFlags;
use tempfile::TempDir;

use super::connection::open_file;
use super::error::StoreError;
use super::replace::beside;
use super::trouble::sqlite;

/// A copy of a database, without a log.
#[derive(Debug)]
pub(super) struct SettledCopy {
    /// The copy.
    pub(super) path: PathBuf,
    /// Removes it.
    _folder: TempDir,
}

/// A settled copy, where the file has a log or a journal; none where it can be read as it is.
pub(super) fn settle(path: &Path) -> Result<Option<SettledCopy>, StoreError> {
    let logs = ["-wal", "-journal"].map(|ending| (beside(path, ending), ending));
    let holds = |log: &Path| fs::metadata(log).is_ok_and(|found| found.len() > 0);
    if !logs.iter().any(|(log, _)| holds(log)) {
        return Ok(None);
    }
    let folder = TempDir::new().map_err(StoreError::io("make a temporary folder for", path))?;
    let copy = folder.path().join("examined.db");
    copied(path, &copy)?;
    for (log, ending) in logs.iter().filter(|(log, _)| holds(log)) {
        copied(log, &beside(&copy, ending))?;
    }
    let error = |sql: &str, e| sqlite(path, sql, e);
    let conn = open_file(&copy, OpenFlags::default()).map_err(|e| error("open", e))?;
    let settle = "PRAGMA journal_mode = DELETE";
    conn.query_row(settle, [], |_| Ok(())).map_err(|e| error(settle, e))?;
    conn.close().map_err(|(_, e)| error("close", e))?;
    Ok(Some(SettledCopy { path: copy, _folder: folder }))
}

/// A copy of a database, log and all, for as long as it is open: the file itself, of which there
/// may be no other, stays as it is.
pub(super) fn throwaway(path: &Path) -> Result<SettledCopy, StoreError> {
    let folder = TempDir::new().map_err(StoreError::io("make a temporary folder for", path))?;
    let copy = folder.path().join("copy.db");
    for ending in ["", "-wal", "-journal"] {
        let from = beside(path, ending);
        if from.is_file() {
            copied(&from, &beside(&copy, ending))?;
        }
    }
    Ok(SettledCopy { path: copy, _folder: folder })
}

/// Copies what is in a file, and not that it may be read only.
fn copied(from: &Path, to: &Path) -> Result<(), StoreError> {
    let error = || StoreError::io("copy", from);
    let mut source = File::open(from).map_err(error())?;
    let mut target = File::create_new(to).map_err(error())?;
    io::copy(&mut source, &mut target).map_err(error())?;
    Ok(())
}

/// Refuses a folder, a device, or a pipe on which one would wait for ever, in place of a database
/// or of what SQLite keeps beside it.
pub(super) fn only_files(path: &Path) -> Result<(), StoreError> {
    for ending in ["", "-wal", "-journal", "-shm"] {
        let file = beside(path, ending);
        if fs::metadata(&file).is_ok_and(|found| !found.is_file()) {
            return Err(StoreError::NotADatabase { path: file.display().to_string() });
        }
    }
    Ok(())
}
