//! `cdx explain`: offline documentation of a job or a behaviour, with sources and grades.

use super::jobs::{JobDetail, known};
use crate::cli::context::Context;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::model::behaviour::{self, Behaviour};
use crate::report::page::{Page, Report};

/// Explain a job or a behaviour, with its sources and grades.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// A job (1110, P) or a behaviour (D06).
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
    let ids = behaviours.iter().map(|behaviour| behaviour.id.as_str());
    let near = crate::model::nearest::nearest(&word, ids.chain(definitions.job_spellings()));
    let hint = match near {
        Some(near) => format!("did you mean {near:?}? see the jobs: cdx jobs list"),
        None => "see the jobs: cdx jobs list".to_owned(),
    };
    Err(CommandError::usage("unknown-word", format!("nothing to explain of {word:?}"), hint))
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
