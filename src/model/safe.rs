//! Text that is shown and not obeyed: what a terminal acts on, what reorders a line and what is
//! hidden in it is escaped. All text passes here on its way out.

use std::fmt::Write as _;

/// One line: line ends within it are escaped too, so that no value makes a line of its own.
pub(crate) fn line(text: &str) -> String {
    escaped(text, |_, _| false)
}

/// Whether nothing in it is obeyed or hidden, so that it is shown as it is.
pub(crate) fn is_plain(text: &str) -> bool {
    line(text) == text
}

/// A message, which may go on in lines that are set in.
pub(crate) fn message(text: &str) -> String {
    escaped(text, |c, rest| c == '\n' && rest.starts_with("  "))
}

/// A text of several lines, as a file has it.
pub(crate) fn document(text: &str) -> String {
    escaped(&text.replace("\r\n", "\n"), |c, _| c == '\n' || c == '\t')
}

/// JSON that says the same, with nothing in it that a terminal acts on; such characters are only
/// ever within its strings.
pub(crate) fn json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        if c != '\n' && is_unseen(c, before) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string does not fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
        before = c;
    }
    safe
}

/// A part of a file with its line ends and tabs, and where some places of it are then.
pub(crate) fn excerpt(text: &str, places: &[usize]) -> (String, Vec<usize>) {
    let mut safe = String::with_capacity(text.len());
    let mut moved = vec![None; places.len()];
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        for (place, moved) in places.iter().zip(&mut moved) {
            if *place <= at {
                moved.get_or_insert(safe.len());
            }
        }
        match c {
            '\r' if text[at..].starts_with("\r\n") => {}
            '\n' | '\t' => safe.push(c),
            c if is_unseen(c, before) => safe.extend(c.escape_default()),
            c => safe.push(c),
        }
        before = c;
    }
    let end = safe.len();
    (safe, moved.into_iter().map(|place| place.unwrap_or(end)).collect())
}

fn escaped(text: &str, keeps: impl Fn(char, &str) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if !is_unseen(c, before) || keeps(c, &text[at + c.len_utf8()..]) {
            safe.push(c);
        } else {
            safe.extend(c.escape_default());
        }
        before = c;
    }
    safe
}

/// Whether a character behind another is obeyed or hidden rather than shown: controls, marks of
/// direction, blanks without width, fillers, tags, and what is no character.
fn is_unseen(c: char, before: char) -> bool {
    match c {
        // They join letters of some scripts, and parts of an emoji; behind others they hide.
        '\u{200c}' | '\u{200d}' => before.is_ascii() || is_unseen(before, ' '),
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0d}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e007f}' => true,
        _ => c.is_control() || u32::from(c) & 0xfffe == 0xfffe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_obeyed_or_hidden_is_escaped() {
        for (text, shown) in [
            ("plain ñ 日本 😀", "plain ñ 日本 😀"),
            ("\u{1b}[31mred\u{1b}[0m", "\\u{1b}[31mred\\u{1b}[0m"),
            ("a\u{9b}31m\u{7f}\u{8}b", "a\\u{9b}31m\\u{7f}\\u{8}b"),
            ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
            ("abc\u{202e}fed\u{2066}x\u{200f}", "abc\\u{202e}fed\\u{2066}x\\u{200f}"),
            ("a\u{200b}b\u{feff}\u{ad}", "a\\u{200b}b\\u{feff}\\u{ad}"),
            ("a\u{200d}b", "a\\u{200d}b"),
            ("👩\u{200d}🔧 ❤\u{fe0f} می\u{200c}خواهم", "👩\u{200d}🔧 ❤\u{fe0f} می\u{200c}خواهم"),
            ("x\u{e0041}\u{ffff}", "x\\u{e0041}\\u{ffff}"),
        ] {
            assert_eq!(line(text), shown);
        }
    }

    #[test]
    fn places_of_an_excerpt_move_with_what_is_escaped() {
        let (text, places) = excerpt("a\u{1b}b\r\n\tc", &[1, 2, 3, 6, 7]);
        assert_eq!(text, "a\\u{1b}b\n\tc");
        assert_eq!(places, [1, 7, 8, 10, 11]);
    }

    #[test]
    fn only_lines_that_are_set_in_go_on() {
        assert_eq!(message("two problems\n  a:1\n  b:2"), "two problems\n  a:1\n  b:2");
        assert_eq!(message("a\nhint: run me"), "a\\nhint: run me");
        assert_eq!(document("a\r\n\tb\u{1b}\rc"), "a\n\tb\\u{1b}\\rc");
    }

    #[test]
    fn json_says_the_same() {
        let value = serde_json::json!({ "a": "x\u{9b}\u{202e}\u{7f}\u{e0041}ñ\n\u{1b}" });
        let text = json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(text.chars().all(|c| c == '\n' || !is_unseen(c, ' ')), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
