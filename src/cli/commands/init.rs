//! `cdx init`: a new environment.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::commands::rehearse;
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::ExchangeError;
use crate::exchange::init;
use crate::exchange::initialize::Options;
use crate::gates::Catalogue;
use crate::model::job::FIRST_JOBS;
use crate::model::suggestion::{Prose, Run, Suggestion};
use crate::model::version::Version;
use crate::report::page::{Page, Report, count};
use crate::store::StoreError;
use crate::store::create::Blueprint;
use crate::store::seed::{ChannelSeed, FeatureSeed, channel_names};

/// Above this many customers the first synchronization must be asked for.
const SYNC_UP_TO: u64 = 50_000;

/// Make a new environment.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(in crate::cli) struct Args {
    /// The folder to make it in; else where --env or CDX_ENV says, else this one.
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// How many channels; the third is an online store.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    channels: u32,
    /// How many customers.
    #[arg(long, default_value_t = 1_000, value_parser = customers_range())]
    customers: u64,
    /// The application's version.
    #[arg(long, default_value = "10.0.48", value_name = "V")]
    app_version: String,
    /// The seed that names, ids and chance are drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Leave the channels empty.
    #[arg(long, conflicts_with = "sync")]
    empty_channels: bool,
    /// Synchronize the channels even with more than 50,000 customers.
    #[arg(long)]
    sync: bool,
    /// Rehearse an extension: a folder, or an .axpp or .zip package; repeated for several.
    #[arg(long, value_name = "PATH")]
    extension: Vec<PathBuf>,
    /// With --extension: take what is whole, and list what is left out.
    #[arg(long, requires = "extension")]
    despite_errors: bool,
    /// Replace the environment that is there: its databases and packages go, all else stays.
    #[arg(long)]
    force: bool,
}

outcomes! {
    InitReport: "init";
}

fn customers_range() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(0..=20_000_000)
}

#[derive(Debug, Serialize, JsonSchema)]
struct InitReport {
    /// The folder that it was made in.
    environment: String,
    /// Its channel databases.
    channels: Vec<String>,
    /// How many customers headquarters has.
    customers: u64,
    /// The application version.
    app_version: String,
    /// What ids and chance come from.
    seed: u64,
    /// Whether every channel had a full synchronization.
    synchronized: bool,
}

impl Report for InitReport {
    fn text(&self, page: &mut Page) {
        page.line(format!(
            "Environment in {}: version {}, {}, {}",
            self.environment,
            self.app_version,
            count(self.channels.len() as u64, "channel"),
            count(self.customers, "customer"),
        ));
        if self.channels.len() <= 10 {
            page.item(format!("channels: {}", self.channels.join(", ")));
        }
        if self.synchronized {
            page.item("the channels have what headquarters has");
        } else {
            page.item(Prose::hint("the channels are empty", Run::jobs(FIRST_JOBS)));
        }
    }
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let dir = context.new_place(args.dir.as_deref(), ".", Suggestion::InitElsewhere)?;
    let root = context.folder.place(&dir);
    let extensions = extensions(context, &args, &root)?;
    let blueprint = Blueprint { extensions, ..blueprint(&args)? };
    let synchronized = !args.empty_channels && (args.sync || args.customers <= SYNC_UP_TO);
    let mut progress = context.progress();
    let options = Options { despite_errors: args.despite_errors, ..Options::default() };
    let made = init::init(&root, &blueprint, args.force, synchronized, options, &mut progress);
    let report = made.map_err(|error| taken(error, &dir))?;
    if !report.left.is_empty() {
        // What goes on must find the environment from here.
        let named = (dir != Path::new(".")).then(|| dir.display().to_string());
        let output = context.output.clone().named(named);
        output.report(&context.command, false, &report)?;
        return Ok(Exit::Interrupted);
    }
    if !report.ok {
        return context.end(Exit::No, &report);
    }
    context.done(&InitReport {
        environment: dir.display().to_string(),
        channels: blueprint.channels.iter().map(|channel| channel.name.clone()).collect(),
        customers: args.customers,
        app_version: blueprint.app_version.clone(),
        seed: args.seed,
        synchronized,
    })
}

/// The extensions as the environment in this folder names them; each must be fit to be rehearsed.
fn extensions(context: &Context, args: &Args, root: &Path) -> Result<Vec<String>, CommandError> {
    let mut places = Vec::new();
    for typed in &args.extension {
        let place = context.folder.place(typed);
        rehearse::must_hold_something(typed, &place)?;
        places.push(place);
    }
    if !args.despite_errors {
        let here = context.folder.place(Path::new("."));
        rehearse::must_be_fit(places.clone(), &here)?;
        if !places.is_empty() {
            rehearse::must_load(&places)?;
        }
    }
    Ok(places.iter().map(|place| rehearse::from_folder(root, place)).collect())
}

/// What to do about a folder that has an environment is said of that folder.
fn taken(error: ExchangeError, dir: &Path) -> CommandError {
    let holds = matches!(error, ExchangeError::Store(StoreError::HasEnvironment { .. }));
    let mut told = CommandError::from(error);
    if holds {
        let over = Suggestion::InitOver(dir.display().to_string());
        told.failure.hints.push(Prose::hint("or replace the one that is there", over));
    }
    told
}

/// The catalogue inside the binary.
pub(in crate::cli) fn catalogue() -> Result<Catalogue, CommandError> {
    let jobs = crate::definitions::job_ids(&crate::definitions::shipped());
    Ok(Catalogue::load(&[], &jobs).map_err(StoreError::Definitions)?)
}

fn blueprint(args: &Args) -> Result<Blueprint, CommandError> {
    let version = Version::typed(&args.app_version).ok_or_else(|| {
        CommandError::usage(
            "version",
            format!("{:?} is not a version, expected for example 10.0.48", args.app_version),
            Prose::hint("see what it takes", Suggestion::Help(Some("init".to_owned()))),
        )
    })?;
    let channels = channel_names(args.channels as usize)
        .into_iter()
        .enumerate()
        .map(|(at, name)| ChannelSeed { online: name == "online", offline_database: at == 0, name })
        .collect();
    let catalogue = catalogue()?;
    let features = catalogue
        .gates
        .iter()
        .filter(|gate| gate.since <= version)
        .map(|gate| FeatureSeed {
            name: gate.table_name(),
            display_name: gate.name.clone(),
            on: gate.lifecycle.turns_on().is_some_and(|since| *since <= version),
            can_disable: gate.can_disable,
        })
        .collect();
    Ok(Blueprint {
        channels,
        customers: args.customers,
        app_version: version.to_string(),
        seed: args.seed,
        features,
        extensions: Vec::new(),
    })
}
