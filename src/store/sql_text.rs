//! Names, keys and values as text of SQL.

use std::fmt::Display;

/// A name as an identifier.
pub(super) fn quoted(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 2);
    text.push('"');
    if name.contains('"') {
        text.push_str(&name.replace('"', "\"\""));
    } else {
        text.push_str(name);
    }
    text.push('"');
    text
}

/// A text as a literal.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Columns as a list of identifiers.
pub(super) fn column_list(columns: &[impl AsRef<str>]) -> String {
    columns_of("", columns)
}

/// Columns of a row as a list: `t."A", t."B"`; of the only row without a name for it.
pub(super) fn columns_of(row: &str, columns: &[impl AsRef<str>]) -> String {
    let dot = if row.is_empty() { "" } else { "." };
    let one = |column| format!("{row}{dot}{}", quoted(column));
    columns.iter().map(AsRef::as_ref).map(one).collect::<Vec<_>>().join(", ")
}

/// That each of the left is equal to its right: `a = b AND c = d`.
pub(super) fn equal<L: Display, R: Display>(pairs: impl IntoIterator<Item = (L, R)>) -> String {
    let each = pairs.into_iter().map(|(left, right)| format!("{left} = {right}"));
    each.collect::<Vec<_>>().join(" AND ")
}

/// That two rows have the same key.
pub(super) fn same_key(key: &[String], left: &str, right: &str) -> String {
    let of = |row: &str, column: &String| format!("{row}.{}", quoted(column));
    equal(key.iter().map(|column| (of(left, column), of(right, column))))
}

/// A key as people read it: `ACCOUNTNUM=004021, DATAAREAID=USRT`.
pub(super) fn key_text(key: &[String], prefix: &str) -> String {
    key.iter()
        .enumerate()
        .map(|(at, column)| {
            let comma = if at == 0 { "" } else { ", " };
            format!("'{comma}{column}=' || ifnull({prefix}{}, 'NULL')", quoted(column))
        })
        .collect::<Vec<_>>()
        .join(" || ")
}
