//! The order in which the batch takes operations, and what makes a customer or an address.

use std::collections::HashMap;

use rusqlite::named_params;

use super::error::StoreError;
use super::operations::find;
use super::side::Headquarters;
use crate::model::field_set::{Setter, Stamp};
use crate::model::operation::{Action, OperationId, OperationKind};

/// Operations that are not completed, in the order the batch goes: time, channel, counter. The
/// creation of a customer or of an address comes before all that is about it, whatever the time and
/// the channel: headquarters that was put back from a copy has its clock of then, and a file may go
/// up under another's name.
pub(crate) fn waiting(hq: &Headquarters) -> Result<Vec<OperationId>, StoreError> {
    let parts: Vec<String> = OperationKind::ALL
        .iter()
        .enumerate()
        .map(|(rank, kind)| {
            let about = match kind {
                OperationKind::Address => include_str!("sql/operation_address.sql"),
                _ => "''",
            };
            include_str!("sql/operation_waiting_part.sql")
                .replace("{rank}", &rank.to_string())
                .replace("{about}", about)
                .replace("{table}", kind.table())
        })
        .collect();
    let sql = format!("{} ORDER BY T, D, K, C", parts.join(" UNION ALL "));
    let rows = hq.rows(&sql, named_params! { ":create": Action::Create }, |row| {
        Ok((row.get::<_, i64>(2)?, row.get(4)?, row.get::<_, bool>(5)?, [row.get(6)?, row.get(7)?]))
    })?;
    let mut waiting: Vec<Place> = Vec::with_capacity(rows.len());
    let mut begins: HashMap<(usize, String), usize> = HashMap::with_capacity(rows.len());
    for (rank, row, creates, about) in rows {
        let about: [String; 2] = about;
        let kind = usize::try_from(rank).ok().and_then(|rank| OperationKind::ALL.get(rank));
        let Some(id) = kind.map(|kind| OperationId { kind: *kind, row }) else { continue };
        let here = waiting.len();
        let mut place = (here, MAKERS.len());
        for (rank, one) in about.iter().enumerate().filter(|(_, one)| !one.is_empty()) {
            let begin = *begins.entry((rank, one.to_uppercase())).or_insert(here);
            if creates && MAKERS.get(rank) == Some(&id.kind) {
                place = (begin, rank);
            }
        }
        waiting.push(Place { id, place });
    }
    waiting.sort_by_key(|one| one.place);
    Ok(waiting.into_iter().map(|one| one.id).collect())
}

/// What operations make that others are about.
const MAKERS: [OperationKind; 2] = [OperationKind::Customer, OperationKind::Address];

/// Whether a field was set by what made its customer or address. That is older than all that is
/// about it, by whatever clock: headquarters that was put back from a copy has its clock of then.
pub(crate) fn makes(hq: &Headquarters, stamp: &Stamp) -> Result<bool, StoreError> {
    match &stamp.by {
        Setter::Operation { id, .. } if MAKERS.contains(&id.kind) => {
            Ok(find(hq, *id)?.is_some_and(|row| row.action() == Some(Action::Create)))
        }
        _ => Ok(false),
    }
}

/// An operation and its place in the batch.
struct Place {
    id: OperationId,
    place: (usize, usize),
}
