//! What rules share about the e-commerce application before an online store's scale unit.

use crate::diagnosis::{Stage, Step};
use crate::doctor::facts::ChannelFacts;
use crate::model::suggestion::Suggestion;

/// The step that has a channel's e-commerce application ask again, where it holds anything.
pub(in crate::doctor) fn ask_again(channel: &str, facts: &ChannelFacts) -> Option<Step> {
    let restart = || Suggestion::RestartStorefronts(Some(channel.to_owned()));
    facts.shop.holds().then(|| Step::in_channel(Stage::Restart, restart()))
}
