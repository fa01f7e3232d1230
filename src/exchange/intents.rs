//! Operations over two files that were announced and not finished: each is tried by itself, and
//! one that cannot be finished is set down, told, and stands in nobody's way (CDX412).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chain::chain;
use super::error::ExchangeError;
use super::relay::{self, CallAnnouncement};
use super::{channels, reconnect};
use crate::model::event::{Event, Listener};
use crate::model::ids::UploadId;
use crate::model::session::UploadSession;
use crate::model::suggestion::{OfChannels, Suggestion};
use crate::store::intents::{self, Intent, Problem};
use crate::store::{Headquarters, HqTx, StoreError, Writer};

/// An announced operation, read.
enum Operation {
    RealTime(CallAnnouncement),
    Reconnect(String),
    Channel(String),
    Rebuild(channels::FileRebuild),
    Collect(CollectIntent),
}

/// An upload session that was interrupted while its channel was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
struct CollectIntent {
    session: UploadId,
    channel: String,
}

/// An operation over two files that could not be finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfinished {
    /// Its number.
    pub(crate) id: i64,
    /// The channel or offline database it is about; none where it cannot be read.
    pub(crate) database: Option<String>,
    /// What it is.
    pub(crate) operation: String,
    /// What is done.
    pub(crate) done: &'static str,
    /// What is not.
    pub(crate) missing: &'static str,
    /// Why not, and since when.
    pub(crate) problem: Problem,
    /// The command that ends it, where one does.
    pub(crate) ends: Option<Suggestion>,
}

impl Operation {
    fn read(intent: &Intent) -> Option<Self> {
        let detail = intent.detail.as_str();
        match intent.kind.as_str() {
            intents::REAL_TIME => serde_json::from_str(detail).ok().map(Self::RealTime),
            intents::RECONNECT => serde_json::from_str(detail).ok().map(Self::Reconnect),
            intents::CHANNEL => serde_json::from_str(detail).ok().map(Self::Channel),
            intents::REBUILD => serde_json::from_str(detail).ok().map(Self::Rebuild),
            intents::COLLECT => serde_json::from_str(detail).ok().map(Self::Collect),
            _ => None,
        }
    }

    /// The database whose file is made, merged into or read.
    fn database(&self) -> &str {
        match self {
            Self::RealTime(announced) => &announced.call.channel,
            Self::Reconnect(channel) => channel,
            Self::Channel(name) => name,
            Self::Rebuild(rebuilding) => &rebuilding.name,
            Self::Collect(collecting) => &collecting.channel,
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::RealTime(announced) => format!("the real-time call {}", announced.call.operation),
            Self::Reconnect(channel) => format!("the reconnect of {channel}"),
            Self::Channel(name) => format!("adding channel database {name}"),
            Self::Rebuild(rebuilding) => format!("the rebuild of {}", rebuilding.name),
            Self::Collect(CollectIntent { session, channel }) => {
                format!("upload session {session} of {channel}")
            }
        }
    }

    /// What is done, and what is not.
    fn standing(&self) -> (&'static str, &'static str) {
        match self {
            Self::RealTime(_) => {
                ("headquarters has its rows", "the channel does not have them yet")
            }
            Self::Reconnect(_) => (
                "the offline database keeps its rows",
                "nobody has looked whether all of them are merged into the channel",
            ),
            Self::Channel(_) => {
                ("headquarters has its rows", "the file is not there, or lacks tables")
            }
            Self::Rebuild(_) => (
                "headquarters has forgotten what the old file had; the old file is kept",
                "the new file is not there, or lacks tables or counters",
            ),
            Self::Collect(_) => (
                "headquarters has announced the session",
                "what was collected is known to the channel database alone, which cannot be read",
            ),
        }
    }

    /// Does what is left to do; what was done, in a sentence.
    fn finish(&self, writer: &Writer, intent: i64) -> Result<Option<Event>, ExchangeError> {
        let repaired = |what: String| Some(Event::Repaired { what });
        Ok(match self {
            Self::RealTime(announced) => {
                Some(relay::told(announced, relay::finish(writer, intent, announced, None)))
            }
            Self::Reconnect(channel) => {
                reconnect::finish(writer, intent, channel)?;
                repaired(format!("{channel} and its offline database are merged"))
            }
            Self::Channel(name) => {
                channels::finish(writer, intent, name)?;
                repaired(format!("the file of channel database {name} is made"))
            }
            Self::Rebuild(rebuilding) => {
                channels::finish_rebuild(writer, intent, rebuilding)?;
                repaired(format!("the file of channel database {} is made again", rebuilding.name))
            }
            // The session itself was looked at before, which was told.
            Self::Collect(_) => {
                writer.hq.write(|hq| intents::drop(hq, intent))?;
                None
            }
        })
    }
}

/// Tries to finish every announced operation, oldest first, each by itself, and says what came of
/// it. `kept` are upload sessions that wait for their channel.
///
/// # Errors
/// Headquarters, when it cannot be written.
pub(super) fn repair(
    writer: &Writer,
    kept: &[UploadId],
    listener: &mut dyn Listener,
) -> Result<(), ExchangeError> {
    for intent in intents::all(&writer.hq)? {
        let operation = Operation::read(&intent);
        let finished = match &operation {
            Some(Operation::Collect(collecting)) if kept.contains(&collecting.session) => continue,
            Some(operation) => operation.finish(writer, intent.id),
            None => Err(unreadable(writer, &intent).into()),
        };
        match finished {
            Ok(Some(event)) => listener.event(event),
            Ok(None) => {}
            Err(error) => set_down(writer, &intent, &error, listener)?,
        }
    }
    Ok(())
}

fn unreadable(writer: &Writer, intent: &Intent) -> StoreError {
    StoreError::Unreadable {
        path: writer.hq.path().display().to_string(),
        what: "an announced operation".to_owned(),
        value: intent.detail.clone(),
    }
}

/// Keeps what went wrong, and says it unless it has been said.
fn set_down(
    writer: &Writer,
    intent: &Intent,
    error: &ExchangeError,
    listener: &mut dyn Listener,
) -> Result<(), StoreError> {
    let problem = Problem {
        text: chain(error),
        since: writer.world.clock.utc(),
        in_the_way: error.file().and_then(|file| writer.env.database_of(file)),
    };
    let said = intent.problem.as_ref().is_some_and(|known| {
        (&known.text, &known.in_the_way) == (&problem.text, &problem.in_the_way)
    });
    if said {
        return Ok(());
    }
    writer.hq.write(|hq| intents::set_problem(hq, intent.id, &problem))?;
    let unfinished = told(&Intent { problem: Some(problem), ..intent.clone() });
    if let Some(Unfinished { operation, missing, problem, ends, .. }) = unfinished {
        let text = format!("{operation} could not be finished: {missing}: {}", problem.text);
        listener.event(Event::Warning { text, hint: ends });
    }
    Ok(())
}

/// Keeps an upload session whose channel cannot be read, and says so once.
pub(super) fn keep_upload(
    writer: &Writer,
    session: &UploadSession,
    error: &ExchangeError,
    listener: &mut dyn Listener,
) -> Result<(), StoreError> {
    let detail = CollectIntent { session: session.id, channel: session.store.clone() };
    let mut known = None;
    for intent in intents::all(&writer.hq)? {
        if matches!(Operation::read(&intent), Some(Operation::Collect(one)) if one == detail) {
            known = Some(intent);
        }
    }
    let intent = if let Some(known) = known {
        known
    } else {
        let now = writer.world.clock.utc();
        let announce = |hq: &HqTx<'_>| intents::announce(hq, intents::COLLECT, &detail, &now);
        let id = writer.hq.write(announce)?;
        let detail = serde_json::to_string(&detail).unwrap_or_default();
        Intent { id, kind: intents::COLLECT.to_owned(), detail, problem: None }
    };
    set_down(writer, &intent, error, listener)
}

/// Every operation over two files that could not be finished, oldest first.
///
/// # Errors
/// Headquarters' file.
pub(crate) fn unfinished(hq: &Headquarters) -> Result<Vec<Unfinished>, StoreError> {
    Ok(intents::all(hq)?.iter().filter_map(told).collect())
}

fn told(intent: &Intent) -> Option<Unfinished> {
    let problem = intent.problem.clone()?;
    let Some(operation) = Operation::read(intent) else {
        return Some(Unfinished {
            id: intent.id,
            database: None,
            operation: format!("operation {} ({})", intent.id, intent.kind),
            done: "headquarters has announced it",
            missing: "what was announced cannot be read",
            problem,
            ends: None,
        });
    };
    let (done, missing) = operation.standing();
    let in_the_way = problem.in_the_way.as_deref().unwrap_or(operation.database());
    let ends = OfChannels::Rebuild { database: in_the_way.to_owned(), discard: false };
    Some(Unfinished {
        id: intent.id,
        database: Some(operation.database().to_owned()),
        operation: operation.describe(),
        done,
        missing,
        problem,
        ends: Some(ends.into()),
    })
}
