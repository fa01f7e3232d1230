//! Reads the cells of a workbook, one by one and within bounds.
//!
//! A workbook is a zip of XML, and a few kilobytes of it can unpack to any size, name a cell that
//! is a million rows away, or promise more texts than fit into memory. All of it is therefore
//! unpacked and counted before it is read, and cells are read as they come.

use std::borrow::Cow;
use std::io::{Cursor, Read as _};
use std::panic;

use calamine::{Data, DataRef, Reader as _, SheetType, Xlsx, XlsxError};
use zip::ZipArchive;

use super::cells::{self, Row, clipped};

/// The sheet that is read, as its name is compared; the first one where there is none.
const SHEET: &str = "FEATUREMANAGEMENT";
/// How much a workbook may unpack to, in MiB.
const UNPACKED: u64 = 12;
/// So many files may be in it.
const MOST_FILES: usize = 1_000;
/// So many tags may be in its sheets and texts, and in all else.
const MOST_TAGS: (usize, usize) = (2_000_000, 20_000);
/// How long a tag of a style may be: one style can be used again and again.
const LONGEST_STYLE: usize = 500;
/// Columns beyond this one are none of the entity's.
const LAST_COLUMN: u32 = 1_000;

/// Hands over each row that has cells, until no more are wanted.
///
/// # Errors
/// Why it cannot be read.
pub(super) fn rows(bytes: Vec<u8>, take: impl FnMut(Row) -> bool) -> Result<(), String> {
    unpacked(&bytes)?;
    // What is in such a file is anybody's, and its reader is another's: where that breaks, the
    // file is told as one that cannot be read.
    let read = panic::catch_unwind(panic::AssertUnwindSafe(|| cells(bytes, take)));
    match read {
        Ok(read) => read.map_err(|error| error.to_string()),
        Err(_) => Err("its cells are not understood".to_owned()),
    }
}

fn cells(bytes: Vec<u8>, mut take: impl FnMut(Row) -> bool) -> Result<(), XlsxError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let plain = |name: &str| cells::plain(name) == SHEET;
    let of_cells = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
    let sheets = || book.sheets_metadata().iter().filter(of_cells);
    let sheet = sheets().find(|sheet| plain(&sheet.name)).or_else(|| sheets().next());
    let Some(name) = sheet.map(|sheet| sheet.name.clone()) else {
        return Err(XlsxError::Unexpected("it has no sheet"));
    };
    let mut reader = book.worksheet_cells_reader(&name)?;
    let mut row = Row::default();
    while let Some(cell) = reader.next_cell()? {
        let (line, column) = cell.get_position();
        let line = line as usize + 1;
        if line != row.line && !row.cells.is_empty() && !take(std::mem::take(&mut row)) {
            return Ok(());
        }
        row.line = line;
        let text = text_of(cell.get_value());
        // A cell that is given again counts once, or there would be no end to them.
        let again = row.cells.iter().any(|(known, _)| *known == column as usize + 1);
        if column < LAST_COLUMN && !text.is_empty() && !again {
            row.cells.push((column as usize + 1, text));
        }
    }
    if !row.cells.is_empty() {
        take(row);
    }
    Ok(())
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::Bool(is) => if *is { "Yes" } else { "No" }.to_owned(),
        DataRef::Empty => String::new(),
        DataRef::String(text) => clipped(text),
        DataRef::SharedString(text) => clipped(text),
        other => clipped(&Data::from(other.clone()).to_string()),
    }
}

/// Unpacks everything once, to see that it is not too much.
fn unpacked(bytes: &[u8]) -> Result<(), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    if archive.len() > MOST_FILES {
        return Err(format!("it holds more than {MOST_FILES} files"));
    }
    let mut left = UNPACKED * 1024 * 1024;
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|error| error.to_string())?;
        let name = file.name().map_err(|error| error.to_string())?.to_lowercase();
        let mut part = Vec::new();
        file.take(left + 1).read_to_end(&mut part).map_err(|error| format!("{name}: {error}"))?;
        left = left
            .checked_sub(part.len() as u64)
            .ok_or_else(|| format!("it unpacks to more than {UNPACKED} MiB"))?;
        measured(&name, &part)?;
    }
    Ok(())
}

/// Looks at one part as a reader of it would count.
fn measured(name: &str, part: &[u8]) -> Result<(), String> {
    let bulk = name.ends_with("sharedstrings.xml") || name.contains("worksheets/");
    let tags = part.split(|byte| *byte == b'<').count() - 1;
    let most = if bulk { MOST_TAGS.0 } else { MOST_TAGS.1 };
    if name.contains(".xml") && tags > most {
        return Err(format!("{name} holds more than {most} tags"));
    }
    let longest = part.split(|byte| *byte == b'>').map(<[u8]>::len).max().unwrap_or(0);
    if name.ends_with("styles.xml") && longest > LONGEST_STYLE {
        return Err(format!("{name} has a tag of more than {LONGEST_STYLE} characters"));
    }
    // Room is made for as many texts as are promised.
    let promised = values(part, b"uniqueCount").filter_map(|count| count.parse::<u64>().ok());
    if let Some(count) = promised.max().filter(|count| *count > MOST_TAGS.0 as u64) {
        return Err(format!("{name} promises {count} texts"));
    }
    let places = values(part, b"r").chain(values(part, b"ref"));
    let far = |place: &str| place.split(':').any(|cell| !is_place(cell));
    match places.filter(|_| name.contains("worksheets/")).find(|place| far(place)) {
        Some(place) => Err(format!("{name} has a cell {place:?}")),
        None => Ok(()),
    }
}

/// Whether a row or a cell is within a sheet, which ends at XFD1048576.
fn is_place(cell: &str) -> bool {
    let digits = cell.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    cell.len() - digits.len() <= 3 && digits.len() <= 7
}

/// The values of an attribute, wherever it stands; no more of each than shows that it is too long.
fn values<'p>(part: &'p [u8], name: &'static [u8]) -> impl Iterator<Item = Cow<'p, str>> {
    let equals = part.iter().enumerate().filter(|(_, byte)| **byte == b'=').map(|(at, _)| at);
    equals.filter_map(move |at| {
        let before = part[..at].trim_ascii_end().strip_suffix(name)?;
        before.last().filter(|byte| byte.is_ascii_whitespace())?;
        let (quote, value) = part[at + 1..].trim_ascii_start().split_first()?;
        let most = &value[..value.len().min(40)];
        let length = most.iter().position(|byte| byte == quote).unwrap_or(most.len());
        Some(String::from_utf8_lossy(&most[..length]))
    })
}
