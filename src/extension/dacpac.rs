//! The base tables of a dacpac: a zip with the model of a database as XML, which is read as a
//! stream, since it can have 32 MB.

mod model;
mod writer;

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use zip::ZipArchive;

use super::script::Script;
use crate::model::source::Sources;

/// The file in it that has the model.
const MODEL: &str = "model.xml";
/// The most that is read of it, in bytes.
const MOST: u64 = 1024 * 1024 * 1024;
/// How much of it is unpacked at a time, in bytes.
const BUFFER: usize = 256 * 1024;

/// Reads the tables of a dacpac. Their places are in a list of tables that is added to the sources
/// under this name.
///
/// # Errors
/// Why it is none.
pub fn read(sources: &mut Sources, name: &str, path: &Path) -> Result<Script, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut archive = ZipArchive::new(file).map_err(|error| format!("not a zip: {error}"))?;
    let at = archive
        .file_names()
        .position(|file| file.as_ref().is_ok_and(|file| file.eq_ignore_ascii_case(MODEL)));
    let at = at.ok_or_else(|| format!("it has no {MODEL}"))?;
    let entry = archive.by_index(at).map_err(|error| error.to_string())?;
    let read = BufReader::with_capacity(BUFFER, entry.take(MOST));
    let model = model::read(read).map_err(|why| format!("{MODEL}: {why}"))?;
    if model.tables.is_empty() {
        return Err(format!("{MODEL} has no tables"));
    }
    Ok(writer::write(model, name, sources))
}
