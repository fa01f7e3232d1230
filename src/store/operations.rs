//! Asynchronous operations in headquarters, and the customer synchronization status.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rusqlite::types::{ToSql, ValueRef};
use rusqlite::{Row, named_params, params};

use super::attributes;
use super::catalogue::find_table;
use super::customer_rows::affiliation_named;
use super::error::StoreError;
use super::lengths;
use super::log;
use super::side::{Headquarters, HqTx};
use super::sql_text::quoted;
use crate::model::async_values::{AFFILIATION, ATTRIBUTE};
use crate::model::changed_fields::ChangedFields;
use crate::model::customer::{AddressField, Change, CustomerField};
use crate::model::ids::{AccountNum, DataStoreId};
use crate::model::key::Side;
use crate::model::left_field::LeftField;
use crate::model::operation::{Action, OperationId, OperationKind, OperationStatus};
use crate::model::time::Time;

/// A V2 row in headquarters: its values as text, by column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OperationRow {
    /// Which.
    pub(crate) id: OperationId,
    /// The channel database it came from.
    pub(crate) channel: String,
    /// The RECID of the channel database it was made in: another one where its file stood in
    /// another's place when it went up.
    pub(crate) made_in: DataStoreId,
    /// The number of its origin, where it has one.
    pub(crate) made: Option<i64>,
    /// Its columns.
    pub(crate) values: BTreeMap<String, String>,
}

impl OperationRow {
    /// A value; empty when there is no such column.
    pub fn text(&self, column: &str) -> &str {
        self.values.get(column).map_or("", String::as_str)
    }

    /// What it does; none of a number that is no action.
    pub(crate) fn action(&self) -> Option<Action> {
        Action::stored(self.text("OPERATION"))
    }

    /// A value as a number; 0 when it is none.
    pub(crate) fn number(&self, column: &str) -> i64 {
        self.text(column).parse().unwrap_or(0)
    }
}

/// One operation's row.
pub(crate) fn find(hq: &Headquarters, id: OperationId) -> Result<Option<OperationRow>, StoreError> {
    let sql = include_str!("sql/operation_find.sql").replace("{table}", id.kind.table());
    hq.first(&sql, [id.row], |row| {
        let mut values = columns(row)?;
        let channel = values.remove("cdx_CHANNELNAME").unwrap_or_default();
        let mut number = |column: &str| values.remove(column).and_then(|text| text.parse().ok());
        let made = number("cdx_NUMBER");
        let made_in = DataStoreId(number("cdx_MADEIN").unwrap_or_default());
        Ok(OperationRow { id, channel, made_in, made, values })
    })
}

fn columns(row: &Row<'_>) -> rusqlite::Result<BTreeMap<String, String>> {
    let names: Vec<String> = row.as_ref().column_names().map(str::to_owned).collect();
    let mut values = BTreeMap::new();
    for (at, name) in names.into_iter().enumerate() {
        let text = match row.get_ref(at)? {
            ValueRef::Null => String::new(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
        };
        values.insert(name, text);
    }
    Ok(values)
}

/// What an operation did to a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The account it led to.
    pub(crate) account: AccountNum,
    /// What it changed.
    pub(crate) changes: Vec<Change>,
    /// What it left alone, since newer operations had set it (C09).
    pub(crate) left: Vec<LeftField>,
}

/// Marks an operation as completed, with the account it led to and what it changed (C02).
pub(crate) fn complete(
    hq: &HqTx<'_>,
    id: OperationId,
    done: &Outcome,
    now: &Time,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET ONLINEOPERATIONCOMPLETED = 1, CUSTACCOUNT = ?1 WHERE RECID = ?2",
        id.kind.table()
    );
    hq.run(&sql, params![done.account, id.row])?;
    note(hq, id, OperationStatus::Succeeded, None, Some(&done.changes), now)?;
    if done.left.is_empty() {
        return Ok(());
    }
    let left = serde_json::to_string(&done.left).unwrap_or_default();
    hq.execute(
        "UPDATE cdx_CUSTOMEROPERATION SET LEFTALONE = ?1 WHERE TABLENAME = ?2 AND ROW = ?3",
        params![left, id.kind, id.row],
    )
}

/// Notes that an operation failed, or waits behind one that did (C03).
pub(crate) fn note(
    hq: &HqTx<'_>,
    id: OperationId,
    status: OperationStatus,
    error: Option<&str>,
    changes: Option<&[Change]>,
    now: &Time,
) -> Result<(), StoreError> {
    static SQL: LazyLock<String> =
        LazyLock::new(|| note_sql("VALUES (:table, :row, :status, :error, :changes, :now)"));
    hq.execute(
        &SQL,
        named_params! {
            ":table": id.kind, ":row": id.row, ":status": status,
            ":waiting": OperationStatus::Waiting,
            ":error": error, ":now": now,
            ":changes": changes.map(|c| serde_json::to_string(c).unwrap_or_default()),
        },
    )
}

/// What notes the status of operations, of which this gives the rows.
pub(super) fn note_sql(rows: &str) -> String {
    include_str!("sql/operation_note.sql").replace("{noted}", rows)
}

/// A query over each of the five tables in turn, `K` their rank.
pub(super) fn of_all_kinds(part: &str) -> String {
    let kinds = OperationKind::ALL.iter().enumerate();
    let parts = kinds.map(|(rank, kind)| {
        part.replace("{rank}", &rank.to_string()).replace("{table}", kind.table())
    });
    parts.collect::<Vec<_>>().join(" UNION ALL ")
}

/// The operation of a row with TABLENAME and RECID.
pub(super) fn read_id(row: &Row<'_>) -> rusqlite::Result<OperationId> {
    Ok(OperationId { kind: row.get("TABLENAME")?, row: row.get("RECID")? })
}

/// The name of its channel database; empty where headquarters knows it no more.
pub(super) fn channel(row: &Row<'_>) -> rusqlite::Result<String> {
    Ok(row.get::<_, Option<String>>("NAME")?.unwrap_or_default())
}

pub(super) fn left_fields(
    hq: &Headquarters,
    text: Option<String>,
) -> Result<Vec<LeftField>, StoreError> {
    let Some(text) = text else { return Ok(Vec::new()) };
    hq.json("what an operation left alone", &text)
}

/// Corrects a value of an operation that is not completed (C04); the old value.
///
/// # Errors
/// [`StoreError::TooLong`]; [`StoreError::Unknown`] for an affiliation or an attribute by a name
/// that there is not.
pub(crate) fn edit(
    hq: &HqTx<'_>,
    row: &OperationRow,
    column: &str,
    value: &str,
    now: &Time,
) -> Result<Change, StoreError> {
    let table = row.id.kind.table();
    if let Some(found) = find_table(hq, table)? {
        lengths::refuse(&found, [(column, value)])?;
    }
    let is = |of: &str| column.eq_ignore_ascii_case(of);
    let recid = match value.parse::<i64>() {
        Err(_) if is(AFFILIATION) => Some(affiliation_named(hq, Side::Headquarters, value)?),
        Err(_) if is(ATTRIBUTE[0]) => Some(attributes::named(hq, value)?),
        _ => None,
    };
    let value = recid.map_or_else(|| value.to_owned(), |recid| recid.to_string());
    let value = value.as_str();
    let change = Change::new(column, row.text(column), value);
    let sql = format!("UPDATE {table} SET {} = ?1 WHERE RECID = ?2", quoted(column));
    hq.run(&sql, params![value, row.id.row])?;
    save(hq, row.id, column, now)?;
    let sql = "SELECT EDITS FROM cdx_CUSTOMEROPERATION WHERE TABLENAME = ?1 AND ROW = ?2";
    let kept = hq.text(sql, params![table, row.id.row])?;
    let mut edits: Vec<Change> =
        kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    edits.push(change.clone());
    hq.run(
        include_str!("sql/operation_edit.sql"),
        named_params! {
            ":table": table, ":row": row.id.row, ":now": now, ":status": OperationStatus::Pending,
            ":edits": serde_json::to_string(&edits).unwrap_or_default(),
        },
    )?;
    log::note_correction(hq, (row.made_in, row.id), &change, now)?;
    Ok(change)
}

/// What an operation is and where it came from, which is no value of the customer's.
pub(crate) fn is_fixed(column: &str) -> bool {
    let fixed = [
        "RECID",
        "DATAAREAID",
        "ONLINEOPERATIONCOMPLETED",
        "OPERATION",
        "REPLICATIONCOUNTERFROMORIGIN",
    ];
    fixed.contains(&column) || column.starts_with("cdx_")
}

/// Keeps when a value was saved, and counts its field among those that the operation sets (C09).
fn save(hq: &HqTx<'_>, id: OperationId, column: &str, now: &Time) -> Result<(), StoreError> {
    let table = id.kind.table();
    hq.run(
        "INSERT OR REPLACE INTO cdx_SAVEDVALUE (TABLENAME, ROW, COLUMNNAME, SAVEDAT)
         VALUES (?1, ?2, ?3, ?4)",
        params![table, id.row, column, now],
    )?;
    let field = match id.kind {
        OperationKind::Customer => CustomerField::of_column(column).map(CustomerField::as_str),
        OperationKind::Address => AddressField::of_column(column).map(AddressField::as_str),
        OperationKind::Contact | OperationKind::Affiliation | OperationKind::Attribute => None,
    };
    let Some(field) = field else { return Ok(()) };
    let sql = format!("SELECT cdx_CHANGED FROM {table} WHERE RECID = ?1");
    let known = ChangedFields::parse(&hq.text(&sql, [id.row])?.unwrap_or_default());
    let Some(text) = known.and_then(|changed| changed.text_with(field)) else { return Ok(()) };
    let sql = format!("UPDATE {table} SET cdx_CHANGED = ?1 WHERE RECID = ?2");
    hq.execute(&sql, params![text, id.row])
}

/// When values of an operation were saved on the status form, by column in upper case.
pub(crate) fn saved(
    hq: &Headquarters,
    id: OperationId,
) -> Result<BTreeMap<String, Time>, StoreError> {
    let sql = "SELECT upper(COLUMNNAME), SAVEDAT FROM cdx_SAVEDVALUE
               WHERE TABLENAME = ?1 AND ROW = ?2";
    let rows = hq.rows(sql, params![id.kind, id.row], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.into_iter().collect())
}

/// The default customer of the channel an operation came from.
pub(crate) fn default_customer(
    hq: &Headquarters,
    channel: i64,
) -> Result<Option<AccountNum>, StoreError> {
    let sql = "SELECT DEFAULTCUSTACCOUNT FROM RETAILCHANNELTABLE WHERE RECID = ?1
               AND DEFAULTCUSTACCOUNT <> ''";
    hq.first(sql, [channel], |row| row.get(0))
}

/// The postal address that a channel's address id stands for.
pub(crate) fn address_of(hq: &Headquarters, id: &str) -> Result<Option<i64>, StoreError> {
    if let Ok(recid) = id.parse::<i64>() {
        return Ok(Some(recid));
    }
    let sql = "SELECT ADDRESS FROM cdx_ASYNCADDRESS WHERE ADDRESSID = ?1";
    hq.first(sql, [id], |row| row.get(0))
}

/// The RECID that an address had before headquarters was put back from a copy, as a channel knows
/// it (U10): one that is made again gets it again.
pub(super) fn recid_before(hq: &Headquarters, id: &str) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT ADDRESS FROM cdx_ASYNCADDRESS a WHERE ADDRESSID = ?1
               AND NOT EXISTS (SELECT 1 FROM LOGISTICSPOSTALADDRESS WHERE RECID = a.ADDRESS)";
    hq.first(sql, [id], |row| row.get(0))
}

/// Remembers which postal address an address id has become, and lets the channels hear of it.
pub(crate) fn remember_address(hq: &HqTx<'_>, id: &str, address: i64) -> Result<(), StoreError> {
    hq.run(
        "INSERT OR REPLACE INTO cdx_ASYNCADDRESS (ADDRESSID, ADDRESS) VALUES (?1, ?2)",
        params![id, address],
    )?;
    let sql = "UPDATE LOGISTICSPOSTALADDRESS SET cdx_ADDRESSID = ?1 WHERE RECID = ?2";
    hq.execute(sql, params![id, address])
}

/// Whether a customer has an affiliation.
pub(crate) fn has_affiliation(
    hq: &Headquarters,
    account: &AccountNum,
    affiliation: i64,
) -> Result<bool, StoreError> {
    let sql = "SELECT count(*) FROM RETAILCUSTAFFILIATION \
               WHERE CUSTACCOUNTNUM = ?1 AND RETAILAFFILIATIONID = ?2";
    Ok(hq.number(sql, params![account, affiliation])? > 0)
}

/// Takes an affiliation from a customer.
pub(crate) fn remove_affiliation(
    hq: &HqTx<'_>,
    account: &AccountNum,
    affiliation: i64,
) -> Result<(), StoreError> {
    hq.execute(
        "DELETE FROM RETAILCUSTAFFILIATION WHERE CUSTACCOUNTNUM = ?1 AND RETAILAFFILIATIONID = ?2",
        params![account, affiliation],
    )
}

/// Does something inside the caller's transaction so that it can fail alone.
pub(crate) fn alone<T, E: From<StoreError>>(
    hq: &HqTx<'_>,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    hq.execute("SAVEPOINT cdx_operation", [])?;
    let done = work();
    if done.is_err() {
        hq.execute("ROLLBACK TO cdx_operation", [])?;
    }
    hq.execute("RELEASE cdx_operation", [])?;
    done
}

/// The default customer of the first channel, from whom customers made in headquarters begin.
pub(crate) fn any_default_customer(hq: &Headquarters) -> Result<AccountNum, StoreError> {
    let sql = "SELECT DEFAULTCUSTACCOUNT FROM RETAILCHANNELTABLE ORDER BY RECID LIMIT 1";
    Ok(hq.first(sql, [], |row| row.get(0))?.unwrap_or_default())
}

/// The GUID of the last asynchronous customer of a channel; empty when there is none.
pub(crate) fn last_guid(channel: &super::side::ChannelDatabase) -> Result<String, StoreError> {
    let sql = "SELECT CUSTACCOUNTASYNC FROM ax_RETAILASYNCCUSTOMERV2 WHERE CUSTACCOUNT = '' \
               ORDER BY REPLICATIONCOUNTERFROMORIGIN DESC LIMIT 1";
    Ok(channel.text(sql, [])?.unwrap_or_default())
}

/// An operation that the batch could not process (C03).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailedOperation {
    /// Which.
    pub(crate) id: OperationId,
    /// The channel database it came from.
    pub(crate) channel: String,
    /// The customer, by account or by GUID.
    pub(crate) account: String,
    /// The last known error.
    pub(crate) error: String,
    /// How many later operations of the same customer wait behind it.
    pub(crate) waiting: u64,
}

/// Operations that the batch has not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PendingOperations {
    /// The channel database they came from.
    pub(crate) channel: String,
    /// How many there are.
    pub(crate) count: u64,
    /// When the oldest of them was made.
    pub(crate) oldest: Time,
}

/// An operation that left fields alone, since newer ones had set them (C09).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LateOperation {
    /// Which.
    pub(crate) id: OperationId,
    /// The channel database it came from.
    pub(crate) channel: String,
    /// The customer, by account.
    pub(crate) account: String,
    /// When the batch processed it.
    pub(crate) processed: Time,
    /// The fields.
    pub(crate) left: Vec<LeftField>,
}

/// Every operation that left fields alone, by kind and number.
pub(crate) fn late(hq: &Headquarters) -> Result<Vec<LateOperation>, StoreError> {
    let sql = format!("{} ORDER BY K, RECID", of_all_kinds(include_str!("sql/operation_late.sql")));
    let rows = hq.rows(&sql, [], |row| {
        let operation = LateOperation {
            id: read_id(row)?,
            channel: channel(row)?,
            account: row.get("CUSTACCOUNT")?,
            processed: row.get::<_, Option<Time>>("PROCESSED")?.unwrap_or_default(),
            left: Vec::new(),
        };
        Ok((operation, row.get("LEFTALONE")?))
    })?;
    let with_left =
        |(operation, left)| Ok(LateOperation { left: left_fields(hq, left)?, ..operation });
    rows.into_iter().map(with_left).collect()
}

/// Every operation that failed, oldest first.
pub(crate) fn failed(hq: &Headquarters) -> Result<Vec<FailedOperation>, StoreError> {
    let part = include_str!("sql/operation_failed.sql");
    let sql = format!("{} ORDER BY K, RECID", of_all_kinds(part));
    hq.rows(&sql, STOPPED, |row| {
        Ok(FailedOperation {
            id: read_id(row)?,
            channel: channel(row)?,
            account: row.get("ACCOUNT")?,
            error: row.get::<_, Option<String>>("LASTERROR")?.unwrap_or_default(),
            waiting: row.get::<_, i64>("WAITING")? as u64,
        })
    })
}

/// The statuses of what cannot go on by itself.
const STOPPED: &[(&str, &dyn ToSql)] =
    &[(":failed", &OperationStatus::Failed), (":waiting", &OperationStatus::Waiting)];

/// How many operations each channel's batch has not looked at, by channel.
pub(crate) fn pending(hq: &Headquarters) -> Result<Vec<PendingOperations>, StoreError> {
    let sql = format!(
        "SELECT NAME, count(*), min(T) FROM ({}) GROUP BY NAME ORDER BY NAME",
        of_all_kinds(include_str!("sql/operation_pending_part.sql"))
    );
    hq.rows(&sql, STOPPED, |row| {
        Ok(PendingOperations {
            channel: row.get(0)?,
            count: row.get::<_, i64>(1)? as u64,
            oldest: row.get(2)?,
        })
    })
}
