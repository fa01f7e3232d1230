//! Values and columns of headquarters that are longer than the channel column they are mapped to
//! (D12).

use std::sync::Arc;

use rusqlite::params_from_iter;
use rusqlite::types::Value;

use super::catalogue::find_table;
use super::error::StoreError;
use super::pack::touched_sql;
use super::rejection::dotted;
use super::side::{ChannelDatabase, Headquarters};
use super::sql_text::{columns_of, equal, key_text, quoted, same_key};
use super::tracking::changed_since;
use crate::model::plan::TablePlan;
use crate::model::schema::Table;

/// How many rows are kept of one column.
const MOST: i64 = 3;

/// A mapped column whose values, or whose declared length, do not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OverlongColumn {
    /// The channel table as its file names it.
    pub(crate) target: String,
    /// The headquarters table and column.
    pub(crate) table: String,
    /// The column in headquarters.
    pub(crate) column: String,
    /// The channel column's length in characters.
    pub(crate) limit: u32,
    /// The declared length in headquarters, where that alone is too long.
    pub(crate) declared: Option<u32>,
    /// Rows with a value that is too long: their key, and the value's length in characters.
    pub(crate) rows: Vec<(String, i64)>,
    /// How many such rows there are.
    pub(crate) count: u64,
}

/// Looks at every mapped text column of a table; reads each row of it once.
pub(crate) fn too_long(
    hq: &Headquarters,
    plan: &TablePlan,
    channel: &Table,
) -> Result<Vec<OverlongColumn>, StoreError> {
    let Some(table) = find_table(hq, &plan.hq_table)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut limited = Vec::new();
    for column in &plan.columns {
        let (Some(from), Some(to)) = (table.column(&column.from), channel.column(&column.to))
        else {
            continue;
        };
        let Some(limit) = to.length else { continue };
        limited.push((from.name.clone(), limit));
        if let Some(declared) = from.length.filter(|declared| *declared > limit) {
            found.push(OverlongColumn {
                target: plan.target.clone(),
                table: table.name.clone(),
                column: from.name.clone(),
                limit,
                declared: Some(declared),
                rows: Vec::new(),
                count: 0,
            });
        }
    }
    if limited.is_empty() {
        return Ok(found);
    }
    // Mostly there is none, and that is told without counting each column.
    let longer = |(column, limit): &(String, u32)| format!("length({}) > {limit}", quoted(column));
    let longer: Vec<String> = limited.iter().map(longer).collect();
    let any = format!("SELECT 1 FROM {} WHERE {}", quoted(&table.name), longer.join(" OR "));
    if hq.number(&format!("SELECT EXISTS ({any})"), [])? == 0 {
        return Ok(found);
    }
    let counts: Vec<String> = longer.iter().map(|longer| format!("sum({longer})")).collect();
    let sql = format!("SELECT {} FROM {}", counts.join(", "), quoted(&table.name));
    let counts = hq.first(&sql, [], |row| {
        (0..limited.len()).map(|at| row.get::<_, Option<i64>>(at)).collect::<Result<Vec<_>, _>>()
    })?;
    for ((column, limit), count) in limited.iter().zip(counts.unwrap_or_default()) {
        let Some(count) = count.filter(|count| *count > 0) else { continue };
        let sql = format!(
            "SELECT {}, length({column}) FROM {} WHERE length({column}) > {limit} LIMIT {MOST}",
            key_text(&plan.key_from(), ""),
            quoted(&table.name),
            column = quoted(column),
        );
        let rows = hq.rows(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let known = found.iter_mut().find(|one| one.column == *column);
        if let Some(known) = known {
            (known.rows, known.count) = (rows, count as u64);
        } else {
            found.push(OverlongColumn {
                target: plan.target.clone(),
                table: table.name.clone(),
                column: column.clone(),
                limit: *limit,
                declared: None,
                rows,
                count: count as u64,
            });
        }
    }
    Ok(found)
}

/// Refuses a value of a call in a channel that is longer than the column it is for, before anything
/// is written; lengths count characters.
///
/// # Errors
/// [`StoreError::TooLong`] with the column and both lengths.
pub(crate) fn refuse<'a>(
    table: &Table,
    values: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(), StoreError> {
    let long = values.into_iter().map(|(column, value)| (table, column, value.chars().count()));
    shortest(long.filter(|(table, column, length)| fits(table, column, *length).is_err()))
}

/// A value that is too long: its channel table, its column, its length.
type Long<'a> = (&'a Table, &'a str, usize);

/// Refuses one of several: a full name is made of its parts, and the part that was typed is the
/// shorter one.
fn shortest<'a>(found: impl IntoIterator<Item = Long<'a>>) -> Result<(), StoreError> {
    match found.into_iter().min_by_key(|(_, _, length)| *length) {
        Some((table, column, length)) => fits(table, column, length),
        None => Ok(()),
    }
}

fn fits(table: &Table, column: &str, length: usize) -> Result<(), StoreError> {
    match table.column(column).and_then(|found| found.length) {
        Some(limit) if length > limit as usize => Err(StoreError::TooLong {
            table: dotted(&table.name),
            column: column.to_owned(),
            length,
            limit,
        }),
        _ => Ok(()),
    }
}

/// [`refuse`] for a row of a channel's own table.
pub(crate) fn refuse_row(
    channel: &ChannelDatabase,
    table: &str,
    values: &[(&str, String)],
) -> Result<(), StoreError> {
    let Some(table) = find_table(channel, table)? else { return Ok(()) };
    refuse(&table, values.iter().map(|(column, value)| (*column, value.as_str())))
}

/// [`refuse`] for the rows of headquarters that were touched since a version, inside the
/// transaction that touched them. `before` is headquarters as it was: what it held already may be
/// too long (D12), and is not this call's doing. It is asked for only where something is too long.
pub(crate) fn refuse_new<'b>(
    hq: &Headquarters,
    before: &dyn Fn() -> Result<&'b Headquarters, StoreError>,
    plans: &[(TablePlan, Arc<Table>)],
    since: i64,
) -> Result<(), StoreError> {
    let mut found = Vec::new();
    for (plan, channel) in plans {
        new_too_long(hq, before, plan, channel, since, &mut found)?;
    }
    shortest(found)
}

fn new_too_long<'a, 'b>(
    hq: &Headquarters,
    before: &dyn Fn() -> Result<&'b Headquarters, StoreError>,
    plan: &'a TablePlan,
    channel: &'a Table,
    since: i64,
    found: &mut Vec<Long<'a>>,
) -> Result<(), StoreError> {
    if !changed_since(hq, &plan.hq_table, since)? {
        return Ok(());
    }
    let on = same_key(&plan.key_from(), "t", "d");
    let (touched, name) = (touched_sql(plan), quoted(&plan.hq_table));
    let rows = format!("FROM ({touched}) d CROSS JOIN main.{name} t ON {on} WHERE");
    let limited = plan.columns.iter().filter_map(|column| {
        let limit = channel.column(&column.to)?.length?;
        Some((column, quoted(&column.from), limit))
    });
    let limited: Vec<_> = limited.collect();
    let longer = |(_, from, limit): &(_, String, u32)| format!("length(t.{from}) > {limit}");
    let any: Vec<String> = limited.iter().map(longer).collect();
    let since = [(":since", &since)];
    let sql = format!("SELECT EXISTS (SELECT 1 {rows} {})", any.join(" OR "));
    if any.is_empty() || hq.number(&sql, since.as_slice())? == 0 {
        return Ok(());
    }
    for (column, from, limit) in &limited {
        let (keys, width) = (columns_of("t", &plan.key_from()), plan.key.len());
        let sql = format!("SELECT t.{from}, {keys} {rows} length(t.{from}) > {limit}");
        let rows = hq.rows(&sql, since.as_slice(), |row| {
            let key = (1..=width).map(|at| row.get::<_, Value>(at)).collect::<Result<_, _>>()?;
            Ok((row.get::<_, String>(0)?, key))
        })?;
        for (value, key) in rows {
            if !held(before()?, plan, from, &value, key)? {
                found.push((channel, &column.to, value.chars().count()));
            }
        }
    }
    Ok(())
}

/// Whether a row of headquarters had this value in a column.
fn held(
    before: &Headquarters,
    plan: &TablePlan,
    column: &str,
    value: &str,
    key: Vec<Value>,
) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT count(*) FROM main.{} WHERE {} AND {column} = ? COLLATE BINARY",
        quoted(&plan.hq_table),
        equal(plan.key_from().iter().map(|key| (quoted(key), "?")))
    );
    let params = key.into_iter().chain([Value::Text(value.to_owned())]);
    Ok(before.number(&sql, params_from_iter(params))? > 0)
}
