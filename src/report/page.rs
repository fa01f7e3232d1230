//! A page of text that a report fills: lines, titled sections and aligned tables.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};
use schemars::JsonSchema;
use serde::Serialize;

use super::palette::Palette;
use super::tint::{marked, painted, unbroken, width};
use crate::model::safe;
use crate::model::suggestion::{Part, Prose};
use crate::model::tone::Tone;
pub(crate) use crate::model::wording::{count, grouped};

/// A command's outcome: JSON by its fields, text by its own account.
pub trait Report: Serialize + JsonSchema {
    /// Writes the outcome for people.
    fn text(&self, page: &mut Page);
}

/// A cell of a table: words, or a value with what it means.
#[derive(Debug, Clone)]
pub(crate) struct Cell(String, Option<Tone>);

impl Cell {
    /// A value.
    pub(crate) fn value(value: impl Into<String>, tone: impl Into<Option<Tone>>) -> Self {
        Self(value.into(), tone.into())
    }

    /// What the table lays out.
    fn laid_out(self) -> String {
        let text = safe::line(&self.0);
        self.1.map_or(text.clone(), |tone| marked(&text, tone))
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(words: T) -> Self {
        Self(words.into(), None)
    }
}

/// How wide rows may be as a table where there is no terminal.
const RECORD_WIDTH: usize = 100;

/// Text on its way to standard output.
#[derive(Debug)]
pub struct Page {
    lines: Vec<String>,
    palette: Palette,
    width: Option<usize>,
    env: Option<String>,
}

impl Page {
    /// An empty page of a width; without one nothing is wrapped.
    pub(crate) fn new(palette: Palette, width: Option<usize>) -> Self {
        Self { lines: Vec::new(), palette, width, env: None }
    }

    /// The page for an environment that `--env` named; commands on it name it too.
    #[must_use]
    pub(crate) fn named(self, env: Option<String>) -> Self {
        Self { env, ..self }
    }

    /// A line of text, wrapped to the width.
    pub(crate) fn line(&mut self, text: impl Into<Prose>) {
        self.wrapped("", &text.into());
    }

    /// A line that belongs to the one before it.
    pub(crate) fn item(&mut self, text: impl Into<Prose>) {
        self.wrapped("  ", &text.into());
    }

    /// A line that belongs to an item.
    pub(crate) fn deeper(&mut self, text: impl Into<Prose>) {
        self.wrapped("    ", &text.into());
    }

    /// Text as it stands, set in from the margin.
    pub(crate) fn indented(&mut self, text: &str) {
        let set_in = |line: &str| format!("  {line}").trim_end().to_owned();
        self.lines.extend(safe::document(text).lines().map(set_in));
    }

    /// A line as it stands, with its values in colour; never wrapped.
    pub(crate) fn unwrapped(&mut self, text: &Prose) {
        let line = words(text, self.env.as_deref()).into_iter().flatten().collect::<Vec<_>>();
        self.lines.push(painted(&line.join(" "), self.palette));
    }

    /// Lines that are drawn and coloured already.
    pub(in crate::report) fn drawn(&mut self, text: &str) {
        self.lines.extend(text.lines().map(|line| line.trim_end().to_owned()));
    }

    /// Whether it has colours.
    pub(in crate::report) fn is_coloured(&self) -> bool {
        self.palette.is_on()
    }

    /// How wide it is; without one nothing is wrapped.
    pub(in crate::report) fn width(&self) -> Option<usize> {
        self.width
    }

    /// An empty line, unless the page is empty or has one at its end.
    pub(crate) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// A title over what follows.
    pub(crate) fn title(&mut self, text: &str) {
        self.gap();
        let bold = self.palette.bold(&safe::line(text));
        self.lines.push(bold);
    }

    /// A table with aligned columns; a column of numbers stands to the right.
    pub(crate) fn table<const N: usize>(
        &mut self,
        header: [&str; N],
        rows: Vec<[impl Into<Cell>; N]>,
    ) {
        let rows = rows.into_iter().map(|row| row.map(Into::into).into());
        self.grid(&header, rows.collect());
    }

    /// Rows with all their columns: a table where that fits the width, else one block a row.
    pub(crate) fn records(&mut self, columns: &[String], rows: Vec<Vec<String>>) {
        let widest = |at: usize| {
            let cells = rows.iter().map(|row| width(&safe::line(&row[at])));
            cells.max().unwrap_or(0).max(columns[at].chars().count())
        };
        let whole: usize = (0..columns.len()).map(|at| widest(at) + 2).sum();
        if whole <= self.width.unwrap_or(RECORD_WIDTH) {
            let header: Vec<&str> = columns.iter().map(String::as_str).collect();
            let cells = rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect());
            self.grid(&header, cells.collect());
            return;
        }
        let names = columns.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        for row in &rows {
            self.gap();
            for (name, value) in columns.iter().zip(row) {
                let name = self.palette.faint(&format!("{name:names$}"));
                self.lines.push(format!("{name}  {}", safe::line(value)).trim_end().to_owned());
            }
        }
    }

    fn grid(&mut self, header: &[&str], rows: Vec<Vec<Cell>>) {
        if rows.is_empty() {
            return;
        }
        let columns = header.len();
        let numeric = |at: usize| {
            rows.iter()
                .all(|row| row[at].0.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '-'))
        };
        let mut table = Table::new();
        let titles = header.iter().map(|title| title.to_uppercase());
        table.load_style(comfy_table::presets::NOTHING).set_header(titles);
        match self.width {
            Some(width) => table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(u16::try_from(width).unwrap_or(u16::MAX)),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        let right: Vec<usize> = (0..columns).filter(|at| numeric(*at)).collect();
        // No word is broken: a name, an account or a number is read, copied and searched whole.
        let least: Vec<usize> = (0..columns)
            .map(|at| {
                let cells = rows.iter().map(|row| row[at].0.as_str()).chain([header[at]]);
                let words = cells.flat_map(str::split_whitespace);
                words.map(|word| word.chars().count()).max().unwrap_or(0)
            })
            .collect();
        for row in rows {
            table.add_row(row.into_iter().map(Cell::laid_out));
        }
        for (at, least) in least.into_iter().enumerate() {
            if let Some(column) = table.column_mut(at) {
                column.set_padding((0, 2));
                let least = u16::try_from(least + 2).unwrap_or(u16::MAX);
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
                if right.contains(&at) {
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
        }
        for (at, line) in table.lines().enumerate() {
            let line = line.trim_end();
            let line = match at {
                0 => self.palette.faint(line),
                _ => painted(line, self.palette),
            };
            self.lines.push(line);
        }
    }

    /// The whole page, with a final line end.
    pub(crate) fn finish(mut self) -> String {
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        if self.lines.is_empty() {
            return String::new();
        }
        self.lines.join("\n") + "\n"
    }

    fn wrapped(&mut self, indent: &str, text: &Prose) {
        for line in words(text, self.env.as_deref()) {
            let width = self.width.map(|width| width.saturating_sub(indent.len()).max(20));
            for piece in wrap(&line, width) {
                let line = format!("{indent}{}", painted(&piece, self.palette));
                self.lines.push(line);
            }
        }
    }
}

/// The words of each line of a text; a command is one word, so that it is never broken.
fn words(text: &Prose, env: Option<&str>) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut word) = (Vec::new(), Vec::new(), String::new());
    for part in text.parts() {
        let text = match part {
            Part::Command(command) => {
                word.push_str(&unbroken(&safe::line(&command.typed(env)), Tone::Command));
                continue;
            }
            Part::Value(value, tone) => marked(&safe::line(value), *tone),
            Part::Words(words) => safe::message(words),
        };
        for c in text.chars() {
            match c {
                ' ' => line.push(std::mem::take(&mut word)),
                '\n' => {
                    line.push(std::mem::take(&mut word));
                    lines.push(std::mem::take(&mut line));
                }
                other => word.push(other),
            }
        }
    }
    line.push(word);
    lines.push(line);
    lines
}

/// Breaks a line between words, where there is a width; a word that is longer stays whole. What
/// follows stands below where the text began.
fn wrap(line: &[String], most: Option<usize>) -> Vec<String> {
    let lead = line.iter().take_while(|word| word.is_empty()).count();
    let text = &line[lead..];
    let lead = " ".repeat(lead);
    let below = if text.first().is_some_and(|word| word == "-") {
        format!("{lead}  ")
    } else {
        lead.clone()
    };
    let mut pieces = Vec::new();
    let (mut piece, mut words) = (lead, 0);
    for word in text {
        let longer = |most| width(&piece) + 1 + width(word) > most;
        if words > 0 && most.is_some_and(longer) {
            pieces.push(std::mem::replace(&mut piece, below.clone()));
            words = 0;
        }
        if words > 0 {
            piece.push(' ');
        }
        piece.push_str(word);
        words += 1;
    }
    pieces.push(piece);
    pieces
}

/// A word for yes or no.
pub(crate) fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::suggestion::OfJobs;
    use crate::report::palette::ColorChoice;

    #[test]
    fn a_table_breaks_no_word_however_narrow_it_is() {
        let slug = "emailed-receipts-of-any-type";
        let mut page = Page::new(Palette::of(ColorChoice::Never, false), Some(40));
        page.table(
            ["feature", "why"],
            vec![[slug.to_owned(), "it is so and so and so".to_owned()]],
        );
        assert!(page.finish().contains(slug));
    }

    #[test]
    fn rows_that_are_too_wide_for_a_table_are_blocks() {
        let shown = |width| {
            let mut page = Page::new(Palette::of(ColorChoice::Never, false), Some(width));
            let columns = ["ID", "NAME"].map(str::to_owned);
            let row = |id: &str| vec![id.to_owned(), "a name of some length\u{1b}".to_owned()];
            page.records(&columns, vec![row("1"), row("2")]);
            page.finish()
        };
        assert_eq!(shown(40).lines().count(), 3, "{}", shown(40));
        let block = "ID    1\nNAME  a name of some length\\u{1b}\n\nID    2\n";
        assert!(shown(30).starts_with(block), "{}", shown(30));
    }

    #[test]
    fn numbers_and_wrapping() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_234_567), "1,234,567");
        let wrapped = |text: Prose, width| {
            let plain = Palette::of(ColorChoice::Never, false);
            let pieces = words(&text, None).into_iter().flat_map(|line| wrap(&line, Some(width)));
            pieces.map(|piece| painted(&piece, plain)).collect::<Vec<_>>()
        };
        assert_eq!(wrapped("one two three".into(), 7), ["one two", "three"]);
        assert_eq!(wrapped("  - one two\n  three".into(), 7), ["  - one", "    two", "  three"]);
        assert_eq!(wrapped("unbreakable".into(), 5), ["unbreakable"]);
        let hint = Prose::hint("see them all", OfJobs::List).and("; or wait");
        assert_eq!(wrap(&words(&hint, None)[0], None).len(), 1);
        assert_eq!(wrapped(hint, 14), ["see them all:", "cdx jobs list;", "or wait"]);
    }
}
