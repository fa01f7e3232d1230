//! Changes the extensions that `cdx.toml` names, and leaves all else of it as people wrote it.

use std::path::Path;

use toml_edit::{DocumentMut, Item, RawString, Table, value};

use super::error::StoreError;
use super::input::{self, DEFINITIONS};
use super::mark::SETTINGS_FILE;
use super::replace::replace;
use crate::definitions::{Kind, Problem, Problems};

/// The section that names an extension, and its key.
const SECTION: &str = "extension";
const PATH: &str = "path";

/// A text of settings with these extensions behind those it names; one that is there stays once.
///
/// # Errors
/// A text that is not TOML.
pub(super) fn with_extensions(text: &str, paths: &[String]) -> Result<String, StoreError> {
    let mut all = text.to_owned();
    for path in paths {
        let document = parse(&all)?;
        let tables = document.get(SECTION).and_then(Item::as_array_of_tables);
        if tables.is_some_and(|tables| tables.iter().any(|table| names(table, path))) {
            continue;
        }
        let gap = if all.is_empty() || all.ends_with('\n') { "" } else { "\n" };
        all = format!("{all}{gap}\n[[{SECTION}]]\n{PATH} = {}\n", value(path));
    }
    Ok(all)
}

/// Names a further extension in the settings of an environment.
///
/// # Errors
/// The file.
pub(crate) fn add_extension(root: &Path, path: &str) -> Result<(), StoreError> {
    let file = root.join(SETTINGS_FILE);
    let text = input::text(&file, DEFINITIONS)?;
    replace(&file, with_extensions(&text, &[path.to_owned()])?.as_bytes())
}

/// Takes an extension out of the settings of an environment.
///
/// # Errors
/// The file.
pub(crate) fn remove_extension(root: &Path, path: &str) -> Result<(), StoreError> {
    let file = root.join(SETTINGS_FILE);
    let mut document = parse(&input::text(&file, DEFINITIONS)?)?;
    // What people wrote before a table belongs to it in the document, and stays when it goes.
    let mut kept = String::new();
    if let Some(Item::ArrayOfTables(tables)) = document.get_mut(SECTION) {
        for table in tables.iter_mut() {
            kept.push_str(text_before(table));
            if !names(table, path) {
                table.decor_mut().set_prefix(std::mem::take(&mut kept));
            }
        }
        tables.retain(|table| !names(table, path));
        if tables.is_empty() {
            document.remove(SECTION);
        }
    }
    kept.push_str(document.trailing().as_str().unwrap_or_default());
    document.set_trailing(kept);
    replace(&file, document.to_string().as_bytes())
}

fn text_before(table: &Table) -> &str {
    table.decor().prefix().and_then(RawString::as_str).unwrap_or_default()
}

fn names(table: &Table, path: &str) -> bool {
    table.get(PATH).and_then(Item::as_str) == Some(path)
}

fn parse(text: &str) -> Result<DocumentMut, StoreError> {
    text.parse::<DocumentMut>().map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let kind = Kind::Syntax(error.message().to_owned());
        StoreError::Definitions(Problems::one(Problem::at(SETTINGS_FILE, text, at, &kind)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::settings::{TEMPLATE, parse as settings};

    #[test]
    fn the_rest_of_the_settings_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(SETTINGS_FILE);
        let with = with_extensions(TEMPLATE, &["../a".to_owned(), "b \"c\"".to_owned()]).unwrap();
        assert!(with.starts_with(TEMPLATE));
        assert_eq!(settings(SETTINGS_FILE, &with).unwrap().extensions, ["../a", "b \"c\""]);
        std::fs::write(&file, &with).unwrap();
        add_extension(folder.path(), "../a").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), with);
        remove_extension(folder.path(), "../a").unwrap();
        remove_extension(folder.path(), "b \"c\"").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap().trim_end(), TEMPLATE.trim_end());
    }
}
