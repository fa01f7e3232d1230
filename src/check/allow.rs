//! Comments that accept findings where they stand: `-- cdx: allow CDX711 reason` in a script,
//! `<!-- cdx: allow CDX705 reason -->` in XML.

use crate::diagnosis::{Finding, is_called};
use crate::model::source::{SourceId, Sources, Span};

/// What such a comment begins with, and what ends it; without an end the line does.
const COMMENTS: &[(&str, Option<&str>)] =
    &[("<!--", Some("-->")), ("/*", Some("*/")), ("--", None), ("//", None)];
const MARK: &str = "cdx:";

/// A comment that accepts findings of one rule on its own lines, and on the next one where it
/// stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allowance {
    /// The rule's code or name, as it is written; empty where none is.
    pub(super) code: String,
    /// Why; empty where nothing is said.
    pub(super) reason: String,
    /// What stands there, from the mark on.
    pub(super) span: Span,
    /// Its own lines.
    lines: (usize, usize),
    /// The line behind it that it is about, where it stands alone.
    next: Option<usize>,
}

impl Allowance {
    /// Whether it is about a finding.
    pub(super) fn is_about(&self, finding: &Finding, sources: &Sources) -> bool {
        let Some(at) = finding.subject.position() else { return false };
        let own = (self.lines.0..=self.lines.1).contains(&at.line) || self.next == Some(at.line);
        own && finding.subject.in_file() == Some(sources.file(self.span))
            && is_called(finding.code, finding.name, &self.code)
    }
}

/// Every such comment.
pub(super) fn of(sources: &Sources) -> Vec<Allowance> {
    let own = sources.iter().filter(|(id, _)| !sources.is_listed(*id));
    own.flat_map(|(id, source)| of_text(id, &source.text)).collect()
}

fn of_text(id: SourceId, text: &str) -> Vec<Allowance> {
    let mut found = Vec::new();
    let (mut counted, mut line) = (0, 1);
    for (at, _) in text.match_indices(MARK) {
        let Some((alone, end)) = comment(text, at) else { continue };
        let said = text[at + MARK.len()..end].trim();
        let Some(said) = said.strip_prefix("allow") else { continue };
        if said.starts_with(|c: char| !c.is_whitespace()) {
            continue;
        }
        line += text[counted..at].matches('\n').count();
        counted = at;
        let last = line + text[at..end].matches('\n').count();
        let mut words = said.split_whitespace();
        let code = words.next().unwrap_or_default().to_owned();
        let reason = words.collect::<Vec<_>>().join(" ");
        let span = Span::new(id, at..at + text[at..end].trim_end().len());
        let next = alone.then_some(last + 1);
        found.push(Allowance { code, reason, span, lines: (line, last), next });
    }
    // Of several, one below the other, each is about the line behind the last.
    for at in (1..found.len()).rev() {
        let (above, below) = (&found[at - 1], &found[at]);
        if above.next == Some(below.lines.0) && below.next.is_some() {
            found[at - 1].next = below.next;
        }
    }
    found
}

/// The comment that begins right before a place: whether its line has nothing else before it, and
/// where it ends.
fn comment(text: &str, at: usize) -> Option<(bool, usize)> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let before = text[start..at].trim_end();
    let (begin, end) = COMMENTS.iter().find(|(begin, _)| before.ends_with(begin))?;
    let alone = before[..before.len() - begin.len()].trim().is_empty();
    let rest = &text[at..];
    let of_line = rest.find('\n').unwrap_or(rest.len());
    let length = end.map_or(of_line, |end| rest.find(end).unwrap_or(of_line));
    Some((alone, at + length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::Source;

    type Read = (String, String, (usize, usize), Option<usize>);

    fn read(text: &str) -> Vec<Read> {
        let mut sources = Sources::default();
        let (name, text) = ("a".to_owned(), text.to_owned());
        sources.add(Source { name, text, encoding: None });
        of(&sources).into_iter().map(|one| (one.code, one.reason, one.lines, one.next)).collect()
    }

    #[test]
    fn a_comment_is_about_its_line_and_alone_about_the_next() {
        let one = |code: &str, reason: &str, lines, next| {
            (code.to_owned(), reason.to_owned(), lines, next)
        };
        assert_eq!(
            read("DROP TABLE x -- cdx: allow CDX711 it is empty\r\n"),
            [one("CDX711", "it is empty", (1, 1), None)]
        );
        assert_eq!(
            read("\n--cdx:  allow CDX711 a\n  -- cdx: allow CDX712 b\nx"),
            [one("CDX711", "a", (2, 2), Some(4)), one("CDX712", "b", (3, 3), Some(4))]
        );
        assert_eq!(
            read("<a>\n<!-- cdx: allow CDX705 goes\n with the key -->\n"),
            [one("CDX705", "goes with the key", (2, 3), Some(4))]
        );
        assert_eq!(read("/* cdx: allow CDX711 */ x"), [one("CDX711", "", (1, 1), Some(2))]);
        assert_eq!(read("-- cdx: allow"), [one("", "", (1, 1), Some(2))]);
        for none in ["cdx: allow CDX711 x", "-- cdx: allowed", "-- cdx: x", "<!-- cdx"] {
            assert_eq!(read(none), [], "{none}");
        }
    }
}
