//! Who set a customer's fields last, as headquarters keeps it, and a channel hears of it (C09).

use std::collections::BTreeMap;

use rusqlite::{Row, named_params};

use super::error::StoreError;
use super::side::{ChannelDatabase, Headquarters, HqTx};
use crate::model::field_set::{Field, FieldOwner, Made, Setter, Stamp};
use crate::model::ids::DataStoreId;
use crate::model::operation::{OperationId, OperationKind};
use crate::model::time::Time;

/// SUBJECT and ID of `cdx_FIELDSET`.
fn key(owner: FieldOwner<'_>) -> (&'static str, String) {
    match owner {
        FieldOwner::Customer(account) => ("customer", account.to_string()),
        FieldOwner::Address(recid) => ("address", recid.to_string()),
    }
}

fn kind_of(table: &str) -> Option<OperationKind> {
    OperationKind::ALL.iter().copied().find(|kind| kind.table().eq_ignore_ascii_case(table))
}

/// How a field was set last from each place, the one that stands first; none where that is not
/// known, so that anything is newer.
pub fn last(
    hq: &Headquarters,
    owner: FieldOwner<'_>,
    field: Field,
) -> Result<Vec<Stamp>, StoreError> {
    let (subject, id) = key(owner);
    let found = hq.rows(
        "SELECT SETAT, SETTER, DATASTORE, TABLENAME, ROW, COUNTER, NUMBER
         FROM cdx_FIELDSET
         WHERE SUBJECT = ?1 AND ID = ?2 AND FIELD = ?3 ORDER BY SETAT DESC, ORDINAL DESC",
        rusqlite::params![subject, id, field.to_string()],
        |row| Ok((row.get::<_, String>(1)?, read(row)?)),
    )?;
    let known = |(word, stamp): (String, Option<Stamp>)| {
        stamp.ok_or_else(|| hq.unreadable("who set a field", word))
    };
    found.into_iter().map(known).collect()
}

/// The place a setting came from; within one, settings have an order.
fn place(stamp: &Stamp) -> String {
    match &stamp.by {
        Setter::Operation { made, .. } => format!("{} {}", made.store, made.kind.table()),
        Setter::Headquarters | Setter::RealTime(_) | Setter::StatusForm(_) => {
            "headquarters".to_owned()
        }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Stamp>> {
    let at = row.get("SETAT")?;
    let store = row.get::<_, Option<DataStoreId>>("DATASTORE")?;
    let kind = row.get::<_, Option<String>>("TABLENAME")?.as_deref().and_then(kind_of);
    let number = row.get::<_, Option<i64>>("ROW")?;
    let id = kind.zip(number).map(|(kind, row)| OperationId { kind, row });
    let by = match row.get::<_, String>("SETTER")?.as_str() {
        "headquarters" => Some(Setter::Headquarters),
        "real-time" => store.map(Setter::RealTime),
        "status-form" => id.map(Setter::StatusForm),
        "operation" => {
            let counter = row.get::<_, Option<i64>>("COUNTER")?;
            let made = store.zip(counter).zip(kind);
            let number = row.get("NUMBER")?;
            let made = made.map(|((store, counter), kind)| Made { store, kind, counter, number });
            id.zip(made).map(|(id, made)| Setter::Operation { id, made })
        }
        _ => None,
    };
    Ok(by.map(|by| Stamp { at, by }))
}

/// Keeps how fields were set, and lets the channels hear of it with the next download.
pub fn record(
    hq: &HqTx<'_>,
    owner: FieldOwner<'_>,
    fields: &[(Field, Stamp)],
) -> Result<(), StoreError> {
    let (subject, id) = key(owner);
    for (field, stamp) in fields {
        let (setter, store, operation, made) = match &stamp.by {
            Setter::Headquarters => ("headquarters", None, None, None),
            Setter::RealTime(store) => ("real-time", Some(*store), None, None),
            Setter::StatusForm(id) => ("status-form", None, Some(id), None),
            Setter::Operation { id, made } => ("operation", Some(made.store), Some(id), Some(made)),
        };
        hq.run(
            "INSERT OR REPLACE INTO cdx_FIELDSET (SUBJECT, ID, FIELD, PLACE, SETAT, SETTER,
             DATASTORE, TABLENAME, ROW, COUNTER, NUMBER) VALUES (:subject, :id, :field, :place,
             :at, :setter, :store, :table, :row, :counter, :number)",
            named_params! {
                ":subject": subject, ":id": id, ":field": field.to_string(),
                ":place": place(stamp), ":at": stamp.at, ":setter": setter, ":store": store,
                ":table": operation.map(|id| id.kind.table()),
                ":row": operation.map(|id| id.row),
                ":counter": made.map(|made| made.counter),
                ":number": made.and_then(|made| made.number),
            },
        )?;
    }
    if fields.is_empty() {
        return Ok(());
    }
    let sql = match owner {
        FieldOwner::Customer(_) => include_str!("sql/field_set_customer.sql"),
        FieldOwner::Address(_) => include_str!("sql/field_set_address.sql"),
    };
    hq.run(sql, [id]).map(|_| ())
}

/// Who set a field, for a reader.
pub fn describe(hq: &Headquarters, stamp: &Stamp) -> Result<String, StoreError> {
    let name = |store: DataStoreId| {
        let sql = "SELECT NAME FROM RETAILCONNDATABASEPROFILE WHERE RECID = ?1";
        Ok::<_, StoreError>(hq.text(sql, [store])?.unwrap_or_else(|| format!("database {store}")))
    };
    Ok(match &stamp.by {
        Setter::Headquarters => "headquarters".to_owned(),
        Setter::RealTime(store) => format!("a real-time call of {}", name(*store)?),
        Setter::StatusForm(id) => format!("the status form, in {id}"),
        Setter::Operation { id, made } => format!("{id} of {}", name(made.store)?),
    })
}

/// How headquarters' fields were set last, as a channel has heard, by the field's name.
pub(super) type Heard =
    BTreeMap<String, (Time, Option<DataStoreId>, Option<String>, Option<i64>, Option<i64>)>;

/// Reads what came down in `cdx_SETBY`.
pub(super) fn heard(channel: &ChannelDatabase, text: Option<String>) -> Result<Heard, StoreError> {
    let Some(text) = text else { return Ok(Heard::new()) };
    serde_json::from_str(&text).map_err(|_| channel.unreadable("who set a field", text))
}
