//! Files of the "Feature management" data entity, as CSV and as XLSX (G10).

use std::fs;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use jiff::civil::Date;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, IntoCustomDateTime, Workbook, XlsxError,
};

use super::error::StoreError;
use crate::definitions::{Kind, Problem, Problems};
use crate::gates::gate::NAME_PREFIX;
use crate::gates::import::EntityRow;
use crate::model::nearest::nearest;
use crate::world::clock::NO_DATE;

/// The columns, as they are written; read in any order, case and spacing.
const COLUMNS: [&str; 5] = ["NAME", "DISPLAYNAME", "MODULE", "ENABLED", "ENABLEDATE"];

/// A cell of a file: its text, and where it stands.
struct Cell {
    text: String,
    line: usize,
    column: usize,
}

/// Whether a path names a file of the entity by its ending.
pub fn is_entity_file(path: &Path) -> bool {
    ending(path).is_some_and(|ending| ["csv", "xlsx"].contains(&ending.as_str()))
}

fn ending(path: &Path) -> Option<String> {
    path.extension().map(|ending| ending.to_string_lossy().to_lowercase())
}

/// Reads a file of the entity.
///
/// # Errors
/// Every cell that is not what it should be, with its line and column.
pub fn read(path: &Path) -> Result<Vec<EntityRow>, StoreError> {
    let bytes = fs::read(path).map_err(StoreError::io("read", path))?;
    let name = path.display().to_string();
    let table = match ending(path).as_deref() {
        Some("xlsx") => cells_of_xlsx(&name, bytes)?,
        _ => cells_of_csv(&name, &bytes)?,
    };
    rows(&name, table)
}

/// A file that is not what its ending says, as a problem at its beginning.
fn unreadable(name: &str, what: &str, detail: impl ToString) -> StoreError {
    let kind = Kind::NotA { what: what.to_owned(), detail: detail.to_string() };
    let problems = Problems(vec![problem(name, 1, 1, &kind)]);
    StoreError::Entity { path: name.to_owned(), problems }
}

fn cells_of_csv(name: &str, bytes: &[u8]) -> Result<Vec<Vec<Cell>>, StoreError> {
    let text = std::str::from_utf8(bytes).map_err(|e| unreadable(name, "CSV in UTF-8", e))?;
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or_default();
    // Spreadsheets of many countries separate with semicolons.
    let delimiter = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut table = Vec::new();
    let (mut line, mut counted) = (1, 0);
    for record in reader.records() {
        let record = record.map_err(|e| unreadable(name, "CSV", e))?;
        // The reader's own count is one behind where lines end in CR LF.
        let begin = record.position().map_or(0, |at| at.byte() as usize);
        let blank = text[begin..].bytes().take_while(|byte| b"\r\n".contains(byte)).count();
        line += text[counted..begin + blank].matches('\n').count();
        counted = begin + blank;
        let cell =
            |(at, text): (usize, &str)| Cell { text: text.trim().to_owned(), line, column: at + 1 };
        table.push(record.iter().enumerate().map(cell).collect());
    }
    Ok(table)
}

fn cells_of_xlsx(name: &str, bytes: Vec<u8>) -> Result<Vec<Vec<Cell>>, StoreError> {
    let mut book: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|e| unreadable(name, "XLSX workbook", e))?;
    let sheet = book.worksheet_range_at(0);
    let sheet = sheet.ok_or_else(|| unreadable(name, "XLSX workbook", "it has no sheet"))?;
    let sheet = sheet.map_err(|e| unreadable(name, "XLSX workbook", e))?;
    let (top, left) = sheet.start().unwrap_or((0, 0));
    let cell = |line: usize, (at, data): (usize, &Data)| Cell {
        text: text_of(data),
        line,
        column: left as usize + at + 1,
    };
    let lines = sheet.rows().enumerate().map(|(at, row)| (top as usize + at + 1, row));
    Ok(lines.map(|(line, row)| row.iter().enumerate().map(|c| cell(line, c)).collect()).collect())
}

fn text_of(data: &Data) -> String {
    match data {
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::Bool(is) => if *is { "Yes" } else { "No" }.to_owned(),
        Data::Empty => String::new(),
        other => other.to_string().trim().to_owned(),
    }
}

/// A header without its case, spaces and underscores.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
}

fn rows(name: &str, table: Vec<Vec<Cell>>) -> Result<Vec<EntityRow>, StoreError> {
    let mut problems = Vec::new();
    let mut note = |line, column, kind: &Kind| problems.push(problem(name, line, column, kind));
    let mut table = table.into_iter();
    let header = table.next().unwrap_or_default();
    let at = |wanted: &str| header.iter().position(|cell| plain(&cell.text) == wanted);
    let columns = COLUMNS.map(at);
    for (wanted, found) in COLUMNS.iter().zip(columns) {
        if found.is_none() && ["NAME", "ENABLED", "ENABLEDATE"].contains(wanted) {
            note(1, 1, &Kind::Missing { key: wanted, expected: "a column of this name" });
        }
    }
    let [Some(name_at), display, module, Some(enabled_at), Some(date_at)] = columns else {
        return Err(StoreError::Entity { path: name.to_owned(), problems: Problems(problems) });
    };
    let mut found: Vec<EntityRow> = Vec::new();
    for cells in table {
        if cells.iter().all(|cell| cell.text.is_empty()) {
            continue;
        }
        let line = cells.first().map_or(0, |cell| cell.line);
        let text = |at: Option<usize>| {
            at.and_then(|at| cells.get(at)).map_or_else(String::new, |cell| cell.text.clone())
        };
        let column = |at: usize| cells.get(at).map_or(at + 1, |cell| cell.column);
        let feature = with_prefix(text(Some(name_at)));
        if feature.is_empty() {
            let expected = "the feature's class, Dynamics.AX.Application.<class>";
            note(line, column(name_at), &Kind::Missing { key: "NAME", expected });
        } else if found.iter().any(|row| row.name.eq_ignore_ascii_case(&feature)) {
            let (spelling, first) = (feature.clone(), "this file".to_owned());
            note(line, column(name_at), &Kind::DuplicateFeature { spelling, first });
        }
        let enabled = parse_yes(&text(Some(enabled_at)));
        if let Err(kind) = &enabled {
            note(line, column(enabled_at), kind);
        }
        let date = parse_date(&text(Some(date_at)));
        if let Err(kind) = &date {
            note(line, column(date_at), kind);
        }
        let (Ok(enabled), Ok(enable_date)) = (enabled, date) else { continue };
        let (display_name, module) = (text(display), text(module));
        found.push(EntityRow { name: feature, display_name, module, enabled, enable_date, line });
    }
    if problems.is_empty() {
        return Ok(found);
    }
    Err(StoreError::Entity { path: name.to_owned(), problems: Problems(problems) })
}

/// People write the class alone; the entity has its namespace before it.
fn with_prefix(name: String) -> String {
    if name.is_empty() || name.contains('.') { name } else { format!("{NAME_PREFIX}{name}") }
}

fn problem(file: &str, line: usize, column: usize, kind: &Kind) -> Problem {
    Problem {
        file: file.to_owned(),
        line,
        column,
        code: kind.code(),
        message: kind.to_string(),
        hint: kind.hint(),
    }
}

fn parse_yes(text: &str) -> Result<bool, Kind> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        other => Err(Kind::UnknownWord {
            key: "ENABLED".to_owned(),
            value: text.to_owned(),
            expected: "Yes, No".to_owned(),
            nearest: nearest(other, ["yes", "no"]).map(str::to_owned),
        }),
    }
}

/// A date with or without a time behind it; 1900-01-01 is a blank one.
fn parse_date(text: &str) -> Result<Option<Date>, Kind> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    let date: Result<Date, _> = day.parse();
    match date {
        Ok(date) if date.to_string() == NO_DATE => Ok(None),
        Ok(date) => Ok(Some(date)),
        Err(_) => Err(Kind::OutOfRange {
            key: "ENABLEDATE".to_owned(),
            value: format!("{text:?}"),
            expected: "a date YYYY-MM-DD, or blank",
        }),
    }
}

/// Writes a file of the entity, whole or not at all; `now` is the environment's own date.
///
/// # Errors
/// [`StoreError::Exists`] for a file that is there, unless it may be replaced; the disk.
pub fn write(path: &Path, rows: &[EntityRow], now: Date, replace: bool) -> Result<(), StoreError> {
    if path.exists() && !replace {
        let path = path.display().to_string();
        return Err(StoreError::FileExists { path });
    }
    let name = path.display().to_string();
    let bytes = match ending(path).as_deref() {
        Some("xlsx") => xlsx(rows, now).map_err(|e| unreadable(&name, "XLSX to write", e))?,
        _ => csv_bytes(rows).map_err(|e| unreadable(&name, "CSV to write", e))?,
    };
    let mut draft = path.as_os_str().to_owned();
    draft.push(".partial");
    let draft = Path::new(&draft);
    fs::write(draft, bytes).map_err(StoreError::io("write", draft))?;
    fs::rename(draft, path).map_err(StoreError::io("rename", draft))
}

fn values(row: &EntityRow) -> [String; 5] {
    let yes = if row.enabled { "Yes" } else { "No" };
    let date = row.enable_date.map_or_else(String::new, |date| date.to_string());
    [row.name.clone(), row.display_name.clone(), row.module.clone(), yes.to_owned(), date]
}

fn csv_bytes(rows: &[EntityRow]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record(values(row))?;
    }
    writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

/// The day a workbook is written, in the environment's own time.
struct Written(Date);

impl IntoCustomDateTime for Written {
    fn utc_datetime(self) -> String {
        format!("{}T00:00:00Z", self.0)
    }
}

fn xlsx(rows: &[EntityRow], now: Date) -> Result<Vec<u8>, XlsxError> {
    let excel = |date: Date| {
        ExcelDateTime::from_ymd(
            date.year().cast_unsigned(),
            date.month().cast_unsigned(),
            date.day().cast_unsigned(),
        )
    };
    let mut book = Workbook::new();
    // The workbook's own clock would make each export differ.
    book.set_properties(&DocProperties::new().set_creation_datetime(Written(now)));
    let format = Format::new().set_num_format("yyyy-mm-dd");
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name("Feature management")?;
    for (column, header) in (0..).zip(COLUMNS) {
        sheet.write_with_format(0, column, header, &bold)?;
    }
    for (line, row) in (1..).zip(rows) {
        for (column, value) in (0..).zip(values(row)) {
            match row.enable_date.filter(|_| column == 4) {
                Some(date) => sheet.write_with_format(line, column, excel(date)?, &format)?,
                None => sheet.write(line, column, value)?,
            };
        }
    }
    sheet.autofit();
    book.save_to_buffer()
}
