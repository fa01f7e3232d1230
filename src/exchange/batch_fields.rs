//! Which fields an operation sets, and which it leaves alone since a newer one set them (C09).

use std::collections::BTreeMap;

use super::batch_failure::Failure;
use crate::model::changed_fields::ChangedFields;
use crate::model::field_set::{Field, FieldOwner, RowOrigin, Setter, Stamp};
use crate::model::ids::DataStoreId;
use crate::model::left_field::LeftField;
use crate::model::operation::Action;
use crate::model::time::Time;
use crate::store::operations::{self, OperationRow};
use crate::store::{HqTx, StoreError, batch_order, field_sets};

/// An operation on its way into headquarters.
pub(super) struct Task<'a> {
    /// Headquarters.
    pub(super) hq: &'a HqTx<'a>,
    /// The operation.
    pub(super) row: &'a OperationRow,
    /// What it does.
    pub(super) action: Action,
    /// The environment's time.
    pub(super) now: &'a Time,
    saved: BTreeMap<String, Time>,
}

/// What becomes of one field.
pub(super) enum Fate {
    /// The operation sets it, with this stamp.
    Set(Stamp),
    /// It is left as a newer setting has it.
    Left(Stamp),
}

impl<'a> Task<'a> {
    pub(super) fn new(
        hq: &'a HqTx<'a>,
        row: &'a OperationRow,
        now: &'a Time,
    ) -> Result<Self, Failure> {
        let action = row.action().ok_or_else(|| {
            let known = Action::ALL.iter().map(|action| format!("{} {action}", action.number()));
            let known = known.collect::<Vec<_>>().join(", ");
            Failure::Told(format!("OPERATION is {}, expected {known}", row.text("OPERATION")))
        })?;
        Ok(Self { hq, row, action, now, saved: operations::saved(hq, row.id)? })
    }

    /// The fields that the operation changed (R19).
    pub(super) fn changed(&self) -> Result<ChangedFields, Failure> {
        let text = self.row.text("cdx_CHANGED");
        ChangedFields::parse(text)
            .ok_or_else(|| Failure::Told(format!("cdx_CHANGED is not a list of fields: {text:?}")))
    }

    /// When the person acted who gave these columns their values, and who that was: the register,
    /// or whoever saved one of them on the status form since.
    pub(super) fn stamp(&self, columns: &[&str]) -> Stamp {
        let made = Time::stored(self.row.text("MODIFIEDDATETIME"));
        let saved = columns.iter().filter_map(|column| self.saved.get(*column)).max();
        if let Some(at) = saved.filter(|at| **at >= made) {
            return Stamp { at: at.clone(), by: Setter::StatusForm(self.row.id) };
        }
        let made_in = RowOrigin {
            store: self.made_in(),
            kind: self.row.id.kind,
            counter: self.row.number("REPLICATIONCOUNTERFROMORIGIN"),
            number: self.row.made,
        };
        let by = Setter::Operation { id: self.row.id, made: made_in };
        Stamp { at: made, by }
    }

    /// The channel database whose order the row has. One without a number has the order of its
    /// counter alone, which is that of the channel it went up under.
    fn made_in(&self) -> DataStoreId {
        match self.row.made {
            Some(_) => self.row.made_in,
            None => DataStoreId(self.row.number("cdx_DATASTORE")),
        }
    }

    /// Whether the operation sets a field whose value these columns hold.
    pub(super) fn fate(
        &self,
        owner: FieldOwner<'_>,
        field: Field,
        columns: &[&str],
    ) -> Result<Fate, StoreError> {
        let late = self.stamp(columns);
        // A setting that has lost a tie since is still newer than what was made before it.
        for known in field_sets::last(self.hq, owner, field)? {
            if known.stands_against(&late) && !batch_order::makes(self.hq, &known)? {
                return Ok(Fate::Left(known));
            }
        }
        Ok(Fate::Set(late))
    }

    /// A field that is left alone, as the customer synchronization status tells it.
    pub(super) fn left(
        &self,
        field: Field,
        value: &str,
        kept: &str,
        newer: &Stamp,
    ) -> Result<LeftField, StoreError> {
        Ok(LeftField {
            field: field.to_string(),
            value: value.to_owned(),
            kept: kept.to_owned(),
            newer: field_sets::describe(self.hq, newer)?,
            since: newer.at.clone(),
        })
    }

    /// Keeps that a creation has a field from the status form, if it has.
    pub(super) fn record_saved(
        &self,
        owner: FieldOwner<'_>,
        field: Field,
        columns: &[&str],
    ) -> Result<(), StoreError> {
        let stamp = self.stamp(columns);
        match stamp.by {
            Setter::StatusForm(_) => self.record(owner, field, stamp),
            _ => Ok(()),
        }
    }

    /// Keeps that the operation set a field.
    pub(super) fn record(
        &self,
        owner: FieldOwner<'_>,
        field: Field,
        stamp: Stamp,
    ) -> Result<(), StoreError> {
        field_sets::record(self.hq, owner, [(field, stamp)])
    }
}
