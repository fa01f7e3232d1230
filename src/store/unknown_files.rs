//! Channel database files that headquarters does not know: it was put back from a copy that is
//! older than the channel (U10).

use std::fs;
use std::io::ErrorKind;

use rusqlite::named_params;

use super::catalogue::find_table;
use super::drift::with_channel;
use super::environment::Reader;
use super::error::StoreError;
use super::lineage;
use super::open::Access;
use super::side::{ChannelDatabase, Headquarters};
use super::sql_text::quoted;

/// A channel database file that headquarters has no row for.
#[derive(Debug)]
pub(crate) struct UnknownFile {
    /// The database's name, by its file.
    pub(crate) name: String,
    /// What is in it, or why it could not be read.
    pub(crate) content: Result<Content, StoreError>,
}

/// What such a file has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// The headquarters that it has last seen is this one.
    pub(crate) is_ours: bool,
    /// How many rows of each upload table headquarters does not have, by table; none without any.
    pub(crate) waiting: Vec<(String, u64)>,
}

/// The files beside those of the databases that headquarters knows, by name.
///
/// # Errors
/// The folder, or headquarters' file.
pub(crate) fn unknown_files(
    reader: &Reader,
    known: &[String],
) -> Result<Vec<UnknownFile>, StoreError> {
    let folder = reader.env.root().join("channels");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io("read", &folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(StoreError::io("read", &folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Files that were set aside, and SQLite's own beside a database, end otherwise.
        if let Some(name) = name.strip_suffix(".db")
            && !known.iter().any(|known| known.eq_ignore_ascii_case(name))
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    let read = |name: String| UnknownFile { content: content(reader, &name), name };
    Ok(names.into_iter().map(read).collect())
}

fn content(reader: &Reader, name: &str) -> Result<Content, StoreError> {
    let channel = reader.env.channel(name, Access::Examine)?;
    let tables = channel.rows(
        "SELECT TABLENAME, COUNTER FROM cdx_UPLOADTABLE ORDER BY TABLENAME",
        [],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
    )?;
    let mut waiting = Vec::new();
    with_channel(&reader.hq, &channel, || {
        for (table, counter) in &tables {
            let rows = rows_waiting(&reader.hq, &channel, table, counter)?;
            if rows > 0 {
                waiting.push((table.clone(), rows));
            }
        }
        Ok(())
    })?;
    Ok(Content { is_ours: lineage::has_seen(&channel, &reader.hq)?, waiting })
}

/// Rows that headquarters has not received; of one that does not say where it was made, whether it
/// has been sent tells. The channel is attached as `ch`.
fn rows_waiting(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    table: &str,
    counter: &str,
) -> Result<u64, StoreError> {
    if find_table(channel, table)?.is_none_or(|found| found.column(counter).is_none()) {
        return Ok(0);
    }
    let sql = include_str!("sql/unknown_file_rows.sql")
        .replace("{table}", &quoted(table))
        .replace("{counter}", &quoted(counter));
    let count = hq.first(&sql, named_params! { ":table": table }, |row| row.get::<_, i64>(0))?;
    Ok(count.unwrap_or_default() as u64)
}
