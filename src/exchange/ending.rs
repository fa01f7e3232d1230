//! What a command ends: older operations over two files that it has done itself, or made pointless.

use serde::Deserialize;

use crate::model::topology::OFFLINE_SUFFIX;
use crate::store::intents::{self, Intent};
use crate::store::{Headquarters, HqTx, StoreError};

/// What a command has done that may end older operations.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending<'a> {
    /// The channel's offline database was merged into it.
    Reconnected(&'a str),
    /// The database's file was made.
    Made(&'a str),
}

/// The part of a rebuild's announcement that says of which database.
#[derive(Deserialize)]
struct Detail {
    name: String,
}

/// The database whose file an operation makes.
fn makes(intent: &Intent) -> Option<String> {
    match intent.kind.as_str() {
        intents::CHANNEL => serde_json::from_str(&intent.detail).ok(),
        intents::REBUILD => serde_json::from_str(&intent.detail).ok().map(|Detail { name }| name),
        _ => None,
    }
}

/// The channel that an operation merges its offline database into.
fn merges(intent: &Intent) -> Option<String> {
    let reconnects = intent.kind == intents::RECONNECT;
    reconnects.then(|| serde_json::from_str(&intent.detail).ok()).flatten()
}

/// Drops, in the caller's transaction, the operations that a command has ended.
pub(super) fn ended(hq: &HqTx<'_>, by: Ending<'_>) -> Result<(), StoreError> {
    for intent in intents::all(hq)? {
        let over = match by {
            Ending::Reconnected(by) => merges(&intent).as_deref() == Some(by),
            // An offline database that is made again has nothing of before to merge.
            Ending::Made(by) => {
                makes(&intent).as_deref() == Some(by)
                    || merges(&intent)
                        .is_some_and(|channel| format!("{channel}{OFFLINE_SUFFIX}") == by)
            }
        };
        if over {
            intents::drop(hq, intent.id)?;
        }
    }
    Ok(())
}

/// Whether a database's file is being made by an operation that has not been finished.
pub(super) fn is_being_made(hq: &Headquarters, name: &str) -> Result<bool, StoreError> {
    Ok(intents::all(hq)?.iter().any(|intent| makes(intent).as_deref() == Some(name)))
}
