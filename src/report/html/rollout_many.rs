//! The rollout over many channels: groups with counts, and the channels that differ from theirs.

use maud::{Markup, html};

use super::list::names;
use super::piece::{command, wide, word};
use super::rollout_words::{head, missing, state};
use super::view::{Rollout, RolloutChannel};
use crate::gates::in_effect::{ChannelState, InEffect};
use crate::model::suggestion::OfFeatures;
use crate::model::wording::grouped;
use crate::report::drawing::mark::Mark;

/// How a feature stands in a channel, with what is missing; none where it cannot be read.
type Manner = Option<(ChannelState, Option<String>)>;

/// Channels of a group in which a feature stands alike.
struct Alike<'a> {
    manner: Manner,
    channels: Vec<&'a str>,
}

/// The groups, and below them the channels that differ.
pub(super) fn groups(rollout: &Rollout, moving: &[usize], env: Option<&str>) -> Markup {
    let mut names: Vec<&str> = Vec::new();
    for channel in &rollout.channels {
        if !names.contains(&channel.group.as_str()) {
            names.push(&channel.group);
        }
    }
    let table = html! {
        table.matrix {
            thead { tr {
                th scope="col" { "Feature" }
                @for name in &names { th scope="col" { "group " (name) } }
            } }
            tbody { @for at in moving {
                tr {
                    th scope="row" { (head(&rollout.features[*at])) }
                    @for name in &names { td { (counts(&alike(rollout, name, *at))) } }
                }
            } }
        }
    };
    html! {
        (wide("Features by channel database groups", table))
        (differing(rollout, &names, moving, env))
    }
}

/// The channels of a group by how a feature stands there, the most first.
fn alike<'a>(rollout: &'a Rollout, group: &str, at: usize) -> Vec<Alike<'a>> {
    let mut found: Vec<Alike<'a>> = Vec::new();
    for channel in rollout.channels.iter().filter(|channel| channel.group == group) {
        let manner = manner(channel, at);
        match found.iter_mut().find(|known| known.manner == manner) {
            Some(known) => known.channels.push(&channel.name),
            None => found.push(Alike { manner, channels: vec![&channel.name] }),
        }
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.channels.len()));
    found
}

fn manner(channel: &RolloutChannel, at: usize) -> Manner {
    let of = |one: &InEffect| (one.state, missing(one));
    channel.states.as_ref().and_then(|states| states.get(at)).map(of)
}

fn shown(manner: &Manner) -> Markup {
    match manner {
        None => word(Mark::Failed, "cannot be read"),
        Some((of, missing)) => html! {
            (word((*of).into(), state(*of)))
            @if let Some(missing) = missing { span.missing { (missing) } }
        },
    }
}

fn counts(found: &[Alike<'_>]) -> Markup {
    html! {
        ul.counts { @for one in found {
            li { strong { (grouped(one.channels.len() as u64)) } " " (shown(&one.manner)) }
        } }
    }
}

/// Channels in which a feature stands otherwise than in most of their group.
fn differing(rollout: &Rollout, groups: &[&str], moving: &[usize], env: Option<&str>) -> Markup {
    let mut rows = Vec::new();
    for at in moving {
        for group in groups {
            // The first is what most of the group have.
            let others = alike(rollout, group, *at).into_iter().skip(1);
            rows.extend(others.map(|one| (*at, *group, one)));
        }
    }
    if rows.is_empty() {
        return html! { p { "Every channel stands as its group does." } };
    }
    let table = html! {
        table {
            thead { tr {
                th scope="col" { "Feature" } th scope="col" { "Group" }
                th scope="col" { "Stands" } th scope="col" { "Channels" }
            } }
            tbody { @for (at, group, one) in &rows {
                @let slug = &rollout.features[*at].slug;
                tr {
                    th scope="row" { (rollout.features[*at].name) }
                    td { (group) }
                    td { (shown(&one.manner)) }
                    td {
                        (names(&one.channels))
                        @if one.channels.len() > super::list::MOST {
                            " " (command(&OfFeatures::Show(slug.clone()).into(), env))
                        }
                    }
                }
            } }
        }
    };
    html! {
        h3 { "Channels that differ from their group" }
        (wide("Channels that differ from their group", table))
    }
}
