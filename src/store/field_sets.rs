//! Who set a customer's fields last, as headquarters keeps it, and a channel hears of it (C09).

use std::collections::BTreeMap;

use rusqlite::{Row, named_params, params};
use serde::Deserialize;

use super::error::StoreError;
use super::side::{ChannelDatabase, Headquarters, HqTx};
use crate::model::field_set::{Field, FieldOwner, RowOrigin, Setter, SetterKind, Stamp};
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

/// How a field was set last from each place, the one that stands first; none where that is not
/// known, so that anything is newer.
pub(crate) fn last(
    hq: &Headquarters,
    owner: FieldOwner<'_>,
    field: Field,
) -> Result<Vec<Stamp>, StoreError> {
    let (subject, id) = key(owner);
    let found = hq.rows(
        include_str!("sql/field_set.sql"),
        params![subject, id, field.to_string()],
        |row| Ok((row.get("SETAT")?, read(row)?)),
    )?;
    let stamp = |(at, columns): (Time, Columns)| match setter(columns) {
        Some(by) => Ok(Stamp { at, by }),
        None => Err(hq.unreadable("who set a field in cdx_FIELDSET", columns.0)),
    };
    found.into_iter().map(stamp).collect()
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

/// What `cdx_FIELDSET` says of who set a field: SETTER, DATASTORE, TABLENAME with ROW, COUNTER and
/// NUMBER.
type Columns = (SetterKind, Option<DataStoreId>, Option<OperationId>, Option<i64>, Option<i64>);

fn columns(setter: &Setter) -> Columns {
    match setter {
        Setter::Headquarters => (SetterKind::Headquarters, None, None, None, None),
        Setter::RealTime(store) => (SetterKind::RealTime, Some(*store), None, None, None),
        Setter::StatusForm(id) => (SetterKind::StatusForm, None, Some(*id), None, None),
        Setter::Operation { id, made: RowOrigin { store, counter, number, .. } } => {
            (SetterKind::Operation, Some(*store), Some(*id), Some(*counter), *number)
        }
    }
}

/// Whom the columns name; none where one that the kind has is missing.
fn setter((kind, store, id, counter, number): Columns) -> Option<Setter> {
    Some(match kind {
        SetterKind::Headquarters => Setter::Headquarters,
        SetterKind::RealTime => Setter::RealTime(store?),
        SetterKind::StatusForm => Setter::StatusForm(id?),
        SetterKind::Operation => {
            let (id, store, counter) = (id?, store?, counter?);
            Setter::Operation { id, made: RowOrigin { store, kind: id.kind, counter, number } }
        }
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<Columns> {
    let table = row.get::<_, Option<OperationKind>>("TABLENAME")?;
    let id = table.zip(row.get("ROW")?).map(|(kind, row)| OperationId { kind, row });
    Ok((row.get("SETTER")?, row.get("DATASTORE")?, id, row.get("COUNTER")?, row.get("NUMBER")?))
}

/// Keeps how fields were set, and lets the channels hear of it with the next download.
pub(crate) fn record(
    hq: &HqTx<'_>,
    owner: FieldOwner<'_>,
    fields: impl IntoIterator<Item = (Field, Stamp)>,
) -> Result<(), StoreError> {
    let (subject, id) = key(owner);
    let mut any = false;
    for (field, stamp) in fields {
        any = true;
        let (kind, store, operation, counter, number) = columns(&stamp.by);
        hq.run(
            include_str!("sql/field_set_record.sql"),
            named_params! {
                ":subject": subject, ":id": id, ":field": field.to_string(),
                ":place": place(&stamp), ":at": stamp.at, ":setter": kind, ":store": store,
                ":table": operation.map(|id| id.kind), ":row": operation.map(|id| id.row),
                ":counter": counter, ":number": number,
            },
        )?;
    }
    if !any {
        return Ok(());
    }
    let (table, row) = match owner {
        FieldOwner::Customer(_) => {
            ("DIRPARTYTABLE", "(SELECT PARTY FROM CUSTTABLE WHERE ACCOUNTNUM = :id COLLATE NOCASE)")
        }
        FieldOwner::Address(_) => ("LOGISTICSPOSTALADDRESS", "CAST(:id AS INTEGER)"),
    };
    let sql = include_str!("sql/field_set_tell.sql").replace("{table}", table);
    hq.execute(
        &sql.replace("{row}", row),
        named_params! { ":subject": subject, ":id": id, ":operation": SetterKind::Operation },
    )
}

/// Who set a field, for a reader.
pub(crate) fn describe(hq: &Headquarters, stamp: &Stamp) -> Result<String, StoreError> {
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

/// How a field of headquarters was set last, as a channel has heard; read from an array.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct LastSetting {
    /// When the person acted.
    pub(super) at: Time,
    store: Option<DataStoreId>,
    table: Option<String>,
    counter: Option<i64>,
    number: Option<i64>,
}

impl LastSetting {
    /// The row of a channel that set it, if one did.
    pub(super) fn made(&self) -> Option<RowOrigin> {
        let kind = OperationKind::of_table(self.table.as_deref()?)?;
        Some(RowOrigin { store: self.store?, kind, counter: self.counter?, number: self.number })
    }
}

/// Reads what came down in `cdx_SETBY`: the last settings, by the field's name.
pub(super) fn last_settings(
    channel: &ChannelDatabase,
    text: Option<String>,
) -> Result<BTreeMap<String, LastSetting>, StoreError> {
    let Some(text) = text else { return Ok(BTreeMap::new()) };
    channel.json("who set a field in cdx_SETBY", &text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::AccountNum;
    use crate::store::{Db, Handle, schema::Kind};

    #[test]
    fn who_set_a_field_is_read_as_it_was_written() {
        let hq = Handle::new(Headquarters(Db::in_memory(Kind::Headquarters).unwrap()));
        let account = AccountNum::new("1");
        let (owner, field) = (FieldOwner::Customer(&account), Field::Attribute(7));
        let (store, kind) = (DataStoreId(3), OperationKind::Address);
        let id = OperationId { kind, row: 12 };
        let made = |number| RowOrigin { store, kind, counter: 4, number };
        for by in [
            Setter::Headquarters,
            Setter::RealTime(store),
            Setter::StatusForm(id),
            Setter::Operation { id, made: made(None) },
            Setter::Operation { id, made: made(Some(5)) },
        ] {
            let stamp = Stamp { at: Time::stored("2026-01-15 08:00:00.000"), by };
            let read = hq.write(|hq| {
                hq.run("DELETE FROM cdx_FIELDSET", [])?;
                record(hq, owner, [(field, stamp.clone())])?;
                last(hq, owner, field)
            });
            assert_eq!(read.unwrap(), [stamp]);
        }
        hq.script("PRAGMA ignore_check_constraints = ON").unwrap();
        for (set, place) in [
            ("DATASTORE = NULL", "who set a field in cdx_FIELDSET"),
            ("TABLENAME = 'x'", "an operation's table in cdx_FIELDSET.TABLENAME"),
            ("TABLENAME = NULL, SETTER = 'x'", "who set a field in cdx_FIELDSET.SETTER"),
        ] {
            hq.run(&format!("UPDATE cdx_FIELDSET SET {set}"), []).unwrap();
            let read = last(&hq, owner, field);
            assert!(matches!(&read, Err(StoreError::Unreadable { what, .. }) if what == place));
        }
    }
}
