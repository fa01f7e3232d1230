//! The folder that a command works in.

use std::io;
use std::path::{Path, PathBuf};

/// The folder that a command works in.
#[derive(Debug, Clone)]
pub(super) enum Folder {
    /// The process's own.
    Process,
    /// Another; `CDX_ENV` is not asked then.
    Given(PathBuf),
}

impl Folder {
    /// Its path.
    pub(super) fn path(&self) -> io::Result<PathBuf> {
        match self {
            Self::Process => std::env::current_dir(),
            Self::Given(path) => Ok(path.clone()),
        }
    }

    /// A path as it was typed, seen from the process.
    pub(super) fn place(&self, typed: &Path) -> PathBuf {
        match self {
            Self::Process => typed.to_path_buf(),
            Self::Given(path) => path.join(typed),
        }
    }

    /// Whether two names, as typed, are of one folder.
    pub(super) fn is_same(&self, one: &Path, other: &Path) -> bool {
        let whole = |path: &Path| {
            let path = self.place(path);
            path.canonicalize().or_else(|_| std::path::absolute(&path)).ok()
        };
        one == other || whole(one).is_some_and(|one| Some(one) == whole(other))
    }
}
