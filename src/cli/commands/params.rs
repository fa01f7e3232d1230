//! `cdx params`: scheduler and configuration parameters, and facts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::error::suggestion;
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::upgrade::{self, upgrade};
use crate::gates::Catalogue;
use crate::gates::check::{StandingRule, check};
use crate::gates::gate::KEY_FACT;
use crate::gates::standing::Standing;
use crate::model::event::{Event, Listener as _};
use crate::model::nearest::nearest;
use crate::model::parameters::{CONFIGURATION, NOT_MODELLED};
use crate::model::suggestion::{Prose, Suggestion};
use crate::report::page::{Page, Report};
use crate::store::topology::{self, Parameter};
use crate::store::{HqWriter, features};

/// Show and set parameters.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List parameters.
    List,
    /// Set a parameter.
    Set {
        /// try-count, filter-shared-customer-data-tables, CDX_..., or a fact.
        name: String,
        /// Its value.
        value: String,
        /// Set a fact although a feature that is on then lacks what it needs.
        #[arg(long)]
        force: bool,
    },
}

/// Scheduler parameters and the smallest and largest value each takes.
const NUMBERS: &[(&str, i64, i64)] = &[
    ("try-count", 1, 100),
    ("filter-shared-customer-data-tables", 0, 1),
    ("full-dataset-generation-interval", 0, 3650),
    ("default-feature-enablement", 0, 1),
];

/// Whether new features are enabled by themselves (G09).
const AUTOMATIC: &str = "default-feature-enablement";

outcomes! {
    ParameterList: "params list", "params set";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    if let Command::Set { name, value, force } = args.command {
        set(context, &name, &value, force)?;
    }
    let reader = context.reader()?;
    let known = topology::parameters(&reader.hq)?;
    let parameters = with_facts(known, &reader.env.gates()?);
    context.done(&ParameterList { parameters })
}

/// The parameters, with the facts that gates ask for and nobody has said anything of.
fn with_facts(known: Vec<Parameter>, catalogue: &Catalogue) -> Vec<Line> {
    let mut asked: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for gate in &catalogue.gates {
        for fact in gate.facts() {
            let features = asked.entry(fact.to_lowercase()).or_default();
            if !features.contains(&gate.slug) {
                features.push(gate.slug.clone());
            }
        }
    }
    let line = |Parameter { name, value, kind }| {
        let features = if kind == FACT { asked.remove(&name) } else { None };
        Line { name, value: Some(value), kind, asked_by: features.unwrap_or_default() }
    };
    let mut lines: Vec<Line> = known.into_iter().map(line).collect();
    lines.extend(asked.into_iter().map(|(name, features)| Line {
        name,
        value: None,
        kind: FACT,
        asked_by: features,
    }));
    lines.sort_by(|one, other| match (one.kind, other.kind) {
        (FACT, FACT) => one.name.cmp(&other.name),
        // The others stand as they are, before them.
        (one, other) => (one == FACT).cmp(&(other == FACT)),
    });
    lines
}

fn set(context: &Context, name: &str, value: &str, force: bool) -> Result<(), CommandError> {
    let number = NUMBERS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
    let parsed = match number {
        Some((known, least, most)) => Some((*known, parse(known, value, *least, *most)?)),
        None => None,
    };
    let warning = match number {
        Some(_) => None,
        None => check_name(name, &context.environment()?.gates()?.facts())?,
    };
    context.change(|writer| {
        match parsed {
            Some((AUTOMATIC, number)) => features::set_automatic(&writer.hq, number == 1)?,
            Some((known, number)) => topology::set_scheduler_number(&writer.hq, known, number)?,
            None if is_configuration(name) => {
                let company = writer.env.settings().company.clone();
                topology::set_configuration(&writer.hq, name, value, &company)?;
            }
            None => set_fact(writer, name, value, force)?,
        }
        Ok(())
    })?;
    if let Some(warning) = warning {
        context.progress().event(warning);
    }
    Ok(())
}

/// A fact that gates ask for; refused when it would leave a feature on without something it then
/// needs, unless forced (G12).
fn set_fact(
    writer: &HqWriter<'_>,
    name: &str,
    value: &str,
    force: bool,
) -> Result<(), CommandError> {
    let (hq, clock) = (&writer.hq, &writer.world.clock);
    let catalogue = writer.env.gates()?;
    let mut standing = features::standing(hq, &catalogue, clock)?;
    let needed = |standing: &Standing| -> Vec<_> {
        let found = check(&catalogue, standing).into_iter();
        found.filter(|one| one.kind == StandingRule::Prerequisite).collect()
    };
    let before = needed(&standing);
    standing.facts.insert(name.to_lowercase(), value.to_owned());
    let broken: Vec<_> =
        needed(&standing).into_iter().filter(|one| !before.contains(one)).collect();
    if !broken.is_empty() && !force {
        let causes = broken.iter().map(|one| one.message.clone()).collect();
        let hints = broken.iter().map(|one| one.hint.clone().into()).collect();
        let message = format!("{name} = {value} would leave a feature without what it needs");
        return Err(CommandError::refused("fact-refused", message, causes, hints));
    }
    // A feature that was listed stays listed when its key is turned off later (G11).
    if name.to_lowercase().starts_with(KEY_FACT) {
        upgrade(writer, &upgrade::Request::default())?;
    }
    features::set_fact(hq, name, value, &clock.utc())?;
    if name.to_lowercase().starts_with(KEY_FACT) {
        upgrade(writer, &upgrade::Request::default())?;
    }
    Ok(())
}

fn parse(name: &str, value: &str, least: i64, most: i64) -> Result<i64, CommandError> {
    let number = match value.to_lowercase().as_str() {
        "yes" => Some(1),
        "no" => Some(0),
        text => text.parse().ok(),
    };
    number.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        CommandError::usage(
            "value",
            format!("{name} is {value:?}, expected a number from {least} to {most}"),
            Prose::hint(
                "for example",
                Suggestion::SetParameter(name.to_owned(), least.max(1).to_string()),
            ),
        )
    })
}

/// A name that nothing asks for is told; one of `CDX_...` may be of a version that is not known
/// here, a configuration key of a gate that is still to come: those are kept anyway.
fn check_name(name: &str, facts: &[String]) -> Result<Option<Event>, CommandError> {
    let is = |known: &&str| known.eq_ignore_ascii_case(name);
    if CONFIGURATION.iter().any(is) || facts.iter().any(|fact| is(&fact.as_str())) {
        return Ok(None);
    }
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let may_come = is_configuration(name) || name.to_lowercase().starts_with(KEY_FACT);
    if plain && may_come {
        if let Some(known) = NOT_MODELLED.iter().find(|known| is(known)) {
            let text =
                format!("{known} is kept; it is known of the product, and nothing here acts on it");
            return Ok(Some(Event::Warning { text, hint: None }));
        }
        let near = nearest(name, CONFIGURATION.iter().chain(NOT_MODELLED).copied());
        let text = format!("{name:?} is kept, and nothing that is known reads it");
        let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let (text, hint) = (format!("{text}{near}"), Some(Suggestion::Parameters));
        return Ok(Some(Event::Warning { text, hint }));
    }
    let known = NUMBERS.iter().map(|(known, ..)| *known).chain(CONFIGURATION.iter().copied());
    let near = nearest(name, known.chain(facts.iter().map(String::as_str)));
    let hint = suggestion(near.map(str::to_owned).as_ref(), Suggestion::Parameters);
    Err(CommandError::usage("unknown-parameter", format!("unknown parameter {name:?}"), hint))
}

fn is_configuration(name: &str) -> bool {
    name.to_uppercase().starts_with("CDX_")
}

#[derive(Debug, Serialize, JsonSchema)]
struct ParameterList {
    /// Parameters of the scheduler, configuration parameters, and facts.
    parameters: Vec<Line>,
}

/// What kind of a parameter a fact is.
const FACT: &str = "fact";

/// A parameter, or a fact that may be set.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Parameter")]
struct Line {
    /// Its name.
    name: String,
    /// None where nobody has said it.
    value: Option<String>,
    /// scheduler, configuration or fact.
    kind: &'static str,
    /// The features that ask for a fact.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    asked_by: Vec<String>,
}

impl Report for ParameterList {
    fn text(&self, page: &mut Page) {
        let row = |Line { name, value, kind, asked_by }: &Line| {
            let value = value.clone().unwrap_or_else(|| "not set".to_owned());
            [name.clone(), value, (*kind).to_owned(), asked_by.join(" ")]
        };
        let head = ["parameter", "value", "kind", "asked for by"];
        page.table(head, self.parameters.iter().map(row).collect());
    }
}
