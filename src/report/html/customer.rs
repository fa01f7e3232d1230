//! The way of one customer, from the register over headquarters to every channel.

use maud::{Markup, html};

use super::list::names;
use super::piece::{self, command, word};
use super::view::{CustomerWay, WayStep};
use crate::model::suggestion::{OfCustomers, Suggestion};
use crate::model::trace::{StepState, TraceStage, TracedCustomer};
use crate::model::wording::count;

/// The anchor.
pub(super) const ID: &str = "customer";

/// From more steps than this on those that are alike are told together.
const MOST: usize = 40;

/// Steps that are alike but for the channel.
struct Together<'a> {
    first: &'a WayStep,
    channels: Vec<&'a str>,
}

/// The section.
pub(super) fn section(way: &CustomerWay, env: Option<&str>) -> Markup {
    let title = "The way of one customer";
    match way {
        CustomerWay::NotAsked(example) => {
            let lead = html! { p { "No customer was named for this report." } };
            let list: Suggestion = OfCustomers::List.into();
            let body = html! {
                p { "To follow one from the register to every channel, name it:" }
                (command(example.as_ref().unwrap_or(&list), env))
            };
            piece::section(ID, title, lead, body)
        }
        CustomerWay::Asked { customer, steps } => {
            piece::section(ID, title, who(customer), walk(steps, env))
        }
    }
}

fn who(customer: &TracedCustomer) -> Markup {
    let TracedCustomer { account, async_account, name } = customer;
    html! {
        p {
            strong { (name) } ", "
            @if account.is_empty() { "no account yet" }
            @else { "account " code { (account.as_str()) } }
            @if !async_account.is_empty() { ", temporary id " code { (async_account.as_str()) } }
            "."
        }
    }
}

fn walk(steps: &[WayStep], env: Option<&str>) -> Markup {
    let told = together(steps);
    let is_open =
        |one: &Together<'_>| matches!(one.first.state, StepState::Waiting | StepState::Failed);
    let first = told.iter().position(is_open);
    let next = steps.iter().find_map(|step| step.next.as_ref());
    html! {
        ol.way {
            @for (at, one) in told.iter().enumerate() {
                @let missing = first == Some(at);
                li.(one.first.state.as_str()) aria-current=[missing.then_some("step")] {
                    div.stage { (stage(one)) }
                    div.state {
                        (word(one.first.state.into(), one.first.state.as_str()))
                        @if missing { " " strong.marked { "first missing step" } }
                    }
                    p.detail {
                        (one.first.detail)
                        @if let Some(time) = &one.first.time { " " span.time { (time) } }
                    }
                }
            }
        }
        @match (first, next) {
            (None, _) => { p { "Nothing is left to do." } },
            (Some(_), Some(next)) => {
                p { "What brings it on:" }
                (command(next, env))
            },
            (Some(_), None) => {},
        }
    }
}

/// What a step is called.
fn stage(one: &Together<'_>) -> String {
    let stage = match one.first.stage {
        TraceStage::Register => "Register",
        TraceStage::Uploaded => "Upload",
        TraceStage::Received => "Headquarters has the rows",
        TraceStage::Processed => "Customer batch",
        TraceStage::Account => "Account",
        TraceStage::Channel => "Channel",
    };
    match one.channels.as_slice() {
        [] => stage.to_owned(),
        [only] => format!("{stage}: {only}"),
        several => {
            let places = count(several.len() as u64, "channel database");
            format!("{stage}, {places}: {}", names(several))
        }
    }
}

fn together(steps: &[WayStep]) -> Vec<Together<'_>> {
    let mut told: Vec<Together<'_>> = Vec::new();
    for step in steps {
        let alike = told.last_mut().filter(|known| {
            let first = known.first;
            (first.stage, first.state, &first.detail) == (step.stage, step.state, &step.detail)
                && first.time == step.time
                && steps.len() > MOST
        });
        if let (Some(known), Some(channel)) = (alike, &step.channel) {
            known.channels.push(channel);
        } else {
            let channels = step.channel.iter().map(String::as_str).collect();
            told.push(Together { first: step, channels });
        }
    }
    told
}
