//! Walks over the tokens of a script.

use super::token::{Kind, Token};
use crate::extension::script::{ObjectName, Skipped, SkippedKind};
use crate::model::source::{Located, SourceId, Span};

/// How deep blocks may stand in one another before their inside is not read.
pub(super) const DEEPEST: usize = 64;

/// A position in a script, and what was skipped so far.
pub(super) struct Cursor<'t> {
    source: SourceId,
    tokens: &'t [Token],
    at: usize,
    pub(super) skipped: Vec<Skipped>,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(source: SourceId, tokens: &'t [Token]) -> Self {
        Self { source, tokens, at: 0, skipped: Vec::new() }
    }

    /// Where it stands.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to, or on to, a position.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at.min(self.tokens.len());
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    /// The token so many after the next one.
    pub(super) fn ahead(&self, by: usize) -> Option<&'t Token> {
        self.tokens.get(self.at + by)
    }

    pub(super) fn next(&mut self) -> Option<&'t Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn is(&self, kind: Kind) -> bool {
        self.peek().is_some_and(|token| token.kind == kind)
    }

    /// Takes the next token if it is of this kind.
    pub(super) fn take(&mut self, kind: Kind) -> bool {
        let is = self.is(kind);
        self.at += usize::from(is);
        is
    }

    /// Whether the next token is this keyword.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    pub(super) fn is_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(word))
    }

    /// Takes the next token if it is this keyword.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        self.at += usize::from(is);
        is
    }

    /// Takes these keywords if they all come next.
    pub(super) fn take_words(&mut self, words: &[&str]) -> bool {
        let all = words
            .iter()
            .enumerate()
            .all(|(by, word)| self.ahead(by).is_some_and(|token| token.is_word(word)));
        self.at += if all { words.len() } else { 0 };
        all
    }

    /// The place of one token.
    pub(super) fn span(&self, token: &Token) -> Span {
        Span::new(self.source, token.start..token.end)
    }

    /// From the token at `begin` to the one before where it stands.
    pub(super) fn since(&self, begin: usize) -> Span {
        let last = self.tokens.len().saturating_sub(1);
        let (Some(first), Some(end)) = (
            self.tokens.get(begin.min(last)),
            self.tokens.get(self.at.saturating_sub(1).max(begin).min(last)),
        ) else {
            return Span::new(self.source, 0..0);
        };
        Span::new(self.source, first.start..end.end)
    }

    /// A name alone, in quotes or without.
    pub(super) fn name(&mut self) -> Option<Located<String>> {
        let token = self.peek().filter(|token| token.is_name())?;
        self.at += 1;
        Some(Located::new(token.text.clone(), self.span(token)))
    }

    /// A name with its schema: `[ext].[T]`, `ext.T`, `database.ext.T`, `database..T`.
    pub(super) fn object_name(&mut self) -> Option<ObjectName> {
        let begin = self.at;
        let mut parts = vec![self.name()?.value];
        while self.is(Kind::Period) {
            self.at += 1;
            if self.is(Kind::Period) {
                parts.push(String::new());
                continue;
            }
            match self.name() {
                Some(part) => parts.push(part.value),
                None => break,
            }
        }
        let name = parts.pop()?;
        let schema = parts.pop().filter(|schema| !schema.is_empty());
        Some(ObjectName { schema, name, span: self.since(begin) })
    }

    /// Takes what is in parentheses, if they open next, with those in it.
    pub(super) fn skip_parentheses(&mut self) -> bool {
        if !self.take(Kind::Open) {
            return false;
        }
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next().map(|token| token.kind) {
                Some(Kind::Open) => depth += 1,
                Some(Kind::Close) => depth -= 1,
                Some(_) => {}
                None => break,
            }
        }
        true
    }

    /// Whether a batch ends here: `GO` alone on its line, with a count perhaps.
    pub(super) fn is_go(&self) -> bool {
        let Some(token) = self.peek().filter(|token| token.is_word("GO")) else { return false };
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let begins = token.first || before.is_some_and(|token| token.kind == Kind::Semicolon);
        let counted = self.ahead(1).is_some_and(|next| next.kind == Kind::Number && !next.first);
        let after = self.ahead(if counted { 2 } else { 1 });
        let ends = after.is_none_or(|next| next.first || next.kind == Kind::Semicolon);
        begins && ends
    }

    /// Takes a `GO` with its count.
    pub(super) fn take_go(&mut self) -> bool {
        if !self.is_go() {
            return false;
        }
        self.at += 1;
        if self.peek().is_some_and(|token| token.kind == Kind::Number && !token.first) {
            self.at += 1;
        }
        true
    }

    /// Goes to the end of the batch.
    pub(super) fn skip_batch(&mut self) {
        while !self.is_at_end() && !self.is_go() {
            self.at += 1;
        }
    }

    /// Notes that everything since `begin` was not read; next to another of its kind it is one.
    pub(super) fn note_skipped(&mut self, kind: SkippedKind, begin: usize) {
        let span = self.since(begin);
        if let Some(last) = self.skipped.last_mut()
            && last.kind == kind
            && matches!(kind, SkippedKind::Setting | SkippedKind::Rows | SkippedKind::Unknown)
            && begin > 0
            && self.tokens.get(begin - 1).is_some_and(|before| before.end <= last.span.end + 1)
        {
            last.span.end = last.span.end.max(span.end);
            return;
        }
        self.skipped.push(Skipped { kind, span });
    }
}

impl Token {
    /// Whether it is this keyword, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it can be a name.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted)
    }
}
