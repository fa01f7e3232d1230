//! How files of a repository are named from the working folder, and from its root.

use std::path::{Component, Path, PathBuf};

use crate::check::Folder;
use crate::cli::Context;

/// A path as the reader names files: with forward slashes, and without a leading `./`.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}

/// The whole path of a file, without `.` and `..`, whether it is there or not.
pub(super) fn whole(here: &Path, file: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in here.join(file).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            other => whole.push(other),
        }
    }
    whole
}

/// The working folder seen from the root of the Git repository around it; none where there is
/// none.
pub(super) fn folder(context: &Context) -> Option<Folder> {
    let here = context.folder.path().ok()?.canonicalize().ok()?;
    let root = here.ancestors().find(|folder| folder.join(".git").exists())?;
    let parts = here.strip_prefix(root).ok()?.components();
    let parts: Option<Vec<String>> =
        parts.map(|part| part.as_os_str().to_str().map(str::to_owned)).collect();
    Some(Folder(parts?))
}
