//! A channel as it is looked at for its features: how far each has come there (R15).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::gates::Gate;
use crate::gates::gate::{Act, CARRIER};
use crate::gates::in_effect::{InstanceView, OldScaleUnit, Sight, StorefrontView, judge};
use crate::gates::plan::ChannelProgress;
use crate::gates::progress::{self, History};
use crate::gates::standing::Standing;
use crate::model::ids::{DataStoreId, JobId};
use crate::model::scale_unit::{Cached, Storefront};
use crate::model::topology::DataStore;
use crate::store::{ChannelDatabase, Headquarters, Reader, StoreError, features, scale_unit};

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
    /// Whether each feature is on in its state row, and has its metadata row, by its name in lower
    /// case.
    rows: BTreeMap<String, (bool, bool)>,
}

/// What the looks at several channels share.
#[derive(Debug)]
pub(crate) struct Outset {
    /// The earliest row version that matters.
    pub(crate) since: i64,
    /// The channels with registers; none where each is to be looked up.
    pub(crate) with_registers: Option<BTreeSet<DataStoreId>>,
}

impl Outset {
    /// Looks up for all channels what can be.
    pub(crate) fn of(hq: &Headquarters, since: i64) -> Self {
        Self { since, with_registers: features::with_registers(hq).ok() }
    }
}

impl ChannelSight {
    /// A channel whose database is open.
    pub(crate) fn of(
        reader: &Reader,
        store: &DataStore,
        database: ChannelDatabase,
        outset: &Outset,
    ) -> Result<Self, StoreError> {
        let settings = reader.env.settings();
        let clock = &reader.world.clock;
        let mut held = Vec::new();
        for instance in 1..=settings.instances {
            held.push(scale_unit::cached(&database, instance, settings.cache_ttl, clock)?);
        }
        let shop = scale_unit::storefront(&reader.hq, store, &database, settings, clock)?;
        let has_registers = match &outset.with_registers {
            Some(channels) => channels.contains(&store.id),
            None => features::has_registers(&reader.hq, store)?,
        };
        let registers = if has_registers { scale_unit::registers(&database)? } else { None };
        let history = features::history(&reader.hq, store.id, outset.since)?;
        let rows = scale_unit::all_feature_rows(&database)?;
        Ok(Self { name: store.name.clone(), database, held, shop, registers, history, rows })
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
    pub(crate) fn progress(
        &self,
        reader: &Reader,
        standing: &Standing,
        gate: &Gate,
        on: bool,
        changed: Option<i64>,
    ) -> ChannelProgress {
        let name = gate.table_name();
        let (state_row, metadata_row) = self.rows.get(&name.to_ascii_lowercase()).copied().unzip();
        let metadata_row = metadata_row.unwrap_or(false);
        let visible = metadata_row && state_row == Some(true);
        // Nothing is on its way of a gate that was never changed.
        let way = if on || changed.is_none() {
            Cow::Borrowed(gate)
        } else {
            Cow::Owned(gate.turned_off())
        };
        let walk = |changed| progress::walk(&way, changed, &self.history);
        let taken = changed.map(walk).unwrap_or_default();
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
        let old = standing.scale_unit_below(&self.name, floor).filter(|_| on);
        let too_old = old.map(|own| OldScaleUnit { version: own.clone(), needs: floor.clone() });
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
        ChannelProgress { in_effect: judge(&self.name, &sight), taken, torn }
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
