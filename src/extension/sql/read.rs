//! A script from its text to its statements.

use super::cursor::Cursor;
use super::statement::Reader;
use super::token;
use crate::extension::script::{Script, Skipped, SkippedKind};
use crate::model::source::{SourceId, Span};

/// Reads a script; what it does not understand is among what was skipped.
pub(in crate::extension) fn read(source: SourceId, name: &str, text: &str) -> Script {
    let token::Tokens { tokens, broken_at } = token::tokens(text);
    let mut reader = Reader::new(Cursor::new(source, &tokens), text);
    reader.script();
    let (statements, mut skipped) = reader.finish();
    if let Some(at) = broken_at {
        let span = Span::new(source, at..text.len());
        skipped.push(Skipped { kind: SkippedKind::Unknown, span });
    }
    Script { source, name: name.to_owned(), statements, skipped }
}
