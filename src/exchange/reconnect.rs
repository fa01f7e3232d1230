//! A register comes back: its offline database's rows are merged into its channel.

use super::error::ExchangeError;
use super::intents::{Ending, ended};
use super::run::Known;
use super::upload::upload_tables;
use crate::model::job::Direction;
use crate::model::topology::OFFLINE_SUFFIX;
use crate::store::upload_pack::UploadTable;
use crate::store::{Access, StoreError, Writer, intents, merge, topology};

/// What came over, by table.
pub type Merged = Vec<(String, u64)>;

/// Merges the offline database of a channel into it, with fresh counters there.
///
/// # Errors
/// [`StoreError::Unknown`] when the channel has no offline database.
pub fn reconnect(writer: &Writer, channel: &str) -> Result<Merged, ExchangeError> {
    let store = topology::find_store(&writer.hq, channel)?;
    let offline = topology::find_store(&writer.hq, &format!("{}{OFFLINE_SUFFIX}", store.name))?;
    // What cannot be opened is told before anything is announced.
    for name in [&offline.name, &store.name] {
        drop(writer.env.channel(name, Access::Write)?);
    }
    let now = writer.world.clock.utc();
    let intent =
        writer.hq.write(|hq| intents::announce(hq, intents::RECONNECT, &store.name, &now))?;
    writer.world.faults.crash_at("reconnect.after-intent", &store.name);
    let merged = finish(writer, intent, &store.name);
    if merged.is_err() {
        // Nothing is merged, and nothing is left to finish.
        writer.hq.write(|hq| intents::drop(hq, intent))?;
    }
    merged
}

/// Merges what is above the last merged counter, and drops the announcement.
pub(super) fn finish(writer: &Writer, intent: i64, channel: &str) -> Result<Merged, ExchangeError> {
    let offline_name = format!("{channel}{OFFLINE_SUFFIX}");
    let tables = tables(writer)?;
    let offline = writer.env.channel(&offline_name, Access::Write)?;
    merge::readable(&offline, &tables)?;
    // The log need not be empty: what is in it is read too.
    writer.tidied("the log of an offline database", offline.checkpoint());
    let path = offline.path().to_path_buf();
    drop(offline);
    let target = writer.env.channel(channel, Access::Write)?;
    let merged = merge::merge(&target, &path, &offline_name, &tables, || {
        writer.world.faults.crash_at("reconnect.before-commit", channel);
    })?;
    writer.tidied("the log of a channel database", target.checkpoint());
    writer.world.faults.crash_at("reconnect.after-commit", channel);
    let dropped = writer.hq.write(|_| {
        intents::drop(&writer.hq, intent)?;
        ended(&writer.hq, &Ending::Reconnected(channel))
    });
    writer.tidied("the announcement of a reconnect", dropped);
    Ok(merged)
}

/// What upload jobs collect is what a register brings back.
fn tables(writer: &Writer) -> Result<Vec<UploadTable>, ExchangeError> {
    let known = Known::read(&writer.hq)?;
    let mut tables = Vec::new();
    for job in known.definitions.jobs.iter().filter(|job| job.direction == Direction::Upload) {
        tables.extend(upload_tables(&known.definitions, job, &known.hq, &known.channel)?);
    }
    Ok::<_, StoreError>(tables).map_err(ExchangeError::from)
}
