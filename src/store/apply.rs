//! Writes a download package into a channel database, all of it or nothing.

use std::path::Path;

use rusqlite::{named_params, params};

use super::apply_table::{apply_table, empty_table};
use super::attach::PACKAGE;
use super::catalogue::find_table;
use super::db::Journal;
use super::diagnose;
use super::error::StoreError;
use super::lineage;
use super::load::all_empty;
use super::packed_table::{PackedTable, packed_tables};
use super::rejection::ApplyError;
use super::side::{ChannelDatabase, ChannelTx, Handle};
use crate::model::ids::{DownloadId, JobId};
use crate::model::status::DownloadStatus;
use crate::model::time::Time;

/// A package on its way into one channel database.
#[derive(Clone, Copy)]
pub(crate) struct Delivery<'a> {
    /// Whether every value of the package is known to be short enough; asked once the rows are
    /// written, so that somebody else can find out meanwhile.
    pub(crate) fits: &'a (dyn Fn() -> bool + Sync),
    /// The session in headquarters.
    pub(crate) session: DownloadId,
    /// The job's id.
    pub(crate) job: &'a JobId,
    /// The job's name.
    pub(crate) description: &'a str,
    /// The package's name, which is what is remembered as applied (D11).
    pub(crate) package: &'a str,
    /// Its checksum.
    pub(crate) checksum: &'a str,
    /// Its size in bytes.
    pub(crate) bytes: u64,
    /// The environment's time.
    pub(crate) now: &'a Time,
    /// The register, for an offline database; empty otherwise.
    pub(crate) terminal: &'a str,
    /// An offline database leaves out excluded subjobs (D09).
    pub(crate) offline: bool,
    /// An excluded job's full synchronization empties its tables there (D09).
    pub(crate) empties: bool,
    /// The number of the exchange, kept with whatever is committed (U10).
    pub(crate) mark: Option<i64>,
}

/// What applying did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ApplyOutcome {
    /// Rows inserted, updated or deleted, be it before.
    pub(crate) rows: u64,
    /// The package had been applied before, and nothing was done now (D11).
    pub(crate) before: bool,
}

/// Above this size a load into empty tables is worth leaving the write-ahead log for.
const BULK_BYTES: u64 = 8 * 1024 * 1024;

/// Applies a package that has been checked against its checksum.
///
/// `before_commit` is called when everything is written and nothing is committed.
///
/// # Errors
/// [`ApplyError::Rejected`] when the rows are refused; the channel is then as it was.
pub(crate) fn apply(
    channel: &Handle<ChannelDatabase>,
    delivery: &Delivery<'_>,
    file: &Path,
    before_commit: &dyn Fn(),
) -> Result<ApplyOutcome, ApplyError> {
    channel.with_package(file, || attached(channel, delivery, before_commit))
}

fn attached(
    channel: &Handle<ChannelDatabase>,
    delivery: &Delivery<'_>,
    before_commit: &dyn Fn(),
) -> Result<ApplyOutcome, ApplyError> {
    if let Some(rows) = rows_applied(channel, delivery.package)? {
        return Ok(ApplyOutcome { rows, before: true });
    }
    let tables = packed_tables(channel, PACKAGE)?;
    let bulk = delivery.bytes >= BULK_BYTES
        && !delivery.empties
        && tables.iter().all(|table| table.whole)
        && all_empty(channel, tables.iter().map(|table| table.target.as_str()))?;
    if bulk {
        // What is loaded is not written twice.
        channel.write_by(Journal::RollBack)?;
    }
    let written = channel.write(|channel| -> Result<u64, ApplyError> {
        let mut rows = 0;
        let (mut loaded, mut merged) = (Vec::new(), Vec::new());
        for table in &tables {
            if table.whole && !delivery.empties && table.is_target_empty(channel)? {
                loaded.push(table);
            } else if !(delivery.empties || delivery.offline && table.exclude_offline) {
                merged.push(table);
            }
            rows += match (delivery.empties, delivery.offline && table.exclude_offline) {
                (true, _) => empty_table(channel, table)?,
                (false, true) => 0,
                (false, false) => apply_table(channel, table)?,
            };
        }
        if !loaded.is_empty() && !(delivery.fits)() {
            check_lengths(channel, &loaded, false)?;
        }
        check_lengths(channel, &merged, true)?;
        record(channel, delivery, rows)?;
        before_commit();
        Ok(rows)
    });
    let back = if bulk { channel.write_by(Journal::Log) } else { Ok(()) };
    let rows = written?;
    back?;
    Ok(ApplyOutcome { rows, before: false })
}

/// Looks at the lengths of values before the commit (D12): a load into an empty table copies whole
/// records and passes by the CHECK constraints, and a table may have none for a column.
fn check_lengths(
    channel: &ChannelDatabase,
    tables: &[&PackedTable],
    unguarded_only: bool,
) -> Result<(), ApplyError> {
    for packed in tables {
        let Some(table) = find_table(channel, &packed.target)? else { continue };
        let open = |name: &String| {
            table.column(name).is_some_and(|column| column.length.is_some() && !column.guarded)
        };
        if unguarded_only && !packed.columns.iter().any(open) {
            continue;
        }
        if let Some(rejection) = diagnose::too_long(channel, packed, &table)? {
            return Err(rejection.into());
        }
    }
    Ok(())
}

/// Writes the rows of a package without a session, and does what `also` does, in one transaction;
/// this is how a real-time call brings its customer back (R01).
pub(crate) fn apply_rows(
    channel: &Handle<ChannelDatabase>,
    file: &Path,
    also: impl FnOnce(&ChannelTx<'_>) -> Result<(), StoreError>,
) -> Result<(), ApplyError> {
    channel.with_package(file, || {
        let tables = packed_tables(channel, PACKAGE)?;
        channel.write(|channel| {
            for table in &tables {
                apply_table(channel, table)?;
            }
            check_lengths(channel, &tables.iter().collect::<Vec<_>>(), true)?;
            Ok(also(channel)?)
        })
    })
}

/// Whether a package holds a value that is longer than its channel column, so that it can never be
/// applied here (D12).
pub(crate) fn is_misfit(channel: &ChannelDatabase, file: &Path) -> Result<bool, StoreError> {
    let found = channel.beside_package(file, || {
        let tables = packed_tables(channel, PACKAGE)?;
        check_lengths(channel, &tables.iter().collect::<Vec<_>>(), false)
    });
    match found {
        Ok(()) => Ok(false),
        Err(ApplyError::Rejected(_)) => Ok(true),
        Err(ApplyError::Store(error)) => Err(error),
    }
}

/// How many rows a package of this name changed when it was applied here; none where it was not
/// (D11).
pub(crate) fn rows_applied(
    channel: &ChannelDatabase,
    package: &str,
) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT cdx_ROWS FROM crt_DOWNLOADSESSIONDATAFILEHISTORY WHERE DATAFILENAME = ?1";
    let found = channel.first(sql, [package], |row| row.get::<_, i64>(0))?;
    Ok(found.map(|rows| rows as u64))
}

pub(super) fn record(
    channel: &ChannelTx<'_>,
    delivery: &Delivery<'_>,
    rows: u64,
) -> Result<(), StoreError> {
    channel.run(
        "INSERT INTO crt_DOWNLOADSESSIONDATAFILEHISTORY (DATAFILENAME, DATECREATED, cdx_ROWS)
         VALUES (?1, ?2, ?3)",
        params![delivery.package, delivery.now, rows as i64],
    )?;
    remember(channel, delivery, DownloadStatus::Applied, &format!("{rows} rows changed"))
}

/// Keeps the session's state on the channel's side, as the product does.
pub(crate) fn remember(
    channel: &ChannelTx<'_>,
    delivery: &Delivery<'_>,
    status: DownloadStatus,
    message: &str,
) -> Result<(), StoreError> {
    lineage::keep(channel, delivery.mark)?;
    channel.run(
        include_str!("sql/channel_download_session.sql"),
        named_params! {
            ":id": delivery.session,
            ":job": delivery.job,
            ":description": delivery.description,
            ":size": delivery.bytes as i64,
            ":checksum": delivery.checksum,
            ":now": delivery.now,
            ":applied": (status == DownloadStatus::Applied).then_some(delivery.now),
            ":status": status,
            ":message": message,
            ":terminal": delivery.terminal,
        },
    )?;
    channel.execute(
        "INSERT INTO crt_DOWNLOADSESSIONLOG (DOWNLOADSESSIONID, STATUS, MESSAGE, DATECREATED)
         VALUES (:id, :status, :message, :now)",
        named_params! {
            ":id": delivery.session, ":status": status, ":message": message,
            ":now": delivery.now,
        },
    )
}
