//! Files of the "Feature management" data entity, as CSV and as XLSX (G10).

use std::collections::HashSet;
use std::path::Path;

use jiff::civil::Date;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, IntoCustomDateTime, Workbook, XlsxError,
};

use super::cells::{LONGEST, Row, clipped, plain};
use super::error::StoreError;
use super::replace::replace;
use super::{input, workbook};
use crate::definitions::{Kind, Problem, Problems};
use crate::gates::gate::NAME_PREFIX;
use crate::gates::import::EntityRow;
use crate::model::nearest::nearest;
use crate::model::wording::grouped;
use crate::world::clock::NO_DATE;

/// The columns, as they are written; read in any order, case and spacing.
const COLUMNS: [&str; 5] = ["NAME", "DISPLAYNAME", "MODULE", "ENABLED", "ENABLEDATE"];

/// So many features are read of a file.
const MOST_ROWS: usize = 20_000;
/// Whether a path names a file of the entity by its ending.
pub(crate) fn is_entity_file(path: &Path) -> bool {
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
    let name = path.display().to_string();
    let mut table = Table::new(&name);
    let take = |row| table.take(row);
    match ending(path).as_deref() {
        Some("xlsx") => workbook::rows(input::bytes(path, input::WORKBOOK)?, take)
            .map_err(|detail| unreadable(&name, "an XLSX workbook", detail))?,
        _ => match input::text(path, input::ENTITY) {
            Ok(text) => rows_of_csv(&name, &text, take)?,
            Err(StoreError::NotText { line, .. }) => {
                let (what, detail) = ("CSV in UTF-8".to_owned(), "save it so".to_owned());
                return Err(wrong(&name, line, Kind::NotA { what, detail }));
            }
            Err(error) => return Err(error),
        },
    }
    table.finish()
}

/// A file that is not what its ending says, as a problem at its beginning.
fn unreadable(name: &str, what: &str, detail: impl ToString) -> StoreError {
    let kind = Kind::NotA { what: what.to_owned(), detail: detail.to_string() };
    wrong(name, 1, kind)
}

fn wrong(name: &str, line: usize, kind: Kind) -> StoreError {
    let problems = Problems::one(problem(name, line, 1, &kind));
    StoreError::Entity { path: name.to_owned(), problems }
}

/// Hands over each row, until no more are wanted.
fn rows_of_csv(
    name: &str,
    text: &str,
    mut take: impl FnMut(Row) -> bool,
) -> Result<(), StoreError> {
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or_default();
    // Spreadsheets of many countries separate with semicolons.
    let delimiter = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let (mut line, mut counted) = (1, 0);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|e| unreadable(name, "CSV", e))? {
        // The reader's own count is one behind where lines end in CR LF.
        let begin = record.position().map_or(0, |at| at.byte() as usize);
        let blank = text[begin..].bytes().take_while(|byte| b"\r\n".contains(byte)).count();
        line += text[counted..begin + blank].matches('\n').count();
        counted = begin + blank;
        let cells = record.iter().enumerate().map(|(at, text)| (at + 1, clipped(text)));
        let cells = cells.filter(|(_, text)| !text.is_empty()).collect();
        if !take(Row { line, cells }) {
            break;
        }
    }
    Ok(())
}

/// What a file holds, as its rows come.
struct Table<'a> {
    name: &'a str,
    /// The column of each of [`COLUMNS`], once the first row has come.
    columns: Option<[Option<usize>; 5]>,
    found: Vec<EntityRow>,
    /// The features that have come, in lower case.
    known: HashSet<String>,
    rows: usize,
    problems: Problems,
}

impl<'a> Table<'a> {
    fn new(name: &'a str) -> Self {
        let (found, known, problems) = (Vec::new(), HashSet::new(), Problems::default());
        Self { name, columns: None, found, known, rows: 0, problems }
    }

    fn note(&mut self, line: usize, column: usize, kind: &Kind) {
        self.problems.add(|| problem(self.name, line, column, kind));
    }

    /// Takes in a row; whether more are wanted.
    fn take(&mut self, row: Row) -> bool {
        let Some(columns) = self.columns else { return self.header(&row) };
        if row.cells.is_empty() {
            return true;
        }
        self.rows += 1;
        self.feature(&row, columns);
        self.rows <= MOST_ROWS
    }

    fn header(&mut self, row: &Row) -> bool {
        let at = |wanted: &str| {
            let cell = row.cells.iter().find(|(_, text)| plain(text) == wanted);
            cell.map(|(column, _)| *column)
        };
        let columns = COLUMNS.map(at);
        for (wanted, found) in COLUMNS.iter().zip(columns) {
            if found.is_none() && ["NAME", "ENABLED", "ENABLEDATE"].contains(wanted) {
                let expected = "a column of this name";
                self.note(1, 1, &Kind::Missing { key: wanted, expected });
            }
        }
        self.columns = Some(columns);
        self.problems.is_empty()
    }

    fn feature(&mut self, row: &Row, columns: [Option<usize>; 5]) {
        let [name_at, display, module, enabled_at, date_at] = columns;
        let column = |at: Option<usize>| at.unwrap_or(1);
        for (at, text) in &row.cells {
            if text.chars().count() > LONGEST {
                let value = format!("a text of more than {LONGEST} characters");
                let (key, expected) = ("the cell".to_owned(), "a shorter text");
                self.note(row.line, *at, &Kind::OutOfRange { key, value, expected });
            }
        }
        let feature = with_prefix(row.text(name_at).to_owned());
        if feature.is_empty() {
            let expected = "the feature's class, Dynamics.AX.Application.<class>";
            self.note(row.line, column(name_at), &Kind::Missing { key: "NAME", expected });
        } else if !self.known.insert(feature.to_lowercase()) {
            let (spelling, first) = (feature.clone(), "this file".to_owned());
            self.note(row.line, column(name_at), &Kind::DuplicateFeature { spelling, first });
        }
        let enabled = parse_yes(row.text(enabled_at));
        if let Err(kind) = &enabled {
            self.note(row.line, column(enabled_at), kind);
        }
        let date = parse_date(row.text(date_at));
        if let Err(kind) = &date {
            self.note(row.line, column(date_at), kind);
        }
        // After the first problem rows are only looked at.
        let (Ok(enabled), Ok(enable_date)) = (enabled, date) else { return };
        if self.problems.is_empty() {
            let text = |at| row.text(at).to_owned();
            let (display_name, module, line) = (text(display), text(module), row.line);
            let row = EntityRow { name: feature, display_name, module, enabled, enable_date, line };
            self.found.push(row);
        }
    }

    fn finish(mut self) -> Result<Vec<EntityRow>, StoreError> {
        if self.columns.is_none() {
            self.header(&Row::default());
        }
        if self.rows > MOST_ROWS {
            let most = format!("{} rows", grouped(MOST_ROWS as u64));
            return Err(StoreError::TooLarge { path: self.name.to_owned(), most });
        }
        if self.problems.is_empty() {
            return Ok(self.found);
        }
        Err(StoreError::Entity { path: self.name.to_owned(), problems: self.problems })
    }
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
pub fn write(path: &Path, rows: &[EntityRow], now: Date, over: bool) -> Result<(), StoreError> {
    if path.symlink_metadata().is_ok() && !over {
        let path = path.display().to_string();
        return Err(StoreError::FileExists { path });
    }
    let name = path.display().to_string();
    let bytes = match ending(path).as_deref() {
        Some("xlsx") => xlsx(rows, now).map_err(|e| unreadable(&name, "XLSX to write", e))?,
        _ => csv_bytes(rows).map_err(|e| unreadable(&name, "CSV to write", e))?,
    };
    replace(path, &bytes)
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
struct CreationDate(Date);

impl IntoCustomDateTime for CreationDate {
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
    book.set_properties(&DocProperties::new().set_creation_datetime(CreationDate(now)));
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
