//! Moves the application's version, and features along their lifecycle with it (G04, S04).

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::error::ExchangeError;
use super::initialize::{Initialization, Options, definitions_on_disk, initialize};
use crate::gates::after::After;
use crate::gates::catalogue::slug;
use crate::gates::lifecycle::{self, LifecycleEvent, Movement, Update};
use crate::gates::standing::FeatureEvent;
use crate::gates::{Catalogue, Features, Gate};
use crate::model::time::Time;
use crate::model::topology::DataStore;
use crate::model::version::Version;
use crate::store::feature_rows::{self, Half};
use crate::store::{HqTx, HqWriter, StoreError, Writer, feature_log, features, world};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// The application's new version.
    pub(crate) app_version: Option<Version>,
    /// The scale units' new version; without it, those that are older follow the application.
    pub(crate) scale_unit_version: Option<Version>,
    /// Only the scale unit of this channel.
    pub(crate) only: Option<DataStore>,
}

/// A scale unit that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ScaleUnit {
    /// Its channel.
    pub(crate) channel: String,
    /// Its version now.
    pub(crate) version: Version,
}

/// What an update did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct UpgradeOutcome {
    /// The application's version before.
    pub(crate) from: Version,
    /// The application's version now.
    pub(crate) to: Version,
    /// What happened to features, in order.
    pub(crate) movements: Vec<Movement>,
    /// Channels whose scale unit has another version now, with it.
    pub(crate) scale_units: Vec<ScaleUnit>,
    /// What follows for the channels.
    #[serde(skip)]
    pub(crate) after: After,
    /// The scheduler was initialized in an older version (S04).
    pub(crate) wants_initializing: bool,
    /// What initializing did, where the update does it by itself (G17).
    pub(crate) initialized: Option<Initialization>,
}

/// Moves versions, and initializes the scheduler where a feature says that an update does (G17).
///
/// # Errors
/// As [`upgrade`]'s, and those of initializing.
pub(crate) fn upgrade_whole<E: From<StoreError> + From<ExchangeError>>(
    writer: &Writer,
    request: impl FnOnce(&HqWriter<'_>) -> Result<Request, E>,
) -> Result<UpgradeOutcome, E> {
    let (mut done, initializes) = writer.change(|writer| {
        let request = request(writer)?;
        let initializes = initializes(writer, &request)?;
        Ok::<_, E>((upgrade(writer, &request)?, initializes))
    })?;
    if initializes {
        done.initialized = Some(initialize(writer, Options::default())?);
        done.wants_initializing = false;
    }
    Ok(done)
}

/// Whether the update initializes the scheduler; what cannot be loaded then is told before it.
fn initializes(writer: &HqWriter<'_>, request: &Request) -> Result<bool, ExchangeError> {
    let catalogue = writer.env.gates()?;
    let standing = features::standing(&writer.hq, &catalogue, &writer.world.clock)?;
    let newer = request.app_version.as_ref().is_some_and(|to| *to > standing.version);
    if !newer || !standing.is_on(slug::INITIALIZE) {
        return Ok(false);
    }
    definitions_on_disk(writer.env)?;
    Ok(true)
}

/// Moves versions, and does to features what the update does.
///
/// # Errors
/// The files of headquarters; whether a version goes back is for the caller to look at.
pub(crate) fn upgrade(
    writer: &HqWriter<'_>,
    request: &Request,
) -> Result<UpgradeOutcome, ExchangeError> {
    let catalogue = writer.env.gates()?;
    let repaired = repair(writer, &catalogue)?;
    let before = features::standing(&writer.hq, &catalogue, &writer.world.clock)?;
    let to = request.app_version.clone().unwrap_or_else(|| before.version.clone());
    let mut after = before.clone();
    if let Some(version) = &request.app_version {
        after.raise_scale_units(version);
    }
    if let Some(version) = &request.scale_unit_version {
        let wanted = |name: &str| request.only.as_ref().is_none_or(|store| store.name == name);
        let units = Arc::make_mut(&mut after.scale_units).iter_mut();
        for (_, own) in units.filter(|(name, _)| wanted(name)) {
            version.clone_into(own);
        }
    }
    let update = lifecycle::update(&catalogue, &after, &to);
    let now = writer.world.clock.utc();
    let hq = &writer.hq;
    world::set_value(hq, "app-version", &to.to_string())?;
    if request.app_version.is_some() || request.scale_unit_version.is_some() {
        features::set_scale_unit_versions(hq, &after.scale_units)?;
    }
    write(hq, &catalogue, &update, &now)?;
    let initialized = world::value(&writer.hq, "scheduler-version")?;
    let unit = |(channel, version): &(String, Version)| ScaleUnit {
        channel: channel.clone(),
        version: version.clone(),
    };
    let moved = after.scale_units.iter().filter(|unit| !before.scale_units.contains(unit));
    Ok(UpgradeOutcome {
        scale_units: moved.map(unit).collect(),
        after: After::of(Features { catalogue: &catalogue, standing: &before }, &update.changes),
        from: before.version.clone(),
        wants_initializing: Version::parse(&initialized).is_none_or(|initialized| initialized < to),
        to,
        initialized: None,
        movements: repaired.into_iter().chain(update.movements).collect(),
    })
}

/// Makes the missing row of features that have one of two.
fn repair(writer: &HqWriter<'_>, catalogue: &Catalogue) -> Result<Vec<Movement>, ExchangeError> {
    let now = writer.world.clock.utc();
    let repaired = feature_rows::repair(&writer.hq, catalogue, &now)?;
    let movement = |(gate, half): (&Gate, Half)| Movement {
        feature: gate.slug.clone(),
        moved: LifecycleEvent::Repaired,
        why: format!("FEATUREMANAGEMENT{} had no row of it", half.other().as_str()),
        known: gate.known,
    };
    Ok(repaired.into_iter().map(movement).collect())
}

/// Writes an update's features, with what is said of them.
fn write(
    hq: &HqTx<'_>,
    catalogue: &Catalogue,
    update: &Update,
    now: &Time,
) -> Result<(), StoreError> {
    let gates: Vec<&Gate> = update.listed.iter().filter_map(|slug| catalogue.get(slug)).collect();
    features::list(hq, &gates, now)?;
    for movement in &update.movements {
        let Some(gate) = catalogue.get(&movement.feature) else { continue };
        match movement.moved {
            LifecycleEvent::TurnedOn => {
                let own: Vec<_> =
                    update.changes.iter().filter(|c| c.slug == gate.slug).cloned().collect();
                features::apply(hq, catalogue, &own, &movement.why, now)?;
            }
            LifecycleEvent::StayedOff => {
                feature_log::log(hq, gate, FeatureEvent::StayedOff, &movement.why, now)?;
            }
            LifecycleEvent::Listed | LifecycleEvent::Stage | LifecycleEvent::Repaired => {}
        }
    }
    Ok(())
}
