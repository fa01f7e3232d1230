//! Which operations headquarters means to be local, and which would not be, made now.

use super::about_features::{all_needs, features};
use crate::doctor::facts::{Channel, ChannelFacts, Examination};
use crate::doctor::rule::Unknown;
use crate::gates::catalogue::slug;
use crate::gates::{Features, Gate};
use crate::model::scale_unit::View;
use crate::runtime::{Circumstances, Decision, Kind, Switch, decide, is_on};
use crate::store::profiles::Profile;

/// An operation that should be local in a channel, and why it should.
#[derive(Debug)]
pub(super) struct Intent {
    /// The operation.
    pub(super) kind: Kind,
    /// The feature that makes it local, where one does.
    pub(super) feature: Option<String>,
    /// What says so.
    pub(super) because: String,
}

/// The functionality profile of a channel.
pub(super) fn profile_of<'a>(
    x: &'a Examination,
    channel: &Channel,
) -> Result<Option<&'a Profile>, Unknown> {
    let name = channel.store.channel();
    let own = |profile: &&Profile| profile.channels.iter().any(|known| known == name);
    Ok(x.hq.profiles.as_ref()?.iter().find(own))
}

/// The operations that headquarters means to be local in a channel.
///
/// A feature says so by being on, by being needed by one that is on, or by a date that has come.
/// Creating customers is the functionality profile's to say; where features of asynchronous
/// customers are on and no profile at all says so, it was forgotten.
pub(super) fn intents(x: &Examination, channel: &Channel) -> Result<Vec<Intent>, Unknown> {
    let mut found = Vec::new();
    for kind in Kind::ALL.iter().copied() {
        let (feature, because) = match kind.switch() {
            Switch::Never => continue,
            Switch::Feature(slug) => (Some(slug.to_owned()), meant_by_feature(x, slug)?),
            Switch::AsyncCustomers => (None, meant_by_profile(x, channel)?),
            Switch::AsyncOrders => {
                let own = profile_of(x, channel)?.filter(|profile| profile.async_orders);
                (None, own.map(|own| on_in("Create customer order in async mode", &own.id)))
            }
        };
        if let Some(because) = because {
            found.push(Intent { kind, feature, because });
        }
    }
    Ok(found)
}

fn on_in(option: &str, profile: &str) -> String {
    format!("{option:?} is on in functionality profile {profile}")
}

fn meant_by_feature(x: &Examination, slug: &str) -> Result<Option<String>, Unknown> {
    let features = features(x)?;
    let Some(gate) = features.catalogue.get(slug) else { return Ok(None) };
    if features.is_on(slug) {
        return Ok(Some(format!("{:?} is on in headquarters", gate.name)));
    }
    let needs_it = |other: &&Gate| {
        features.is_on(&other.slug) && all_needs(features, other).iter().any(|n| n.slug == slug)
    };
    if let Some(other) = features.catalogue.gates.iter().find(needs_it) {
        return Ok(Some(format!("{:?} is on and needs {:?}", other.name, gate.name)));
    }
    let due = features.standing.scheduled(slug).filter(|date| *date <= features.standing.today);
    Ok(due.map(|date| format!("{:?} was to turn on on {date}", gate.name)))
}

fn meant_by_profile(x: &Examination, channel: &Channel) -> Result<Option<String>, Unknown> {
    if let Some(own) = profile_of(x, channel)?.filter(|profile| profile.async_customers) {
        return Ok(Some(on_in("Create customer in async mode", &own.id)));
    }
    let nowhere = x.hq.profiles.as_ref()?.iter().all(|profile| !profile.async_customers);
    let features = features(x)?;
    let on = |slug: &&&str| features.is_on(slug);
    let asks = [slug::EDITING, slug::ENHANCED].iter().find(on);
    let gate = asks.and_then(|slug| features.catalogue.get(slug)).filter(|_| nowhere);
    Ok(gate.map(|gate| {
        format!(
            "{:?} is on, and no functionality profile creates customers in async mode",
            gate.name
        )
    }))
}

/// What an instance of a scale unit would answer from now.
pub(super) fn view_of(facts: &ChannelFacts, instance: usize) -> &View {
    let held = facts.held.get(instance).and_then(Option::as_ref);
    held.map_or(&facts.now, |held| &held.view)
}

/// The instances, from 0, on which an operation made now would be a real-time call.
pub(super) fn made_now(x: &Examination, facts: &ChannelFacts, kind: Kind) -> Vec<usize> {
    let slow = |instance: &usize| {
        let view = view_of(facts, *instance);
        let now = Circumstances {
            async_customer: false,
            offline: false,
            filters_shared: false,
            switched_on: is_on(view, kind.switch(), &x.hq.catalogue),
        };
        decide(kind, now) == Decision::RealTime
    };
    (0..facts.held.len().max(1)).filter(slow).collect()
}

/// The gate of an intent.
pub(super) fn gate_of<'a>(features: Features<'a>, intent: &Intent) -> Option<&'a Gate> {
    intent.feature.as_deref().and_then(|slug| features.catalogue.get(slug))
}
