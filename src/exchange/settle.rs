//! What tries came to: committed in headquarters, and told in channel order.

use std::path::PathBuf;
use std::sync::Arc;

use super::error::ExchangeError;
use super::tries::Tries;
use super::way_out;
use crate::model::event::{Event, Listener};
use crate::model::ids::DownloadId;
use crate::model::session::{DownloadSession, StoreSession};
use crate::model::status::DownloadStatus;
use crate::model::suggestion::Suggestion;
use crate::model::time::Time;
use crate::model::topology::DataStore;
use crate::store::{StoreError, Writer, lineage, sessions, topology};

/// One try of one session in one database, with everything drawn before the threads start.
pub(super) struct Try {
    /// The session without its databases, shared by the tries of all of them.
    pub(super) session: Arc<DownloadSession>,
    pub(super) row: StoreSession,
    pub(super) download_fails: bool,
    pub(super) apply_fails: bool,
    /// The package as it arrived, or why it did not.
    pub(super) package: Result<PathBuf, String>,
    pub(super) empties: bool,
}

/// One database and its tries, oldest first.
pub(super) struct Queue {
    pub(super) store: DataStore,
    pub(super) tries: Vec<Try>,
    /// The number of the exchange, which the database's own commit keeps (U10).
    pub(super) mark: Option<i64>,
}

/// What a try came to.
pub(super) struct Outcome {
    pub(super) status: DownloadStatus,
    pub(super) rows: u64,
    pub(super) message: Option<String>,
    /// A package that had been applied before (D11).
    pub(super) before: bool,
    /// The command that leads out, where the database stands in the way.
    pub(super) way_out: Option<Suggestion>,
    /// The database has committed, and with it the number of the exchange.
    pub(super) kept: bool,
}

/// What came of the tries that were made.
pub(super) struct Tried {
    /// The outcomes of each queue, in its order; shorter than the queue when the rest must wait.
    pub(super) outcomes: Vec<Vec<Outcome>>,
    /// Whether somebody stopped it before the last queue was begun.
    pub(super) stopped: bool,
}

/// Commits what came of the tries, and tells it in channel order.
pub(super) fn settle(
    writer: &Writer,
    queues: &[Queue],
    Tried { outcomes, stopped }: Tried,
    tries: Tries,
    listener: &mut dyn Listener,
) -> Result<Vec<DownloadId>, ExchangeError> {
    let now = writer.world.clock.utc();
    let mut touched = Vec::new();
    let (mut events, mut ways_out) = (Vec::new(), Vec::new());
    writer.hq.write(|hq| {
        for (queue, outcomes) in queues.iter().zip(outcomes) {
            if outcomes.iter().any(|outcome| outcome.kept) {
                lineage::end(hq, &queue.store.name, queue.mark)?;
            }
            let mut outcomes = outcomes.into_iter();
            for one in &queue.tries {
                let row = match outcomes.next() {
                    Some(mut outcome) => {
                        if let Some(way_out) = outcome.way_out.take() {
                            let job = &one.session.job;
                            ways_out.push(way_out::told(&queue.store.name, job, way_out));
                        }
                        settled(one, outcome, tries, &now)
                    }
                    None => StoreSession {
                        message: Some(why_not(stopped).to_owned()),
                        ..one.row.clone()
                    },
                };
                sessions::update_store(hq, one.session.id, &row)?;
                touched.push(one.session.id);
                events.push((one.session.id, queue.store.name.clone(), row.status));
            }
            topology::heartbeat(hq, queue.store.id, &now)?;
        }
        Ok::<_, StoreError>(())
    })?;
    for (session, channel, status) in events {
        listener.event(Event::Download { session, channel, status });
    }
    ways_out.dedup();
    for event in ways_out {
        listener.event(event);
    }
    Ok(touched)
}

/// Why a session was not tried.
fn why_not(stopped: bool) -> &'static str {
    if stopped { "not tried: the run was interrupted" } else { "waits for an earlier session" }
}

fn settled(one: &Try, outcome: Outcome, limit: Tries, now: &Time) -> StoreSession {
    let tries = one.row.tries + 1;
    let mut row = StoreSession {
        tries,
        given_up: false,
        rows: outcome.rows,
        status: outcome.status,
        message: outcome.message,
        requested: Some(now.to_owned()),
        ..one.row.clone()
    };
    match outcome.status {
        DownloadStatus::Applied => {
            row.downloaded = Some(now.to_owned());
            row.applied = Some(now.to_owned());
            row.message = outcome.before.then(|| "its package had been applied before".to_owned());
        }
        failed => {
            if failed == DownloadStatus::ApplyFailed {
                row.downloaded = Some(now.to_owned());
            }
            let message = row.message.take().unwrap_or_default();
            let (status, message) = limit.after(failed, tries, &message);
            row.given_up = status != failed;
            row.status = status;
            row.message = Some(message);
        }
    }
    row
}
