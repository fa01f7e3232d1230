//! One finding as compilers show it: the title with its code, the lines it is about, both sides,
//! what it was seen by, what it does, and how to fix it.

use annotate_snippets::renderer::Renderer;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Snippet};

use super::excerpt::{Excerpt, excerpts};
use crate::check;
use crate::diagnosis::{Finding, Severity};
use crate::model::safe;
use crate::model::source::Sources;
use crate::model::suggestion::Suggestion;
use crate::report::page::Page;

/// So many lines of what it was seen by are shown.
const MOST_EVIDENCE: usize = 5;
/// The width where there is no terminal: nothing is cut but what no reader would read.
const UNBOUNDED: usize = 1000;
/// What stands before a note: ` = effect: `.
const LEAD: usize = 16;

/// Draws a finding; `helps` where it also says how to fix what its rule reports.
pub(super) fn draw(finding: &Finding, sources: &Sources, helps: bool, page: &mut Page) {
    let width = page.width();
    let renderer = if page.is_coloured() { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.hyperlink(false).term_width(width.unwrap_or(UNBOUNDED));
    let known = if finding.baseline { " (known, in the baseline)" } else { "" };
    let title = safe::line(&format!("{}{known}", finding.title));
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let places = places(finding, sources);
    let group = Group::with_title(level.primary_title(title).id(finding.code))
        .elements(places)
        .elements(notes(finding, helps, width));
    let drawn = renderer.render(&[group]);
    // Lines that are cut are placed by a line of their own, and say nothing of their file again.
    let said = drawn.lines().filter(|line| uncoloured(line).trim() != ":::");
    page.drawn(&said.collect::<Vec<_>>().join("\n"));
}

/// A line without its colours.
fn uncoloured(line: &str) -> String {
    let mut pieces = line.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    let rest = pieces.map(|piece| piece.split_once('m').map_or("", |(_, text)| text));
    first + &rest.collect::<String>()
}

/// Where it is: the lines, or the file alone where there are none to show.
fn places(finding: &Finding, sources: &Sources) -> Vec<Element<'static>> {
    let file = finding.subject.in_file();
    let own = finding.spots.first().is_some_and(|spot| file == Some(sources.file(spot.span)));
    let mut places = Vec::new();
    if let Some(file) = file.filter(|_| !own) {
        let origin = Origin::path(safe::line(file));
        places.push(Element::Origin(match finding.subject.position() {
            Some(at) => origin.line(at.line).char_column(at.column),
            None => origin,
        }));
    }
    for Excerpt { source, line, place, text, marks } in excerpts(&finding.spots, own, sources) {
        let annotations = marks.into_iter().map(|mark| {
            let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(mark.at).label(mark.label)
        });
        let name = safe::line(&sources.get(source).name);
        let snippet = Snippet::source(text).line_start(line).annotations(annotations);
        match place {
            // Where a line is cut, the column that is shown is not its own.
            Some(at) => {
                let origin = Origin::path(name).line(at.line).char_column(at.column);
                places.extend([Element::Origin(origin), snippet.into()]);
            }
            None => places.push(snippet.path(name).into()),
        }
    }
    places
}

fn notes(finding: &Finding, helps: bool, width: Option<usize>) -> Vec<Element<'static>> {
    let mut notes = Vec::new();
    let mut note = |level: Level<'static>, text: &str| {
        notes.push(level.message(broken(&safe::line(text), width)).into());
    };
    for line in finding.evidence.iter().take(MOST_EVIDENCE) {
        note(Level::NOTE.with_name("seen"), line);
    }
    let more = finding.evidence.len().saturating_sub(MOST_EVIDENCE);
    if more > 0 {
        note(Level::NOTE.with_name("seen"), &format!("{more} more"));
    }
    note(Level::NOTE.with_name("effect"), &finding.effect);
    let Some(header) = check::find(finding.code).ok().filter(|_| helps) else { return notes };
    note(Level::HELP, &header.how_to_fix.replace('\n', " "));
    let explain = Suggestion::Explain(finding.code.to_owned());
    note(Level::HELP.with_name("more"), &explain.typed(None));
    notes
}

/// A note over several lines, where there is a width.
fn broken(text: &str, width: Option<usize>) -> String {
    let Some(most) = width.map(|width| width.saturating_sub(LEAD).max(20)) else {
        return text.to_owned();
    };
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ') {
        let longer = line.chars().count() + 1 + word.chars().count() > most;
        if longer && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::{Found, Spot, Subject};
    use crate::model::source::{Source, Span};
    use crate::report::palette::{ColorChoice, Palette};

    fn drawn(text: &str, at: std::ops::Range<usize>, color: ColorChoice, width: usize) -> String {
        let mut sources = Sources::default();
        let source = Source { name: "a.sql".to_owned(), text: text.to_owned(), encoding: None };
        let span = Span::new(sources.add(source), at);
        let found = Found {
            subject: Subject::at(&sources, span),
            title: "a script drops ax.CUSTTABLE, which is not in ext".to_owned(),
            evidence: Vec::new(),
            effect: "the script is refused, or an update of the product undoes it".to_owned(),
            fix: None,
        };
        let header = check::find("CDX710").unwrap();
        let label = "here".to_owned();
        let finding = Finding::of(header, found).pointing_at(&sources, vec![Spot { span, label }]);
        let mut page = Page::new(Palette::of(color, false), Some(width));
        draw(&finding, &sources, false, &mut page);
        page.finish()
    }

    #[test]
    fn a_narrow_terminal_breaks_notes_between_words_and_cuts_lines() {
        let text =
            format!("GO\n{}DROP TABLE ax.CUSTTABLE -- {}\n", " ".repeat(90), "x".repeat(900));
        let shown = drawn(&text, 104..116, ColorChoice::Never, 60);
        insta::assert_snapshot!(shown, @r"
        error[CDX710]: a script drops ax.CUSTTABLE, which is not in ext
         --> a.sql:2:102
          |
        2 | ...   DROP TABLE ax.CUSTTABLE -- xxxxxxxxxxxxxxxxxxxx...
          |                  ^^^^^^^^^^^^ here
          |
          = effect: the script is refused, or an update of the
                    product undoes it
        ");
        assert!(shown.lines().skip(1).all(|line| line.chars().count() <= 60), "{shown}");
    }

    #[test]
    fn a_place_far_from_the_beginning_of_its_line_keeps_its_column() {
        let text = format!("{}DROP TABLE ax.CUSTTABLE", " ".repeat(5000));
        for color in [ColorChoice::Never, ColorChoice::Always] {
            let shown = drawn(&text, 5011..5023, color, 60);
            let plain: Vec<String> = shown.lines().map(uncoloured).collect();
            assert_eq!(plain[1], " --> a.sql:1:5012", "{shown}");
            assert!(plain[3].starts_with("1 | ...") && plain[4].ends_with("^ here"), "{shown}");
        }
    }

    #[test]
    fn colours_are_on_or_off() {
        let colour = drawn("DROP TABLE ax.T", 11..15, ColorChoice::Always, 80);
        let plain = drawn("DROP TABLE ax.T", 11..15, ColorChoice::Never, 80);
        assert!(colour.contains("\u{1b}[") && !plain.contains('\u{1b}'));
    }

    #[test]
    fn what_a_terminal_acts_on_is_escaped() {
        let shown = drawn("DROP TABLE ax.T\u{1b}[31m\u{202e}", 11..15, ColorChoice::Never, 80);
        assert!(shown.contains("ax.T\\u{1b}[31m\\u{202e}"), "{shown}");
    }
}
