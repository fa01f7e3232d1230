//! What rules about default customers share: how a channel gets one.

use super::jobs::{Bring, deliver};
use crate::diagnosis::{Fix, Safety, Stage, Step, Unknown};
use crate::doctor::facts::{Channel, ChannelFacts, Examination};
use crate::model::suggestion::OfChannels;
use crate::runtime::obstacle::PROFILES;

/// The job that brings customers.
const CUSTOMERS: &str = "1010";

/// The default customer that headquarters has comes to the channel.
pub(in crate::doctor) fn brought(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
) -> Result<Option<Fix>, Unknown> {
    deliver(x, channel, facts, Vec::new(), Bring::WhatIsMissing(CUSTOMERS))
}

/// Another customer becomes the channel's default customer: that of another channel where one is
/// left, else the first there is. Who it is, somebody must decide.
pub(in crate::doctor) fn another(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
) -> Result<Option<Fix>, Unknown> {
    let defaults = x.hq.default_customers.as_ref()?;
    let other = defaults.values().find(|one| one.known).map(|one| one.account.clone());
    let Some(account) = other.or_else(|| x.hq.some_customer.clone().ok().flatten()) else {
        return Ok(None);
    };
    let name = channel.store.channel();
    let set =
        OfChannels::SetDefaultCustomer { channel: name.to_owned(), account: account.to_string() };
    let mut steps = vec![Step::new(Stage::Configure, set)];
    let ways = [Bring::WhatIsMissing(CUSTOMERS), Bring::Changes(PROFILES)];
    for bring in ways {
        let way = deliver(x, channel, facts, Vec::new(), bring)?;
        for step in way.into_iter().flat_map(|fix| fix.steps) {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
    }
    Ok(Fix::new(Safety::Manual, steps))
}
