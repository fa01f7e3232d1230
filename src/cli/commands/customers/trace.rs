//! `cdx customers trace`: one customer's way, and what brings it on.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::trace;
use crate::model::name_kind::NameKind;
use crate::model::suggestion::{OfCustomers, Prose, Suggestion};
use crate::model::time::ShownTime;
use crate::model::trace::{StepState, Trace, TraceStage, TraceStep, TracedCustomer};
use crate::report::page::{Cell, Page, Report, count};
use crate::store::{Reader, StoreError};
use crate::world::Clock;

/// So many customers are named where a word names several.
const MOST: usize = 5;

outcomes! {
    TraceReport: "customers trace";
}

pub(super) fn run(context: &Context, word: &str) -> Result<Exit, CommandError> {
    let env = context.named_env();
    let trace = context.steady(|reader| {
        let customer = one(reader, word)?;
        let trace = trace::way(reader, customer)?;
        Ok(TraceReport::of(trace, &reader.world.clock, env.as_deref()))
    })?;
    context.done(&trace)
}

/// The one customer that a word names.
pub(in crate::cli) fn one(reader: &Reader, word: &str) -> Result<TracedCustomer, CommandError> {
    let mut found = trace::named(reader, word)?;
    if found.len() > 1 {
        let message = format!("{word:?} names {}", count(found.len() as u64, "customer"));
        let mut hints: Vec<Prose> = found
            .iter()
            .take(MOST)
            .map(|one| Prose::hint(&one.name, OfCustomers::Trace(one.word().to_owned())))
            .collect();
        if found.len() > MOST {
            let more = format!("and {} more, see them", found.len() - MOST);
            hints.push(Prose::hint(more, OfCustomers::List));
        }
        let mut error = CommandError::usage("ambiguous", message, Prose::default());
        error.failure.hints = hints;
        return Err(error);
    }
    if let Some(customer) = found.pop() {
        return Ok(customer);
    }
    let (what, name) = (NameKind::Customer, word.to_owned());
    let nearest = trace::nearest_name(reader, word)?;
    Err(StoreError::Unknown { what, name, nearest, expected: Vec::new() }.into())
}

#[derive(Debug, Serialize, JsonSchema)]
struct TraceReport {
    /// Whom.
    customer: TracedCustomer,
    /// The way, in order; the first step that is not done has `next`.
    steps: Vec<Step>,
}

/// A part of the way, with its time as readers have it.
#[derive(Debug, Serialize, JsonSchema)]
struct Step {
    stage: TraceStage,
    /// The channel database.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    state: StepState,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<ShownTime>,
    /// What there is to say of it.
    detail: String,
    /// The command that brings it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// The same command as a value.
    #[serde(skip)]
    command: Option<Suggestion>,
}

impl TraceReport {
    fn of(trace: Trace, clock: &Clock, env: Option<&str>) -> Self {
        let step = |step: TraceStep| Step {
            stage: step.stage,
            channel: step.channel,
            state: step.state,
            time: step.time.map(|time| clock.show(&time)),
            detail: step.detail,
            next: step.next.as_ref().map(|next| next.typed(env)),
            command: step.next,
        };
        Self { customer: trace.customer, steps: trace.steps.into_iter().map(step).collect() }
    }
}

impl Report for TraceReport {
    fn text(&self, page: &mut Page) {
        let TracedCustomer { account, async_account, name } = &self.customer;
        let id = if account.is_empty() { "Pending sync" } else { account.as_str() };
        let came = if async_account.is_empty() {
            String::new()
        } else {
            format!(" (temporary id {async_account})")
        };
        page.line(format!("{name}: {id}{came}"));
        let row = |step: &Step| {
            [
                Cell::from(step.stage.as_str()),
                Cell::from(step.channel.clone().unwrap_or_default()),
                Cell::value(step.state.as_str(), step.state.tone()),
                Cell::from(step.time.clone().unwrap_or_default()),
                Cell::from(&step.detail),
            ]
        };
        page.table(["stage", "channel", "state", "time", ""], self.steps.iter().map(row).collect());
        match self.steps.iter().find_map(|step| step.command.clone()) {
            Some(next) => page.item(Prose::hint("next", next)),
            None => page.item("nothing is left to do"),
        }
    }
}
