//! Rows of any table: read as they are, drawn from, and added.

use std::ops::Deref;

use rusqlite::params_from_iter;

use super::db::Db;
use super::error::StoreError;
use super::side::Tx;
use super::sql_text::{column_list, columns_of, quoted};
use crate::model::key::of_table;
use crate::model::record::{CellValue, Record};
use crate::model::schema::Table;

/// So many values of a column are drawn from; the first in order.
const MOST_DRAWN: u64 = 10_000;

/// How many rows a table has.
pub(crate) fn count(db: &Db, table: &Table) -> Result<u64, StoreError> {
    Ok(db.number(&format!("SELECT count(*) FROM main.{}", quoted(&table.name)), [])? as u64)
}

/// The first rows of a table by its key, with all columns.
pub(crate) fn rows(db: &Db, table: &Table, most: u64) -> Result<Vec<Record>, StoreError> {
    let names: Vec<&String> = table.columns.iter().map(|column| &column.name).collect();
    let sql = format!(
        "SELECT {} FROM main.{} ORDER BY {} LIMIT {most}",
        column_list(&names),
        quoted(&table.name),
        column_list(&of_table(table))
    );
    db.rows(&sql, [], |row| {
        let value =
            |(at, name): (usize, &&String)| row.get(at).map(|value| ((*name).clone(), value));
        names.iter().enumerate().map(value).collect::<Result<_, _>>().map(Record)
    })
}

/// A column that values are drawn from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DrawnColumn<'a> {
    /// The table.
    pub(crate) table: &'a str,
    /// Its column.
    pub(crate) column: &'a str,
    /// Only rows of this company, in this column.
    pub(crate) company: Option<(&'a str, &'a str)>,
    /// Only values of at most so many characters.
    pub(crate) longest: Option<u32>,
}

impl DrawnColumn<'_> {
    fn scope(&self) -> (String, Vec<&str>) {
        let column = quoted(self.column);
        let mut scope = vec![format!("p.{column} IS NOT NULL AND p.{column} <> ''")];
        let mut bound = Vec::new();
        if let Some((column, company)) = self.company {
            scope.push(format!("p.{} = ?1", quoted(column)));
            bound.push(company);
        }
        if let Some(longest) = self.longest {
            scope.push(format!("length(p.{column}) <= {longest}"));
        }
        (scope.join(" AND "), bound)
    }
}

/// The values of a column, in order.
pub(crate) fn values(db: &Db, drawn: DrawnColumn<'_>) -> Result<Vec<CellValue>, StoreError> {
    let (scope, bound) = drawn.scope();
    let column = quoted(drawn.column);
    let sql = format!(
        "SELECT DISTINCT p.{column} FROM main.{} p WHERE {scope} ORDER BY p.{column} LIMIT {MOST_DRAWN}",
        quoted(drawn.table)
    );
    db.rows(&sql, params_from_iter(bound), |row| row.get(0))
}

/// The values of a column that no row of another table has in its own, in order.
pub(crate) fn unused(
    db: &Db,
    drawn: DrawnColumn<'_>,
    (table, own): (&str, &str),
    most: u64,
) -> Result<Vec<CellValue>, StoreError> {
    let (scope, bound) = drawn.scope();
    let column = quoted(drawn.column);
    let sql = include_str!("sql/data_unused.sql")
        .replace("{column}", &column)
        .replace("{parent}", &quoted(drawn.table))
        .replace("{scope}", &scope)
        .replace("{table}", &quoted(table))
        .replace("{own}", &quoted(own))
        .replace("{most}", &most.to_string());
    db.rows(&sql, params_from_iter(bound), |row| row.get(0))
}

/// The declared references of a table that are of one column: the column, the table and the column
/// that it refers to.
pub(crate) fn declared(db: &Db, table: &str) -> Result<Vec<[String; 3]>, StoreError> {
    db.rows(include_str!("sql/data_declared.sql"), [table], |row| {
        Ok([row.get(0)?, row.get(1)?, row.get(2)?])
    })
}

/// Whether a table has a row with these values.
pub(crate) fn has(db: &Db, table: &str, key: &[(&str, &CellValue)]) -> Result<bool, StoreError> {
    let each: Vec<String> =
        key.iter().map(|(column, _)| format!("{} = ?", quoted(column))).collect();
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM main.{} WHERE {})",
        quoted(table),
        each.join(" AND ")
    );
    Ok(db.number(&sql, params_from_iter(key.iter().map(|(_, value)| *value)))? != 0)
}

/// Adds a row.
pub(crate) fn insert<S: Deref<Target = Db>>(
    tx: &Tx<'_, S>,
    table: &str,
    row: &Record,
) -> Result<(), StoreError> {
    let names: Vec<&String> = row.0.iter().map(|(name, _)| name).collect();
    if names.is_empty() {
        return tx.execute(&format!("INSERT INTO main.{} DEFAULT VALUES", quoted(table)), []);
    }
    let sql = format!(
        "INSERT INTO main.{} ({}) VALUES ({})",
        quoted(table),
        columns_of("", &names),
        vec!["?"; names.len()].join(", ")
    );
    tx.execute(&sql, params_from_iter(row.0.iter().map(|(_, value)| value)))
}
