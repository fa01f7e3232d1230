//! What to do about files that are whole and could not be read or written.

use std::io::ErrorKind;
use std::path::Path;

use crate::model::nearest::nearest;
use crate::model::session::SessionKind;
use crate::model::suggestion::{
    Doctor, OfChannels, OfCustomers, OfFeatures, OfSessions, Prose, Suggestion, SystemCommand,
};
use crate::store::StoreError;

/// The code of a change that may be there, or not.
pub(super) const UNCERTAIN: &str = "uncertain";

/// What to do before it is done again.
pub(super) const LOOK: &str = "check whether the change is there before you run this again";

/// The command that shows what another one would have changed in headquarters.
pub(super) fn look(words: &str, command: &str) -> Prose {
    let family = command.split(' ').next().unwrap_or_default();
    let shows: Suggestion = match (family, command) {
        ("clock", _) => Suggestion::Clock,
        (_, "customers synchronize") | ("customers", "customers status edit") => {
            OfCustomers::Operations.into()
        }
        ("customers" | "pos", _) => OfCustomers::List.into(),
        ("channels", _) => OfChannels::List.into(),
        ("schedules", _) => Suggestion::Schedules,
        ("params", _) => Suggestion::Parameters,
        ("profiles", _) => Suggestion::Profiles,
        ("features" | "upgrade", _) => OfFeatures::List.into(),
        ("data", _) => Suggestion::Compare { table: None, channel: None },
        ("sessions" | "run", _) => OfSessions::List(SessionKind::Download).into(),
        ("csu", _) => Suggestion::ScaleUnits,
        _ => Doctor::default().into(),
    };
    Prose::hint(words, shows)
}

/// The answers of the system and of SQLite that say nothing against a file: the code, and what to
/// do.
pub(super) fn whole(error: &StoreError) -> (&'static str, Prose) {
    match error {
        StoreError::Full { .. } => {
            let words = "make room, for temporary files too, then run the same again";
            ("full", format!("{words}: {}", SystemCommand::Room).into())
        }
        StoreError::Denied { path, .. } => ("permission", permission(path).into()),
        // Which command shows it, the command that was typed says.
        StoreError::Uncertain { .. } => (UNCERTAIN, Prose::hint(LOOK, Doctor::default())),
        StoreError::InUse { .. } | StoreError::Locked { .. } => {
            let words = "wait until it has ended, then run the same again; commands that only show \
                         something work meanwhile";
            ("locked", Prose::hint(words, OfSessions::List(SessionKind::Download)))
        }
        _ => {
            let words = "run the same again; if it fails again, see which files are whole";
            ("io", Prose::hint(words, Doctor::default()))
        }
    }
}

/// What to do about something that is there and is not read.
pub(super) fn unread(error: &StoreError) -> (&'static str, Prose) {
    let (code, words, shows) = match error {
        StoreError::NotAFile { path, .. } => {
            ("not-a-file", "put a file in its place, or name another", SystemCommand::List(path))
        }
        StoreError::TooLarge { path, .. } => {
            ("too-large", "split it, or take out what is not needed", SystemCommand::List(path))
        }
        StoreError::NotText { path, .. } => {
            ("not-text", "save it as text in UTF-8", SystemCommand::Encoding(path))
        }
        _ => return whole(error),
    };
    (code, format!("{words}: {shows}").into())
}

/// Who may read and write a file, and the folder it is in.
fn permission(path: &str) -> String {
    let folder = &folder_of(Path::new(path));
    let shows = SystemCommand::Permissions { path, folder };
    format!("get the permission, then run the same again: {shows}")
}

/// What to do about a file or folder that the system does not give for another reason.
pub(super) fn ungiven(path: &str, kind: ErrorKind) -> Prose {
    if kind != ErrorKind::NotFound {
        return format!("see what it is: {}", SystemCommand::List(path)).into();
    }
    let (path, folder) = (Path::new(path), folder_of(Path::new(path)));
    if !Path::new(&folder).exists() {
        let folder = Path::new(&folder);
        let there = folder.ancestors().find(|one| one.exists()).unwrap_or(Path::new("."));
        let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
        let there = there.display().to_string();
        let shows = SystemCommand::List(&there);
        return format!("its folder is not there; see what there is: {shows}").into();
    }
    let names: Vec<String> = std::fs::read_dir(&folder)
        .map(|entries| entries.flatten().map(|entry| entry.file_name()))
        .map(|names| names.map(|name| name.to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let near = nearest(&name, names.iter().map(String::as_str));
    let meant = near.map_or_else(String::new, |near| format!("did you mean {near:?}? "));
    format!("{meant}see what there is: {}", SystemCommand::List(&folder)).into()
}

fn folder_of(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.map_or_else(|| ".".to_owned(), |folder| folder.display().to_string())
}
