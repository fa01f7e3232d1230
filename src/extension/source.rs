//! The texts that were read, and places in them.

use std::ops::Range;

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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources(Vec<Source>);

/// Which of the sources a place is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(usize);

/// A part of a source, in bytes of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
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
    pub place: Place,
}

/// A line and a column, both from 1; a column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Sources {
    /// Adds a source.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.0.push(source);
        SourceId(self.0.len() - 1)
    }

    /// A source.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0]
    }

    /// Every source with its id, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.0.iter().enumerate().map(|(at, source)| (SourceId(at), source))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of the file that a place is in.
    pub fn file(&self, place: Place) -> &str {
        &self.get(place.source).name
    }

    /// The line and the column at which a place begins.
    pub fn position(&self, place: Place) -> LineColumn {
        position(&self.get(place.source).text, place.start)
    }

    /// The text of a place.
    pub fn text(&self, place: Place) -> &str {
        self.get(place.source).text.get(place.range()).unwrap_or_default()
    }
}

impl Place {
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
    pub fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }
}

/// The line and the column of a byte offset; one beyond the end counts as the end.
pub(super) fn position(text: &str, offset: usize) -> LineColumn {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    LineColumn {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

/// Decodes bytes by their byte order mark; without one they are UTF-8, or else Windows-1252.
pub(super) fn decode(bytes: &[u8]) -> (String, Option<Encoding>) {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_with_bom_removal(bytes);
        let wide = (encoding != encoding_rs::UTF_8).then_some(Encoding::Utf16);
        return (text.into_owned(), wide);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            (text.into_owned(), Some(Encoding::Windows1252))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_decoded_by_their_mark_or_by_what_they_hold() {
        let wide = |text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            let units = text.encode_utf16().flat_map(bytes);
            mark.into_iter().chain(units).collect::<Vec<u8>>()
        };
        let little = wide("Zoë", [0xff, 0xfe], u16::to_le_bytes);
        let big = wide("Zoë", [0xfe, 0xff], u16::to_be_bytes);
        let text = |text: &str, encoding| (text.to_owned(), encoding);
        assert_eq!(decode("Zoë".as_bytes()), text("Zoë", None));
        assert_eq!(decode("\u{feff}Zoë".as_bytes()), text("Zoë", None));
        assert_eq!(decode(&little), text("Zoë", Some(Encoding::Utf16)));
        assert_eq!(decode(&big), text("Zoë", Some(Encoding::Utf16)));
        assert_eq!(decode(b"Zo\xeb"), text("Zoë", Some(Encoding::Windows1252)));
    }

    #[test]
    fn a_column_counts_characters() {
        let at = |line, column| LineColumn { line, column };
        assert_eq!(position("a\nëx", 4), at(2, 2));
        assert_eq!(position("", 9), at(1, 1));
    }
}
