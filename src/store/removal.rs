//! Removes an environment from its folder, and nothing else.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use super::error::StoreError;
use super::input::{self, DEFINITIONS, names};
use super::lock::Lock;
use super::mark::SETTINGS_FILE;
use super::replace::sync_folder;
use super::schema::Kind;
use crate::definitions::settings;

/// Removes the environment in a folder. Its `cdx.toml` becomes the mark of the one that is to be
/// made in its place, so that an `init` that is interrupted goes on from there.
///
/// # Errors
/// What the tool has not made ([`StoreError::Foreign`]), a `cdx.toml` that does not load, another
/// command that writes; nothing has changed then.
pub(super) fn remove(root: &Path, mark: &Path) -> Result<(), StoreError> {
    let path = root.join(SETTINGS_FILE);
    let text = input::text(&path, DEFINITIONS)?;
    settings::parse(SETTINGS_FILE, &text).map_err(StoreError::Definitions)?;
    all_ours(root)?;
    let lock = Lock::take(root, "init")?;
    fs::rename(&path, mark).map_err(StoreError::io("rename", &path))?;
    sync_folder(root)?;
    remove_files(root)?;
    lock.release()
}

/// Removes what an environment consists of, beside its `cdx.toml` and its lock.
pub(super) fn remove_files(root: &Path) -> Result<(), StoreError> {
    for name in names(root)? {
        if database_file(&name) == Some("hq") || name.starts_with("cdx.world") {
            let path = root.join(name);
            fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
        }
    }
    for folder in ["channels", "packages"] {
        let folder = root.join(folder);
        for name in names(&folder)? {
            if database_file(&name).is_some() || name.contains(".partial") {
                let path = folder.join(name);
                fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
            }
        }
        // What is not the tool's stays, with its folder.
        if folder.is_dir() && names(&folder)?.is_empty() {
            fs::remove_dir(&folder).map_err(StoreError::io("remove", &folder))?;
        }
    }
    Ok(())
}

/// The database that a file belongs to, SQLite's own files beside it and those set aside included.
fn database_file(name: &str) -> Option<&str> {
    let (database, rest) = name.split_once(".db")?;
    let own = ["", "-wal", "-shm", "-journal"].contains(&rest)
        || rest.starts_with(".broken-")
        || rest.starts_with(".partial");
    own.then_some(database)
}

/// Refuses a folder whose environment is not one, is reached by a link, or has another program's
/// database in it.
fn all_ours(root: &Path) -> Result<(), StoreError> {
    let parts = ["hq.db", "channels", "packages"];
    if !parts.iter().any(|name| root.join(name).exists()) {
        let what = "a cdx.toml without an environment";
        return Err(StoreError::Exists { path: root.display().to_string(), what });
    }
    for part in parts.map(|name| root.join(name)) {
        if part.is_symlink() {
            return Err(foreign(&part, "a link"));
        }
        let files = if part.is_dir() { names(&part)? } else { Vec::new() };
        let files = files.iter().map(|name| part.join(name)).chain([part.clone()]);
        for file in files.filter(|file| file.extension().is_some_and(|ending| ending == "db")) {
            if !file.is_file() || file.is_symlink() {
                return Err(foreign(&file, "no file"));
            }
            if is_of_another_program(&file)? {
                return Err(foreign(&file, "a database of another program"));
            }
        }
    }
    Ok(())
}

fn foreign(path: &Path, what: &'static str) -> StoreError {
    StoreError::Foreign { path: path.display().to_string(), what }
}

/// Whether a file is an SQLite database that bears another program's mark.
fn is_of_another_program(path: &Path) -> Result<bool, StoreError> {
    let mut header = Vec::new();
    let file = File::open(path).map_err(StoreError::io("open", path))?;
    file.take(72).read_to_end(&mut header).map_err(StoreError::io("read", path))?;
    let Some((head, id)) = header.split_last_chunk::<4>() else { return Ok(false) };
    let ours = [Kind::Headquarters, Kind::Channel].map(Kind::application_id);
    let id = i32::from_be_bytes(*id);
    let whole = head.len() == 68 && head.starts_with(b"SQLite format 3\0");
    Ok(whole && id != 0 && !ours.contains(&id))
}
