//! The sessions of each channel database, in the order in which they were made.

use super::error::ExchangeError;
use crate::model::ids::DataStoreId;
use crate::model::lane::{Lane, LaneSession, LaneStatus};
use crate::model::session::SessionKind;
use crate::model::time::ShownTime;
use crate::store::{Reader, sessions, topology, uploads};

/// A lane for each channel database, those without a session too, in their order; with sessions of
/// these kinds.
///
/// # Errors
/// Headquarters.
pub(crate) fn lanes(
    reader: &Reader,
    kinds: &[SessionKind],
) -> Result<Vec<Lane<ShownTime>>, ExchangeError> {
    let mut found: Vec<(DataStoreId, LaneSession)> = Vec::new();
    if kinds.contains(&SessionKind::Download) {
        for session in sessions::all(&reader.hq)? {
            found.extend(session.stores.into_iter().map(|store| {
                let one = LaneSession {
                    id: session.id.into(),
                    job: session.job.clone(),
                    created: session.created.clone(),
                    status: LaneStatus::Download(store.status),
                    rows: store.rows,
                    tries: store.tries,
                    message: store.message.or_else(|| session.message.clone()),
                    replaced_by: store.replaced_by,
                };
                (store.store_id, one)
            }));
        }
    }
    if kinds.contains(&SessionKind::Upload) {
        found.extend(uploads::all(&reader.hq)?.into_iter().map(|session| {
            let one = LaneSession {
                id: session.id.into(),
                job: session.job,
                created: session.created,
                status: LaneStatus::Upload(session.status),
                rows: session.rows,
                tries: session.tries,
                message: session.message,
                replaced_by: None,
            };
            (session.store_id, one)
        }));
    }
    // Of one moment, downloads stand before uploads; each by its number.
    found.sort_by(|(_, one), (_, other)| {
        one.created.cmp(&other.created).then_with(|| one.id.cmp(&other.id))
    });
    let clock = &reader.world.clock;
    let mut lanes = Vec::new();
    for store in topology::data_stores(&reader.hq)? {
        let own = found.iter().filter(|(of, _)| *of == store.id);
        let shown = own.map(|(_, one)| one.clone().shown(|time| clock.show(time)));
        lanes.push(Lane { channel: store.name, sessions: shown.collect() });
    }
    Ok(lanes)
}
