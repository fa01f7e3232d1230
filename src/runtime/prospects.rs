//! What the operations that rest on a feature would come to in a channel, made now.

use std::collections::BTreeSet;

use super::channel_sight::ChannelSight;
use super::decide::{Kind, Switch};
use super::ground::{Answerer, ChannelGround, Ground, HeadquartersGround, Outlook, Sides, Who};
use super::obstacle::Obstacle;
use crate::gates::{Catalogue, Gate};
use crate::model::pos::{InstanceWay, Prospect, Way};
use crate::model::scale_unit::{Cached, Storefront};
use crate::model::suggestion::ProfileSwitch;
use crate::model::topology::DataStore;
use crate::store::{Reader, StoreError};

impl Outlook {
    /// The path, and the cause of its being no other.
    fn way(&self) -> Way {
        let cause = self.reasons().pop();
        let (reason, text) = cause.map(|cause| (cause.code, cause.text)).unzip();
        let setting = self.obstacle.as_ref().and_then(Obstacle::setting);
        Way { path: self.path(), reason, text, setting }
    }
}

/// The operations that rest on a feature: those on customers and addresses, where the feature makes
/// one of them local, or is needed by one that does; else none.
pub(crate) fn resting_on(catalogue: &Catalogue, gate: &Gate) -> Vec<Kind> {
    let rests = |kind: &Kind| match kind.switch() {
        Switch::Profile(option) => option == ProfileSwitch::AsyncCustomers,
        Switch::Feature(_) => true,
        Switch::Never => false,
    };
    let of: Vec<Kind> = Kind::ALL.iter().copied().filter(rests).collect();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = of
        .iter()
        .filter_map(|kind| match kind.switch() {
            Switch::Feature(slug) => Some(slug),
            _ => None,
        })
        .collect();
    while let Some(slug) = open.pop() {
        if known.insert(slug)
            && let Some(gate) = catalogue.get(slug)
        {
            open.extend(gate.requires.iter().map(|needed| needed.feature.as_str()));
        }
    }
    if known.contains(gate.slug.as_str()) { of } else { Vec::new() }
}

/// What operations would come to, by what each instance of the scale unit holds, and the e-commerce
/// application before it.
pub(crate) fn prospects(
    ground: &Ground<'_>,
    (held, shop): (&[Option<Cached>], &Storefront),
    kinds: &[Kind],
) -> Vec<Prospect> {
    let of = |kind: Kind, held: Option<&Cached>, who: Who| {
        ground.outlook(Answerer { offline: false, held, shop }, kind, who).way()
    };
    kinds
        .iter()
        .map(|kind| {
            let ways: Vec<Way> =
                held.iter().map(|held| of(*kind, held.as_ref(), Who::Known)).collect();
            let first = held.first().and_then(Option::as_ref);
            let way = of(*kind, first, Who::Known);
            let asynchronous = of(*kind, first, Who::Async);
            let alike = ways.iter().all(|other| other.path == way.path);
            let instances = (1..).zip(ways).map(|(instance, way)| InstanceWay { instance, way });
            Prospect {
                operation: kind.as_str(),
                asynchronous: (asynchronous.path != way.path).then_some(asynchronous),
                way,
                instances: if alike { Vec::new() } else { instances.collect() },
            }
        })
        .collect()
}

/// What operations would come to in a channel that is open.
///
/// # Errors
/// Either file.
pub(super) fn in_channel(
    reader: &Reader,
    catalogue: &Catalogue,
    said: &HeadquartersGround,
    store: &DataStore,
    sight: &ChannelSight,
    kinds: &[Kind],
) -> Result<Vec<Prospect>, StoreError> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let clock = &reader.world.clock;
    let sides = Sides {
        hq: &reader.hq,
        channel: sight.database(),
        store,
        catalogue,
        clock,
        company: &reader.env.settings().company,
    };
    let here = ChannelGround::read(sides, said, sight.memories())?;
    let ground = Ground { catalogue, clock, channel: store.channel(), said, here: &here };
    Ok(prospects(&ground, (sight.held(), sight.shop()), kinds))
}
