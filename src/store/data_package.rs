//! The list of features in a data package: a zip with a manifest, and the entity's file beside it.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::cells::plain;
use super::input;

/// So many files may be in a package.
const MOST_FILES: usize = 1_000;

/// The kinds of file that an entity is exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packed {
    /// Text.
    Csv,
    /// A workbook.
    Xlsx,
}

/// The entity's file: its name in the package, what it is, and what it holds.
///
/// # Errors
/// Why there is none.
pub(super) fn entity(bytes: Vec<u8>) -> Result<(String, Packed, Vec<u8>), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    if archive.len() > MOST_FILES {
        return Err(format!("it holds more than {MOST_FILES} files"));
    }
    let mut found: Vec<(usize, String, Packed)> = Vec::new();
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|error| error.to_string())?;
        let name = file.name().map_err(|error| error.to_string())?.into_owned();
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
        let kind = match ending.to_lowercase().as_str() {
            "csv" => Packed::Csv,
            "xlsx" => Packed::Xlsx,
            _ => continue,
        };
        let stem = plain(stem.rsplit(['/', '\\']).next().unwrap_or(stem));
        let wanted = stem.contains("FEATUREMANAGEMENT");
        found.push((at, name, kind));
        if wanted {
            let last = found.len() - 1;
            found.swap(0, last);
            found.truncate(1);
            break;
        }
    }
    let names: Vec<&str> = found.iter().map(|(_, name, _)| name.as_str()).collect();
    let (at, name, kind) = match &found[..] {
        [one] => one.clone(),
        [] => return Err("no CSV and no XLSX is in it".to_owned()),
        _ => return Err(format!("none of {} is named for the entity", names.join(", "))),
    };
    let most = match kind {
        Packed::Csv => input::ENTITY,
        Packed::Xlsx => input::WORKBOOK,
    };
    let file = archive.by_index(at).map_err(|error| error.to_string())?;
    let mut held = Vec::new();
    file.take(most + 1).read_to_end(&mut held).map_err(|error| format!("{name}: {error}"))?;
    if held.len() as u64 > most {
        return Err(format!("{name} unpacks to more than {} MiB", most / 1024 / 1024));
    }
    Ok((name, kind, held))
}
