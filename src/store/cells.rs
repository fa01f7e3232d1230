//! The rows of a file of cells, whichever kind of file it is.

/// The longest text of a cell.
pub(super) const LONGEST: usize = 1_000;

/// A row of a file: where it stands, and the texts of its cells by their columns, from 1.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) cells: Vec<(usize, String)>,
}

impl Row {
    /// The text of a column; empty where there is none.
    pub(super) fn text(&self, column: Option<usize>) -> &str {
        let cell = self.cells.iter().find(|(at, _)| Some(*at) == column);
        cell.map_or("", |(_, text)| text)
    }
}

/// A cell's text without blanks around it, and no more of it than shows that it is too long.
pub(super) fn clipped(text: &str) -> String {
    text.trim().chars().take(LONGEST + 1).collect()
}

/// A header without its case, spaces and underscores.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
}
