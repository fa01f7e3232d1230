//! A register comes back: its offline database's rows are merged into its channel.

use super::channels::watch_each;
use super::ending::{Ending, ended};
use super::error::ExchangeError;
use super::upload_tables::Uploads;
use crate::model::topology::{DataStore, OFFLINE_SUFFIX};
use crate::store::merge::{self, MergedRows, Source};
use crate::store::{
    ChannelDatabase, Environment, Handle, Headquarters, StoreError, Writer, intents, origins,
    topology,
};
use crate::world::CrashPoint;

/// What a reconnect came to.
#[derive(Debug)]
pub(crate) struct ReconnectOutcome {
    /// How many rows of each table came over.
    pub(crate) merged: MergedRows,
    /// The tables whose rows stay in the offline database, and why.
    pub(crate) left_out: Vec<(String, String)>,
}

/// Merges the offline database of a channel into it, with fresh counters there.
///
/// # Errors
/// [`StoreError::Unknown`] when the channel has no offline database.
pub(crate) fn reconnect(writer: &Writer, channel: &str) -> Result<ReconnectOutcome, ExchangeError> {
    let store = topology::find_store(&writer.hq, channel)?;
    let offline = topology::find_store(&writer.hq, &format!("{}{OFFLINE_SUFFIX}", store.name))?;
    // What cannot be opened is told before anything is announced.
    for name in [&offline.name, &store.name] {
        drop(writer.channel(name)?);
    }
    let now = writer.world.clock.utc();
    let intent =
        writer.hq.write(|hq| intents::announce(hq, intents::RECONNECT, &store.name, &now))?;
    writer.world.faults.crash_at(CrashPoint::ReconnectAfterIntent, &store.name);
    let merged = finish(writer, intent, &store.name);
    if merged.is_err() {
        // Nothing is merged, and nothing is left to finish.
        writer.hq.write(|hq| intents::drop(hq, intent))?;
    }
    merged
}

/// Merges what the channel never had, and drops the announcement.
pub(super) fn finish(
    writer: &Writer,
    intent: i64,
    channel: &str,
) -> Result<ReconnectOutcome, ExchangeError> {
    let store = topology::find_store(&writer.hq, channel)?;
    let offline_name = format!("{channel}{OFFLINE_SUFFIX}");
    let target = writer.channel_of(&store)?;
    let offline = writer.channel(&offline_name)?;
    let (merged, tidied) = join(&writer.hq, &store, &target, &offline, || {
        writer.world.faults.crash_at(CrashPoint::ReconnectBeforeCommit, channel);
    })?;
    writer.tidied("the log of an offline database", tidied);
    writer.tidied("the log of a channel database", target.checkpoint());
    writer.world.faults.crash_at(CrashPoint::ReconnectAfterCommit, channel);
    let dropped = writer.hq.write(|hq| {
        intents::drop(hq, intent)?;
        ended(hq, Ending::Reconnected(channel))
    });
    writer.tidied("the announcement of a reconnect", dropped);
    Ok(merged)
}

/// Merges an offline database into its channel; how many rows of each table came over, and whether
/// the offline database's log was put away.
fn join(
    hq: &Headquarters,
    store: &DataStore,
    target: &Handle<ChannelDatabase>,
    offline: &Handle<ChannelDatabase>,
    before_commit: impl FnOnce(),
) -> Result<(ReconnectOutcome, Result<(), StoreError>), ExchangeError> {
    let name = format!("{}{OFFLINE_SUFFIX}", store.name);
    // What upload jobs collect is what a register brings back.
    let Uploads { tables, left_out } = Uploads::read(hq)?;
    merge::readable(offline, &tables)?;
    watch_each(hq, target, store, &tables)?;
    for table in &tables {
        let last = merge::last(target, &name, &table.plan.target)?;
        origins::watch(offline, &table.plan.target, &table.counter, last)?;
    }
    // The log need not be empty: what is in it is read too.
    let tidied = offline.checkpoint();
    let source = Source { hq, file: offline.at(), name: &name, store, tables: &tables };
    let merged = merge::merge(target, &source, before_commit)?;
    Ok((ReconnectOutcome { merged, left_out }, tidied))
}

/// What reconnecting would merge, found out on copies that are thrown away.
///
/// # Errors
/// Those of [`reconnect`].
pub(crate) fn rehearse(
    env: &Environment,
    channel: &str,
) -> Result<ReconnectOutcome, ExchangeError> {
    let hq = env.headquarters_copy()?;
    let store = topology::find_store(&hq, channel)?;
    let offline = topology::find_store(&hq, &format!("{}{OFFLINE_SUFFIX}", store.name))?;
    let from = env.channel_copy(&hq, &offline.name)?;
    let to = env.channel_copy(&hq, &store.name)?;
    join(&hq, &store, &to, &from, || {}).map(|(merged, _)| merged)
}
