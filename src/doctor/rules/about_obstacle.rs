//! The first thing in the way of an operation being local, and the shortest way past it (R14).

use super::about_calls::{Intent, gate_of, profile_of};
use super::about_features::{features, is_half, not_done};
use super::about_jobs::{Bring, deliver, way};
use crate::doctor::facts::{Channel, ChannelFacts, Examination};
use crate::doctor::fix::Fix;
use crate::doctor::rule::Unknown;
use crate::gates::Gate;
use crate::gates::in_effect::ChannelState;
use crate::gates::plan::{PlanStep, StepKind};
use crate::model::suggestion::{ProfileSwitch, Suggestion};
use crate::runtime::{Switch, is_on};

/// What is in the way.
#[derive(Debug)]
pub(super) struct Obstacle {
    /// What, in words that are the same for every channel it stands in the way of.
    pub(super) title: String,
    /// What it was seen by.
    pub(super) evidence: Vec<String>,
    /// The shortest way past it.
    pub(super) fix: Option<Fix>,
}

/// The job that carries the functionality profile.
const PROFILES: &str = "1070";

/// The first thing in the way on the instances that are slow, looked for in the order in which a
/// change travels: headquarters, the channel's database, the scale unit's memory.
pub(super) fn first_in_the_way(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
    intent: &Intent,
    slow: &[usize],
) -> Result<Option<Obstacle>, Unknown> {
    match gate_of(features(x)?, intent) {
        Some(gate) => feature(x, channel, facts, gate, slow),
        None => profile(x, channel, facts, intent, slow),
    }
}

fn feature(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
    gate: &Gate,
    slow: &[usize],
) -> Result<Option<Obstacle>, Unknown> {
    let features = features(x)?;
    let mut evidence = Vec::new();
    let name = &gate.name;
    let unmet = features.unmet(gate);
    let progress = facts.progress.get(&gate.slug).map(|one| &one.in_effect);
    let half = facts.half_features.iter().find(|(known, _)| *known == gate.table_name());
    let title = if is_half(x, gate)? {
        format!("headquarters has only one of the two rows of {name:?}")
    } else if !features.is_on(&gate.slug) && !unmet.is_empty() {
        let names: Vec<String> = unmet.iter().map(|needed| format!("{:?}", needed.name)).collect();
        evidence.push(format!("{name:?} is off in headquarters"));
        format!("{name:?} waits for a prerequisite that is off, {}", names.join(", "))
    } else if !features.is_on(&gate.slug) {
        format!("{name:?} is off in headquarters")
    } else if let Some((_, there)) = half {
        evidence.push(format!("the channel has only the {there} row"));
        format!("{name:?} has only one of its two rows in the channel")
    } else if let Some(stands) =
        progress.filter(|stands| stands.state == ChannelState::NotDistributed)
    {
        format!("{name:?} is not distributed; not done since: {}", not_done(stands))
    } else if let Some(title) = cached(x, facts, slow, &mut evidence) {
        title
    } else {
        return Ok(None);
    };
    let fix = way(x, channel, facts, gate)?;
    Ok(Some(Obstacle { title, evidence, fix }))
}

/// Until when the slow instances answer from their memory.
fn cached(
    x: &Examination,
    facts: &ChannelFacts,
    slow: &[usize],
    evidence: &mut Vec<String>,
) -> Option<String> {
    let mut last = None;
    for instance in slow {
        let Some(held) = facts.held.get(*instance).and_then(Option::as_ref) else { continue };
        let until = x.hq.clock.show(&held.until);
        evidence.push(format!("instance {} answers from its cache until {until}", instance + 1));
        last = last.max(Some(until));
    }
    last.map(|until| format!("the scale unit answers from its cache until {until}"))
}

fn profile(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
    intent: &Intent,
    slow: &[usize],
) -> Result<Option<Obstacle>, Unknown> {
    let switch = intent.kind.switch();
    let (option, flag) = match switch {
        Switch::AsyncOrders => ("Create customer order in async mode", ProfileSwitch::AsyncOrders),
        _ => ("Create customer in async mode", ProfileSwitch::AsyncCustomers),
    };
    let mut evidence = Vec::new();
    let Some(own) = profile_of(x, channel)? else {
        let title = "the channel has no functionality profile".to_owned();
        return Ok(Some(Obstacle { title, evidence, fix: None }));
    };
    let wanted = if switch == Switch::AsyncOrders { own.async_orders } else { own.async_customers };
    let there = is_on(&facts.now, switch, &x.hq.catalogue);
    let mut first = Vec::new();
    let title = if !wanted {
        let command = Suggestion::SetProfile(own.id.clone(), flag);
        first.push(PlanStep::new(StepKind::Configure, command, "says so in headquarters"));
        format!("{option:?} is off in functionality profile {}", own.id)
    } else if !there {
        evidence.push(format!("on in headquarters' profile {}, off in the channel's", own.id));
        format!("{option:?} is not distributed; not done since: {PROFILES}")
    } else if let Some(title) = cached(x, facts, slow, &mut evidence) {
        title
    } else {
        return Ok(None);
    };
    let bring = if !wanted {
        Bring::Changes(PROFILES)
    } else if !there {
        Bring::WhatIsMissing(PROFILES)
    } else {
        Bring::Nothing
    };
    let fix = deliver(x, channel, facts, first, bring)?;
    Ok(Some(Obstacle { title, evidence, fix }))
}
