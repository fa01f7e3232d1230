//! Looks, before a run counts on anything, whether each database's file is the one last seen (U10).

use super::error::ExchangeError;
use crate::model::event::{Event, Listener};
use crate::model::replaced::Cause;
use crate::model::session::DownloadSession;
use crate::model::suggestion::{OfChannels, Suggestion};
use crate::model::topology::DataStore;
use crate::store::{StoreError, Writer, topology};

/// Opens each database once; one that cannot be opened is told by whoever needs it.
///
/// # Errors
/// Headquarters' file.
pub(super) fn look<'a>(
    writer: &Writer,
    stores: impl Iterator<Item = &'a DataStore>,
    listener: &mut dyn Listener,
) -> Result<(), ExchangeError> {
    let hq = writer.hq.path();
    let stores: Vec<&DataStore> = stores.collect();
    for opened in writer.channels_of(&stores) {
        match opened {
            Err(error) if error.is_broken_file(hq) => return Err(error.into()),
            Ok(_) | Err(_) => {}
        }
    }
    tell(writer, listener);
    Ok(())
}

/// Looks at the databases of interrupted sessions; whether any was not the one last seen.
pub(super) fn interrupted(
    writer: &Writer,
    sessions: &[DownloadSession],
    listener: &mut dyn Listener,
) -> Result<bool, StoreError> {
    let rows = || sessions.iter().flat_map(|session| &session.stores);
    let stores = topology::data_stores(&writer.hq)?;
    let concerned = |store: &&DataStore| rows().any(|row| row.store_id == store.id);
    let stores: Vec<&DataStore> = stores.iter().filter(concerned).collect();
    for opened in writer.channels_of(&stores) {
        // What cannot be opened is given another try, which says why.
        let _opened = opened;
    }
    Ok(tell(writer, listener))
}

/// Tells which databases were not the ones last seen; whether there were any.
pub(crate) fn tell(writer: &Writer, listener: &mut dyn Listener) -> bool {
    let noticed = writer.noticed();
    for (store, cause) in &noticed {
        let (text, hint) = told(store, *cause);
        listener.event(Event::Warning { text, hint: Some(hint) });
    }
    !noticed.is_empty()
}

/// What is said of a database whose file was not the one last seen, and the command that follows.
pub(crate) fn told(store: &DataStore, cause: Cause) -> (String, Suggestion) {
    let seen = cause.told(&store.name);
    if store.offline {
        let text = format!("{seen}; each job's next run brings it everything");
        return (text, Suggestion::Reconnect(store.channel().to_owned()));
    }
    let text = format!(
        "{seen}; its counters go on above all that was given out, and each job's next run brings it \
         everything"
    );
    (text, OfChannels::Reseed(store.name.clone()).into())
}
