//! A script as tokens with their places in bytes.

use sqlparser::dialect::Dialect;
use sqlparser::tokenizer::{Location, Token as Raw, TokenWithSpan, Tokenizer, Whitespace};

/// A token that is not white space or a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// A word, a name, a text or a number as it is meant, without quotes; else empty.
    pub(super) text: String,
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// Whether it is the first of its line.
    pub(super) first: bool,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a name without quotes.
    Word,
    /// A name in brackets or quotes.
    Quoted,
    /// A text, `'x'` or `N'x'`.
    Text,
    /// A number.
    Number,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `.`
    Period,
    /// `=`
    Equals,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `::`
    DoubleColon,
    /// Anything else.
    Other,
}

/// The tokens of a text, and where the rest begins that has none: an open comment or quote.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) tokens: Vec<Token>,
    pub(super) broken_at: Option<usize>,
}

/// T-SQL and SQLite's dialect at once: they differ in whether comments nest.
#[derive(Debug)]
struct Script {
    nested_comments: bool,
}

impl Dialect for Script {
    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        matches!(ch, '"' | '[' | '`')
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || matches!(ch, '_' | '#' | '@')
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || matches!(ch, '_' | '#' | '@' | '$')
    }

    fn supports_nested_comments(&self) -> bool {
        self.nested_comments
    }
}

/// Takes a script apart. In T-SQL comments nest; where that leaves one open they are read as SQLite
/// reads them.
pub(super) fn tokens(text: &str) -> Tokens {
    let nested = tokenize(text, true);
    if nested.broken_at.is_none() {
        return nested;
    }
    let flat = tokenize(text, false);
    if flat.broken_at.is_none() { flat } else { nested }
}

fn tokenize(text: &str, nested_comments: bool) -> Tokens {
    let dialect = Script { nested_comments };
    let mut raw = Vec::new();
    let mut ruler = Ruler { text, line: 1, column: 1, at: 0 };
    let done = Tokenizer::new(&dialect, text).tokenize_with_location_into_buf(&mut raw);
    let mut tokens = Vec::with_capacity(raw.len() / 2);
    let mut first = true;
    for TokenWithSpan { token, span } in raw {
        let start = ruler.offset(span.start);
        match token {
            Raw::Whitespace(space) => first |= breaks_line(&space),
            Raw::EOF => {}
            token => {
                let (kind, word) = kind(token);
                let end = ruler.offset(span.end);
                tokens.push(Token { kind, text: word, start, end, first });
                first = false;
            }
        }
    }
    let broken_at = done.err().map(|error| ruler.offset(error.location));
    Tokens { tokens, broken_at }
}

fn breaks_line(space: &Whitespace) -> bool {
    match space {
        Whitespace::Newline | Whitespace::SingleLineComment { .. } => true,
        Whitespace::MultiLineComment(text) => text.contains('\n'),
        Whitespace::Space | Whitespace::Tab => false,
    }
}

fn kind(token: Raw) -> (Kind, String) {
    match token {
        Raw::Word(word) if word.quote_style.is_some() => (Kind::Quoted, word.value),
        Raw::Word(word) => (Kind::Word, word.value),
        Raw::SingleQuotedString(text) | Raw::NationalStringLiteral(text) => (Kind::Text, text),
        Raw::Number(text, _) => (Kind::Number, text),
        Raw::HexStringLiteral(text) => (Kind::Number, format!("0x{text}")),
        Raw::LParen => (Kind::Open, String::new()),
        Raw::RParen => (Kind::Close, String::new()),
        Raw::Comma => (Kind::Comma, String::new()),
        Raw::SemiColon => (Kind::Semicolon, String::new()),
        Raw::Period => (Kind::Period, String::new()),
        Raw::Eq | Raw::DoubleEq => (Kind::Equals, String::new()),
        Raw::Plus => (Kind::Plus, String::new()),
        Raw::Minus => (Kind::Minus, String::new()),
        Raw::DoubleColon => (Kind::DoubleColon, String::new()),
        _ => (Kind::Other, String::new()),
    }
}

/// Turns lines and columns into bytes; asked in order, it reads the text once.
struct Ruler<'t> {
    text: &'t str,
    line: u64,
    column: u64,
    at: usize,
}

impl Ruler<'_> {
    fn offset(&mut self, span: Location) -> usize {
        if (span.line, span.column) < (self.line, self.column) {
            (self.line, self.column, self.at) = (1, 1, 0);
        }
        let mut rest = self.text[self.at..].chars();
        while (self.line, self.column) < (span.line, span.column) {
            let Some(ch) = rest.next() else { break };
            self.at += ch.len_utf8();
            if ch == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_bytes_and_names_without_their_quotes() {
        let text = "-- é\r\nCREATE [ext].[A.B_C] 'ë' \"x\"\"y\"";
        let read = tokens(text);
        let found: Vec<_> = read.tokens.iter().map(|t| (t.kind, &*t.text)).collect();
        assert_eq!(
            found,
            [
                (Kind::Word, "CREATE"),
                (Kind::Quoted, "ext"),
                (Kind::Period, ""),
                (Kind::Quoted, "A.B_C"),
                (Kind::Text, "ë"),
                (Kind::Quoted, "x\"y"),
            ]
        );
        let name = &read.tokens[3];
        assert_eq!(&text[name.start..name.end], "[A.B_C]");
        assert!(read.tokens[0].first && !read.tokens[1].first);
    }

    #[test]
    fn comments_nest_unless_that_leaves_one_open() {
        let words = |text: &str| -> Vec<String> {
            tokens(text).tokens.into_iter().map(|token| token.text).collect()
        };
        assert_eq!(words("/* a /* b */ c */ d"), ["d"]);
        assert_eq!(words("/* a /* b */ c"), ["c"]);
        assert_eq!(tokens("a 'b").broken_at, Some(2));
    }
}
