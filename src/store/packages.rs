//! Where packages are kept: put, get, list, delete, by name.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::input::names;
use super::replace::{clear, sync_file, sync_folder};
use crate::world::ids;

/// A place for packages; a folder today, an object store later.
pub(crate) trait PackageStore {
    /// Takes a finished file in, under a name; the file is moved.
    fn put(&self, file: &Path, name: &str) -> Result<(), StoreError>;
    /// A local file with the package, or none when it is not kept.
    fn get(&self, name: &str) -> Result<Option<PathBuf>, StoreError>;
    /// The names kept, sorted.
    fn list(&self) -> Result<Vec<String>, StoreError>;
    /// Forgets a package; one that is not kept is no error.
    fn delete(&self, name: &str) -> Result<(), StoreError>;
}

/// Packages in a folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// A path in the folder for a package that is still being made.
    pub(crate) fn draft(&self, stem: &str) -> Result<PathBuf, StoreError> {
        fs::create_dir_all(&self.0).map_err(StoreError::io("create", &self.0))?;
        let path = self.0.join(format!("{stem}.partial"));
        clear(&path)?;
        Ok(path)
    }

    /// Where a package is kept.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Removes drafts that an interrupted command left; how many there were.
    pub(crate) fn sweep(&self) -> Result<usize, StoreError> {
        let drafts = self.names(|name| name.contains(".partial"))?;
        for name in &drafts {
            remove(&self.0.join(name))?;
        }
        Ok(drafts.len())
    }

    fn names(&self, wanted: impl Fn(&str) -> bool) -> Result<Vec<String>, StoreError> {
        let mut names = names(&self.0)?;
        names.retain(|name| wanted(name));
        Ok(names)
    }
}

impl PackageStore for Folder {
    fn put(&self, file: &Path, name: &str) -> Result<(), StoreError> {
        sync_file(file)?;
        let kept = self.path(name);
        fs::rename(file, &kept).map_err(StoreError::io("rename", file))?;
        sync_folder(&self.0)
    }

    fn get(&self, name: &str) -> Result<Option<PathBuf>, StoreError> {
        let path = self.path(name);
        Ok(path.is_file().then_some(path))
    }

    fn list(&self) -> Result<Vec<String>, StoreError> {
        self.names(|name| Path::new(name).extension().is_some_and(|ending| ending == "db"))
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        remove(&self.path(name))
    }
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::io("remove", path)(e))
        }
        _ => Ok(()),
    }
}

/// A file's SHA-256 as 64 hexadecimal digits, and its size in bytes.
pub(crate) fn checksum(path: &Path) -> Result<(String, u64), StoreError> {
    let mut file = File::open(path).map_err(StoreError::io("open", path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0_u8; 256 * 1024];
    let mut size = 0;
    loop {
        match file.read(&mut buffer).map_err(StoreError::io("read", path))? {
            0 => return Ok((ids::hex(&hasher.finalize()), size)),
            read => {
                hasher.update(&buffer[..read]);
                size += read as u64;
            }
        }
    }
}
