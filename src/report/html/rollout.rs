//! The rollout: where each feature stands in each channel, and what is missing there.

use maud::{Markup, html};

use super::piece::{self, legend, wide, word};
use super::rollout_many as many;
use super::rollout_words::{head, missing, state};
use super::view::{Rollout, RolloutChannel, RolloutFeature};
use crate::gates::in_effect::{ChannelState, InEffect};
use crate::gates::resolve::Status;
use crate::model::wording::count;
use crate::report::drawing::mark::Mark;

/// The anchor.
pub(super) const ID: &str = "rollout";

/// From more channels than this on they are counted by group.
const MOST: usize = 40;

/// The section.
pub(super) fn section(rollout: &Rollout, env: Option<&str>) -> Markup {
    let lead = html! {
        p { "Where each feature stands in each channel, towards what headquarters says." }
        (legend(&[
            (Mark::Done, "effective: the channel acts on it"),
            (Mark::Half, "cached: the database has it, a memory does not yet"),
            (Mark::Open, "not distributed: the channel does not have what headquarters says"),
            (Mark::Off, "off"),
        ]))
    };
    let moving: Vec<usize> =
        (0..rollout.features.len()).filter(|at| !is_off_everywhere(rollout, *at)).collect();
    let body = html! {
        @if rollout.channels.is_empty() {
            p { "There are no channels." }
        } @else if moving.is_empty() {
            p { "No feature is on, or on its way." }
        } @else if rollout.channels.len() > MOST {
            (many::groups(rollout, &moving, env))
        } @else {
            (matrix(rollout, &moving))
        }
        (off(rollout, &moving))
    };
    piece::section(ID, "Rollout of features", lead, body)
}

/// Whether headquarters and every channel that can be read have it off, with nothing on its way.
fn is_off_everywhere(rollout: &Rollout, at: usize) -> bool {
    let quiet = matches!(
        rollout.features[at].status,
        Status::CannotEnable | Status::NeedsConfirmation | Status::NotEnabled
    );
    let mut states = rollout.channels.iter().filter_map(|channel| channel.states.as_ref());
    quiet && states.all(|states| states.get(at).is_none_or(|one| one.state == ChannelState::Off))
}

/// Every feature by every channel; the longer of both goes down the page.
fn matrix(rollout: &Rollout, moving: &[usize]) -> Markup {
    let features: Vec<&RolloutFeature> = moving.iter().map(|at| &rollout.features[*at]).collect();
    let at = |channel: &RolloutChannel, feature: usize| match &channel.states {
        Some(states) => states.get(moving[feature]).map_or_else(|| html! {}, cell),
        None => word(Mark::Failed, "cannot be read"),
    };
    let channels = &rollout.channels;
    let table = if channels.len() > features.len() {
        html! {
            thead { tr {
                th scope="col" { "Channel" }
                @for feature in &features { th scope="col" { (head(feature)) } }
            } }
            tbody { @for channel in channels {
                tr {
                    th scope="row" { (channel.name) }
                    @for feature in 0..features.len() { td { (at(channel, feature)) } }
                }
            } }
        }
    } else {
        html! {
            thead { tr {
                th scope="col" { "Feature" }
                @for channel in channels { th scope="col" { (channel.name) } }
            } }
            tbody { @for (place, feature) in features.iter().enumerate() {
                tr {
                    th scope="row" { (head(feature)) }
                    @for channel in channels { td { (at(channel, place)) } }
                }
            } }
        }
    };
    wide("Features by channels", html! { table.matrix { (table) } })
}

/// A feature in a channel.
fn cell(one: &InEffect) -> Markup {
    html! {
        (word(one.state.into(), state(one.state)))
        @if let Some(missing) = missing(one) { span.missing { (missing) } }
        @if let Some(aside) = aside(one) { span.missing { (aside) } }
    }
}

/// What is not to be expected of a state.
fn aside(one: &InEffect) -> Option<String> {
    let until = one.effective_at.as_ref().map(|time| format!("until {time}"));
    match (one.state, one.in_effect) {
        (ChannelState::NotDistributed, true) => Some("still acts on it".to_owned()),
        (ChannelState::Cached, _) => until,
        _ => None,
    }
}

/// Features that are off in headquarters and in every channel.
fn off(rollout: &Rollout, moving: &[usize]) -> Markup {
    let all = rollout.features.iter().enumerate();
    let off: Vec<&RolloutFeature> =
        all.filter(|(at, _)| !moving.contains(at)).map(|(_, feature)| feature).collect();
    html! {
        @if !off.is_empty() {
            h3 { "Off in headquarters and in every channel" }
            ul.columns { @for feature in off {
                li { (word(Mark::Off, &feature.name)) " " span.status { (feature.status) } }
            } }
        }
        @if rollout.others > 0 {
            p.note {
                "Beside these, " (count(rollout.others, "known feature"))
                " without demands of their own; " (rollout.others_on) " of them on."
            }
        }
    }
}
