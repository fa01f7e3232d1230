//! Tables of a user's own as SQLite makes them: the declared types, lengths that hold, keys as
//! named indexes.

use std::fmt::Write as _;

use super::schema::Kind;
use super::sql_text::{column_list, literal, quoted};
use crate::extension::schema::SchemaTable;
use crate::extension::script::{ColumnType, KeyKind, Literal, NewColumn, NewKey};
use crate::model::job::DATAAREAID;

/// The columns of a table that take a key's place, or count its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum RowId {
    /// A column that counts; it never gives a number out twice.
    Counts(String),
    /// A key of one whole number.
    IsKey(String),
    /// None is the row's number.
    None,
}

/// An index of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index {
    /// Its name, as it was declared.
    pub(super) name: String,
    begin: String,
    rest: String,
}

/// The name of a table in its database's file.
pub(super) fn file_name(kind: Kind, schema: &str, name: &str) -> String {
    match kind {
        Kind::Channel if !schema.eq_ignore_ascii_case("dbo") => {
            format!("{}_{name}", schema.to_lowercase())
        }
        Kind::Channel | Kind::Headquarters => name.to_owned(),
    }
}

/// The statement that makes a table under this name, without its indexes.
pub(super) fn create(kind: Kind, file: &str, table: &SchemaTable) -> String {
    let row_id = row_id(table);
    let columns: Vec<String> = kept(table)
        .map(|column| match &row_id {
            RowId::Counts(name) if is(column, name) => {
                format!("{} INTEGER PRIMARY KEY AUTOINCREMENT", quoted(&column.name.value))
            }
            RowId::IsKey(name) if is(column, name) => {
                format!("{} INTEGER PRIMARY KEY", quoted(&column.name.value))
            }
            _ => definition(kind, table, column),
        })
        .collect();
    format!("CREATE TABLE {} (\n    {}\n)", quoted(file), columns.join(",\n    "))
}

/// The statement that adds a column; one that must have a value gets the empty one of its type in
/// rows that are there.
pub(super) fn add_column(
    kind: Kind,
    file: &str,
    table: &SchemaTable,
    column: &NewColumn,
) -> String {
    let mut definition = definition(kind, table, column);
    let null = column.default.as_ref().is_none_or(|default| default.value == Literal::Null);
    if null && !table.allows_null(column) {
        let _ = write!(definition, " DEFAULT {}", empty(&column.column_type.value));
    }
    format!("ALTER TABLE {} ADD COLUMN {definition}", quoted(file))
}

/// The indexes of a table: every key that is not the row's number, and
/// every index; what holds for some rows only is left out, since it makes no key.
pub(super) fn indexes(file: &str, table: &SchemaTable) -> Vec<Index> {
    let row_id = row_id(table);
    let is_row_id = |key: &NewKey| match (&row_id, key.columns.as_slice()) {
        (RowId::Counts(name) | RowId::IsKey(name), [only]) => only.value.eq_ignore_ascii_case(name),
        _ => false,
    };
    let kept = |key: &&NewKey| !key.partial && !key.columns.is_empty() && !is_row_id(key);
    table.keys.iter().filter(kept).enumerate().map(|(at, key)| index(file, at, key)).collect()
}

fn index(file: &str, at: usize, key: &NewKey) -> Index {
    let name = key.name.as_ref().map_or_else(|| format!("{file}_key{at}"), |own| own.value.clone());
    let unique = if key.kind == KeyKind::Index { "" } else { "UNIQUE " };
    let columns: Vec<&str> = key.columns.iter().map(|column| column.value.as_str()).collect();
    let rest = format!("ON {} ({})", quoted(file), column_list(&columns));
    Index { name, begin: format!("CREATE {unique}INDEX "), rest }
}

impl Index {
    /// The name that it has where another table's index has its own: in SQL Server an index is
    /// named within its table, in SQLite within its file.
    pub(super) fn other_name(&self, file: &str) -> String {
        format!("{file}_{}", self.name)
    }

    /// The statement that makes it under a name.
    pub(super) fn sql(&self, name: &str) -> String {
        format!("{}{} {}", self.begin, quoted(name), self.rest)
    }
}

/// The columns that a file keeps: those whose values somebody writes.
pub(super) fn kept(table: &SchemaTable) -> impl Iterator<Item = &NewColumn> {
    table.columns.iter().filter(|column| column.generated.is_none() || column.is_identity())
}

fn row_id(table: &SchemaTable) -> RowId {
    if let Some(counts) = table.columns.iter().find(|column| column.is_identity()) {
        return RowId::Counts(counts.name.value.clone());
    }
    let whole = |column: &NewColumn| {
        matches!(column.column_type.value, ColumnType::Int | ColumnType::BigInt)
    };
    let key = table.primary_key().map(|key| key.columns.as_slice());
    match key {
        Some([only]) if table.column(&only.value).is_some_and(whole) => {
            RowId::IsKey(only.value.clone())
        }
        _ => RowId::None,
    }
}

fn is(column: &NewColumn, name: &str) -> bool {
    column.name.value.eq_ignore_ascii_case(name)
}

fn definition(kind: Kind, table: &SchemaTable, column: &NewColumn) -> String {
    let name = quoted(&column.name.value);
    let column_type = &column.column_type.value;
    let mut text = format!("{name} {}", declared(column_type));
    if !table.allows_null(column) {
        text.push_str(" NOT NULL");
    }
    if let Some(default) = &column.default
        && let Some(value) = value(&default.value, column_type)
    {
        let _ = write!(text, " DEFAULT {value}");
    }
    if ignores_case(table, column) {
        text.push_str(" COLLATE NOCASE");
    }
    if let (Kind::Channel, ColumnType::Text(Some(most))) = (kind, column_type) {
        let _ = write!(text, " CHECK (length({name}) <= {most})");
    }
    text
}

/// Text keys compare without regard to case, as SQL Server's do, unless a collation says otherwise.
fn ignores_case(table: &SchemaTable, column: &NewColumn) -> bool {
    if !matches!(column.column_type.value, ColumnType::Text(_)) {
        return false;
    }
    let name = &column.name.value;
    let in_key = table.unique_keys().any(|key| key.has(name));
    match &column.collation {
        Some(said) => {
            let said = said.value.to_ascii_uppercase();
            said == "NOCASE" || said.contains("_CI")
        }
        None => in_key || name.eq_ignore_ascii_case(DATAAREAID),
    }
}

fn declared(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Text(Some(most)) => format!("NVARCHAR({most})"),
        ColumnType::Int => "INT".to_owned(),
        ColumnType::BigInt | ColumnType::RowVersion => "BIGINT".to_owned(),
        ColumnType::Numeric(digits, decimals) => format!("NUMERIC({digits},{decimals})"),
        ColumnType::Float => "REAL".to_owned(),
        ColumnType::Binary(_) => "BLOB".to_owned(),
        ColumnType::Other(name) if name.is_empty() => String::new(),
        ColumnType::Text(None) | ColumnType::Other(_) => "TEXT".to_owned(),
        // The last word gives them the affinity of text; the first says what the text is.
        ColumnType::Date => "DATE_TEXT".to_owned(),
        ColumnType::DateTime => "DATETIME_TEXT".to_owned(),
        ColumnType::Time => "TIME_TEXT".to_owned(),
        ColumnType::Guid => "UNIQUEIDENTIFIER_TEXT".to_owned(),
    }
}

/// A default as SQL; an expression is not worked out, the type's empty value takes its place.
fn value(default: &Literal, column_type: &ColumnType) -> Option<String> {
    match default {
        Literal::Null => None,
        Literal::Number(text) if text.parse::<f64>().is_ok() => Some(text.clone()),
        Literal::Number(text) | Literal::Text(text) => Some(literal(text)),
        Literal::Expression(_) => Some(empty(column_type).to_owned()),
    }
}

/// The empty value of a type, as headquarters' own tables have it.
fn empty(column_type: &ColumnType) -> &'static str {
    match column_type {
        ColumnType::Int
        | ColumnType::BigInt
        | ColumnType::Numeric(..)
        | ColumnType::Float
        | ColumnType::RowVersion => "0",
        ColumnType::Date => "'1900-01-01'",
        ColumnType::DateTime => "'1900-01-01 00:00:00.000'",
        ColumnType::Time => "'00:00:00'",
        ColumnType::Guid => "'00000000-0000-0000-0000-000000000000'",
        ColumnType::Binary(_) => "x''",
        ColumnType::Text(_) | ColumnType::Other(_) => "''",
    }
}
