//! What became of each feature, as headquarters' log tells it.

use rusqlite::params;

use super::error::StoreError;
use super::side::{Headquarters, HqTx};
use crate::gates::gate::Gate;
use crate::gates::standing::FeatureEvent;
use crate::model::time::{ShownTime, Time};
use crate::world::Clock;

/// Notes what became of a feature.
pub(crate) fn log(
    hq: &HqTx<'_>,
    gate: &Gate,
    event: FeatureEvent,
    detail: &str,
    now: &Time,
) -> Result<(), StoreError> {
    hq.execute(
        "INSERT INTO cdx_FEATURELOG (AT, NAME, EVENT, DETAIL) VALUES (?1, ?2, ?3, ?4)",
        params![now, gate.table_name(), event, detail],
    )
}

/// One line of what became of a feature.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct LogLine {
    /// When, as people in the environment's zone read it.
    pub(crate) at: ShownTime,
    /// What.
    pub(crate) event: FeatureEvent,
    /// Why.
    pub(crate) detail: String,
}

/// What became of a feature, oldest first.
pub(crate) fn history_of(
    hq: &Headquarters,
    gate: &Gate,
    clock: &Clock,
) -> Result<Vec<LogLine>, StoreError> {
    let sql = "SELECT AT, EVENT, DETAIL FROM cdx_FEATURELOG WHERE NAME = ?1 ORDER BY ID";
    hq.rows(sql, [gate.table_name()], |row| {
        let at: Time = row.get(0)?;
        Ok(LogLine { at: clock.show(&at), event: row.get(1)?, detail: row.get(2)? })
    })
}

/// The last thing that turned a feature on or off, or was to, and when.
pub(super) fn last(
    hq: &Headquarters,
    gate: &Gate,
) -> Result<Option<(FeatureEvent, Time)>, StoreError> {
    let sql = "SELECT EVENT, AT FROM cdx_FEATURELOG WHERE NAME = ?1 \
               AND EVENT <> ?2 ORDER BY ID DESC LIMIT 1";
    let but = params![gate.table_name(), FeatureEvent::Listed];
    hq.first(sql, but, |row| Ok((row.get(0)?, row.get(1)?)))
}
