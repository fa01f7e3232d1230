//! `cdx which-job`: which jobs a change needs, in order.

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::definitions::which::{NeededJobs, which};
use crate::model::suggestion::{Prose, Run, Suggestion};
use crate::report::page::{Page, Report};

/// Say which jobs a change needs, in order, with sources.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// A table, a column, a feature, or a plain word: customers, functionality profile, address.
    #[arg(required = true)]
    word: Vec<String>,
}

outcomes! {
    NeededJobs: "which-job";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let word = args.word.join(" ");
    let definitions = super::jobs::known(context)?;
    let gates = super::features::catalogue(context)?;
    let mut needed = which(&definitions, &gates, &word);
    if needed.jobs.is_empty() {
        // Headquarters makes some jobs only once a feature is on.
        needed = which(&super::jobs::shipped()?, &gates, &word);
    }
    if needed.jobs.is_empty() {
        let example = Suggestion::WhichJob("customers".to_owned());
        let hint = Prose::hint("try a table, a feature or a plain word", example);
        return Err(CommandError::usage(
            "unknown-word",
            format!("nothing is known of {word:?}"),
            hint,
        ));
    }
    context.done(&needed)
}

impl Report for NeededJobs {
    fn text(&self, page: &mut Page) {
        let ids: Vec<&str> = self.jobs.iter().map(|job| job.job.as_str()).collect();
        page.line(format!("{}: {}", self.word, ids.join(", then ")));
        for (at, job) in self.jobs.iter().enumerate() {
            page.item(format!("{} {}: {}", job.job, job.name, job.why));
            let next = self.jobs.get(at + 1);
            // What several jobs rest on is told once, below the last of them.
            if next.is_none_or(|next| next.source != job.source) {
                page.item(format!("{}: {}", job.grade.as_str(), job.source));
            }
        }
        let modelled: Vec<&str> =
            self.jobs.iter().filter(|job| job.modelled).map(|job| job.job.as_str()).collect();
        if !modelled.is_empty() {
            page.item(Suggestion::from(Run::jobs(modelled)));
        }
    }
}
