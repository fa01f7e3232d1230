//! Where the base tables of the channel database come from.

use std::path::{Path, PathBuf};

use super::names::shown;
use crate::cli::folder::Folder;
use crate::cli::{CommandError, Context};
use crate::extension::base::LIST_NAME;
use crate::extension::dacpac;
use crate::extension::script::Script;
use crate::model::source::Sources;
use crate::model::suggestion::{Prose, Suggestion};
use crate::store::input;

/// What the package is called that has them, and the file in it.
const PACKAGE: &str = "microsoft.dynamics.commerce.database.channel";
const FILE: &str = "CommerceRuntimeScripts.dacpac";

/// The base tables of the file that was named, or else of the newest package in the NuGet folder;
/// and what they are of. Without either there are those of the shipped list.
///
/// # Errors
/// A file that was named and is no dacpac.
pub(super) fn tables(
    context: &Context,
    named: Option<&Path>,
    sources: &mut Sources,
) -> Result<(String, Option<Script>), CommandError> {
    if let Some(path) = named {
        let place = context.folder.place(path);
        input::plain(&place).map_err(|error| {
            let error = CommandError::from(error);
            not_base(error.failure.message.clone())
        })?;
        return match dacpac::read(sources, &shown(path), &place) {
            Ok(script) => Ok((shown(path), Some(script))),
            Err(why) => Err(not_base(format!("{} is no dacpac: {why}", path.display()))),
        };
    }
    // A command that is not a process of its own does not look around the machine.
    let found = match context.folder {
        Folder::Process => newest(),
        Folder::Given(_) => None,
    };
    let Some(path) = found else { return Ok((LIST_NAME.to_owned(), None)) };
    match dacpac::read(sources, &shown(&path), &path) {
        Ok(script) => Ok((shown(&path), Some(script))),
        Err(why) => Ok((format!("{LIST_NAME} ({} is no dacpac: {why})", shown(&path)), None)),
    }
}

fn not_base(message: String) -> CommandError {
    let hint = Prose::hint("see what it takes", Suggestion::Help(Some("check".to_owned())));
    CommandError::usage("base", message, hint)
}

/// The file of the newest version of the package.
fn newest() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let home = || set("HOME").or_else(|| set("USERPROFILE")).map(PathBuf::from);
    let packages = set("NUGET_PACKAGES").map(PathBuf::from);
    let packages = packages.or_else(|| Some(home()?.join(".nuget").join("packages")))?;
    let entries = std::fs::read_dir(packages.join(PACKAGE)).ok()?;
    let mut versions: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    versions.sort_by_cached_key(|path| version(path));
    versions.iter().rev().find_map(|version| file_in(&version.join("contentFiles")))
}

/// A version's numbers; one with a word behind them comes before the one without.
fn version(path: &Path) -> (Vec<u64>, bool, String) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (numbers, word) = name.split_once('-').unwrap_or((&name, ""));
    let numbers = numbers.split('.').map(|part| part.parse().unwrap_or(0)).collect();
    (numbers, word.is_empty(), word.to_owned())
}

/// The file, however deep it lies.
fn file_in(folder: &Path) -> Option<PathBuf> {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name.eq_ignore_ascii_case(FILE)) {
                return Some(path);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let mut all = ["9.54.2", "9.54.10-preview", "9.54.10", "9.6.1"].map(PathBuf::from);
        all.sort_by_cached_key(|path| version(path));
        let names: Vec<_> = all.iter().map(|path| path.to_str().unwrap()).collect();
        assert_eq!(names, ["9.6.1", "9.54.2", "9.54.10-preview", "9.54.10"]);
    }
}
