//! The customer synchronization status: the operations in headquarters, listed and shown (C04).

use rusqlite::{Row, named_params, params};

use super::attributes;
use super::error::StoreError;
use super::operations::{channel, find, left_fields, of_all_kinds, read_id};
use super::side::Headquarters;
use crate::model::customer::Change;
use crate::model::operation::{
    Action, Operation, OperationDetail, OperationFilter, OperationId, OperationKind,
    OperationStatus,
};
use crate::world::Clock;

/// The operations that a filter lets through, oldest first.
pub(crate) fn list(
    hq: &Headquarters,
    clock: &Clock,
    filter: &OperationFilter,
) -> Result<Vec<Operation>, StoreError> {
    let part = of_all_kinds(include_str!("sql/operation_list_part.sql"));
    let sql = include_str!("sql/operation_list.sql").replace("{operations}", &part);
    let customer = filter.customer.as_ref();
    let params = named_params! {
        ":succeeded": OperationStatus::Succeeded, ":pending": OperationStatus::Pending,
        ":status": filter.status, ":channel": filter.channel, ":kind": filter.kind,
        ":row": filter.row, ":since": filter.since,
        ":action": filter.action.map(|action| action.number().to_string()),
        ":account": customer.map(|one| &one.account),
        ":guid": customer.map(|one| &one.async_account),
    };
    let rows = hq.rows(&sql, params, |row| {
        Ok((operation(row, clock)?, row.get::<_, Option<String>>("LEFTALONE")?))
    })?;
    rows.into_iter()
        .map(|(mut operation, left)| {
            let id = OperationId::parse(&operation.id);
            let left = left_fields(hq, left)?.into_iter();
            if let Some(OperationId { kind: OperationKind::Attribute, row }) = id {
                operation.attribute = attributes::of_operation(hq, row)?;
            }
            operation.left = left.map(|left| left.shown(|since| clock.show(since))).collect();
            Ok(operation)
        })
        .collect()
}

fn operation(row: &Row<'_>, clock: &Clock) -> rusqlite::Result<Operation> {
    let number: String = row.get("OPERATION")?;
    Ok(Operation {
        id: read_id(row)?.to_string(),
        channel: channel(row)?,
        operation: Action::stored(&number).map_or(number, |action| action.to_string()),
        account: row.get("CUSTACCOUNT")?,
        async_account: row.get("CUSTACCOUNTASYNC")?,
        timestamp: clock.show(&row.get("T")?),
        status: row.get("STATUS")?,
        last_error: row.get("LASTERROR")?,
        left: Vec::new(),
        attribute: None,
    })
}

/// One operation with its values and what it changed.
pub(crate) fn detail(
    hq: &Headquarters,
    id: OperationId,
    clock: &Clock,
) -> Result<Option<OperationDetail>, StoreError> {
    let Some(row) = find(hq, id)? else { return Ok(None) };
    let (kind, row_id) = (Some(id.kind), Some(id.row));
    let filter = OperationFilter { kind, row: row_id, ..OperationFilter::default() };
    let Some(operation) = list(hq, clock, &filter)?.pop() else { return Ok(None) };
    let kept = hq.first(
        "SELECT CHANGES, EDITS FROM cdx_CUSTOMEROPERATION WHERE TABLENAME = ?1 AND ROW = ?2",
        params![id.kind, id.row],
        |row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?)),
    )?;
    let (changes, edits) = kept.unwrap_or_default();
    let read = |text: Option<String>| -> Result<Vec<Change>, StoreError> {
        let text = text.unwrap_or_else(|| "[]".to_owned());
        hq.json("an operation's changes", &text)
    };
    let values = row.values.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    Ok(Some(OperationDetail { operation, changes: read(changes)?, edits: read(edits)?, values }))
}
