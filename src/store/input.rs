//! The one door through which a file that people write is read: it must be a file, of a bounded
//! size. A pipe would be waited for without end, and a device has none.

use std::fs::{self, File, FileType, Metadata};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::error::StoreError;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// How much is read of settings, of a job or of a gate, and of all of a folder.
pub(crate) const DEFINITIONS: u64 = 512 * KIB;
/// How much is read of the schema scripts of one side.
pub(crate) const SCRIPTS: u64 = 4 * MIB;
/// How much is read of a baseline.
pub(crate) const BASELINE: u64 = 8 * MIB;
/// How much is read of a report, to tell it from another file.
pub(crate) const REPORT: u64 = 64 * MIB;
/// How much is read of the "Feature management" data entity.
pub(crate) const ENTITY: u64 = 16 * MIB;
/// How much is read of it as a workbook, which is packed.
pub(crate) const WORKBOOK: u64 = 8 * MIB;
/// How much is read of a small file that the tool itself writes.
pub(super) const OWN: u64 = MIB;

/// So many files are read of a folder of jobs, or of scripts.
pub(super) const MANY: usize = 500;
/// So many are read of gates, each of which is held against each other.
pub(super) const FEW: usize = 100;

/// How much may still be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    most: u64,
    left: u64,
}

impl Budget {
    /// So many bytes for all files together.
    pub(crate) fn new(most: u64) -> Self {
        Self { most, left: most }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// Something else in its place, more than may be read, no text in UTF-8, the disk.
    pub fn text(&mut self, path: &Path) -> Result<String, StoreError> {
        let bytes = read(path, self.left, self.most)?;
        self.left -= bytes.len() as u64;
        String::from_utf8(bytes).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.split(|byte| *byte == b'\n').count();
            StoreError::NotText { path: path.display().to_string(), line }
        })
    }
}

/// The text of a file of at most so many bytes.
///
/// # Errors
/// As [`Budget::text`].
pub fn text(path: &Path, most: u64) -> Result<String, StoreError> {
    Budget::new(most).text(path)
}

/// A file of at most so many bytes.
///
/// # Errors
/// Something else in its place, more than may be read, the disk.
pub(crate) fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, StoreError> {
    read(path, most, most)
}

fn read(path: &Path, left: u64, most: u64) -> Result<Vec<u8>, StoreError> {
    let too_large = || StoreError::TooLarge { path: path.display().to_string(), most: size(most) };
    let found = plain(path)?;
    if found.len() > left {
        return Err(too_large());
    }
    let file = File::open(path).map_err(StoreError::io("read", path))?;
    let mut bytes = Vec::with_capacity(found.len() as usize);
    file.take(left + 1).read_to_end(&mut bytes).map_err(StoreError::io("read", path))?;
    if bytes.len() as u64 > left { Err(too_large()) } else { Ok(bytes) }
}

/// A size as people read it.
fn size(bytes: u64) -> String {
    if bytes < MIB { format!("{} KiB", bytes / KIB) } else { format!("{} MiB", bytes / MIB) }
}

/// What the system says of a file that is one, links followed.
///
/// # Errors
/// [`StoreError::NotAFile`] for a folder, a pipe, a socket or a device in its place; the disk.
pub(crate) fn plain(path: &Path) -> Result<Metadata, StoreError> {
    let found = fs::metadata(path).map_err(StoreError::io("read", path))?;
    match other_than_file(found.file_type()) {
        None => Ok(found),
        Some(found) => Err(StoreError::NotAFile { path: path.display().to_string(), found }),
    }
}

/// Whether a file is there that is a database.
pub(crate) fn is_database(path: &Path) -> bool {
    let mut head = [0; 16];
    // A pipe or a device is not read.
    let is_file = path.metadata().is_ok_and(|found| found.is_file());
    let read = is_file && File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok();
    read && head == *b"SQLite format 3\0"
}

/// What stands in a file's place; none where it is a file.
pub(super) fn other_than_file(found: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if found.is_fifo() {
            return Some("a pipe");
        }
        if found.is_socket() {
            return Some("a socket");
        }
        if found.is_block_device() || found.is_char_device() {
            return Some("a device");
        }
    }
    match found {
        found if found.is_file() => None,
        found if found.is_dir() => Some("a folder"),
        _ => Some("something else"),
    }
}

/// A file of the tool's own that another one may be writing: its text; none where there is no
/// file, or no text in it.
///
/// # Errors
/// Something else in its place, more than the tool writes, the disk.
pub(super) fn own_text(path: &Path) -> Result<Option<String>, StoreError> {
    match bytes(path, OWN) {
        Ok(bytes) => Ok(String::from_utf8(bytes).ok()),
        Err(StoreError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The files of a folder with an ending, sorted by name; none where there is no folder.
///
/// # Errors
/// More files than are read, the disk.
pub(crate) fn files(folder: &Path, ending: &str, most: usize) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(StoreError::io("read", folder)(e)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(StoreError::io("read", folder))?.path();
        if path.extension().is_some_and(|found| found == ending) {
            files.push(path);
        }
        if files.len() > most {
            let most = format!("{most} files");
            return Err(StoreError::TooLarge { path: folder.display().to_string(), most });
        }
    }
    files.sort();
    Ok(files)
}

/// The names of what a folder holds, sorted; none where there is no folder.
///
/// # Errors
/// The disk.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(StoreError::io("read", folder)(e)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(StoreError::io("read", folder))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
