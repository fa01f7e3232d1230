//! Fields that were mapped after their job had run: what rows held in them before does not go to
//! the channels by itself.

use std::collections::BTreeMap;

use rusqlite::named_params;

use super::catalogue::find_table;
use super::error::StoreError;
use super::side::{Headquarters, HqTx};
use super::sql_text::{quoted, same_key};
use super::tracking_log::tracking_table;

/// A mapped field: its subjob, headquarters' column, the channel's column, the target.
type Mapped = (String, String, String, String);

/// Since when each field is mapped.
#[derive(Debug, Default)]
pub(super) struct MappedSince(BTreeMap<Mapped, i64>);

impl MappedSince {
    /// Reads it, before definitions are written again.
    pub(super) fn read(hq: &HqTx<'_>) -> Result<Self, StoreError> {
        let sql = "SELECT SUBJOBID, FROMFIELDNAME, TOFIELDNAME, TARGET, SINCE \
                   FROM cdx_SUBJOBFIELDTARGET";
        let rows = hq.rows(sql, [], |row| {
            Ok(((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?), row.get(4)?))
        })?;
        Ok(Self(rows.into_iter().collect()))
    }

    /// Since when a field is mapped; one that is new from the version that is open now.
    pub(super) fn of(&self, field: &Mapped, now: i64) -> i64 {
        self.0.get(field).copied().unwrap_or(now)
    }
}

/// A field that was mapped later than others, with rows from before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AddedField {
    /// The subjob.
    pub(crate) subjob: String,
    /// Headquarters' table.
    pub(crate) table: String,
    /// Its column.
    pub(crate) column: String,
    /// The channel's table, `ext.T`.
    pub(crate) target: String,
    /// The row version that was open when it was mapped.
    pub(crate) since: i64,
    /// Rows that say something in it and were not touched since.
    pub(crate) rows: u64,
}

/// Every such field of tracked tables.
///
/// # Errors
/// Headquarters.
pub(crate) fn added(hq: &Headquarters) -> Result<Vec<AddedField>, StoreError> {
    let fields = hq.rows(include_str!("sql/added_fields.sql"), [], |row| {
        Ok(AddedField {
            subjob: row.get("SUBJOBID")?,
            table: row.get("AXTABLENAME")?,
            column: row.get("FROMFIELDNAME")?,
            target: row.get("TARGET")?,
            since: row.get("SINCE")?,
            rows: 0,
        })
    })?;
    let mut found = Vec::new();
    for field in fields {
        let rows = rows(hq, &field)?;
        if rows > 0 {
            found.push(AddedField { rows, ..field });
        }
    }
    Ok(found)
}

fn rows(hq: &Headquarters, field: &AddedField) -> Result<u64, StoreError> {
    let Some(table) = find_table(hq, &field.table)? else { return Ok(0) };
    let Some(column) = table.column(&field.column) else { return Ok(0) };
    let sql = "SELECT KEYCOLUMNS FROM cdx_TRACKEDTABLE WHERE TABLENAME = ?1 COLLATE NOCASE";
    let Some(key) = hq.text(sql, [&field.table])? else { return Ok(0) };
    let key: Vec<String> = hq.json("the key of a tracked table", &key)?;
    let sql = include_str!("sql/added_rows.sql")
        .replace("{table}", &quoted(&table.name))
        .replace("{column}", &quoted(&column.name))
        .replace("{empty}", &column.default_sql())
        .replace("{log}", &quoted(&tracking_table(&table.name)))
        .replace("{same}", &same_key(&key, "l", "t"));
    let counted =
        hq.first(&sql, named_params! { ":since": field.since }, |row| row.get::<_, i64>(0))?;
    Ok(counted.unwrap_or(0) as u64)
}
