//! The lines that a finding is about, and no others: a file may be as long as it likes.

use std::ops::Range;

use crate::diagnosis::Spot;
use crate::model::safe;
use crate::model::source::{LineColumn, SourceId, Sources};

/// So many lines of a place are shown.
const MOST_LINES: usize = 5;
/// Places of one file that are so many lines apart are shown in one piece.
const NEAR: usize = 6;
/// So many bytes of a line are shown behind a place, and before one that is far from its beginning.
const BEHIND: usize = 200;
const FAR: usize = 1000;
/// So many bytes are shown in one piece.
const MOST_BYTES: usize = 4000;
/// What stands where the beginning of a line was left out.
const CUT: &str = "...";

/// Lines of one source.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The source.
    pub(super) source: SourceId,
    /// The number of the first line.
    pub(super) line: usize,
    /// The first place, where its column is not the one that is shown.
    pub(super) place: Option<LineColumn>,
    /// The lines, with nothing in them that a terminal acts on.
    pub(super) text: String,
    /// The places in them, and what is to be seen there.
    pub(super) marks: Vec<Mark>,
}

/// A place in an excerpt.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Where, in bytes of the excerpt.
    pub(super) at: Range<usize>,
    /// What is to be seen there.
    pub(super) label: String,
    /// Whether it is what the finding is about, and not the other side.
    pub(super) primary: bool,
}

/// A part of a source that is shown, and the places in it.
struct Window<'a> {
    source: SourceId,
    lines: Range<usize>,
    bytes: Range<usize>,
    /// The first place, where the beginning of its line is left out.
    cut: Option<LineColumn>,
    spots: Vec<(Range<usize>, &'a str, bool)>,
}

/// The excerpts that show some places: of the first the first `primary`.
pub(super) fn excerpts(spots: &[Spot], primary: bool, sources: &Sources) -> Vec<Excerpt> {
    let mut windows: Vec<Window<'_>> = Vec::new();
    for (at, spot) in spots.iter().enumerate() {
        let window = window(spot, primary && at == 0, sources);
        let near = windows.iter_mut().find(|one| {
            let apart = one.lines.start.saturating_sub(window.lines.end)
                + window.lines.start.saturating_sub(one.lines.end);
            let bytes =
                one.bytes.end.max(window.bytes.end) - one.bytes.start.min(window.bytes.start);
            one.source == window.source && apart < NEAR && bytes < MOST_BYTES
        });
        match near {
            Some(one) => {
                one.lines.start = one.lines.start.min(window.lines.start);
                one.lines.end = one.lines.end.max(window.lines.end);
                if window.bytes.start < one.bytes.start {
                    one.bytes.start = window.bytes.start;
                    one.cut = window.cut;
                }
                one.bytes.end = one.bytes.end.max(window.bytes.end);
                one.spots.extend(window.spots);
            }
            None => windows.push(window),
        }
    }
    windows.into_iter().map(|window| excerpt(window, sources)).collect()
}

fn window<'a>(spot: &'a Spot, primary: bool, sources: &Sources) -> Window<'a> {
    let text = &sources.get(spot.span.source).text;
    let position = sources.position(spot.span);
    let line = position.line;
    let (from, mut to) = (spot.span.start.min(text.len()), spot.span.end.min(text.len()));
    let mut start = text[..from].rfind('\n').map_or(0, |at| at + 1);
    let cut = (from - start > FAR).then_some(position);
    if cut.is_some() {
        start = from - BEHIND;
        while !text.is_char_boundary(start) {
            start += 1;
        }
    }
    let inside = &text[from..to];
    if let Some((at, _)) = inside.match_indices('\n').nth(MOST_LINES - 1) {
        to = from + at;
    }
    let last = text[to..].find('\n').map_or(text.len(), |at| to + at);
    let last = if text[to..last].ends_with('\r') { last - 1 } else { last };
    let mut end = last.min(to + BEHIND);
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let more = text[from..to].matches('\n').count();
    Window {
        source: spot.span.source,
        lines: line..line + more + 1,
        bytes: start..end,
        cut,
        spots: vec![(from..to, &spot.label, primary)],
    }
}

fn excerpt(window: Window<'_>, sources: &Sources) -> Excerpt {
    let Window { source, lines, bytes, cut, spots } = window;
    let shown = &sources.get(source).text[bytes.clone()];
    let places: Vec<usize> = spots
        .iter()
        .flat_map(|(at, ..)| [at.start, at.end])
        .map(|at| at.saturating_sub(bytes.start))
        .collect();
    let (text, moved) = safe::excerpt(shown, &places);
    let lead = if cut.is_some() { CUT } else { "" };
    let marks = spots.iter().zip(moved.chunks(2)).map(|((_, label, primary), at)| Mark {
        at: lead.len() + at[0]..lead.len() + at[1].max(at[0]),
        label: safe::line(label),
        primary: *primary,
    });
    let (line, marks) = (lines.start, marks.collect());
    Excerpt { source, line, place: cut, text: format!("{lead}{text}"), marks }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::{Source, Span};

    #[test]
    fn only_the_lines_concerned_are_taken() {
        let mut sources = Sources::default();
        let filler = "x\n".repeat(50);
        let text = format!("{filler}CREATE A\r\n  (B\u{1b} INT)\n{filler}DROP A");
        let id = sources.add(Source { name: "a.sql".to_owned(), text, encoding: None });
        let spot = |start: usize, end: usize, label: &str| Spot {
            span: Span::new(id, start..end),
            label: label.to_owned(),
        };
        let spots = [spot(107, 108, "made"), spot(113, 115, "column"), spot(221, 227, "dropped")];
        let found = excerpts(&spots, true, &sources);
        let texts: Vec<_> = found.iter().map(|one| (one.line, one.text.as_str())).collect();
        assert_eq!(texts, [(51, "CREATE A\n  (B\\u{1b} INT)"), (103, "DROP A")]);
        let marks = found[0].marks.iter().map(|mark| &found[0].text[mark.at.clone()]);
        assert_eq!(marks.collect::<Vec<_>>(), ["A", "B\\u{1b}"]);
        assert!(found[0].marks[0].primary && !found[0].marks[1].primary);
        assert_eq!(&found[1].text[found[1].marks[0].at.clone()], "DROP A");
    }

    #[test]
    fn a_line_without_an_end_is_cut_on_both_sides() {
        let mut sources = Sources::default();
        let text = format!("{}HERE{}\r\n", "ñ".repeat(5000), "x".repeat(5000));
        let id = sources.add(Source { name: "a.sql".to_owned(), text, encoding: None });
        let spot = Spot { span: Span::new(id, 10_000..10_004), label: String::new() };
        let found = excerpts(&[spot], true, &sources).remove(0);
        assert_eq!(&found.text[found.marks[0].at.clone()], "HERE");
        assert_eq!(found.text, format!("...{}HERE{}", "ñ".repeat(100), "x".repeat(200)));
        assert_eq!(found.place, Some(LineColumn { line: 1, column: 5001 }));
    }
}
