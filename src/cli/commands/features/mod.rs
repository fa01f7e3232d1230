//! `cdx features`: feature gates in headquarters, and what is in effect in the channels.

mod answer;
mod change;
mod check;
mod diff;
mod entity;
mod graph;
mod list;
mod plan;

use std::path::PathBuf;

use crate::cli::error::suggestion;
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::gates::resolve::{Consent, Reach};
use crate::gates::{Catalogue, Gate};
use crate::model::suggestion::OfFeatures;

/// Show feature gates, and turn them on and off.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

/// What a person agrees to beforehand.
#[derive(Debug, Clone, Copy, clap::Args)]
struct ConsentArgs {
    /// Confirm features that ask for it.
    #[arg(long)]
    confirm: bool,
    /// Accept that a feature cannot be turned off again.
    #[arg(long)]
    accept_irreversible: bool,
}

impl From<ConsentArgs> for Consent {
    fn from(agreed: ConsentArgs) -> Self {
        Self { confirm: agreed.confirm, irreversible: agreed.accept_irreversible }
    }
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the features of this environment, and how far the channels are with them.
    List {
        /// Show known features without demands of their own too.
        #[arg(long)]
        all: bool,
    },
    /// Show a feature, and whether it is in effect in each channel.
    Show {
        /// The feature, by slug, display name (English or Spanish) or class.
        feature: String,
    },
    /// Turn a feature on in headquarters.
    Enable {
        /// The feature.
        feature: String,
        /// Turn its prerequisites on first.
        #[arg(long)]
        with_prerequisites: bool,
        #[command(flatten)]
        agreed: ConsentArgs,
        /// Say what would happen, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Turn a feature off in headquarters.
    Disable {
        /// The feature.
        feature: String,
        /// First turn off the features that need it.
        #[arg(long)]
        cascade: bool,
        /// Leave the features that need it on; the doctor then reports them.
        #[arg(long, conflicts_with = "cascade")]
        force: bool,
        /// Say what would happen, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Turn a feature on at midnight of a date; a scheduled one is moved.
    Schedule {
        /// The feature.
        feature: String,
        /// The date, YYYY-MM-DD, in the environment's time zone; of a time with an offset it is the
        /// date there.
        date: String,
        #[command(flatten)]
        agreed: ConsentArgs,
        /// Say what would happen, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Take a feature's date away.
    Unschedule {
        /// The feature.
        feature: String,
    },
    /// Turn on everything that can be turned on.
    EnableAll {
        #[command(flatten)]
        agreed: ConsentArgs,
        /// Say what would happen, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Check for updates: list features that are new to this environment.
    Refresh,
    /// Print the whole way to a feature that is effective everywhere.
    Plan {
        /// The feature.
        feature: String,
        /// Only in this channel.
        #[arg(long, value_name = "C")]
        channel: Option<String>,
        /// Print a script that gets there.
        #[arg(long, value_enum)]
        script: Option<plan::ShellArg>,
    },
    /// Draw the prerequisites, coloured by state.
    Graph {
        /// Only this feature and what it leads to.
        feature: Option<String>,
        /// A tree of text, a Mermaid graph, or a Graphviz one.
        #[arg(long = "as", value_enum, default_value_t = graph::Drawing::Tree)]
        drawing: graph::Drawing,
    },
    /// Check this environment, or a file about to be imported, against every gate rule; or what a
    /// channel answers against headquarters.
    Check {
        /// A list of features: the data entity or the workspace's own as .csv or .xlsx, a data
        /// package (.zip); with --channel the answer of GetFeatureStates (.json).
        file: Option<PathBuf>,
        /// The channel whose GetFeatureStates answer the file is; without a file it is asked now.
        #[arg(long, value_name = "C")]
        channel: Option<String>,
        /// Exit with 1 where a row matches no feature.
        #[arg(long)]
        strict: bool,
    },
    /// Write the "Feature management" data entity to a file, .csv or .xlsx.
    Export {
        /// The file.
        file: PathBuf,
        /// Overwrite a file that is there.
        #[arg(long)]
        force: bool,
    },
    /// Import a list of features: the data entity or the workspace's own.
    Import {
        /// The file, .csv or .xlsx, or a data package (.zip).
        file: PathBuf,
        /// Import nothing, and exit with 1, where a row matches no feature.
        #[arg(long)]
        strict: bool,
        #[command(flatten)]
        agreed: ConsentArgs,
        /// Say what would happen, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Compare two environments, two lists of features, or one of each.
    Diff {
        /// A folder or a file.
        left: PathBuf,
        /// A folder or a file.
        right: PathBuf,
        /// Exit with 1 where a row matches no feature.
        #[arg(long)]
        strict: bool,
    },
}

outcomes! {
    parts: list, change, plan, graph, check, answer, entity, diff;
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    if let Command::Diff { left, right, strict } = &args.command {
        return diff::run(context, left, right, *strict);
    }
    let catalogue = context.environment()?.gates()?;
    match args.command {
        Command::List { all } => list::list(context, &catalogue, all),
        Command::Show { feature } => list::show(context, find(&catalogue, &feature)?, &catalogue),
        Command::Enable { feature, with_prerequisites, agreed, dry_run } => {
            let gate = find(&catalogue, &feature)?;
            let change = change::Asked::Enable { with_prerequisites, consent: agreed.into() };
            change::run(context, &catalogue, gate, change, dry_run)
        }
        Command::Disable { feature, cascade, force, dry_run } => {
            let gate = find(&catalogue, &feature)?;
            let reach = match (cascade, force) {
                (true, _) => Reach::Cascade,
                (_, true) => Reach::Force,
                _ => Reach::Alone,
            };
            change::run(context, &catalogue, gate, change::Asked::Disable { reach }, dry_run)
        }
        Command::Schedule { feature, date, agreed, dry_run } => {
            let gate = find(&catalogue, &feature)?;
            let date = context.reader()?.world.clock.date(&date)?;
            let change = change::Asked::Schedule { date, consent: agreed.into() };
            change::run(context, &catalogue, gate, change, dry_run)
        }
        Command::Unschedule { feature } => {
            let gate = find(&catalogue, &feature)?;
            change::run(context, &catalogue, gate, change::Asked::Unschedule, false)
        }
        Command::EnableAll { agreed, dry_run } => {
            change::all(context, &catalogue, agreed.into(), dry_run)
        }
        Command::Refresh => change::refresh(context),
        Command::Plan { feature, channel, script } => {
            let gate = find(&catalogue, &feature)?;
            plan::run(context, &catalogue, gate, channel.as_deref(), script)
        }
        Command::Graph { feature, drawing } => {
            let gate = feature.map(|feature| find(&catalogue, &feature)).transpose()?;
            graph::run(context, &catalogue, gate, drawing)
        }
        Command::Check { file, channel: Some(channel), strict } => {
            answer::run(context, &catalogue, file.as_deref(), (&channel, strict))
        }
        Command::Check { file, strict, .. } => {
            check::run(context, &catalogue, file.as_deref(), strict)
        }
        Command::Export { file, force } => entity::export(context, &catalogue, &file, force),
        Command::Import { file, strict, agreed, dry_run } => {
            let how = entity::HowToImport { consent: agreed.into(), dry_run, strict };
            entity::import(context, &catalogue, &file, how)
        }
        // Taken care of above: it looks at other environments than the one around.
        Command::Diff { .. } => Ok(Exit::Done),
    }
}

/// The gates of the environment, or where there is none those of the binary.
pub(in crate::cli) fn catalogue(context: &Context) -> Result<Catalogue, CommandError> {
    match context.environment_if_any()? {
        Some(env) => Ok(env.gates()?),
        None => super::init::catalogue(),
    }
}

/// The gate a word names.
pub(in crate::cli) fn find<'a>(
    catalogue: &'a Catalogue,
    word: &str,
) -> Result<&'a Gate, CommandError> {
    catalogue.find(word).map_err(|unknown| {
        let hint = suggestion(unknown.nearest.as_ref(), OfFeatures::List);
        CommandError::usage("unknown-feature", unknown.to_string(), hint)
    })
}
