//! Reads what a statement is guarded by: whether a table, a column or an index exists.

use super::cursor::Cursor;
use super::token::{self, Kind, Token};
use crate::extension::script::{Guard, ObjectName};
use crate::model::source::Span;

/// The guards of the condition between `begin` and where the cursor stands, all of which must hold;
/// a condition of another kind is one by itself.
pub(super) fn guards(cursor: &mut Cursor<'_>, begin: usize, span: Span) -> Vec<Guard> {
    let end = cursor.at();
    cursor.go_to(begin);
    let mut tokens = Vec::new();
    while cursor.at() < end {
        let Some(token) = cursor.next() else { break };
        tokens.push(token);
    }
    cursor.go_to(end);
    read(&tokens, span).unwrap_or_else(|| vec![Guard::Other(span)])
}

fn read(tokens: &[&Token], span: Span) -> Option<Vec<Guard>> {
    let tokens = without_parentheses(tokens);
    if split(tokens, "OR").len() > 1 {
        return None;
    }
    let parts = split(tokens, "AND");
    if parts.len() > 1 {
        let read = parts.into_iter().map(|part| read(part, span));
        return read.collect::<Option<Vec<_>>>().map(|guards| guards.concat());
    }
    one(tokens, span, true).map(|guard| vec![guard])
}

/// The parts between a word that stands outside parentheses.
fn split<'s, 't>(tokens: &'s [&'t Token], word: &str) -> Vec<&'s [&'t Token]> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_usize, 0);
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ if depth == 0 && token.is_word(word) => {
                parts.push(&tokens[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&tokens[from..]);
    parts
}

/// The tokens without parentheses around all of them.
fn without_parentheses<'s, 't>(mut tokens: &'s [&'t Token]) -> &'s [&'t Token] {
    while let [first, inner @ .., last] = tokens
        && first.kind == Kind::Open
        && last.kind == Kind::Close
        && is_balanced(inner)
    {
        tokens = inner;
    }
    tokens
}

fn is_balanced(tokens: &[&Token]) -> bool {
    let mut depth = 0_i64;
    for token in tokens {
        depth += match token.kind {
            Kind::Open => 1,
            Kind::Close => -1,
            _ => 0,
        };
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

fn one(tokens: &[&Token], span: Span, holds: bool) -> Option<Guard> {
    let tokens = without_parentheses(tokens);
    match tokens {
        [not, rest @ ..] if not.is_word("NOT") => one(rest, span, !holds),
        [exists, open, inner @ .., close]
            if exists.is_word("EXISTS") && open.kind == Kind::Open && close.kind == Kind::Close =>
        {
            catalogue(inner, span, holds)
        }
        // The template of the SDK asks in a query, `(SELECT OBJECT_ID('x')) IS NULL`.
        [open, select, name, inner, rest @ ..]
            if open.kind == Kind::Open
                && select.is_word("SELECT")
                && name.kind == Kind::Word
                && inner.kind == Kind::Open =>
        {
            let end = rest.iter().position(|token| token.kind == Kind::Close)?;
            let behind = rest.get(end + 1).filter(|token| token.kind == Kind::Close);
            let null = is_null(&rest[end + 1 + usize::from(behind.is_some())..])?;
            call(&name.text, &rest[..end], span, null != holds)
        }
        [name, open, rest @ ..] if name.kind == Kind::Word && open.kind == Kind::Open => {
            let end = rest.iter().position(|token| token.kind == Kind::Close)?;
            let null = is_null(&rest[end + 1..])?;
            call(&name.text, &rest[..end], span, null != holds)
        }
        _ => None,
    }
}

/// Whether these words say that something is NULL, or that it is not.
fn is_null(tokens: &[&Token]) -> Option<bool> {
    match tokens {
        [is, null] if is.is_word("IS") && null.is_word("NULL") => Some(true),
        [is, not, null] if is.is_word("IS") && not.is_word("NOT") && null.is_word("NULL") => {
            Some(false)
        }
        _ => None,
    }
}

/// `OBJECT_ID(N'[ext].[T]', N'U')`, `COL_LENGTH('ext.T', 'C')`.
fn call(function: &str, arguments: &[&Token], span: Span, exists: bool) -> Option<Guard> {
    let texts: Vec<&str> = arguments
        .iter()
        .filter(|token| token.kind == Kind::Text)
        .map(|token| token.text.as_str())
        .collect();
    match (function.to_ascii_uppercase().as_str(), texts.as_slice()) {
        ("OBJECT_ID", [name, kind])
            if CONSTRAINTS.iter().any(|k| kind.trim().eq_ignore_ascii_case(k)) =>
        {
            Some(Guard::Index { name: object(name, span)?.name, exists })
        }
        ("OBJECT_ID" | "TYPE_ID", [name, ..]) => {
            Some(Guard::Object { name: object(name, span)?, exists })
        }
        ("COL_LENGTH", [table, column]) => {
            let column = column.trim().trim_matches(['[', ']']).to_owned();
            Some(Guard::Column { table: object(table, span)?, column, exists })
        }
        _ => None,
    }
}

/// The kinds of OBJECT_ID that are constraints.
const CONSTRAINTS: &[&str] = &["PK", "UQ", "D", "F", "C"];

/// The name of an object that stands in a text, `[ext].[T]`.
fn object(text: &str, span: Span) -> Option<ObjectName> {
    let tokens = token::tokens(text).tokens;
    let mut cursor = Cursor::new(span.source, &tokens);
    let name = cursor.object_name()?;
    cursor.is_at_end().then_some(ObjectName { span, ..name })
}

/// What a system view lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lists {
    Objects,
    Columns,
    Indexes,
    Schemas,
}

fn lists(view: &str) -> Option<Lists> {
    Some(match view.to_ascii_uppercase().as_str() {
        "TABLES" | "OBJECTS" | "SYSOBJECTS" | "VIEWS" | "PROCEDURES" | "TYPES" | "TABLE_TYPES"
        | "SYSTYPES" | "ROUTINES" | "TRIGGERS" => Lists::Objects,
        "COLUMNS" | "SYSCOLUMNS" => Lists::Columns,
        "INDEXES"
        | "SYSINDEXES"
        | "KEY_CONSTRAINTS"
        | "DEFAULT_CONSTRAINTS"
        | "FOREIGN_KEYS"
        | "CHECK_CONSTRAINTS"
        | "TABLE_CONSTRAINTS" => Lists::Indexes,
        "SCHEMAS" => Lists::Schemas,
        _ => return None,
    })
}

/// `SELECT ... FROM sys.tables WHERE name = 'T' ...`: what must be there, or must not.
fn catalogue(tokens: &[&Token], span: Span, exists: bool) -> Option<Guard> {
    let from = tokens.iter().position(|token| token.is_word("FROM"))?;
    if split(tokens, "OR").len() > 1 {
        return None;
    }
    let sources = sources(&tokens[from..]);
    let mut found = Found::default();
    for (qualifier, column, text) in equalities(tokens) {
        let source = match qualifier {
            Some(alias) => sources.iter().find(|(name, _)| name.eq_ignore_ascii_case(&alias)),
            None => sources.first(),
        };
        found.take(source.map(|(_, lists)| *lists), &column, &text, span)?;
    }
    let has = |wanted: Lists| sources.iter().any(|(_, lists)| *lists == wanted);
    if has(Lists::Columns) {
        let table = found.table(span)?;
        return Some(Guard::Column { table, column: found.column?, exists });
    }
    if has(Lists::Indexes) {
        return Some(Guard::Index { name: found.index?, exists });
    }
    Some(Guard::Object { name: found.table(span)?, exists })
}

/// The system views behind FROM and JOIN, by the name that the rest of the query has for them.
fn sources(tokens: &[&Token]) -> Vec<(String, Lists)> {
    let mut found = Vec::new();
    let begins = |at: usize| tokens[at].is_word("FROM") || tokens[at].is_word("JOIN");
    for at in (0..tokens.len()).filter(|at| begins(*at)) {
        let mut name = at + 1;
        while tokens.get(name + 1).is_some_and(|token| token.kind == Kind::Period) {
            name += 2;
        }
        let Some(view) = tokens.get(name) else { continue };
        let Some(lists) = lists(&view.text) else { continue };
        let behind = tokens.get(name + 1).filter(|token| token.is_word("AS"));
        let alias = tokens.get(name + 1 + usize::from(behind.is_some()));
        let ends = ["WHERE", "INNER", "JOIN", "LEFT", "ON", "WITH"];
        let alias =
            alias.filter(|token| token.is_name() && !ends.iter().any(|word| token.is_word(word)));
        found.push((alias.unwrap_or(view).text.clone(), lists));
    }
    found
}

/// Every `a.name = 'x'`, `object_id = OBJECT_ID('x')`, `SCHEMA_NAME(schema_id) = 'x'`: the
/// qualifier, the column and the text.
fn equalities(tokens: &[&Token]) -> Vec<(Option<String>, String, String)> {
    let mut found = Vec::new();
    for at in (1..tokens.len()).filter(|at| tokens[*at].kind == Kind::Equals) {
        let behind = match &tokens[at + 1..] {
            [text, ..] if text.kind == Kind::Text => &text.text,
            [call, open, text, ..]
                if call.kind == Kind::Word
                    && open.kind == Kind::Open
                    && text.kind == Kind::Text =>
            {
                &text.text
            }
            _ => continue,
        };
        let before = if tokens[at - 1].kind == Kind::Close && at >= 3 { at - 2 } else { at - 1 };
        let column = tokens[before];
        let qualified = before >= 2 && tokens[before - 1].kind == Kind::Period;
        let qualifier = qualified.then(|| tokens[before - 2].text.clone());
        found.push((qualifier, column.text.to_ascii_uppercase(), behind.clone()));
    }
    found
}

/// What the equalities of a query name.
#[derive(Debug, Default)]
struct Found {
    schema: Option<String>,
    table: Option<String>,
    object: Option<ObjectName>,
    column: Option<String>,
    index: Option<String>,
}

impl Found {
    /// Takes one; none where a table's name cannot be read.
    fn take(&mut self, source: Option<Lists>, column: &str, text: &str, span: Span) -> Option<()> {
        match (column, source) {
            ("NAME" | "CONSTRAINT_NAME", Some(Lists::Indexes)) => {
                self.index = Some(text.to_owned());
            }
            ("NAME" | "COLUMN_NAME", Some(Lists::Columns)) => self.column = Some(text.to_owned()),
            ("NAME", Some(Lists::Schemas)) => self.schema = Some(text.to_owned()),
            ("NAME" | "TABLE_NAME" | "ROUTINE_NAME", _) => self.table = Some(text.to_owned()),
            ("TABLE_SCHEMA" | "ROUTINE_SCHEMA" | "SCHEMA_ID", _) => {
                self.schema = Some(text.to_owned());
            }
            ("OBJECT_ID" | "ID" | "PARENT_OBJECT_ID" | "USER_TYPE_ID", _) => {
                self.object = Some(object(text, span)?);
            }
            _ => {}
        }
        Some(())
    }

    fn table(&self, span: Span) -> Option<ObjectName> {
        if let Some(object) = &self.object {
            return Some(object.clone());
        }
        let name = self.table.clone()?;
        Some(ObjectName { schema: self.schema.clone(), name, span })
    }
}
