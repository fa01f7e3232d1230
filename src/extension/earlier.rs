//! The channel scripts among files of an earlier revision, found as those of today are.

use std::path::{Path, PathBuf};

use super::decode::decode;
use super::files::{LEFT_OUT, SDK, has_ending, is_script, project, shown};

/// A file as an earlier revision has it.
#[derive(Debug)]
pub(crate) struct EarlierFile {
    /// Where it would lie now.
    pub(crate) path: PathBuf,
    /// What it held.
    pub(crate) bytes: Vec<u8>,
}

/// Whether a file of a folder matters to which scripts there are.
pub(crate) fn matters(root: &Path, path: &Path) -> bool {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let folders = inside.parent().into_iter().flat_map(Path::components);
    let left_out = folders
        .map(|part| part.as_os_str().to_string_lossy())
        .any(|name| LEFT_OUT.iter().any(|left| name.eq_ignore_ascii_case(left)));
    !left_out && (is_script(&shown(path)) || has_ending(path, "csproj"))
}

/// The scripts that were in a project of channel scripts: the names that they would have now, and
/// their texts. A file that was named itself is one wherever it lies.
pub(crate) fn scripts_among(root: &Path, files: Vec<EarlierFile>) -> Vec<(String, String)> {
    let of_sdk = |file: &&EarlierFile| {
        has_ending(&file.path, "csproj") && decode(&file.bytes).0.contains(SDK)
    };
    let projects: Vec<String> =
        files.iter().filter(of_sdk).filter_map(|file| file.path.parent().map(shown)).collect();
    let scripts = files.into_iter().filter_map(|EarlierFile { path, bytes }| {
        let name = shown(&path);
        let own = path == root || project(root, &path, &name, &projects).is_some();
        (own && is_script(&name)).then(|| (name, decode(&bytes).0))
    });
    scripts.collect()
}
