//! `cdx explain`: offline documentation of a job, a feature or a behaviour, with its sources and
//! grades.

use super::jobs::{JobDetail, known};
use crate::cli::context::Context;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::gates::{Gate, page};
use crate::model::behaviour::{self, Behaviour};
use crate::report::page::{Page, Report};

/// Explain a job, a feature or a behaviour, with its sources and grades.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// A job (1110, P), a feature (async-customer-editing) or a behaviour (D06).
    #[arg(required = true)]
    word: Vec<String>,
}

pub(in crate::cli) fn run(context: &mut Context, args: &Args) -> Result<Exit, CommandError> {
    let word = args.word.join(" ");
    let behaviours = behaviour::all().map_err(|error| {
        let hint = "use a released cdx: cdx --version";
        CommandError::usage("behaviours", error.to_string(), hint)
    })?;
    if let Some(found) = behaviours.iter().find(|b| b.id.eq_ignore_ascii_case(word.trim())) {
        context.print(found)?;
        return Ok(Exit::Done);
    }
    let definitions = known(context)?;
    if let Some(job) = definitions.find_job(&word) {
        context.print(&JobDetail::of(&definitions, job))?;
        return Ok(Exit::Done);
    }
    let catalogue = super::features::catalogue(context)?;
    if let Ok(gate) = catalogue.find(&word) {
        context.print(&FeaturePage::of(gate))?;
        return Ok(Exit::Done);
    }
    let ids = behaviours.iter().map(|behaviour| behaviour.id.as_str());
    let gates = catalogue.gates.iter().flat_map(Gate::spellings);
    let known = ids.chain(definitions.job_spellings()).chain(gates);
    let hint = match crate::model::nearest::nearest(&word, known) {
        Some(near) => format!("did you mean {near:?}? see the jobs: cdx jobs list"),
        None => "see the jobs: cdx jobs list; the features: cdx features list".to_owned(),
    };
    Err(CommandError::usage("unknown-word", format!("nothing to explain of {word:?}"), hint))
}

/// What is known of a feature, without looking at any environment's state.
#[derive(Debug, serde::Serialize)]
struct FeaturePage {
    feature: String,
    name: String,
    name_es: String,
    details: Vec<String>,
    grade: &'static str,
    source: String,
}

impl FeaturePage {
    fn of(gate: &Gate) -> Self {
        Self {
            feature: gate.slug.clone(),
            name: gate.name.clone(),
            name_es: gate.name_es.clone(),
            details: page::lines(gate),
            grade: gate.evidence.grade.as_str(),
            source: gate.evidence.source.clone(),
        }
    }
}

impl Report for FeaturePage {
    fn text(&self, page: &mut Page) {
        page.line(format!("{}: {}", self.feature, self.name));
        page.item(&self.name_es);
        for detail in &self.details {
            page.item(detail);
        }
        page.item(format!("how it stands here: cdx features show {}", self.feature));
    }
}

impl Report for Behaviour {
    fn text(&self, page: &mut Page) {
        page.line(format!("{}: {}", self.id, self.title));
        page.item(&self.text);
        page.item(format!("{}: {}", self.grade.as_str(), self.source));
        if let Some(planned) = &self.planned {
            page.item(format!("planned: {planned}"));
        }
    }
}
