//! The one way in which a file is made or replaced: beside its name first, then under it, so that
//! it is whole or not there. No link is followed, neither one that lies under its name nor one
//! beside it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::input::other_than_file;
use crate::world::{Durability, Machine};

/// Makes a file, or replaces the one or the link of this name; durable when this returns.
///
/// # Errors
/// [`StoreError::NotAFile`] for a folder, a pipe or a device of this name; the disk.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let write = |draft: &Path| {
        sync_file(draft)?;
        fs::rename(draft, path).map_err(StoreError::io("write", path))?;
        sync_folder(folder_of(path))
    };
    drafted(path, bytes, write)
}

/// [`replace`], where nothing is lost when a power cut undoes it.
pub(super) fn replace_unsynced(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let write = |draft: &Path| fs::rename(draft, path).map_err(StoreError::io("write", path));
    drafted(path, bytes, write)
}

fn drafted(
    path: &Path,
    bytes: &[u8],
    keep: impl FnOnce(&Path) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    may_be_replaced(path)?;
    let draft = beside(path, ".partial");
    clear(&draft)?;
    // The draft is ours: whoever reads the message knows the file by its own name.
    let mut file = File::create_new(&draft).map_err(StoreError::io("write", path))?;
    let written = file.write_all(bytes).map_err(StoreError::io("write", path));
    drop(file);
    let kept = written.and_then(|()| keep(&draft));
    if kept.is_err() {
        // What was begun is of no use to anybody, and may not even be there.
        let _best_effort = fs::remove_file(&draft);
    }
    kept
}

/// Makes a file that is not there yet, with nothing in it.
///
/// # Errors
/// Anything of this name, a link that leads nowhere included; the disk.
pub(super) fn mark(path: &Path) -> Result<(), StoreError> {
    File::create_new(path).map(drop).map_err(StoreError::io("write", path))
}

/// Takes away a file, or a link, that was left under a name; there may be none.
///
/// # Errors
/// [`StoreError::NotAFile`] for anything else; the disk.
pub(super) fn clear(path: &Path) -> Result<(), StoreError> {
    may_be_replaced(path)?;
    match fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(StoreError::io("remove", path)(e)),
        _ => Ok(()),
    }
}

fn may_be_replaced(path: &Path) -> Result<(), StoreError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => fs::metadata(path),
        found => found,
    };
    match found.ok().and_then(|found| other_than_file(found.file_type())) {
        None => Ok(()),
        Some(found) => Err(StoreError::NotAFile { path: path.display().to_string(), found }),
    }
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// A file's name with something behind it.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Waits until a file would outlive a power cut.
pub(super) fn sync_file(file: &Path) -> Result<(), StoreError> {
    if Machine::current().durability() == Durability::Unsynced {
        return Ok(());
    }
    let written = File::options().write(true).open(file);
    let written = written.map_err(StoreError::io("open", file))?;
    written.sync_all().map_err(StoreError::io("write", file))
}

/// A rename is only durable once its folder is; Windows has no such call and needs none.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    if cfg!(unix) && Machine::current().durability() == Durability::Synced {
        let opened = File::open(folder).map_err(StoreError::io("open", folder))?;
        opened.sync_all().map_err(StoreError::io("write", folder))?;
    }
    Ok(())
}
