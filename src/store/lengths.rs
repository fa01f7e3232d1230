//! Values and columns of headquarters that are longer than the channel column they are mapped to
//! (D12).

use super::catalogue::find_table;
use super::db::{Headquarters, quoted};
use super::diagnose::key_text;
use super::error::StoreError;
use crate::model::plan::TablePlan;
use crate::model::schema::Table;

/// How many rows are kept of one column.
const MOST: i64 = 3;

/// A mapped column whose values, or whose declared length, do not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLong {
    /// The channel table as its file names it.
    pub target: String,
    /// The headquarters table and column.
    pub table: String,
    /// The column in headquarters.
    pub column: String,
    /// The channel column's length in characters.
    pub limit: u32,
    /// The declared length in headquarters, where that alone is too long.
    pub declared: Option<u32>,
    /// Rows with a value that is too long: their key, and the value's length in characters.
    pub rows: Vec<(String, i64)>,
    /// How many such rows there are.
    pub count: u64,
}

/// Looks at every mapped text column of a table; reads each row of it once.
pub fn too_long(
    hq: &Headquarters,
    plan: &TablePlan,
    channel: &Table,
) -> Result<Vec<TooLong>, StoreError> {
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
            found.push(TooLong {
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
    let counts: Vec<String> = limited
        .iter()
        .map(|(column, limit)| format!("sum(length({}) > {limit})", quoted(column)))
        .collect();
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
            found.push(TooLong {
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
