//! Rows of a channel that headquarters counts as received and has not (U07).
//!
//! A channel file that was restored counts again what headquarters has received already, and a
//! package that is gone takes its counters with it. Such rows are never collected again. Where
//! headquarters' copy of a row is known to stay as it came, rows are compared by content.

use rusqlite::named_params;

use super::catalogue::find_table;
use super::db::{Headquarters, quoted};
use super::error::StoreError;
use super::pack::used;
use super::packages::PackageStore;
use super::upload_pack::UploadTable;
use super::uploads;
use crate::model::job::DATAAREAID;
use crate::model::operation::OperationKind;
use crate::model::plan::PlanColumn;
use crate::model::session::UploadSession;
use crate::model::status::UploadStatus;

/// The column that headquarters' batch sets when an operation is through (C02).
const COMPLETED: &str = "ONLINEOPERATIONCOMPLETED";

/// The column that headquarters' batch fills in where it is empty (C02).
const ACCOUNT: &str = "CUSTACCOUNT";

/// Rows that are never uploaded unless they get new counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lost {
    /// How many.
    pub rows: u64,
    /// The lowest of their counters.
    pub first: i64,
    /// The highest of their counters.
    pub last: i64,
}

/// What headquarters is called on its own connection, a channel being attached as `ch`.
const OWN: &str = "main";

/// What headquarters is called on a channel's connection, to which it is attached.
pub(super) const ATTACHED: &str = "hq";

/// The upload sessions of a database whose rows may still be applied: those that are not over, and
/// cancelled ones whose package is kept, which can be retried.
///
/// # Errors
/// The folder of packages.
pub fn open_sessions(
    sessions: &[UploadSession],
    store: i64,
    packages: &impl PackageStore,
) -> Result<Vec<i64>, StoreError> {
    let mut open = Vec::new();
    for session in sessions.iter().filter(|session| session.store_id == store) {
        let over = match (session.status, &session.package) {
            (UploadStatus::Applied, _) | (UploadStatus::Canceled, None) => true,
            (UploadStatus::Canceled, Some(package)) => packages.get(package)?.is_none(),
            _ => false,
        };
        if !over {
            open.push(session.id);
        }
    }
    Ok(open)
}

/// Whether a channel table is uploaded by one subjob only. Of one that several upload, each row
/// goes up with one of them, so that none can be said to lack it.
pub fn is_alone<'t>(
    table: &UploadTable,
    tables: impl IntoIterator<Item = &'t UploadTable>,
) -> bool {
    let same = |one: &&UploadTable| one.plan.target.eq_ignore_ascii_case(&table.plan.target);
    tables.into_iter().filter(same).count() == 1
}

/// Counts the lost rows of a table, the channel being attached to headquarters as `ch`.
///
/// # Errors
/// Either file.
pub fn count(
    hq: &Headquarters,
    store: i64,
    table: &UploadTable,
    open: &[i64],
) -> Result<Lost, StoreError> {
    let received = uploads::received(hq, store, &table.plan.target)?;
    if received == 0 {
        return Ok(Lost::default());
    }
    let counter = quoted(&table.counter);
    let sql = format!(
        "SELECT count(*), coalesce(min(c.{counter}), 0), coalesce(max(c.{counter}), 0)
         FROM ch.{} c WHERE {}",
        quoted(&table.plan.target),
        condition(hq, table, OWN)?
    );
    let open = format!("{open:?}");
    let params = named_params! {
        ":store": store, ":received": received, ":table": table.plan.target, ":open": open,
    };
    let lost = hq.first(&sql, used(&sql, params).as_slice(), |row| {
        Ok(Lost { rows: row.get::<_, i64>(0)? as u64, first: row.get(1)?, last: row.get(2)? })
    })?;
    Ok(lost.unwrap_or_default())
}

/// What holds of a lost row `c`, with `:store`, `:received`, `:table` and the open sessions as a
/// JSON list `:open`; headquarters is called `name` on the connection.
pub(super) fn condition(
    hq: &Headquarters,
    table: &UploadTable,
    name: &str,
) -> Result<String, StoreError> {
    let plan = &table.plan;
    let counter = quoted(&table.counter);
    let sent = plan.columns.iter().find(|column| column.to == table.counter);
    let theirs = quoted(sent.map_or(&table.counter, |column| &column.from));
    let found = find_table(hq, &plan.hq_table)?;
    let of_store = match found.and_then(|found| found.column("cdx_DATASTORE").map(|_| ())) {
        Some(()) => "t.cdx_DATASTORE = :store AND ",
        // Whose row it is cannot be told: any row of that counter will do.
        None => "",
    };
    Ok(format!(
        "c.{counter} <= :received
         AND NOT EXISTS (SELECT 1 FROM {hq}.{} t WHERE {of_store}t.{theirs} = c.{counter}{})
         AND NOT EXISTS (SELECT 1 FROM {hq}.cdx_UPLOADRANGE r WHERE r.TABLENAME = :table
             AND c.{counter} BETWEEN r.FILTERMIN AND r.FILTERMAX
             AND r.SESSION IN (SELECT value FROM json_each(:open)))",
        quoted(&plan.hq_table),
        same(table, name),
        hq = name,
    ))
}

/// The kind of operation that a table holds, where it is one of the five (U08).
pub(super) fn kind(table: &UploadTable) -> Option<OperationKind> {
    let own = |kind: &OperationKind| {
        table.plan.hq_table.eq_ignore_ascii_case(kind.table())
            && table.plan.target.eq_ignore_ascii_case(&format!("ax_{}", kind.table()))
    };
    OperationKind::ALL.iter().copied().find(own)
}

/// That headquarters' row `t` is the channel's row `c`, counters apart; nothing for tables other
/// than the five, whose rows may be changed on either side.
pub(super) fn same(table: &UploadTable, name: &str) -> String {
    let Some(kind) = kind(table) else { return String::new() };
    let differs_by_nature = |column: &PlanColumn| {
        column.to == table.counter
            || column.from.starts_with("cdx_")
            || [DATAAREAID, COMPLETED].iter().any(|name| column.from.eq_ignore_ascii_case(name))
    };
    let compared = table.plan.columns.iter().filter(|column| !differs_by_nature(column));
    let each = compared.map(|column| {
        let (from, to) = (quoted(&column.from), quoted(&column.to));
        let filled = if column.from.eq_ignore_ascii_case(ACCOUNT) {
            format!("c.{to} = '' OR ")
        } else {
            String::new()
        };
        // What a person has corrected in headquarters is not what came (C04).
        format!(
            " AND ({filled}t.{from} IS c.{to} OR '{column}' COLLATE NOCASE IN (
             SELECT json_extract(e.value, '$.attribute')
             FROM {hq}.cdx_CUSTOMEROPERATION o, json_each(o.EDITS) e
             WHERE o.TABLENAME = '{table}' AND o.ROW = t.RECID))",
            column = column.from.replace('\'', "''"),
            hq = name,
            table = kind.table(),
        )
    });
    each.collect()
}
