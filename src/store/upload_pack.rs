//! Makes an upload package from a channel database, and writes one into headquarters.

use std::fmt::Write as _;
use std::path::Path;

use rusqlite::named_params;

use super::attach::{PACKAGE, SecondAs, SecondFile};
use super::catalogue::find_table;
use super::db::Db;
use super::diagnose::Values;
use super::error::{SqliteError, StoreError};
use super::extension;
use super::packages::checksum;
use super::rejection::{ApplyError, Rejection};
use super::schema::Kind;
use super::side::{ChannelDatabase, Handle, Headquarters, HqTx};
use super::sql_text::{column_list, columns_of, equal, key_text, literal, quoted, same_key};
use super::upload_table::UploadTable;
use crate::model::ids::{DataStoreId, UploadId};
use crate::model::schema::Table;
use crate::model::session::CounterRange;
use crate::model::time::Time;

/// What a package holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UploadSummary {
    /// Its rows.
    pub(crate) rows: u64,
    /// Its SHA-256.
    pub(crate) checksum: String,
    /// Its size in bytes.
    pub(crate) bytes: u64,
}

/// Writes the rows of the ranges into a new file, from one snapshot of the channel.
pub(crate) fn collect(
    channel: &ChannelDatabase,
    tables: &[(UploadTable, CounterRange)],
    file: &Path,
) -> Result<UploadSummary, StoreError> {
    let package = SecondFile::new(file, SecondAs::New);
    let rows = channel.attached(PACKAGE, package, || fill(channel, tables))?;
    let (checksum, bytes) = checksum(file)?;
    Ok(UploadSummary { rows, checksum, bytes })
}

fn fill(
    channel: &ChannelDatabase,
    tables: &[(UploadTable, CounterRange)],
) -> Result<u64, StoreError> {
    channel.script("PRAGMA pkg.journal_mode = MEMORY; PRAGMA pkg.synchronous = OFF;")?;
    channel.read(|| {
        channel.script(include_str!("sql/upload_package.sql"))?;
        channel.script(extension::TABLE)?;
        let mut rows = 0;
        for (table, range) in tables {
            let sql = collect_sql(table)
                .replace("{min}", &range.min.to_string())
                .replace("{max}", &range.max.to_string());
            channel.script(&sql)?;
            extension::register(channel, table)?;
            let target = &table.plan.hq_table;
            let count = format!("SELECT count(*) FROM pkg.{}", quoted(target));
            rows += channel.number(&count, [])? as u64;
            channel.run(
                include_str!("sql/upload_package_register.sql"),
                [target.as_str(), table.counter_in_headquarters()],
            )?;
            channel.run(
                include_str!("sql/upload_package_origins.sql"),
                named_params! {
                    ":target": target, ":table": table.plan.target,
                    ":min": range.min, ":max": range.max,
                },
            )?;
        }
        Ok(rows)
    })
}

/// Copies the rows of a range into the attached package, in counter order.
fn collect_sql(table: &UploadTable) -> String {
    let mut to = Vec::new();
    let mut values = Vec::new();
    let mut joins = String::new();
    for column in &table.plan.columns {
        to.push(column.from.clone());
        values.push(format!("p.{}", quoted(&column.to)));
    }
    for (at, extension) in table.extensions.iter().enumerate() {
        let on = equal(extension.key.iter().zip(&table.plan.key).map(|(theirs, ours)| {
            (format!("e{at}.{}", quoted(&theirs.to)), format!("p.{}", quoted(&ours.to)))
        }));
        let _ = write!(joins, " LEFT JOIN main.{} e{at} ON {on}", quoted(&extension.target));
        let fresh = extension.columns.iter().filter(|c| !to.contains(&c.from));
        for column in fresh.cloned().collect::<Vec<_>>() {
            to.push(column.from.clone());
            values.push(format!("e{at}.{}", quoted(&column.to)));
        }
        if let Some(first) = extension.key.first() {
            to.push(extension::marker(at));
            values.push(format!("e{at}.{} IS NOT NULL", quoted(&first.to)));
        }
    }
    let named: Vec<String> = values
        .iter()
        .zip(&to)
        .map(|(value, name)| format!("{value} AS {}", quoted(name)))
        .collect();
    format!(
        "CREATE TABLE pkg.{} AS SELECT {} FROM main.{} p{joins} \
         WHERE p.{3} BETWEEN {{min}} AND {{max}} ORDER BY p.{3}",
        quoted(&table.plan.hq_table),
        named.join(", "),
        quoted(&table.plan.target),
        quoted(&table.counter),
    )
}

/// The rows of a package file.
pub(crate) fn count_rows(file: &Path, hq: &Headquarters) -> Result<u64, StoreError> {
    hq.with_package(file, || {
        let mut rows = 0;
        for table in packed_tables(hq)? {
            let sql = format!("SELECT count(*) FROM pkg.{}", quoted(&table));
            rows += hq.number(&sql, [])? as u64;
        }
        Ok::<_, StoreError>(rows)
    })
}

/// Where the rows of a package file were made; none of a package of an earlier version.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn origins(file: &Path) -> Result<Vec<String>, StoreError> {
    let package = Db::peek(file)?;
    let known = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'cdx_ORIGIN'";
    if package.number(known, [])? == 0 {
        return Ok(Vec::new());
    }
    package.rows("SELECT ORIGIN FROM cdx_ORIGIN", [], |row| row.get(0))
}

/// How many rows of a package file headquarters has not received; none of a package of an earlier
/// version, which does not say.
///
/// # Errors
/// Either file.
pub(crate) fn not_received(hq: &Headquarters, file: &Path) -> Result<Option<u64>, StoreError> {
    let origins = origins(file)?;
    if origins.is_empty() {
        return Ok(None);
    }
    let list = serde_json::to_string(&origins).unwrap_or_default();
    let sql =
        "SELECT count(*) FROM json_each(?1) WHERE value NOT IN (SELECT ORIGIN FROM cdx_RECEIVED)";
    Ok(Some(hq.number(sql, [list])? as u64))
}

/// The page cache of headquarters while rows come in, in KiB: they go into several indexes.
const CACHE_KIB: u32 = 64 * 1024;

/// A package on its way into headquarters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival<'a> {
    /// The session.
    pub(crate) session: UploadId,
    /// The package's name, remembered as applied.
    pub(crate) package: &'a str,
    /// The RECID of the channel database it came from.
    pub(crate) store: DataStoreId,
    /// The environment's time.
    pub(crate) now: &'a Time,
}

/// Inserts a package's rows, remembers it as applied, and does what `also` does, in one
/// transaction of headquarters. A package that was applied before is no more than remembered.
///
/// # Errors
/// [`ApplyError::Rejected`] with row and key when a row is there already (U05); headquarters is
/// then as it was.
pub(crate) fn apply(
    hq: &Handle<Headquarters>,
    arrival: Arrival<'_>,
    file: &Path,
    also: impl FnOnce(&HqTx<'_>, u64) -> Result<(), StoreError>,
) -> Result<u64, ApplyError> {
    hq.with_package(file, || {
        hq.with_cache(CACHE_KIB, || {
            hq.write(|hq| {
                let rows = bring_all(hq, arrival)?;
                also(hq, rows)?;
                Ok(rows)
            })
        })
    })
}

/// Inserts a package's rows and remembers it as applied, unless it was before; how many rows.
fn bring_all(hq: &HqTx<'_>, arrival: Arrival<'_>) -> Result<u64, ApplyError> {
    let before =
        hq.number("SELECT count(*) FROM cdx_UPLOADAPPLIED WHERE PACKAGE = ?1", [arrival.package])?;
    if before > 0 {
        return Ok(0);
    }
    let mut rows = 0;
    for table in packed_tables(hq)? {
        rows += bring(hq, &table, arrival.store)?;
    }
    hq.run(
        "INSERT INTO cdx_UPLOADAPPLIED (PACKAGE, SESSION, APPLIED)
         VALUES (:package, :session, :now)",
        named_params! {
            ":package": arrival.package, ":session": arrival.session, ":now": arrival.now,
        },
    )?;
    Ok(rows)
}

fn packed_tables(hq: &Headquarters) -> Result<Vec<String>, StoreError> {
    hq.rows("SELECT TARGET FROM pkg.cdx_TABLE ORDER BY POSITION", [], |row| row.get(0))
}

/// Brings in the rows of a table that have not come in before, and remembers where they came from.
fn bring(hq: &HqTx<'_>, name: &str, store: DataStoreId) -> Result<u64, ApplyError> {
    let Some(counter) = counter_of(hq, name)? else { return insert(hq, name, store, "") };
    if receive_all(hq, name, store)? {
        return insert(hq, name, store, "");
    }
    let fresh = format!(
        "WHERE (p.{0} IS NULL OR p.{0} NOT IN (SELECT o.COUNTER FROM pkg.cdx_ORIGIN o
         JOIN main.cdx_RECEIVED r ON r.ORIGIN = o.ORIGIN WHERE o.TARGET = {1}))",
        quoted(&counter),
        literal(name)
    );
    let rows = insert(hq, name, store, &fresh)?;
    receive(hq, name, store)?;
    Ok(rows)
}

fn insert(hq: &HqTx<'_>, name: &str, store: DataStoreId, fresh: &str) -> Result<u64, ApplyError> {
    let mut columns = hq.rows("SELECT name FROM pragma_table_info(?1, 'pkg')", [name], |row| {
        row.get::<_, String>(0)
    })?;
    columns.retain(|column| !extension::is_marker(column));
    let Some(table) = find_table(hq, name)? else {
        let path = hq.path().display().to_string();
        return Err(Rejection::NoTable { table: name.to_owned(), path }.into());
    };
    if let Some(column) = columns.iter().find(|column| table.column(column).is_none()) {
        let path = hq.path().display().to_string();
        let (table, column) = (name.to_owned(), column.clone());
        return Err(Rejection::NoColumn { table, column, path }.into());
    }
    let (extra, value) = match table.column("cdx_DATASTORE") {
        Some(_) => (", cdx_DATASTORE", format!(", {store}")),
        None => ("", String::new()),
    };
    if !Kind::Headquarters.has_table(name) {
        check_lengths(hq, name, &columns, &table)?;
    }
    let list = column_list(&columns);
    let values = extension::values(hq, name, &columns, &table)?;
    let sql = format!(
        "INSERT INTO main.{0} ({list}{extra}) SELECT {values}{value} FROM pkg.{0} p {fresh}
         ORDER BY p.rowid",
        quoted(name)
    );
    match hq.run(&sql, []) {
        Ok(rows) => Ok(rows),
        Err(error) => Err(match error.constraint() {
            Some(told) => refused(hq, name, &columns, &table.unique, store, told)?.into(),
            None => error.into(),
        }),
    }
}

/// Headquarters' own tables take values that are longer than declared, for some programs write
/// such; those that somebody has made take none (D12).
fn check_lengths(
    hq: &Headquarters,
    name: &str,
    columns: &[String],
    table: &Table,
) -> Result<(), ApplyError> {
    let packed = |key: &&Vec<String>| key.iter().all(|column| columns.contains(column));
    let key = table.unique.iter().find(packed).map_or(columns, Vec::as_slice);
    let values = Values { name, told: name.to_owned(), columns, key };
    values.too_long(hq, table)?.map_or(Ok(()), |rejection| Err(rejection.into()))
}

/// The counter of a table of the package, where it says from where its rows came; packages of
/// earlier versions do not.
fn counter_of(hq: &Headquarters, name: &str) -> Result<Option<String>, StoreError> {
    let known = "SELECT count(*) FROM pragma_table_info('cdx_TABLE', 'pkg') WHERE name = 'COUNTER'";
    if hq.number(known, [])? == 0 {
        return Ok(None);
    }
    hq.text("SELECT COUNTER FROM pkg.cdx_TABLE WHERE TARGET = ?1", [name])
}

/// Remembers where the rows of a table came from, so that none comes in a second time; how many of
/// them were new.
fn receive(hq: &HqTx<'_>, name: &str, store: DataStoreId) -> Result<u64, StoreError> {
    let params = named_params! { ":target": name, ":store": store };
    hq.run(include_str!("sql/upload_receive.sql"), params)
}

/// As [`receive`], where none of the rows has come in before; otherwise nothing, and false.
fn receive_all(hq: &HqTx<'_>, name: &str, store: DataStoreId) -> Result<bool, StoreError> {
    let all = hq.number("SELECT count(*) FROM pkg.cdx_ORIGIN WHERE TARGET = ?1", [name])?;
    hq.script("SAVEPOINT cdx_received")?;
    let new = receive(hq, name, store)? == all as u64;
    if !new {
        hq.script("ROLLBACK TO cdx_received")?;
    }
    hq.script("RELEASE cdx_received")?;
    Ok(new)
}

/// Which row of the package headquarters has already, and under which key (U05).
fn refused(
    hq: &Headquarters,
    name: &str,
    columns: &[String],
    unique: &[Vec<String>],
    store: DataStoreId,
    told: &SqliteError,
) -> Result<Rejection, StoreError> {
    for key in unique {
        let own: Vec<String> = key.iter().filter(|c| *c != "cdx_DATASTORE").cloned().collect();
        if own.is_empty() || !own.iter().all(|column| columns.contains(column)) {
            continue;
        }
        let from_here = if key.iter().any(|c| c == "cdx_DATASTORE") {
            format!(" AND t.cdx_DATASTORE = {store}")
        } else {
            String::new()
        };
        let text = key_text(&own, "p.");
        let there = format!(
            "SELECT {text} FROM pkg.{0} p JOIN main.{0} t ON {1}{from_here} LIMIT 1",
            quoted(name),
            same_key(&own, "t", "p")
        );
        let twice = format!(
            "SELECT {text} FROM pkg.{} p GROUP BY {} HAVING count(*) > 1 LIMIT 1",
            quoted(name),
            columns_of("p", &own)
        );
        for (sql, holder) in [(there, "headquarters"), (twice, "the package, twice")] {
            if let Some(found) = hq.text(&sql, [])? {
                return Ok(Rejection::Duplicate {
                    table: name.to_owned(),
                    key: found,
                    columns: key.join(", "),
                    holder: holder.to_owned(),
                });
            }
        }
    }
    Ok(Rejection::Constraint { table: name.to_owned(), detail: told.to_string() })
}
