//! Operations over two files that were announced and not finished.

use super::error::ExchangeError;
use super::relay::{self, Announced};
use super::{channels, reconnect};
use crate::model::event::{Event, Listener};
use crate::store::{StoreError, Writer, intents};

/// Finishes every announced operation, oldest first, and says so.
pub(super) fn repair(
    writer: &mut Writer,
    listener: &mut dyn Listener,
) -> Result<(), ExchangeError> {
    for intent in intents::all(&writer.hq)? {
        let unreadable = || StoreError::Unreadable {
            path: writer.hq.path().display().to_string(),
            what: "an announced operation",
            value: intent.detail.clone(),
        };
        match intent.kind.as_str() {
            intents::REAL_TIME => {
                let announced: Announced =
                    serde_json::from_str(&intent.detail).map_err(|_| unreadable())?;
                relay::finish(writer, intent.id, &announced)?;
                listener.event(relay::told(&announced));
            }
            intents::RECONNECT => {
                let channel: String =
                    serde_json::from_str(&intent.detail).map_err(|_| unreadable())?;
                reconnect::finish(writer, intent.id, &channel)?;
                let what = format!("{channel} and its offline database are merged");
                listener.event(Event::Repaired { what });
            }
            intents::CHANNEL => {
                let name: String =
                    serde_json::from_str(&intent.detail).map_err(|_| unreadable())?;
                channels::finish(writer, intent.id, &name)?;
                let what = format!("the file of channel database {name} is made");
                listener.event(Event::Repaired { what });
            }
            intents::REBUILD => {
                let rebuilding: channels::Rebuilding =
                    serde_json::from_str(&intent.detail).map_err(|_| unreadable())?;
                channels::finish_rebuild(writer, intent.id, &rebuilding)?;
                let what = format!("the file of channel database {} is made anew", rebuilding.name);
                listener.event(Event::Repaired { what });
            }
            _ => return Err(unreadable().into()),
        }
    }
    Ok(())
}
