//! Texts that were read, and places in them.

use std::ops::Range;
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Serialize;

/// A text that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file as it is named to people, with forward slashes; of a file in a package
    /// `package.axpp/AxTable/T.xml`.
    pub name: String,
    /// Its text, decoded, without a byte order mark.
    pub text: String,
    /// The encoding it was in, where that is not UTF-8.
    pub encoding: Option<Encoding>,
}

/// An encoding that is not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-16, by its byte order mark.
    Utf16,
    /// Windows-1252, which is assumed of bytes that are not UTF-8.
    Windows1252,
}

/// The texts that were read, in the order in which they were found.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    all: Vec<Source>,
    /// Where the lines of each begin, once a place in it is asked for.
    lines: Vec<OnceLock<Vec<usize>>>,
    /// Those that are lists of tables, and no files of a repository.
    listed: Vec<SourceId>,
}

/// Which of the sources a place is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(usize);

/// A part of a source, in bytes of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source.
    pub source: SourceId,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// Something, and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// What was read.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// A line and a column, both from 1; a column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct LineColumn {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Sources {
    /// Adds a source.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.all.push(source);
        self.lines.push(OnceLock::new());
        SourceId(self.all.len() - 1)
    }

    /// What the source that is added next will be.
    pub(crate) fn next(&self) -> SourceId {
        SourceId(self.all.len())
    }

    /// Adds a list of tables, which is no file of a repository.
    pub(crate) fn add_list(&mut self, source: Source) -> SourceId {
        let id = self.add(source);
        self.listed.push(id);
        id
    }

    /// Whether a source is such a list.
    pub(crate) fn is_listed(&self, id: SourceId) -> bool {
        self.listed.contains(&id)
    }

    /// Changes the names of all sources.
    pub fn rename(&mut self, mut change: impl FnMut(&mut String)) {
        self.all.iter_mut().for_each(|source| change(&mut source.name));
    }

    /// A source.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.all[id.0]
    }

    /// Every source with its id, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.all.iter().enumerate().map(|(at, source)| (SourceId(at), source))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The name of the file that a place is in.
    pub fn file(&self, span: Span) -> &str {
        &self.get(span.source).name
    }

    /// The line and the column at which a place begins.
    pub fn position(&self, span: Span) -> LineColumn {
        self.place(span.source, span.start)
    }

    /// The line and the column behind its last character.
    pub(crate) fn end(&self, span: Span) -> LineColumn {
        self.place(span.source, span.end)
    }

    fn place(&self, source: SourceId, offset: usize) -> LineColumn {
        let text = &self.get(source).text;
        let starts = self.lines[source.0].get_or_init(|| {
            let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
        });
        let offset = if text.is_char_boundary(offset) { offset } else { text.len() };
        let line = starts.partition_point(|start| *start <= offset);
        let start = starts[line.saturating_sub(1)];
        LineColumn { line, column: text[start..offset].chars().count() + 1 }
    }

    /// The text of a place.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.range()).unwrap_or_default()
    }
}

impl Span {
    /// A part of a source.
    pub fn new(source: SourceId, at: Range<usize>) -> Self {
        Self { source, start: at.start, end: at.end }
    }

    /// The bytes that it has in the source's text.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// From the beginning of this one to the end of another one in the same source.
    #[must_use]
    pub fn to(self, end: Self) -> Self {
        Self { end: end.end.max(self.end), ..self }
    }
}

impl<T> Located<T> {
    /// Something that was read there.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line and the column of a byte offset; one beyond the end counts as the end.
    fn position(text: &str, offset: usize) -> LineColumn {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        LineColumn {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    #[test]
    fn a_column_counts_characters() {
        let at = |line, column| LineColumn { line, column };
        assert_eq!(position("a\nëx", 4), at(2, 2));
        assert_eq!(position("", 9), at(1, 1));
        let mut sources = Sources::default();
        for text in ["a\nëx", "", "a\r\n\nb\n"] {
            let text = text.to_owned();
            let source = Source { name: String::new(), text, encoding: None };
            let id = sources.add(source);
            let text = sources.get(id).text.clone();
            for offset in 0..=text.len() + 1 {
                let span = Span::new(id, offset..offset);
                assert_eq!(sources.position(span), position(&text, offset), "{text:?} {offset}");
            }
        }
    }
}
