//! Features as each channel really acts on them (R15).

use crate::gates::in_effect::{InEffect, InstanceView, Sight, judge};
use crate::gates::{Catalogue, Gate};
use crate::model::topology::DataStore;
use crate::store::{Access, Reader, StoreError, features, scale_unit, topology};

/// Where a feature stands in every channel, in channel order.
pub fn in_channels(
    reader: &Reader,
    catalogue: &Catalogue,
    gate: &Gate,
) -> Result<Vec<InEffect>, StoreError> {
    let headquarters =
        features::rows(&reader.hq, catalogue)?.iter().any(|row| row.slug == gate.slug && row.on);
    topology::data_stores(&reader.hq)?
        .into_iter()
        .filter(|store| !store.offline)
        .map(|store| in_channel(reader, gate, &store, headquarters))
        .collect()
}

fn in_channel(
    reader: &Reader,
    gate: &Gate,
    store: &DataStore,
    headquarters: bool,
) -> Result<InEffect, StoreError> {
    let name = gate.table_name();
    let channel = reader.env.channel(&store.name, Access::Read)?;
    let (state_row, metadata_row) = scale_unit::feature_rows(&channel, &name)?;
    let visible = metadata_row && state_row == Some(true);
    let mut missing_jobs = features::missing_jobs(&reader.hq, &name, store.id, &gate.jobs)?;
    if missing_jobs.is_empty() && visible != headquarters {
        missing_jobs.push("1110".to_owned());
    }
    let settings = reader.env.settings();
    let clock = &reader.world.clock;
    let mut instances = Vec::new();
    for instance in 1..=settings.instances {
        let held = scale_unit::cached(&channel, instance, settings.cache_ttl, clock)?;
        instances.push(InstanceView {
            instance,
            // An instance that holds nothing looks at its next operation, and sees the database.
            on: held
                .as_ref()
                .map_or(visible, |held| held.view.features.get(&name).copied().unwrap_or(false)),
            until: held.map(|held| clock.show(&held.until)),
        });
    }
    let sight = Sight { headquarters, state_row, metadata_row, missing_jobs, instances };
    Ok(judge(&store.name, &sight))
}
