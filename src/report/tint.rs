//! Colours of values on their way through wrapping and tables: marks without a width stand around
//! each word of a value until the line is laid out. No text of anybody's own can hold a mark, since
//! `safe` has escaped what is not seen.

use colored::{Color, Colorize};

use super::palette::Palette;
use crate::model::tone::Tone;

/// What ends a value's word.
const END: char = '\u{2060}';

/// What begins a value's word, for each tone.
const BEGINS: [(char, Tone); 4] = [
    ('\u{2061}', Tone::Good),
    ('\u{2062}', Tone::Open),
    ('\u{2063}', Tone::Bad),
    ('\u{2064}', Tone::Command),
];

/// Text that is safe already, marked as a value that may be broken between its words.
pub(super) fn marked(text: &str, tone: Tone) -> String {
    text.split(' ').map(|word| unbroken(word, tone)).collect::<Vec<_>>().join(" ")
}

/// Text that is safe already, marked as a value that is never broken.
pub(super) fn unbroken(text: &str, tone: Tone) -> String {
    match BEGINS.iter().find(|(_, of)| *of == tone) {
        Some((begin, _)) if !text.is_empty() => format!("{begin}{text}{END}"),
        _ => text.to_owned(),
    }
}

/// How many characters of a line are seen.
pub(super) fn width(line: &str) -> usize {
    line.chars().filter(|c| *c != END && tone(*c).is_none()).count()
}

/// A line with the colours of its values, or without its marks.
pub(super) fn painted(line: &str, palette: Palette) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(|c| tone(c).is_some()) {
        let (before, marked) = rest.split_at(at);
        text.push_str(before);
        let mut of = marked.chars();
        let color = of.next().and_then(tone).map(color);
        let (word, after) = of.as_str().split_once(END).unwrap_or((of.as_str(), ""));
        match color.filter(|_| palette.is_on()) {
            Some(color) => text.push_str(&word.color(color).to_string()),
            None => text.push_str(word),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

fn tone(c: char) -> Option<Tone> {
    BEGINS.iter().find(|(begin, _)| *begin == c).map(|(_, tone)| *tone)
}

fn color(tone: Tone) -> Color {
    match tone {
        Tone::Good => Color::Green,
        Tone::Open => Color::Yellow,
        Tone::Bad => Color::Red,
        Tone::Command => Color::Cyan,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::palette::ColorChoice;

    #[test]
    fn a_value_is_coloured_word_by_word_and_has_no_width_of_its_own() {
        let line = format!("it is {} on houston", marked("not there", Tone::Bad));
        assert_eq!(width(&line), "it is not there on houston".len());
        let plain = painted(&line, Palette::of(ColorChoice::Never, true));
        assert_eq!(plain, "it is not there on houston");
        let red = painted(&line, Palette::of(ColorChoice::Always, false));
        assert_eq!(red, "it is \u{1b}[31mnot\u{1b}[0m \u{1b}[31mthere\u{1b}[0m on houston");
    }
}
