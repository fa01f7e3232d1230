//! XML with places, whose names are compared in any case and without their namespaces.

use roxmltree::{Document, Node, ParsingOptions};

use crate::model::source::{Located, SourceId, Span};

/// The most elements that are read of one document.
const MOST_NODES: u32 = 2_000_000;

/// The name of the root element, by a look at the beginning alone; none where the text is not XML.
pub(super) fn root_name(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    loop {
        rest = rest.strip_prefix('<')?;
        let end = match rest.as_bytes().first()? {
            b'?' => "?>",
            b'!' if rest.starts_with("!--") => "-->",
            b'!' => ">",
            _ => break,
        };
        let at = rest.find(end)?;
        rest = rest[at + end.len()..].trim_start();
    }
    let ends = |ch: char| ch.is_whitespace() || matches!(ch, '>' | '/');
    let name = &rest[..rest.find(ends)?];
    Some(name.rsplit(':').next().unwrap_or(name))
}

/// Parses a document.
///
/// # Errors
/// The offset of what is not well formed, and what it is.
pub(super) fn parse(text: &str) -> Result<Document<'_>, (usize, String)> {
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| {
        let at = error.pos();
        let message = error.to_string();
        let message = message.split(" at ").next().unwrap_or(&message).to_owned();
        (offset(text, at.row as usize, at.col as usize), message)
    })
}

fn offset(text: &str, row: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..row {
        start += text[start..].find('\n').map_or(0, |at| at + 1);
    }
    let rest = &text[start..];
    start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
}

/// An element with its source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'d> {
    pub(super) node: Node<'d, 'd>,
    pub(super) source: SourceId,
}

impl<'d> Element<'d> {
    pub(super) fn root(document: &'d Document<'d>, source: SourceId) -> Self {
        Self { node: document.root_element(), source }
    }

    /// Whether it is called so, in any case.
    pub(super) fn is(self, name: &str) -> bool {
        self.node.tag_name().name().eq_ignore_ascii_case(name)
    }

    /// The elements in it.
    pub(super) fn elements(self) -> impl Iterator<Item = Element<'d>> {
        let source = self.source;
        let elements = self.node.children().filter(Node::is_element);
        elements.map(move |node| Element { node, source })
    }

    /// The elements in it that are called so.
    pub(super) fn all(self, name: &'static str) -> impl Iterator<Item = Element<'d>> {
        self.elements().filter(move |element| element.is(name))
    }

    /// The first of them.
    pub(super) fn first(self, name: &'static str) -> Option<Element<'d>> {
        self.all(name).next()
    }

    /// The elements called `item` in those called `list`.
    pub(super) fn items(
        self,
        list: &'static str,
        item: &'static str,
    ) -> impl Iterator<Item = Element<'d>> {
        self.all(list).flat_map(move |list| list.all(item))
    }

    /// An attribute, with the place of its value.
    pub(super) fn attribute(self, name: &str) -> Option<Located<String>> {
        let found = self.node.attributes().find(|one| one.name().eq_ignore_ascii_case(name))?;
        let span = Span::new(self.source, found.range_value());
        Some(Located::new(found.value().trim().to_owned(), span))
    }

    /// An attribute that is not empty.
    pub(super) fn filled(self, name: &str) -> Option<Located<String>> {
        self.attribute(name).filter(|found| !found.value.is_empty())
    }

    /// The text in it, with the place of that text; of an empty one its own place.
    pub(super) fn text(self) -> Located<String> {
        let text = self.node.children().find(|child| {
            child.is_text() && child.text().is_some_and(|text| !text.trim().is_empty())
        });
        let Some(node) = text else { return Located::new(String::new(), self.span()) };
        let (range, whole) = (node.range(), node.text().unwrap_or_default());
        let lead = whole.len() - whole.trim_start().len();
        let value = whole.trim().to_owned();
        // A text that is written otherwise than it reads (`&amp;`) is longer in the document.
        let exact = range.len() == whole.len();
        let at = if exact { range.start + lead..range.start + lead + value.len() } else { range };
        Located::new(value, Span::new(self.source, at))
    }

    /// The text of the first element in it that is called so, if it is not empty.
    pub(super) fn text_of(self, name: &'static str) -> Option<Located<String>> {
        self.first(name).map(Self::text).filter(|found| !found.value.is_empty())
    }

    /// Its start tag.
    pub(super) fn span(self) -> Span {
        let range = self.node.range();
        let text = &self.node.document().input_text()[range.clone()];
        let mut quote = None;
        let end = text.char_indices().find(|(_, ch)| match quote {
            Some(open) if open == *ch => {
                quote = None;
                false
            }
            Some(_) => false,
            None if matches!(ch, '"' | '\'') => {
                quote = Some(*ch);
                false
            }
            None => *ch == '>',
        });
        let end = end.map_or(text.len(), |(at, _)| at + 1);
        Span::new(self.source, range.start..range.start + end)
    }
}

/// `Yes`, `true`, `1`, in any case.
pub(super) fn is_yes(text: &str) -> bool {
    ["yes", "true", "1"].iter().any(|yes| text.eq_ignore_ascii_case(yes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_without_parsing() {
        for (text, name) in [
            ("<?xml version=\"1.0\"?>\n<!-- a <b> -->\n<x:AxTable a='1'>", Some("AxTable")),
            ("  <RetailCdxSeedData\n Name ='AX7'/>", Some("RetailCdxSeedData")),
            ("<!DOCTYPE a>\n<a/>", Some("a")),
            ("CREATE TABLE", None),
            ("<", None),
            ("<a", None),
        ] {
            assert_eq!(root_name(text), name, "{text}");
        }
    }
}
