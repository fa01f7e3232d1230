//! A page of text that a report fills: lines, titled sections and aligned tables.

use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;

use super::palette::Palette;
pub use crate::model::wording::{count, grouped};

/// A command's outcome: JSON by its fields, text by its own account.
pub trait Report: Serialize {
    /// Writes the outcome for people.
    fn text(&self, page: &mut Page);
}

/// Text on its way to standard output.
#[derive(Debug)]
pub struct Page {
    lines: Vec<String>,
    palette: Palette,
    width: usize,
}

impl Page {
    /// An empty page.
    pub fn new(palette: Palette, width: usize) -> Self {
        Self { lines: Vec::new(), palette, width }
    }

    /// A line of text, wrapped to the width.
    pub fn line(&mut self, text: impl AsRef<str>) {
        self.wrapped("", text.as_ref());
    }

    /// A line that belongs to the one before it.
    pub fn item(&mut self, text: impl AsRef<str>) {
        self.wrapped("  ", text.as_ref());
    }

    /// A line that belongs to an item.
    pub fn deeper(&mut self, text: impl AsRef<str>) {
        self.wrapped("    ", text.as_ref());
    }

    /// Text as it stands, such as a file; it is never wrapped.
    pub fn verbatim(&mut self, text: &str) {
        self.lines.extend(text.lines().map(str::to_owned));
    }

    /// Text as it stands, set in from the margin.
    pub fn indented(&mut self, text: &str) {
        self.lines.extend(text.lines().map(|line| format!("  {line}").trim_end().to_owned()));
    }

    /// Lines as they stand, with words of state coloured; never wrapped.
    pub fn tinted(&mut self, text: &str) {
        let tinted = text.lines().map(|line| self.palette.tint(line)).collect::<Vec<_>>();
        self.lines.extend(tinted);
    }

    /// An empty line, unless the page is empty or has one at its end.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// A title over what follows.
    pub fn title(&mut self, text: &str) {
        self.gap();
        let bold = self.palette.bold(text);
        self.lines.push(bold);
    }

    /// A table with aligned columns; a column of numbers stands to the right.
    pub fn table<const N: usize>(&mut self, header: [&str; N], rows: Vec<[String; N]>) {
        if rows.is_empty() {
            return;
        }
        let numeric = |at: usize| {
            rows.iter()
                .all(|row| row[at].chars().all(|c| c.is_ascii_digit() || c == ',' || c == '-'))
        };
        let mut table = Table::new();
        table
            .load_style(comfy_table::presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(self.width).unwrap_or(u16::MAX))
            .set_header(header.map(str::to_uppercase));
        let right: Vec<usize> = (0..N).filter(|at| numeric(*at)).collect();
        for row in rows {
            table.add_row(row);
        }
        for at in 0..N {
            if let Some(column) = table.column_mut(at) {
                column.set_padding((0, 2));
                if right.contains(&at) {
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
        }
        for (at, line) in table.lines().enumerate() {
            let line = line.trim_end();
            let line = if at == 0 { self.palette.faint(line) } else { self.palette.tint(line) };
            self.lines.push(line);
        }
    }

    /// The whole page, with a final line end.
    pub fn finish(mut self) -> String {
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        if self.lines.is_empty() {
            return String::new();
        }
        self.lines.join("\n") + "\n"
    }

    fn wrapped(&mut self, indent: &str, text: &str) {
        for line in text.split('\n') {
            for piece in wrap(line, self.width.saturating_sub(indent.len()).max(20)) {
                let line = format!("{indent}{}", self.palette.tint(&piece));
                self.lines.push(line);
            }
        }
    }
}

/// Breaks a line between words; a word longer than the width stays whole. What follows stands
/// below where the text began.
fn wrap(line: &str, width: usize) -> Vec<String> {
    let text = line.trim_start_matches(' ');
    let lead = " ".repeat(line.len() - text.len());
    let below = if text.starts_with("- ") { format!("{lead}  ") } else { lead.clone() };
    let mut pieces = Vec::new();
    let (mut piece, mut words) = (lead, 0);
    for word in text.split(' ') {
        if words > 0 && piece.chars().count() + 1 + word.chars().count() > width {
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
pub fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_wrapping() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 5), ["unbreakable"]);
    }
}
