//! Reading scenario files: everything that is wrong with all of them, before anything is played.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::lines;
use crate::cli::about_files::ungiven;
use crate::cli::{CommandError, Context};
use crate::definitions::{Problems, scenario};
use crate::model::suggestion::{Prose, Suggestion};
use crate::report::error::{ListedProblems, PartialReport};
use crate::scenario::rehearsal::ScenarioFile;
use crate::store::{StoreError, input};

/// The scenarios of these files and folders, in the order given.
///
/// # Errors
/// A path that is not there, a folder without scenarios, everything that is wrong with a file.
pub(super) fn files(
    context: &Context,
    paths: &[PathBuf],
) -> Result<Vec<ScenarioFile>, CommandError> {
    let mut named = Vec::new();
    for path in paths {
        let place = context.folder.place(path);
        let found = place.metadata().map_err(|error| not_there(path, &place, error))?;
        if !found.is_dir() {
            named.push((path.clone(), place));
            continue;
        }
        let own = in_folder(path, &place)?;
        if own.is_empty() {
            let message = format!("no scenario in {:?}, expected .toml files", shown(path));
            return Err(CommandError::usage("no-scenario", message, help("see what it takes")));
        }
        named.extend(own);
    }
    let mut seen = Vec::new();
    named.retain(|(_, place)| {
        // However it is named.
        let whole = place.canonicalize().unwrap_or_else(|_| place.clone());
        let is_new = !seen.contains(&whole);
        seen.push(whole);
        is_new
    });
    let (mut files, mut problems) = (Vec::new(), Problems::default());
    for (path, place) in named {
        // A line end of Windows within a command would be a part of its word.
        let text = input::text(&place, input::DEFINITIONS)?.replace("\r\n", "\n");
        let file = shown(&path);
        let scenario = match scenario::parse(&file, &text) {
            Ok(scenario) => scenario,
            Err(found) => {
                problems.join(found);
                continue;
            }
        };
        let one = ScenarioFile { file, dir: folder_of(&place), text, scenario };
        problems.join(lines::check(context.tree(), &one));
        files.push(one);
    }
    if problems.is_empty() { Ok(files) } else { Err(wrong(&problems)) }
}

/// A path as it was named, with forward slashes.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The scenario files of a folder, by name; those of its folders are not among them.
fn in_folder(path: &Path, place: &Path) -> Result<Vec<(PathBuf, PathBuf)>, StoreError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(place).map_err(StoreError::io("read", place))? {
        let entry = entry.map_err(StoreError::io("read", place))?;
        let is_scenario = entry.path().extension().is_some_and(|ending| ending == "toml");
        if is_scenario && !entry.path().is_dir() {
            names.push(entry.file_name());
        }
    }
    names.sort();
    Ok(names.into_iter().map(|name| (path.join(&name), place.join(&name))).collect())
}

/// The whole path of the folder that a file is in.
fn folder_of(place: &Path) -> PathBuf {
    let whole = std::path::absolute(place).unwrap_or_else(|_| place.to_path_buf());
    whole.parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

fn not_there(path: &Path, place: &Path, error: std::io::Error) -> CommandError {
    // Some shells hand a pattern on as it is.
    if path.to_string_lossy().contains(['*', '?']) {
        let message = format!("there is no {:?}, and patterns are not looked up", shown(path));
        let hint = help("name the folder instead; see what it takes");
        return CommandError::usage("no-such-path", message, hint);
    }
    if error.kind() == ErrorKind::NotFound {
        let hint = ungiven(&place.display().to_string(), ErrorKind::NotFound);
        let message = format!("there is no {:?}", shown(path));
        return CommandError::usage("no-such-path", message, hint);
    }
    StoreError::io("read", place)(error).into()
}

fn wrong(problems: &Problems) -> CommandError {
    let message = format!("{} in scenarios{}", problems.counted(), problems.lines());
    let (problems, more_problems) = (problems.told.clone(), problems.more);
    let report = PartialReport::Problems(ListedProblems { problems, more_problems });
    let hint = help("correct the files, then run the same again; see what it takes");
    let mut error = CommandError::usage("scenario", message, hint);
    error.failure.report = Some(report);
    error
}

fn help(words: &str) -> Prose {
    Prose::hint(words, Suggestion::Help(Some("test".to_owned())))
}
