//! Reads what stands in a CREATE TABLE, and what an ALTER TABLE adds.

use super::cursor::Cursor;
use super::token::{Kind, Token};
use crate::extension::script::{
    ColumnType, Default, Generated, KeyKind, Literal, NewColumn, NewKey, SkippedKind,
};
use crate::model::source::{Located, Span};

/// Whether what is being read ends here.
type Ends<'e> = &'e dyn Fn(&Cursor<'_>) -> bool;

/// What an ALTER TABLE adds.
#[derive(Debug, std::default::Default)]
pub(super) struct Additions {
    pub(super) columns: Vec<NewColumn>,
    pub(super) keys: Vec<NewKey>,
    pub(super) defaults: Vec<(Located<String>, Default)>,
}

/// The inside of a CREATE TABLE, from its parenthesis to the one that closes it.
pub(super) fn definition(cursor: &mut Cursor<'_>, text: &str) -> (Vec<NewColumn>, Vec<NewKey>) {
    cursor.take(Kind::Open);
    let ends = |cursor: &Cursor<'_>| cursor.is_at_end() || cursor.is(Kind::Close) || cursor.is_go();
    let added = additions(cursor, text, &ends);
    cursor.take(Kind::Close);
    (added.columns, added.keys)
}

/// Columns and constraints, with a comma between them, up to where they end.
pub(super) fn additions(cursor: &mut Cursor<'_>, text: &str, ends: Ends<'_>) -> Additions {
    let mut added = Additions::default();
    let listed = cursor.is(Kind::Open);
    let inner_ends =
        |cursor: &Cursor<'_>| cursor.is_at_end() || cursor.is(Kind::Close) || cursor.is_go();
    let ends: Ends<'_> = if listed { &inner_ends } else { ends };
    if listed {
        cursor.next();
    }
    while !ends(cursor) {
        let begin = cursor.at();
        if cursor.take(Kind::Comma) {
            continue;
        }
        if is_constraint(cursor) {
            constraint(cursor, text, ends, &mut added);
        } else {
            if !cursor.ahead(1).is_some_and(Token::ends_name) {
                cursor.take_word("COLUMN");
            }
            if let Some(column) = column(cursor, text, ends, &mut added.keys) {
                added.columns.push(column);
            }
        }
        if cursor.at() == begin {
            cursor.next();
            cursor.note_skipped(SkippedKind::Unknown, begin);
        }
    }
    if listed {
        cursor.take(Kind::Close);
    }
    added
}

impl Token {
    /// Whether a name before it is the whole of a definition.
    fn ends_name(&self) -> bool {
        matches!(self.kind, Kind::Comma | Kind::Close | Kind::Semicolon)
    }
}

fn is_constraint(cursor: &Cursor<'_>) -> bool {
    let next = |words: &[&str]| {
        cursor.ahead(1).is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    };
    let opens = cursor.ahead(1).is_some_and(|token| token.kind == Kind::Open);
    cursor.is_word("CONSTRAINT")
        || (cursor.is_one_of(&["PRIMARY", "FOREIGN"]) && next(&["KEY"]))
        || (cursor.is_word("UNIQUE") && (opens || next(&["CLUSTERED", "NONCLUSTERED"])))
        || (cursor.is_word("CHECK") && opens)
        || (cursor.is_word("PERIOD") && next(&["FOR"]))
        || cursor.is_word("INDEX")
        || (cursor.is_word("DEFAULT"))
}

/// `[CONSTRAINT name] PRIMARY KEY ...`, `UNIQUE`, `FOREIGN KEY`, `CHECK`, `DEFAULT ... FOR`.
fn constraint(cursor: &mut Cursor<'_>, text: &str, ends: Ends<'_>, added: &mut Additions) {
    let begin = cursor.at();
    let name = if cursor.take_word("CONSTRAINT") { cursor.name() } else { None };
    if cursor.take_words(&["PRIMARY", "KEY"]) {
        added.keys.push(key(cursor, begin, name, KeyKind::Primary));
    } else if cursor.take_word("UNIQUE") {
        added.keys.push(key(cursor, begin, name, KeyKind::Unique));
    } else if cursor.take_word("INDEX") {
        let name = cursor.name();
        let kind = if cursor.take_word("UNIQUE") { KeyKind::Unique } else { KeyKind::Index };
        added.keys.push(key(cursor, begin, name, kind));
    } else if cursor.take_word("DEFAULT") {
        let default = expression(cursor, text);
        if cursor.take_word("FOR")
            && let Some(column) = cursor.name()
        {
            cursor.take_words(&["WITH", "VALUES"]);
            added.defaults.push((column, default));
        }
    } else {
        // A relation or a condition between values: nothing that the exchange asks for.
        while !ends(cursor) && !cursor.is(Kind::Comma) {
            if !cursor.skip_parentheses() {
                cursor.next();
            }
        }
    }
}

/// A key from behind its keyword on: how it is kept, and its columns.
fn key(
    cursor: &mut Cursor<'_>,
    begin: usize,
    name: Option<Located<String>>,
    kind: KeyKind,
) -> NewKey {
    while cursor.is_one_of(&["CLUSTERED", "NONCLUSTERED", "HASH"]) {
        cursor.next();
    }
    let (columns, plain) =
        if cursor.is(Kind::Open) { column_list(cursor) } else { (Vec::new(), true) };
    let span = cursor.since(begin);
    if cursor.take_word("INCLUDE") {
        cursor.skip_parentheses();
    }
    storage(cursor);
    NewKey { name, kind, columns, partial: !plain, span }
}

/// `(A, [B] DESC)`; and whether all of them are columns, not expressions.
pub(super) fn column_list(cursor: &mut Cursor<'_>) -> (Vec<Located<String>>, bool) {
    cursor.take(Kind::Open);
    let (mut columns, mut plain) = (Vec::new(), true);
    while !cursor.is_at_end() && !cursor.take(Kind::Close) {
        if cursor.take(Kind::Comma) {
            continue;
        }
        if let Some(name) = cursor.name() {
            columns.push(name);
        }
        while !cursor.is_at_end() && !cursor.is(Kind::Comma) && !cursor.is(Kind::Close) {
            let sorted = cursor.is_one_of(&["ASC", "DESC", "NULLS", "FIRST", "LAST"]);
            let collated = cursor.is_word("COLLATE");
            plain &= sorted || collated;
            if !cursor.skip_parentheses() {
                cursor.next();
            }
            if collated {
                cursor.next();
            }
        }
    }
    (columns, plain)
}

/// What says how rows are kept: `WITH (...)`, `ON [PRIMARY]`, `TEXTIMAGE_ON x`, `STRICT`.
pub(super) fn storage(cursor: &mut Cursor<'_>) {
    loop {
        let opens = cursor.ahead(1).is_some_and(|token| token.kind == Kind::Open);
        if cursor.is_word("WITH") && (opens || is_fill_factor(cursor)) {
            cursor.next();
            if !cursor.skip_parentheses() {
                cursor.next();
                cursor.take(Kind::Equals);
                cursor.next();
            }
        } else if cursor.is_one_of(&["TEXTIMAGE_ON", "FILESTREAM_ON"])
            || (cursor.is_word("ON") && cursor.ahead(1).is_some_and(Token::is_name))
        {
            cursor.next();
            cursor.next();
            cursor.skip_parentheses();
        } else if cursor.is_word("STRICT")
            || (cursor.is(Kind::Comma) && cursor.ahead(1).is_some_and(is_table_option))
        {
            cursor.next();
        } else if !cursor.take_words(&["WITHOUT", "ROWID"]) {
            break;
        }
    }
}

fn is_table_option(token: &Token) -> bool {
    token.is_word("STRICT") || token.is_word("WITHOUT")
}

fn is_fill_factor(cursor: &Cursor<'_>) -> bool {
    cursor.ahead(1).is_some_and(|token| token.is_word("FILLFACTOR"))
}

/// A column with all that is said of it; its keys go to the table's. None where no name stands.
pub(super) fn column(
    cursor: &mut Cursor<'_>,
    text: &str,
    ends: Ends<'_>,
    keys: &mut Vec<NewKey>,
) -> Option<NewColumn> {
    let begin = cursor.at();
    let Some(name) = cursor.name() else {
        skip_item(cursor, ends);
        cursor.note_skipped(SkippedKind::Unknown, begin);
        return None;
    };
    let mut column = NewColumn {
        column_type: Located::new(ColumnType::Other(String::new()), name.span),
        name,
        nullable: None,
        default: None,
        generated: None,
        collation: None,
    };
    if cursor.is_word("AS") {
        let span = cursor.peek().map_or(column.name.span, |token| cursor.span(token));
        column.generated = Some(Located::new(Generated::Computed, span));
        cursor.next();
        if !cursor.skip_parentheses() {
            skip_item(cursor, ends);
        }
    } else if let Some(found) = column_type(cursor) {
        if found.value == ColumnType::RowVersion {
            column.generated = Some(Located::new(Generated::RowVersion, found.span));
        }
        column.column_type = found;
    }
    while !ends(cursor) && !cursor.is(Kind::Comma) {
        let before = cursor.at();
        option(cursor, text, ends, &mut column, keys);
        if cursor.at() == before {
            cursor.next();
            cursor.note_skipped(SkippedKind::Unknown, before);
        }
    }
    Some(column)
}

fn skip_item(cursor: &mut Cursor<'_>, ends: Ends<'_>) {
    while !ends(cursor) && !cursor.is(Kind::Comma) {
        if !cursor.skip_parentheses() {
            cursor.next();
        }
    }
}

/// One thing that is said of a column; takes nothing where it does not know it.
fn option(
    cursor: &mut Cursor<'_>,
    text: &str,
    ends: Ends<'_>,
    column: &mut NewColumn,
    keys: &mut Vec<NewKey>,
) {
    let begin = cursor.at();
    let constraint = if cursor.take_word("CONSTRAINT") { cursor.name() } else { None };
    if cursor.take_words(&["NOT", "NULL"]) {
        column.nullable = Some(Located::new(false, cursor.since(begin)));
    } else if cursor.take_word("NULL") {
        column.nullable = Some(Located::new(true, cursor.since(begin)));
    } else if cursor.take_word("IDENTITY") || cursor.take_word("AUTOINCREMENT") {
        let counted = Located::new(Generated::Identity, cursor.since(begin));
        column.generated = Some(counted);
        cursor.skip_parentheses();
    } else if cursor.take_words(&["PRIMARY", "KEY"]) {
        key_of_column(cursor, begin, constraint, KeyKind::Primary, column, keys);
    } else if cursor.take_word("UNIQUE") {
        key_of_column(cursor, begin, constraint, KeyKind::Unique, column, keys);
    } else if cursor.take_word("INDEX") {
        let name = cursor.name();
        key_of_column(cursor, begin, name, KeyKind::Index, column, keys);
    } else if cursor.take_word("DEFAULT") {
        column.default = Some(expression(cursor, text));
    } else if cursor.take_word("COLLATE") {
        column.collation = cursor.name();
    } else if cursor.take_word("REFERENCES") {
        reference(cursor);
    } else if cursor.take_words(&["FOREIGN", "KEY"]) {
        cursor.skip_parentheses();
    } else if cursor.take_word("CHECK") || cursor.take_word("MASKED") {
        cursor.take_words(&["NOT", "FOR", "REPLICATION"]);
        cursor.take_word("WITH");
        cursor.skip_parentheses();
    } else if cursor.take_words(&["GENERATED", "ALWAYS"]) {
        generated_always(cursor, ends, column);
    } else if !cursor.take_words(&["NOT", "FOR", "REPLICATION"]) {
        let plain =
            ["ROWGUIDCOL", "SPARSE", "HIDDEN", "PERSISTED", "ASC", "DESC", "STORED", "VIRTUAL"];
        if cursor.is_one_of(&plain) {
            cursor.next();
        } else {
            storage(cursor);
        }
    }
}

fn generated_always(cursor: &mut Cursor<'_>, ends: Ends<'_>, column: &mut NewColumn) {
    let begin = cursor.at().saturating_sub(2);
    cursor.take_word("AS");
    if !cursor.skip_parentheses() {
        while !ends(cursor) && cursor.is_one_of(&["ROW", "START", "END", "TRANSACTION_ID"]) {
            cursor.next();
        }
    }
    column.generated = Some(Located::new(Generated::Computed, cursor.since(begin)));
}

/// A key at a column: of that column, or, where a comma was left out, of those it lists.
fn key_of_column(
    cursor: &mut Cursor<'_>,
    begin: usize,
    name: Option<Located<String>>,
    kind: KeyKind,
    column: &NewColumn,
    keys: &mut Vec<NewKey>,
) {
    let mut found = key(cursor, begin, name, kind);
    if found.columns.is_empty() {
        found.columns.push(column.name.clone());
    }
    keys.push(found);
}

/// What a column refers to.
fn reference(cursor: &mut Cursor<'_>) {
    cursor.object_name();
    cursor.skip_parentheses();
    while cursor.take_words(&["ON", "DELETE"]) || cursor.take_words(&["ON", "UPDATE"]) {
        cursor.next();
        if cursor.is_one_of(&["ACTION", "NULL", "DEFAULT"]) {
            cursor.next();
        }
    }
}

/// The words of a type of several, behind the first one.
const MORE_OF_TYPE: &[&str] =
    &["PRECISION", "VARYING", "CHARACTER", "CHAR", "INT", "INTEGER", "BIG"];
/// What is said of a column that has no type.
const NO_TYPE: &[&str] = &[
    "NOT",
    "NULL",
    "PRIMARY",
    "UNIQUE",
    "DEFAULT",
    "CONSTRAINT",
    "CHECK",
    "REFERENCES",
    "COLLATE",
    "GENERATED",
    "IDENTITY",
];

/// `nvarchar(20)`, `[numeric] (32, 16)`, `[dbo].[AMOUNT]`, `double precision`.
fn column_type(cursor: &mut Cursor<'_>) -> Option<Located<ColumnType>> {
    if cursor.is_one_of(NO_TYPE) {
        return None;
    }
    let begin = cursor.at();
    let named = cursor.object_name()?;
    let mut name = named.name;
    while cursor.is_one_of(MORE_OF_TYPE) {
        if let Some(token) = cursor.next() {
            name = format!("{name} {}", token.text);
        }
    }
    let mut arguments = Vec::new();
    if cursor.take(Kind::Open) {
        while !cursor.is_at_end() && !cursor.take(Kind::Close) {
            if let Some(token) = cursor.next()
                && token.kind != Kind::Comma
            {
                arguments.push(token.text.clone());
            }
        }
    }
    let found = match named.schema {
        Some(schema) if !schema.eq_ignore_ascii_case("sys") => {
            ColumnType::Other(format!("{schema}.{name}"))
        }
        _ => of_name(&name, &arguments),
    };
    Some(Located::new(found, cursor.since(begin)))
}

fn of_name(name: &str, arguments: &[String]) -> ColumnType {
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<u32>().ok());
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "nvarchar" | "varchar" | "nchar" | "char" | "character" | "character varying"
        | "char varying" => ColumnType::Text(number(0)),
        "ntext" | "text" | "clob" => ColumnType::Text(None),
        "sysname" => ColumnType::Text(Some(128)),
        "int" | "integer" | "smallint" | "tinyint" | "bit" | "boolean" | "bool" => ColumnType::Int,
        "bigint" | "big int" => ColumnType::BigInt,
        "numeric" | "decimal" | "dec" => {
            ColumnType::Numeric(number(0).unwrap_or(18), number(1).unwrap_or(0))
        }
        "money" => ColumnType::Numeric(19, 4),
        "smallmoney" => ColumnType::Numeric(10, 4),
        "float" | "real" | "double" | "double precision" => ColumnType::Float,
        "date" => ColumnType::Date,
        "datetime" | "datetime2" | "smalldatetime" | "datetimeoffset" => ColumnType::DateTime,
        "time" => ColumnType::Time,
        "uniqueidentifier" => ColumnType::Guid,
        "binary" | "varbinary" => ColumnType::Binary(number(0)),
        "image" | "blob" => ColumnType::Binary(None),
        "rowversion" | "timestamp" => ColumnType::RowVersion,
        _ => ColumnType::Other(name.to_owned()),
    }
}

/// The value of a default: a literal, a call, or whatever stands in parentheses.
fn expression(cursor: &mut Cursor<'_>, text: &str) -> Default {
    let begin = cursor.at();
    if !cursor.skip_parentheses() {
        let signed = cursor.take(Kind::Minus) || cursor.take(Kind::Plus);
        let called = cursor.next().is_some_and(Token::is_name) && !signed;
        while called && cursor.take(Kind::Period) {
            cursor.next();
        }
        if called {
            cursor.skip_parentheses();
        }
    }
    let span = cursor.since(begin);
    let end = cursor.at();
    cursor.go_to(begin);
    let value = literal(cursor, end, span, text);
    cursor.go_to(end);
    Default { value, span }
}

fn literal(cursor: &mut Cursor<'_>, end: usize, span: Span, text: &str) -> Literal {
    let mut tokens = Vec::new();
    while cursor.at() < end {
        let Some(token) = cursor.next() else { break };
        tokens.push(token);
    }
    let mut inner = tokens.as_slice();
    while let [first, rest @ .., last] = inner
        && first.kind == Kind::Open
        && last.kind == Kind::Close
    {
        inner = rest;
    }
    match inner {
        [one] if one.kind == Kind::Text => Literal::Text(one.text.clone()),
        [one] if one.kind == Kind::Number => Literal::Number(one.text.clone()),
        [one] if one.is_word("NULL") => Literal::Null,
        [sign, one] if sign.kind == Kind::Minus && one.kind == Kind::Number => {
            Literal::Number(format!("-{}", one.text))
        }
        [sign, one] if sign.kind == Kind::Plus && one.kind == Kind::Number => {
            Literal::Number(one.text.clone())
        }
        _ => Literal::Expression(text.get(span.range()).unwrap_or_default().to_owned()),
    }
}
