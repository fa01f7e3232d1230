//! The two rows that headquarters keeps of each feature, and making one from the other (G14).

use crate::model::named::named;
use rusqlite::named_params;

use super::error::StoreError;
use super::feature_log::{last, log};
use super::side::{ChannelDatabase, Headquarters, HqTx};
use crate::gates::Catalogue;
use crate::gates::gate::Gate;
use crate::gates::standing::FeatureEvent;
use crate::model::time::Time;
use crate::world::clock::NO_DATE;

named! {
    /// Which of a feature's two rows is there.
    pub enum Half {
        /// FEATUREMANAGEMENTSTATE alone.
        State = "STATE",
        /// FEATUREMANAGEMENTMETADATA alone.
        Metadata = "METADATA",
    }
}

impl Half {
    /// The other one.
    #[must_use]
    pub(crate) fn other(self) -> Self {
        match self {
            Self::State => Self::Metadata,
            Self::Metadata => Self::State,
        }
    }
}

/// Features of which headquarters has one row, by their name in that row, and which it has.
pub(crate) fn halves(hq: &Headquarters) -> Result<Vec<(String, Half)>, StoreError> {
    hq.rows(include_str!("sql/feature_half.sql"), [], |row| {
        let state: i64 = row.get(1)?;
        Ok((row.get(0)?, if state == 1 { Half::State } else { Half::Metadata }))
    })
}

/// Whether a channel has the metadata row of a feature whose state row it may lack.
pub(crate) fn has_metadata(
    hq: &Headquarters,
    channel: &ChannelDatabase,
    name: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT RECID FROM FEATUREMANAGEMENTSTATE WHERE NAME = ?1";
    let Some(state) = hq.first(sql, [name], |row| row.get::<_, i64>(0))? else { return Ok(false) };
    let sql = "SELECT count(*) FROM ax_FEATUREMANAGEMENTMETADATA WHERE FEATURESTATE = ?1";
    Ok(channel.number(sql, [state])? > 0)
}

/// Makes what is missing of each feature that has one row, in the caller's transaction; which row
/// each had.
///
/// Whether a feature is on, and since when, is taken from the row there is, else from its log.
pub(crate) fn repair<'a>(
    hq: &HqTx<'_>,
    catalogue: &'a Catalogue,
    now: &Time,
) -> Result<Vec<(&'a Gate, Half)>, StoreError> {
    let mut repaired = Vec::new();
    for gate in &catalogue.gates {
        if let Some(half) = repair_one(hq, gate, now)? {
            repaired.push((gate, half));
        }
    }
    Ok(repaired)
}

/// The same for one feature; none where both rows are there, or neither.
pub(super) fn repair_one(
    hq: &HqTx<'_>,
    gate: &Gate,
    now: &Time,
) -> Result<Option<Half>, StoreError> {
    let state = "SELECT s.RECID, s.ISENABLED FROM FEATUREMANAGEMENTSTATE s WHERE s.NAME = ?1";
    let state = hq.first(state, [gate.table_name()], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)? != 0))
    })?;
    let half = match state {
        Some((id, on)) => add_metadata(hq, gate, id, on, now)?.then_some(Half::State),
        None => add_state(hq, gate, now)?.then_some(Half::Metadata),
    };
    if let Some(half) = half {
        let detail = format!("again, as its {} row was missing", half.other().as_str());
        log(hq, gate, FeatureEvent::Listed, &detail, now)?;
    }
    Ok(half)
}

fn add_metadata(
    hq: &HqTx<'_>,
    gate: &Gate,
    id: i64,
    on: bool,
    now: &Time,
) -> Result<bool, StoreError> {
    let known = "SELECT count(*) FROM FEATUREMANAGEMENTMETADATA WHERE FEATURESTATE = ?1";
    if hq.number(known, [id])? > 0 {
        return Ok(false);
    }
    let since = last(hq, gate)?.filter(|(event, _)| *event == FeatureEvent::On).map(|(_, at)| at);
    let since = since.unwrap_or_else(|| now.to_owned());
    let date = if on { since.date().unwrap_or(NO_DATE) } else { NO_DATE };
    hq.run(
        include_str!("sql/feature_half_metadata.sql"),
        named_params! {
            ":id": id, ":label": gate.name, ":disable": gate.can_disable, ":date": date,
        },
    )?;
    Ok(true)
}

fn add_state(hq: &HqTx<'_>, gate: &Gate, now: &Time) -> Result<bool, StoreError> {
    let orphan = include_str!("sql/feature_half_orphan.sql");
    let orphan = hq
        .first(orphan, [&gate.name], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let Some((id, date)) = orphan else { return Ok(false) };
    let on = match last(hq, gate)? {
        Some((event, _)) => event == FeatureEvent::On,
        // As it was made: on since its date.
        None => date.get(..10).is_some_and(|date| date != NO_DATE && date <= now.as_str()),
    };
    hq.run(
        "INSERT INTO FEATUREMANAGEMENTSTATE (RECID, NAME, ISENABLED) VALUES (:id, :name, :on)",
        named_params! { ":id": id, ":name": gate.table_name(), ":on": on },
    )?;
    Ok(true)
}
