//! Why an operation was not local: headquarters, the channel's database and the cache compared
//! (R14).

use super::decide::Switch;
use super::operation::PosError;
use crate::gates::Catalogue;
use crate::model::pos::Reason;
use crate::model::scale_unit::{Cached, View};
use crate::model::topology::DataStore;
use crate::store::{ChannelDatabase, Headquarters, features, profiles};
use crate::world::Clock;

/// What is compared.
pub(super) struct Places<'a> {
    pub(super) hq: &'a Headquarters,
    pub(super) catalogue: &'a Catalogue,
    pub(super) clock: &'a Clock,
    pub(super) store: &'a DataStore,
    pub(super) instance: u32,
    /// What the channel's database says now.
    pub(super) database: &'a View,
    /// What the instance answered from.
    pub(super) cached: &'a Cached,
}

/// Whether a view has a switch on.
pub fn is_on(view: &View, switch: Switch, catalogue: &Catalogue) -> bool {
    let channel = view.channel.as_ref();
    match switch {
        Switch::AsyncCustomers => channel.is_some_and(|channel| channel.async_customers),
        Switch::AsyncOrders => channel.is_some_and(|channel| channel.async_orders),
        Switch::Feature(slug) => catalogue
            .get(slug)
            .and_then(|gate| view.features.get(&gate.table_name()))
            .copied()
            .unwrap_or(false),
        Switch::Never => false,
    }
}

/// The first thing in the way of an operation being local.
pub(super) fn why(
    places: &Places<'_>,
    channel: &ChannelDatabase,
    switch: Switch,
) -> Result<Vec<Reason>, PosError> {
    let reason = match switch {
        Switch::Never => {
            let text = "this operation stays a real-time call, whatever features are on";
            Some(Reason::new("always-real-time", text))
        }
        Switch::AsyncCustomers | Switch::AsyncOrders => profile(places, switch)?,
        Switch::Feature(slug) => feature(places, channel, slug)?,
    };
    let reason = reason.or_else(|| cache(places, switch));
    Ok(reason.into_iter().collect())
}

fn profile(places: &Places<'_>, switch: Switch) -> Result<Option<Reason>, PosError> {
    let option = match switch {
        Switch::AsyncOrders => "Create customer order in async mode",
        _ => "Create customer in async mode",
    };
    let name = places.store.channel();
    let profiles = profiles::profiles(places.hq)?;
    let own = profiles.iter().find(|profile| profile.channels.iter().any(|c| c == name));
    let Some(own) = own else {
        let text = format!("channel {name} has no functionality profile");
        return Ok(Some(Reason::new("no-profile", text)));
    };
    let wanted = if switch == Switch::AsyncOrders { own.async_orders } else { own.async_customers };
    if !wanted {
        let text = format!("{option:?} is off in functionality profile {}", own.id);
        return Ok(Some(Reason::new("profile-off", text)));
    }
    if !is_on(places.database, switch, places.catalogue) {
        let text = format!(
            "{option:?} is on in functionality profile {} and not in channel {name}: job 1070",
            own.id
        );
        return Ok(Some(Reason::new("not-distributed", text)));
    }
    Ok(None)
}

fn feature(
    places: &Places<'_>,
    channel: &ChannelDatabase,
    slug: &str,
) -> Result<Option<Reason>, PosError> {
    let Some(gate) = places.catalogue.get(slug) else { return Ok(None) };
    let rows = features::rows(places.hq, places.catalogue)?;
    if !rows.iter().any(|row| row.slug == slug && row.on) {
        let text = format!("{:?} is off in headquarters", gate.name);
        return Ok(Some(Reason::new("feature-off", text)));
    }
    let (state, metadata) = crate::store::scale_unit::feature_rows(channel, &gate.table_name())?;
    if state == Some(true) && metadata {
        return Ok(None);
    }
    if state == Some(true) || metadata && state.is_none() {
        let text = format!(
            "{:?} has only one of its two rows in channel {}: job 1110",
            gate.name,
            places.store.channel()
        );
        return Ok(Some(Reason::new("half-synchronized", text)));
    }
    let (hq, store) = (places.hq, places.store.id);
    let mut jobs = features::missing_jobs(hq, places.catalogue, gate, store, places.clock)?;
    if jobs.is_empty() {
        jobs = vec!["1110".to_owned()];
    }
    let text = format!(
        "{:?} is on in headquarters and not in channel {}: job {}",
        gate.name,
        places.store.channel(),
        jobs.join(", ")
    );
    Ok(Some(Reason::new("not-distributed", text)))
}

fn cache(places: &Places<'_>, switch: Switch) -> Option<Reason> {
    let stale = !is_on(&places.cached.view, switch, places.catalogue)
        && is_on(places.database, switch, places.catalogue);
    let until = places.clock.show(&places.cached.until);
    let text = format!(
        "instance {} of {} answers from its cache until {until}",
        places.instance,
        places.store.channel()
    );
    stale.then(|| Reason::new("cached", text))
}
