//! The environment's own definitions and schema files, and the record of what has been applied.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use rusqlite::params;

use super::db::Db;
use super::error::StoreError;
use super::input::{self, Budget, DEFINITIONS, FEW, MANY, SCRIPTS};
use super::open::Access;
use super::schema;
use super::script::Guarded;
use crate::definitions::script::ScriptProblem;
use crate::definitions::{Kind, Problem, Problems, SourceFile};
use crate::gates::file::GateFile;
use crate::model::time::Time;
use crate::world::ids;

/// The environment's own job files, `jobs/*.toml`, sorted by name.
pub(crate) fn job_files(root: &Path) -> Result<Vec<SourceFile>, StoreError> {
    let files = texts(root, "jobs", "toml", (MANY, DEFINITIONS))?;
    let source = |(name, text)| SourceFile { name, text, shipped: false };
    Ok(files.into_iter().map(source).collect())
}

/// What lies in `jobs/` and is seed-data XML, which is not read; by name.
pub(crate) fn seed_data(root: &Path) -> Result<Vec<String>, StoreError> {
    let folder = root.join("jobs");
    let mut found = input::files(&folder, "xml", MANY)?;
    found.extend(input::files(&folder, "XML", MANY)?);
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(found.iter().filter_map(name).map(|name| format!("jobs/{name}")).collect())
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

/// A script of the environment: its name and its text.
pub(crate) type Script = (String, String);

/// Carries out scripts in a database in memory, to see whether they make tables.
///
/// # Errors
/// [`StoreError::Definitions`] with the place of what was refused.
pub(crate) fn try_schema(kind: schema::Kind, scripts: &[Script]) -> Result<(), StoreError> {
    let guarded = Guarded::new(Db::in_memory(kind)?, kind)?;
    let carry_out = |(name, text): &Script| guarded.carry_out(name, text);
    guarded.db().immediate(|| scripts.iter().try_for_each(carry_out))
}

/// The scripts that a database of either side has not had.
///
/// # Errors
/// [`StoreError::Definitions`] where one that it has had was changed since, because carrying it
/// out again could lose what is in its tables.
pub(crate) fn pending<'s>(db: &Db, scripts: &'s [Script]) -> Result<Vec<&'s Script>, StoreError> {
    let mut pending = Vec::new();
    let mut problems = Problems::default();
    for script in scripts {
        let (name, text) = script;
        let kept = db.text("SELECT CHECKSUM FROM cdx_SCHEMAFILE WHERE NAME = ?1", [name])?;
        match kept {
            Some(kept) if kept == checksum(text) => {}
            Some(_) => {
                let file = db.path().file_name().unwrap_or_default();
                let database = file.to_string_lossy().into_owned();
                let kind = Kind::Script(ScriptProblem::Changed { database });
                problems.add(|| Problem::at(name, text, 0, &kind));
            }
            None => pending.push(script),
        }
    }
    if problems.is_empty() { Ok(pending) } else { Err(StoreError::Definitions(problems)) }
}

fn checksum(text: &str) -> String {
    ids::hex(&Sha256::digest(text.as_bytes()))
}

/// Carries out the scripts that a database has not had, all of them or none, each once; the names
/// of those carried out. The database is not in a transaction.
///
/// # Errors
/// [`StoreError::Definitions`] with the place of what was refused.
pub(crate) fn apply_schema(
    db: &Db,
    kind: schema::Kind,
    scripts: &[Script],
    now: &Time,
) -> Result<Vec<String>, StoreError> {
    let pending = pending(db, scripts)?;
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    let guarded = Guarded::new(Db::open(db.path(), kind, Access::Write)?, kind)?;
    let db = guarded.db();
    db.immediate(|| {
        for (name, text) in &pending {
            guarded.carry_out(name, text)?;
            db.run(
                "INSERT INTO cdx_SCHEMAFILE (NAME, CHECKSUM, APPLIED) VALUES (?1, ?2, ?3)",
                params![name, checksum(text), now],
            )?;
        }
        Ok(pending.iter().map(|(name, _)| name.clone()).collect())
    })
}
