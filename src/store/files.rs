//! The environment's own definitions and schema files, and the record of what has been applied.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::db::Db;
use super::error::StoreError;
use super::schema::Kind;
use crate::definitions::SourceFile;
use crate::gates::catalogue::GateFile;
use crate::world::ids;

/// The environment's own job files, `jobs/*.toml`, sorted by name.
pub fn job_files(root: &Path) -> Result<Vec<SourceFile>, StoreError> {
    let files = texts(root, "jobs", "toml")?;
    let source = |(name, text)| SourceFile { name, text, shipped: false };
    Ok(files.into_iter().map(source).collect())
}

/// The environment's own gate files, `gates/*.toml`, sorted by name.
pub fn gate_files(root: &Path) -> Result<Vec<GateFile>, StoreError> {
    let files = texts(root, "gates", "toml")?;
    Ok(files.into_iter().map(|(name, text)| GateFile { name, text }).collect())
}

/// The environment's own schema files of one side, `schema/hq` or `schema/channel`, sorted.
pub fn schema_files(root: &Path, side: &str) -> Result<Vec<(String, String)>, StoreError> {
    texts(root, &format!("schema/{side}"), "sql")
}

fn texts(root: &Path, folder: &str, ending: &str) -> Result<Vec<(String, String)>, StoreError> {
    let path = root.join(folder);
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(StoreError::io("read", &path)(e)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(StoreError::io("read", &path))?.path();
        if path.extension().is_some_and(|found| found == ending) {
            let text = fs::read_to_string(&path).map_err(StoreError::io("read", &path))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.push((format!("{folder}/{name}"), text));
        }
    }
    files.sort();
    Ok(files)
}

/// Runs schema files in a database in memory, to see whether they make tables.
///
/// # Errors
/// [`StoreError::Script`] naming the file.
pub fn try_schema(kind: Kind, files: &[(String, String)]) -> Result<(), StoreError> {
    let db = Db::in_memory(kind)?;
    for (name, sql) in files {
        db.script(sql).map_err(|error| StoreError::script(name, error))?;
    }
    Ok(())
}

/// Applies schema files that this database has not had; the names of those applied.
///
/// Each file is applied once and recorded; an applied file that has changed since is told by
/// [`StoreError::Unreadable`], because running it again could lose what is in its tables.
pub fn apply_schema(
    db: &Db,
    files: &[(String, String)],
    now: &str,
) -> Result<Vec<String>, StoreError> {
    db.write(|db| {
        let mut applied = Vec::new();
        for (name, sql) in files {
            let checksum = ids::hex(&Sha256::digest(sql.as_bytes()));
            let kept = db.text("SELECT CHECKSUM FROM cdx_SCHEMAFILE WHERE NAME = ?1", [name])?;
            match kept {
                Some(kept) if kept == checksum => {}
                Some(_) => {
                    let what = "a schema file that was applied and has changed since; \
                                put the change into a new file";
                    return Err(StoreError::Unreadable {
                        path: name.clone(),
                        what,
                        value: format!("checksum {}", &checksum[..12]),
                    });
                }
                None => {
                    db.script(sql)?;
                    db.run(
                        "INSERT INTO cdx_SCHEMAFILE (NAME, CHECKSUM, APPLIED) VALUES (?1, ?2, ?3)",
                        [name.as_str(), &checksum, now],
                    )?;
                    applied.push(name.clone());
                }
            }
        }
        Ok(applied)
    })
}
