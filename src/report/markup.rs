//! Markdown that says what a text says: no name in it starts a table, a link, HTML or an image, or
//! calls a person or an issue by name where the text is posted.

use crate::model::safe;

/// The longest text that is shown whole; of a longer one the beginning is.
const MOST: usize = 400;

/// What a reader of Markdown, or the site that shows it, would act on.
const ACTIVE: &[char] = &['\\', '`', '*', '_', '[', ']', '~', '$', '^'];

/// One line of text, for a paragraph, a heading, an item of a list or a cell of a table.
pub(super) fn inline(text: &str) -> String {
    let text = safe::line(text);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = text.chars().take(MOST).collect();
    let cut = shown.len() < text.len();
    let mut safe = String::with_capacity(shown.len());
    let mut before = ' ';
    for (at, c) in shown.char_indices() {
        escape(&mut safe, before, c, &shown[at + c.len_utf8()..]);
        before = c;
    }
    if cut {
        safe.push('…');
    }
    unlisted(safe)
}

/// A character that stands between one and the rest of its line.
fn escape(safe: &mut String, before: char, c: char, rest: &str) {
    let next = rest.chars().next().unwrap_or(' ');
    match c {
        '&' => safe.push_str("&amp;"),
        '<' => safe.push_str("&lt;"),
        '>' => safe.push_str("&gt;"),
        '|' => safe.push_str("&#124;"),
        // Within a word it emphasizes nothing.
        '_' if before.is_alphanumeric() && next.is_alphanumeric() => safe.push(c),
        // A person, a team, an address or an issue: a blank without width behind it ends the name.
        '@' | '#' if !next.is_whitespace() => {
            safe.push('\\');
            safe.push(c);
            safe.push_str("&#8203;");
        }
        '@' | '#' => safe.extend(['\\', c]),
        // `GH-12` is an issue, `https://` and `www.` are links, `![` is an image.
        '-' if before.eq_ignore_ascii_case(&'h') && next.is_ascii_digit() => {
            safe.push_str("-&#8203;");
        }
        ':' if rest.starts_with("//") => safe.push_str("\\:"),
        '.' if before.eq_ignore_ascii_case(&'w') => safe.push_str("\\."),
        '!' if next == '[' => safe.push_str("\\!"),
        c if ACTIVE.contains(&c) => safe.extend(['\\', c]),
        c => safe.push(c),
    }
}

/// The same, where it would begin a list within a list: `- `, `+ `, `1. `, `2) `.
fn unlisted(text: String) -> String {
    if text.starts_with(['-', '+']) {
        return format!("\\{text}");
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && text[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &text[..digits], &text[digits..]);
    }
    text
}

/// Lines as they are typed, between fences that none of them can end.
pub(super) fn fenced(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| safe::line(line)).collect();
    let fence = "`".repeat(lines.iter().map(|line| ticks(line)).max().unwrap_or(0).max(2) + 1);
    format!("{fence}sh\n{}\n{fence}\n", lines.join("\n"))
}

/// The longest row of backticks in a line.
fn ticks(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_stays_as_it_is() {
        for text in ["plain ñ 日本 😀", "ax_CUSTTABLE", "3 rows, 50%", "a - b", "it's \"so\""]
        {
            assert_eq!(inline(text), text);
        }
    }

    #[test]
    fn what_would_be_acted_on_is_shown() {
        for (text, shown) in [
            ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
            ("a|b", "a&#124;b"),
            ("@team/ops mail@x.y", "\\@&#8203;team/ops mail\\@&#8203;x.y"),
            ("see #12 and GH-12", "see \\#&#8203;12 and GH-&#8203;12"),
            ("https://x www.x.y", "https\\://x www\\.x.y"),
            ("[x](y) ![z](w)", "\\[x\\](y) \\!\\[z\\](w)"),
            ("*a* _b_ `c` ~~d~~ $e$ \\", "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~ \\$e\\$ \\\\"),
            ("- a", "\\- a"),
            ("12. a", "12\\. a"),
            ("# a", "\\# a"),
            ("a\nb\u{1b}[31m", "a\\\\nb\\\\u{1b}\\[31m"),
            ("  a   b ", "a b"),
        ] {
            assert_eq!(inline(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let shown = inline(&"ñ".repeat(MOST + 1));
        assert_eq!(shown, format!("{}…", "ñ".repeat(MOST)));
    }

    #[test]
    fn no_line_ends_its_fence() {
        assert_eq!(fenced(&["a".to_owned()]), "```sh\na\n```\n");
        assert_eq!(fenced(&["a ```` b".to_owned()]), "`````sh\na ```` b\n`````\n");
    }
}
