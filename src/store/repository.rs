//! Whether a file is one of the Git repository around it, as the repository's own index says.

use std::fs;
use std::path::{Path, PathBuf};

use super::input;

/// How much is read of an index.
const INDEX: u64 = 64 * 1024 * 1024;

/// A file's path in the repository that keeps it, with slashes; none where none does.
pub(crate) fn kept(file: &Path) -> Option<String> {
    let file = fs::canonicalize(file).ok()?;
    let root = file.ancestors().skip(1).find(|folder| folder.join(".git").exists())?;
    let parts = file.strip_prefix(root).ok()?.components();
    let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
    let path = parts?.join("/");
    let index = input::bytes(&folder_of_git(root)?.join("index"), INDEX).ok()?;
    lists(&index, path.as_bytes()).then_some(path)
}

/// `.git` itself, or the folder that it names where it is a file.
fn folder_of_git(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let text = input::text(&git, 4096).ok()?;
    Some(root.join(text.strip_prefix("gitdir:")?.trim()))
}

/// An entry has its path's length in the two bytes before it, and a zero behind it.
fn lists(index: &[u8], path: &[u8]) -> bool {
    let length = path.len().min(0xfff);
    index.windows(path.len() + 3).any(|part| {
        let (flags, rest) = part.split_at(2);
        let said = usize::from(flags[0] & 0xf) << 8 | usize::from(flags[1]);
        said == length && rest.strip_prefix(path) == Some(&[0])
    })
}

#[cfg(test)]
mod tests {
    use super::lists;

    #[test]
    fn an_entry_is_a_whole_path() {
        let index = b"DIRC....\x00\x08cdx.toml\0\0..\x00\x0fother/cdx.tomls\0";
        assert!(lists(index, b"cdx.toml"));
        assert!(!lists(index, b"dx.toml") && !lists(index, b"other/cdx.toml"));
    }
}
