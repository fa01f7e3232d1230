//! Features as each channel really acts on them (R15).

use std::collections::BTreeMap;

use super::channel_sight::{ChannelSight, Outset};
use super::ground::HeadquartersGround;
use super::prospects::{in_channel, resting_on};
use crate::gates::in_effect::InEffect;
use crate::gates::plan::ChannelProgress;
use crate::gates::standing::Standing;
use crate::gates::{Catalogue, Gate};
use crate::model::topology::DataStore;
use crate::store::{Access, ChannelDatabase, Reader, StoreError, abreast, features, topology};

/// Each gate's progress in the channels, by slug; the channels in their order.
pub(crate) type Survey = BTreeMap<String, Vec<ChannelProgress>>;

/// Where a feature stands in every channel, in channel order, and what the operations that rest on
/// it would come to there.
///
/// # Errors
/// Headquarters, or a channel's file.
pub(crate) fn in_channels(
    reader: &Reader,
    catalogue: &Catalogue,
    gate: &Gate,
) -> Result<Vec<InEffect>, StoreError> {
    let standing = features::standing(&reader.hq, catalogue, &reader.world.clock)?;
    let mut found = look(reader, catalogue, &standing, &[gate], None, Some(gate))?;
    let progress = found.remove(&gate.slug).unwrap_or_default();
    Ok(progress.into_iter().map(|one| one.in_effect).collect())
}

/// How far the channels, or one of them, have come with these gates.
///
/// # Errors
/// Headquarters, or a channel's file.
pub(crate) fn survey(
    reader: &Reader,
    catalogue: &Catalogue,
    standing: &Standing,
    gates: &[&Gate],
    only: Option<&str>,
) -> Result<Survey, StoreError> {
    look(reader, catalogue, standing, gates, only, None)
}

/// A channel, and how far it has come with each gate; why it cannot be looked at otherwise.
pub(crate) type Come = (DataStore, Result<Vec<ChannelProgress>, StoreError>);

/// How far each channel has come with these gates, in the order of the gates. A file that cannot be
/// read is in the answer.
///
/// # Errors
/// Headquarters.
pub(crate) fn each_channel(
    reader: &Reader,
    standing: &Standing,
    gates: &[&Gate],
) -> Result<Vec<Come>, StoreError> {
    let changed = changes(reader, gates)?;
    let since = changed.iter().copied().flatten().min().unwrap_or(i64::MAX);
    let outset = Outset::of(&reader.hq, since);
    let stores = features::channels(&reader.hq)?;
    let mut found = Vec::new();
    for (store, database) in databases(reader, &stores) {
        let sight = database.and_then(|open| ChannelSight::of(reader, store, open, &outset));
        let come = sight.map(|sight| {
            let gates = gates.iter().zip(&changed);
            gates
                .map(|(gate, changed)| {
                    let on = standing.is_on(&gate.slug);
                    sight.progress(reader, standing, gate, on, *changed)
                })
                .collect()
        });
        found.push((store.clone(), come));
    }
    Ok(found)
}

/// The databases of channels, opened to be read.
fn databases<'s>(
    reader: &Reader,
    stores: &'s [DataStore],
) -> impl Iterator<Item = (&'s DataStore, Result<ChannelDatabase, StoreError>)> {
    let env = &reader.env;
    abreast::opened(stores, |store| env.channel(&store.name, Access::Read))
}

/// The row version at which headquarters last changed each gate.
fn changes(reader: &Reader, gates: &[&Gate]) -> Result<Vec<Option<i64>>, StoreError> {
    gates.iter().map(|gate| features::changed_at(&reader.hq, gate)).collect()
}

/// [`survey`], with what the operations that rest on one of the gates would come to.
pub(super) fn look(
    reader: &Reader,
    catalogue: &Catalogue,
    standing: &Standing,
    gates: &[&Gate],
    only: Option<&str>,
    operations_of: Option<&Gate>,
) -> Result<Survey, StoreError> {
    let only = match only {
        Some(name) => Some(topology::find_store(&reader.hq, name)?.id),
        None => None,
    };
    let changed = changes(reader, gates)?;
    let since = changed.iter().copied().flatten().min().unwrap_or(i64::MAX);
    let outset = Outset::of(&reader.hq, since);
    let kinds = operations_of.map(|gate| resting_on(catalogue, gate)).unwrap_or_default();
    let said = HeadquartersGround::read(&reader.hq, catalogue)?;
    let mut found: Survey = BTreeMap::new();
    let mut stores = features::channels(&reader.hq)?;
    stores.retain(|store| only.is_none_or(|id| id == store.id));
    for (store, database) in databases(reader, &stores) {
        let sight = ChannelSight::of(reader, store, database?, &outset)?;
        let operations = in_channel(reader, catalogue, &said, store, &sight, &kinds)?;
        for (gate, changed) in gates.iter().zip(&changed) {
            let on = standing.is_on(&gate.slug);
            let mut progress = sight.progress(reader, standing, gate, on, *changed);
            if operations_of.is_some_and(|asked| asked.slug == gate.slug) {
                progress.in_effect.operations.clone_from(&operations);
            }
            found.entry(gate.slug.clone()).or_default().push(progress);
        }
    }
    Ok(found)
}
