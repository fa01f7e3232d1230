//! The environment's own definitions and schema files.

use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::input::{self, Budget, DEFINITIONS, FEW, MANY, SCRIPTS};
use crate::definitions::SourceFile;
use crate::gates::file::GateFile;

/// The environment's own job files, `jobs/*.toml`, sorted by name.
pub(crate) fn job_files(root: &Path) -> Result<Vec<SourceFile>, StoreError> {
    let files = texts(root, "jobs", "toml", (MANY, DEFINITIONS))?;
    Ok(files.iter().map(|(name, text)| SourceFile::own(name, text)).collect())
}

/// The seed data of `jobs/`, sorted by name.
pub(super) fn seed_files(root: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let folder = root.join("jobs");
    let mut found = input::files(&folder, "xml", MANY)?;
    found.extend(input::files(&folder, "XML", MANY)?);
    Ok(found)
}

/// The environment's own gate files, `gates/*.toml`, sorted by name.
pub(crate) fn gate_files(root: &Path) -> Result<Vec<GateFile>, StoreError> {
    let files = texts(root, "gates", "toml", (FEW, DEFINITIONS))?;
    Ok(files.into_iter().map(|(name, text)| GateFile { name, text }).collect())
}

/// The environment's own schema files of one side, `schema/hq` or `schema/channel`, sorted.
pub(crate) fn schema_files(root: &Path, side: &str) -> Result<Vec<(String, String)>, StoreError> {
    texts(root, &format!("schema/{side}"), "sql", (MANY, SCRIPTS))
}

/// The texts of the files of a folder: at most so many, which together hold no more than so much.
fn texts(
    root: &Path,
    folder: &str,
    ending: &str,
    most: (usize, u64),
) -> Result<Vec<(String, String)>, StoreError> {
    let mut budget = Budget::new(most.1);
    let paths = input::files(&root.join(folder), ending, most.0)?;
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok((format!("{folder}/{name}"), budget.text(&path)?))
    };
    paths.into_iter().map(read).collect()
}
