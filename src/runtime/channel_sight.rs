//! A channel as it is looked at for its features: how far each has come there (R15).

use std::collections::BTreeMap;

use crate::gates::Gate;
use crate::gates::gate::{Act, CARRIER};
use crate::gates::in_effect::{InstanceView, OldScaleUnit, Sight, StorefrontView, judge};
use crate::gates::plan::ChannelProgress;
use crate::gates::progress::{self, History};
use crate::gates::standing::Standing;
use crate::model::ids::JobId;
use crate::model::scale_unit::{Cached, Storefront};
use crate::model::topology::DataStore;
use crate::store::{Access, ChannelDatabase, Reader, StoreError, features, scale_unit};

/// One channel as it is looked at for many gates.
#[derive(Debug)]
pub(crate) struct ChannelSight {
    name: String,
    database: ChannelDatabase,
    /// What each instance holds, by its number from 1.
    held: Vec<Option<Cached>>,
    /// What the e-commerce application holds, where there is one.
    shop: Storefront,
    /// What the registers started with, where there are registers.
    registers: Option<BTreeMap<String, bool>>,
    history: History,
}

impl ChannelSight {
    pub(super) fn open(reader: &Reader, store: &DataStore, since: i64) -> Result<Self, StoreError> {
        Self::of(reader, store, reader.env.channel(&store.name, Access::Read)?, since)
    }

    /// A channel whose database is open; `since` is the earliest row version that matters.
    pub(crate) fn of(
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
        let shop = scale_unit::storefront(&reader.hq, store, &database, settings, clock)?;
        let registers = if features::has_registers(&reader.hq, store)? {
            scale_unit::registers(&database)?
        } else {
            None
        };
        let history = features::history(&reader.hq, store.id, since)?;
        Ok(Self { name: store.name.clone(), database, held, shop, registers, history })
    }

    /// The channel's database.
    pub(crate) fn database(&self) -> &ChannelDatabase {
        &self.database
    }

    /// What each instance of its scale unit holds.
    pub(crate) fn held(&self) -> &[Option<Cached>] {
        &self.held
    }

    /// What the e-commerce application before it holds.
    pub(crate) fn shop(&self) -> &Storefront {
        &self.shop
    }

    /// Every memory that is answered from.
    pub(crate) fn memories(&self) -> impl Iterator<Item = &Cached> {
        self.held.iter().flatten().chain(self.shop.held())
    }

    /// How far the channel has come with a gate that headquarters changed at a row version.
    ///
    /// # Errors
    /// The channel's file.
    pub(crate) fn progress(
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
        let is_carrier = |act: &Act| matches!(act, Act::Run { job, .. } if *job == CARRIER);
        let carried = taken.iter().any(|one| one.done && is_carrier(&way.steps[one.step].act));
        let nothing_missing = missing_jobs.is_empty() && missing_acts.is_empty();
        let torn = visible != on && (carried || nothing_missing);
        if torn && !missing_jobs.iter().any(|job| *job == CARRIER) {
            missing_jobs.insert(0, JobId::new(CARRIER));
        }
        let floor = gate.scale_unit_floor();
        let old = standing.scale_units_below(floor).find(|(channel, _)| *channel == self.name);
        let old = old.filter(|_| on);
        let too_old =
            old.map(|(_, own)| OldScaleUnit { version: own.clone(), needs: floor.clone() });
        missing_acts.extend(too_old.as_ref().map(OldScaleUnit::told));
        let instances = self.instances(reader, &name, visible, too_old.is_some());
        // Registers that never started will see what the database says.
        let register = self
            .registers
            .as_ref()
            .filter(|_| gate.restarts_register())
            .map(|known| known.get(&name).copied().unwrap_or(false));
        let headquarters = on;
        let e_commerce = self.storefront(reader, &name, too_old.is_some());
        let sight = Sight {
            headquarters,
            state_row,
            metadata_row,
            too_old,
            missing_jobs,
            missing_acts,
            register,
            instances,
            e_commerce,
        };
        Ok(ChannelProgress { in_effect: judge(&self.name, &sight), taken, torn })
    }

    /// What the e-commerce application takes a feature for, where it holds that.
    fn storefront(&self, reader: &Reader, name: &str, too_old: bool) -> Option<StorefrontView> {
        let held = self.shop.features.as_ref()?;
        let on = !too_old && held.view.features.get(name).copied().unwrap_or(false);
        Some(StorefrontView { on, until: reader.world.clock.show(&held.until) })
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
