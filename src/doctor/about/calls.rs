//! What operations made now would come to in a channel, as its register would be told.

use crate::diagnosis::Unknown;
use crate::doctor::facts::{Channel, ChannelFacts, Examination};
use crate::model::scale_unit::Cached;
use crate::runtime::{Answerer, Ground, Kind, Outlook, Switch, Who};
use crate::store::profiles::Profile;

/// The functionality profile of a channel.
pub(in crate::doctor) fn profile_of<'a>(
    x: &'a Examination,
    channel: &Channel,
) -> Result<Option<&'a Profile>, Unknown> {
    Ok(x.hq.said.as_ref()?.profile(channel.store.channel()))
}

/// What operations in a channel rest on.
pub(in crate::doctor) fn ground<'a>(
    x: &'a Examination,
    channel: &'a Channel,
    facts: &'a ChannelFacts,
) -> Result<Ground<'a>, Unknown> {
    Ok(Ground {
        catalogue: &x.hq.catalogue,
        clock: &x.hq.clock,
        channel: channel.store.channel(),
        said: x.hq.said.as_ref()?,
        here: facts.here.as_ref()?,
    })
}

/// An operation that would come to something on some instances.
#[derive(Debug)]
pub(in crate::doctor) struct Made {
    /// The operation.
    pub(in crate::doctor) kind: Kind,
    /// What it would come to on each instance, from 1; alone an offline register, as 0.
    pub(in crate::doctor) outlooks: Vec<(usize, Outlook)>,
}

/// What each operation that can be local would come to: for a customer with an account, or for
/// nobody yet, and for one whose account has not come back where there is one.
pub(in crate::doctor) fn made_now(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
) -> Result<Vec<Made>, Unknown> {
    let ground = ground(x, channel, facts)?;
    let offline = channel.store.offline;
    let answering: Vec<(usize, Option<&Cached>)> = if offline || facts.held.is_empty() {
        vec![(0, None)]
    } else {
        (1..).zip(facts.held.iter().map(Option::as_ref)).collect()
    };
    let pending = ground.here.has_pending.then_some(Who::Async);
    let of = |kind: Kind| {
        let pending = pending.filter(|_| kind != Kind::CreateCustomer);
        let outlook = |who: Who| {
            answering.iter().map(move |(instance, held)| {
                (
                    *instance,
                    ground.outlook(Answerer { offline, held: *held, shop: &facts.shop }, kind, who),
                )
            })
        };
        let outlooks = std::iter::once(Who::Known).chain(pending).flat_map(outlook);
        Made { kind, outlooks: outlooks.collect() }
    };
    let kinds = Kind::ALL.iter().copied().filter(|kind| kind.switch() != Switch::Never);
    Ok(kinds.map(of).collect())
}

/// The feature that makes an operation local, where one does.
pub(in crate::doctor) fn feature_of(kind: Kind) -> Option<&'static str> {
    match kind.switch() {
        Switch::Feature(slug) => Some(slug),
        Switch::Profile(_) | Switch::Never => None,
    }
}
