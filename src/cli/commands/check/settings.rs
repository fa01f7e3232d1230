//! `cdx-check.toml`: what a repository accepts.

use std::path::{Path, PathBuf};

use super::names::{shown, whole};
use crate::check::Settings;
use crate::cli::{CommandError, Context};
use crate::definitions::settings::parse_check;
use crate::extension::repository::Repository;
use crate::model::settings::Suppression;
use crate::model::source::Source;
use crate::model::suggestion::{Prose, Suggestion};
use crate::store::input;
use crate::world::today::today;

const FILE: &str = "cdx-check.toml";

/// Reads the one in the folder of a path, or in the nearest folder above it, up to the root of the
/// repository.
///
/// # Errors
/// Every problem of the file, or why it cannot be read.
pub(super) fn read(
    context: &Context,
    path: &Path,
    read: &mut Repository,
) -> Result<Option<Settings>, CommandError> {
    let here = context.folder.path().unwrap_or_default();
    let own = whole(&here, path);
    let own = if own.is_dir() { own } else { folder_of(&own) };
    let Some(folder) = nearest(&own) else { return Ok(None) };
    let file = folder.join(FILE);
    let text = input::text(&file, input::DEFINITIONS)?;
    let name = shown(file.strip_prefix(&here).unwrap_or(&file));
    let mut suppressions = parse_check(&name, &text).map_err(|problems| {
        let hint = Prose::hint("see what it may say", Suggestion::Explain("CDX902".to_owned()));
        let message = format!("{} in {name}{}", problems.counted(), problems.lines());
        CommandError::usage("settings", message, hint)
    })?;
    for suppression in &mut suppressions {
        name_file(suppression, &here, &folder, read);
    }
    let source = read.sources.add_list(Source { name, text, encoding: None });
    Ok(Some(Settings { source, suppressions, today: today(), above: folder != own }))
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().map(Path::to_path_buf).unwrap_or_default()
}

fn nearest(own: &Path) -> Option<PathBuf> {
    for folder in own.ancestors() {
        if folder.join(FILE).is_file() {
            return Some(folder.to_path_buf());
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// A file is named from the folder of the settings there, and from the working folder here.
fn name_file(suppression: &mut Suppression, here: &Path, folder: &Path, read: &Repository) {
    let sources = read.sources.iter().map(|(_, source)| source.name.as_str());
    let names: Vec<&str> =
        sources.chain(read.unread.iter().map(|unread| unread.file.as_str())).collect();
    for (_, value) in suppression.scope.iter_mut().filter(|(part, _)| part == "file") {
        let wanted = whole(folder, Path::new(&value.replace('\\', "/")));
        let same = names.iter().find(|name| whole(here, Path::new(name)) == wanted);
        if let Some(name) = same {
            (*name).clone_into(value);
        }
    }
}
