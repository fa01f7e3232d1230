//! Features as each channel really acts on them (R15).

use std::collections::BTreeMap;

use super::ground::Said;
use super::prospects::{in_channel, resting_on};
use crate::gates::gate::{Act, CARRIER};
use crate::gates::in_effect::{InEffect, InstanceView, Sight, judge};
use crate::gates::plan::ChannelProgress;
use crate::gates::progress::{self, History};
use crate::gates::standing::Standing;
use crate::gates::{Catalogue, Gate};
use crate::model::scale_unit::Cached;
use crate::model::topology::DataStore;
use crate::store::{Access, ChannelDatabase, Reader, StoreError, features, scale_unit, topology};

/// Each gate's progress in the channels, by slug; the channels in their order.
pub type Survey = BTreeMap<String, Vec<ChannelProgress>>;

/// Where a feature stands in every channel, in channel order, and what the operations that rest on
/// it would come to there.
///
/// # Errors
/// Headquarters, or a channel's file.
pub fn in_channels(
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
pub fn survey(
    reader: &Reader,
    catalogue: &Catalogue,
    standing: &Standing,
    gates: &[&Gate],
    only: Option<&str>,
) -> Result<Survey, StoreError> {
    look(reader, catalogue, standing, gates, only, None)
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
    let mut changed = BTreeMap::new();
    for gate in gates {
        changed.insert(gate.slug.as_str(), features::changed_at(&reader.hq, gate)?);
    }
    let since = changed.values().copied().flatten().min().unwrap_or(i64::MAX);
    let kinds = operations_of.map(|gate| resting_on(catalogue, gate)).unwrap_or_default();
    let said = Said::read(&reader.hq, catalogue)?;
    let mut found: Survey = BTreeMap::new();
    for store in features::channels(&reader.hq)? {
        if only.is_some_and(|id| id != store.id) {
            continue;
        }
        let site = Site::open(reader, &store, since)?;
        let operations = in_channel(reader, catalogue, &said, &store, &site, &kinds)?;
        for gate in gates {
            let on = standing.is_on(&gate.slug);
            let at = changed.get(gate.slug.as_str()).copied().flatten();
            let mut progress = site.progress(reader, standing, gate, on, at)?;
            if operations_of.is_some_and(|asked| asked.slug == gate.slug) {
                progress.in_effect.operations.clone_from(&operations);
            }
            found.entry(gate.slug.clone()).or_default().push(progress);
        }
    }
    Ok(found)
}

/// One channel as it is looked at for many gates.
#[derive(Debug)]
pub struct Site {
    name: String,
    database: ChannelDatabase,
    /// What each instance holds, by its number from 1.
    held: Vec<Option<Cached>>,
    /// What the registers started with, where there are registers.
    registers: Option<BTreeMap<String, bool>>,
    history: History,
}

impl Site {
    fn open(reader: &Reader, store: &DataStore, since: i64) -> Result<Self, StoreError> {
        Self::of(reader, store, reader.env.channel(&store.name, Access::Read)?, since)
    }

    /// A channel whose database is open; `since` is the earliest row version that matters.
    pub fn of(
        reader: &Reader,
        store: &DataStore,
        database: ChannelDatabase,
        since: i64,
    ) -> Result<Self, StoreError> {
        let settings = reader.env.settings();
        let clock = &reader.world.clock;
        let mut held = Vec::new();
        for instance in 1..=settings.instances {
            held.push(scale_unit::cached(&database, instance, settings.cache_ttl, clock)?);
        }
        let registers = if features::has_registers(&reader.hq, store)? {
            scale_unit::registers(&database)?
        } else {
            None
        };
        let history = features::history(&reader.hq, store.id, since)?;
        Ok(Self { name: store.name.clone(), database, held, registers, history })
    }

    /// The channel's database.
    pub fn database(&self) -> &ChannelDatabase {
        &self.database
    }

    /// What each instance of its scale unit holds.
    pub fn held(&self) -> &[Option<Cached>] {
        &self.held
    }

    /// How far the channel has come with a gate that headquarters changed at a row version.
    ///
    /// # Errors
    /// The channel's file.
    pub fn progress(
        &self,
        reader: &Reader,
        standing: &Standing,
        gate: &Gate,
        on: bool,
        changed: Option<i64>,
    ) -> Result<ChannelProgress, StoreError> {
        let name = gate.table_name();
        let (state_row, metadata_row) = scale_unit::feature_rows(&self.database, &name)?;
        let visible = metadata_row && state_row == Some(true);
        let way = if on { gate.clone() } else { gate.turned_off() };
        let taken = match changed {
            Some(changed) => progress::walk(&way, changed, &self.history),
            None => Vec::new(),
        };
        let mut missing_jobs = progress::missing_jobs(&way, &taken);
        let mut missing_acts = progress::missing_acts(&way, &taken);
        // Once the job that carries the rows has come since, its next run brings nothing.
        let is_carrier = |act: &Act| matches!(act, Act::Run { job, .. } if job == CARRIER);
        let carried = taken.iter().any(|one| one.done && is_carrier(&way.steps[one.step].act));
        let nothing_missing = missing_jobs.is_empty() && missing_acts.is_empty();
        let torn = visible != on && (carried || nothing_missing);
        if torn && !missing_jobs.iter().any(|job| job == CARRIER) {
            missing_jobs.insert(0, CARRIER.to_owned());
        }
        let oldest = gate.lifecycle.scale_unit.as_ref().filter(|_| on);
        let mut old = oldest.into_iter().flat_map(|version| standing.scale_units_below(version));
        let old = old.find(|(channel, _)| *channel == self.name);
        if let Some((_, own)) = old {
            missing_acts.push(format!("the scale unit is {own}, which is too old"));
        }
        let too_old = old.is_some();
        let instances = self.instances(reader, &name, visible, too_old);
        // Registers that never started will see what the database says.
        let register = self
            .registers
            .as_ref()
            .filter(|_| gate.restarts_register())
            .map(|known| known.get(&name).copied().unwrap_or(false));
        let headquarters = on;
        let sight = Sight {
            headquarters,
            state_row,
            metadata_row,
            too_old,
            missing_jobs,
            missing_acts,
            register,
            instances,
        };
        Ok(ChannelProgress { in_effect: judge(&self.name, &sight), taken, torn })
    }

    fn instances(
        &self,
        reader: &Reader,
        name: &str,
        visible: bool,
        too_old: bool,
    ) -> Vec<InstanceView> {
        let view = |(instance, held): (u32, &Option<Cached>)| InstanceView {
            instance,
            // An instance that holds nothing looks at its next operation, and sees the database.
            on: !too_old
                && held
                    .as_ref()
                    .map_or(visible, |held| held.view.features.get(name).copied().unwrap_or(false)),
            until: held.as_ref().map(|held| reader.world.clock.show(&held.until)),
        };
        (1..).zip(&self.held).map(view).collect()
    }
}
