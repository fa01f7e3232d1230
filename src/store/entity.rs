//! Files of the "Feature management" data entity, as CSV and as XLSX (G10).

use std::collections::HashSet;
use std::path::Path;

use jiff::civil::Date;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, IntoCustomDateTime, Workbook, XlsxError,
};

use super::cells::{LONGEST, Row, clipped};
use super::data_package::{self, Packed};
use super::entity_words::{self as words, COLUMNS};
use super::error::StoreError;
use super::replace::replace;
use super::{input, workbook};
use crate::definitions::{Kind, Problem, Problems};
use crate::gates::gate::NAME_PREFIX;
use crate::gates::import::EntityRow;
use crate::model::wording::grouped;

/// So many features are read of a file.
const MOST_ROWS: usize = 20_000;
/// The endings of files that are read.
pub(crate) const READ: &[&str] = &["csv", "tsv", "xlsx", "zip"];
/// The endings of files that are written.
pub(crate) const WRITTEN: &[&str] = &["csv", "xlsx"];

/// Whether a path ends in one of these.
pub(crate) fn ends_in(path: &Path, endings: &[&str]) -> bool {
    ending(path).is_some_and(|ending| endings.contains(&ending.as_str()))
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
        Some("xlsx") => rows_of_workbook(&name, input::bytes(path, input::WORKBOOK)?, take)?,
        Some("zip") => {
            let package = |detail| unreadable(&name, "a data package with this entity", detail);
            let (inner, kind, bytes) =
                data_package::entity(input::bytes(path, input::ENTITY)?).map_err(package)?;
            let inner = format!("{name}/{inner}");
            match kind {
                Packed::Xlsx => rows_of_workbook(&inner, bytes, take)?,
                Packed::Csv => rows_of_csv(&inner, &text_of(&inner, bytes)?, take)?,
            }
        }
        _ => match input::text(path, input::ENTITY) {
            Ok(text) => rows_of_csv(&name, &text, take)?,
            Err(StoreError::NotText { line, .. }) => return Err(not_utf8(&name, line)),
            Err(error) => return Err(error),
        },
    }
    table.finish()
}

fn rows_of_workbook(
    name: &str,
    bytes: Vec<u8>,
    take: impl FnMut(Row) -> bool,
) -> Result<(), StoreError> {
    workbook::rows(bytes, take).map_err(|detail| unreadable(name, "an XLSX workbook", detail))
}

/// The text of a file in a package, which may be in UTF-16 as data management writes it.
fn text_of(name: &str, bytes: Vec<u8>) -> Result<String, StoreError> {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        let pairs = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let text: Result<String, _> = char::decode_utf16(pairs).collect();
        return text.map_err(|_| not_utf8(name, 1));
    }
    String::from_utf8(bytes).map_err(|_| not_utf8(name, 1))
}

fn not_utf8(name: &str, line: usize) -> StoreError {
    let (what, detail) = ("CSV in UTF-8".to_owned(), "save it so".to_owned());
    wrong(name, line, Kind::NotA { what, detail })
}

/// A file that is not what its ending says, as a problem at its beginning.
pub(super) fn unreadable(name: &str, what: &str, detail: impl ToString) -> StoreError {
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
    // Spreadsheets of many countries separate with semicolons; what is copied of a grid has tabs.
    let separates = |sign: char| header.contains(sign) && !header.contains(',');
    let delimiter = match (separates('\t'), separates(';')) {
        (true, _) => b'\t',
        (_, true) => b';',
        _ => b',',
    };
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
    /// Its dates have the day first.
    day_first: bool,
    problems: Problems,
}

impl<'a> Table<'a> {
    fn new(name: &'a str) -> Self {
        let (found, known, problems) = (Vec::new(), HashSet::new(), Problems::default());
        Self { name, columns: None, found, known, rows: 0, day_first: false, problems }
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
        let mut columns = [None; 5];
        let mut misspelt = false;
        for (at, text) in &row.cells {
            self.day_first |= words::is_spanish(text);
            match words::column(text) {
                Some(place) => _ = columns[place].get_or_insert(*at),
                None => misspelt |= words::is_near_date(text),
            }
        }
        for (wanted, found) in COLUMNS.iter().zip(columns) {
            // The workspace's list has names for people alone, and may be without dates.
            let own = columns[0].is_none() && columns[1].is_some();
            // A list made by hand may be without dates too; a heading near to it is meant for it.
            let dateless = columns[0].is_some() && columns[3].is_some() && !misspelt;
            let there = found.is_some()
                || own && ["NAME", "ENABLEDATE"].contains(wanted)
                || dateless && *wanted == "ENABLEDATE";
            if !there && ["NAME", "ENABLED", "ENABLEDATE"].contains(wanted) {
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
        // No class has a space in it: what people see stands under the heading of the class.
        let shown = Some(row.text(name_at)).filter(|name| name.contains(' '));
        let feature = match shown {
            Some(_) => String::new(),
            None => with_prefix(row.text(name_at).to_owned()),
        };
        if shown.is_none()
            && feature.is_empty()
            && (name_at.is_some() || row.text(display).is_empty())
        {
            let expected = "the feature's class, Dynamics.AX.Application.<class>";
            self.note(row.line, column(name_at), &Kind::Missing { key: "NAME", expected });
        } else if !feature.is_empty() && !self.known.insert(feature.to_lowercase()) {
            let (spelling, first) = (feature.clone(), "this file".to_owned());
            self.note(row.line, column(name_at), &Kind::DuplicateFeature { spelling, first });
        }
        let enabled = words::is_on(row.text(enabled_at));
        if let Err(kind) = &enabled {
            self.note(row.line, column(enabled_at), kind);
        }
        let date = words::date(row.text(date_at), self.day_first);
        if let Err(kind) = &date {
            self.note(row.line, column(date_at), kind);
        }
        // After the first problem rows are only looked at.
        let (Ok(enabled), Ok(enable_date)) = (enabled, date) else { return };
        if self.problems.is_empty() {
            let text = |at| row.text(at).to_owned();
            let (module, line) = (text(module), row.line);
            let display_name = shown.map_or_else(|| text(display), str::to_owned);
            // The workspace has no date for what was on before it kept any.
            let dated =
                date_at.is_some() && (name_at.is_some() || !enabled || enable_date.is_some());
            let name = feature;
            let row = EntityRow { name, display_name, module, enabled, enable_date, dated, line };
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
pub(super) fn with_prefix(name: String) -> String {
    if name.is_empty() || name.contains(['.', ':']) { name } else { format!("{NAME_PREFIX}{name}") }
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
