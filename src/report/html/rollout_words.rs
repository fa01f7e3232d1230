//! How the rollout tells of a feature: as headquarters has it, and how it stands in a channel.

use maud::{Markup, html};

use super::view::RolloutFeature;
use crate::gates::in_effect::{ChannelState, InEffect};
use crate::gates::resolve::Status;
use crate::model::ids::JobId;

/// A feature as headquarters has it.
pub(super) fn head(feature: &RolloutFeature) -> Markup {
    let date = feature.date.as_ref().filter(|_| feature.status == Status::Scheduled);
    html! {
        span.name { (feature.name) }
        code.slug { (feature.slug) }
        span.status {
            "headquarters: " (feature.status)
            @if let Some(date) = date { ", on " (date) }
        }
    }
}

/// The state in words.
pub(super) fn state(state: ChannelState) -> &'static str {
    match state {
        ChannelState::Off => "off",
        ChannelState::NotDistributed => "not distributed",
        ChannelState::Cached => "cached",
        ChannelState::Effective => "effective",
    }
}

/// What is still to be done.
pub(super) fn missing(one: &InEffect) -> Option<String> {
    let jobs: Vec<&str> = one.missing_jobs.iter().map(JobId::as_str).collect();
    let mut told = Vec::new();
    if !jobs.is_empty() {
        let noun = if jobs.len() == 1 { "job" } else { "jobs" };
        told.push(format!("missing: {noun} {}", jobs.join(", ")));
    }
    told.extend(one.missing_steps.iter().cloned());
    (!told.is_empty()).then(|| told.join("; "))
}
