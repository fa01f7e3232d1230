//! The shortest way past what is in the way of an operation being local (R14).

use super::jobs::{Bring, deliver, way};
use crate::diagnosis::{Fix, Safety, Unknown};
use crate::doctor::facts::{Channel, ChannelFacts, Examination};
use crate::gates::plan::{PlanStep, StepKind};
use crate::runtime::obstacle::PROFILES;
use crate::runtime::{Kind, Obstacle, Switch};

/// The commands that end an obstacle in a channel.
pub(in crate::doctor) fn past(
    x: &Examination,
    channel: &Channel,
    facts: &ChannelFacts,
    kind: Kind,
    obstacle: &Obstacle,
) -> Result<Option<Fix>, Unknown> {
    let catalogue = &x.hq.catalogue;
    match obstacle {
        Obstacle::Always | Obstacle::NoProfile => Ok(None),
        Obstacle::Cached { .. } | Obstacle::StorefrontCached { .. } => {
            deliver(x, channel, facts, Vec::new(), Bring::Nothing)
        }
        Obstacle::ProfileNotDistributed { .. } => {
            deliver(x, channel, facts, Vec::new(), Bring::WhatIsMissing(PROFILES))
        }
        Obstacle::ProfileOff { .. } => {
            let says = "says so in headquarters";
            let first = obstacle.setting().map(|it| PlanStep::new(StepKind::Configure, it, says));
            deliver(x, channel, facts, first.into_iter().collect(), Bring::Changes(PROFILES))
        }
        Obstacle::FeatureOff { .. }
        | Obstacle::ScaleUnitTooOld { .. }
        | Obstacle::Torn { .. }
        | Obstacle::HalfSynchronized { .. }
        | Obstacle::NotDistributed { .. } => {
            let Switch::Feature(slug) = kind.switch() else { return Ok(None) };
            let Some(gate) = catalogue.get(slug) else { return Ok(None) };
            way(x, channel, facts, gate)
        }
    }
}

/// The same as something that somebody must decide on.
pub(in crate::doctor) fn by_decision(fix: Option<Fix>) -> Option<Fix> {
    fix.map(|fix| Fix { safety: fix.safety.max(Safety::Manual), ..fix })
}
