//! `cdx extension`: the extensions that an environment rehearses.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::commands::rehearse::{self, Unfit};
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::diagnosis::Finding;
use crate::extension::repository::Repository;
use crate::model::ids::JobId;
use crate::model::nearest::nearest;
use crate::model::suggestion::{OfExtensions, Prose, Suggestion};
use crate::report::page::{Page, Report, count};
use crate::store::settings_file;

/// The extensions that an environment rehearses: seed data, table metadata and channel scripts.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Rehearse what lies at a path: a folder, or an .axpp or .zip package.
    Add {
        /// The folder or package.
        #[arg(value_name = "PATH")]
        path: PathBuf,
        /// Take what is whole, and list what is left out, in spite of errors.
        #[arg(long)]
        despite_errors: bool,
    },
    /// The extensions of the environment, and what each holds.
    List,
    /// Rehearse it no longer; tables and rows stay.
    Remove {
        /// The folder or package, as it is listed.
        #[arg(value_name = "PATH")]
        path: PathBuf,
    },
}

outcomes! {
    AddReport: "extension add";
    ListReport: "extension list";
    RemoveReport: "extension remove";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    match args.command {
        Command::Add { path, despite_errors } => add(context, &path, despite_errors),
        Command::List => list(context),
        Command::Remove { path } => remove(context, &path),
    }
}

/// What was added.
#[derive(Debug, Serialize, JsonSchema)]
struct AddReport {
    /// From the environment's folder.
    path: String,
    /// Whether it is named in cdx.toml now.
    added: bool,
    #[serde(flatten)]
    holds: Contents,
    /// What `cdx check` says of it.
    findings: Vec<Finding>,
    /// The command that rehearses it.
    next: String,
    #[serde(skip)]
    command: Suggestion,
}

/// How much a repository holds.
#[derive(Debug, Serialize, JsonSchema)]
struct Contents {
    /// Files of seed data.
    seed_data: usize,
    /// Tables that scripts make.
    tables: usize,
    /// Channel scripts.
    scripts: usize,
    /// Jobs that it adds or extends.
    jobs: Vec<JobId>,
}

impl Contents {
    fn of(repository: &Repository) -> Self {
        let jobs = repository.seeds.iter().flat_map(|seed| &seed.jobs);
        Self {
            seed_data: repository.seeds.len(),
            tables: repository.tables.len(),
            scripts: repository.scripts.len(),
            jobs: jobs.map(|job| JobId::new(&job.id.value)).collect(),
        }
    }

    fn text(&self) -> String {
        format!(
            "{}, {}, {}",
            count(self.seed_data as u64, "seed-data document"),
            count(self.tables as u64, "table"),
            count(self.scripts as u64, "script")
        )
    }
}

impl Report for AddReport {
    fn text(&self, page: &mut Page) {
        let done = if self.added {
            "is rehearsed from the next initialization on"
        } else {
            "is not added"
        };
        page.line(format!("{} {done}: {}", self.path, self.holds.text()));
        rehearse::tell(page, &self.findings);
        let what = if self.added { "initialize" } else { "add it without what is broken" };
        page.line(Prose::hint(what, self.command.clone()));
    }
}

fn add(context: &Context, typed: &Path, despite: bool) -> Result<Exit, CommandError> {
    let env = context.environment()?;
    let place = context.folder.place(typed);
    rehearse::must_hold_something(typed, &place)?;
    let path = rehearse::from_folder(env.root(), &place);
    let repository = Repository::read(&[&place]);
    let holds = Contents::of(&repository);
    let findings = rehearse::findings(repository)?;
    let unfit = findings.iter().any(Unfit::refuses);
    let added = despite || !unfit;
    if added {
        context.write(|writer| Ok(settings_file::add_extension(writer.env.root(), &path)?))?;
    }
    let command = if added {
        Suggestion::Initialize { delete_existing: false, despite_errors: unfit }
    } else {
        OfExtensions::AddDespite(typed.display().to_string()).into()
    };
    let next = command.typed(context.named_env().as_deref());
    let report = AddReport { path, added, holds, findings, next, command };
    context.end(if added { Exit::Done } else { Exit::No }, &report)
}

/// The extensions of an environment.
#[derive(Debug, Serialize, JsonSchema)]
struct ListReport {
    /// Those that cdx.toml names.
    extensions: Vec<Listed>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Listed {
    /// From the environment's folder.
    path: String,
    /// Whether something lies there.
    found: bool,
    #[serde(flatten)]
    holds: Contents,
}

impl Report for ListReport {
    fn text(&self, page: &mut Page) {
        if self.extensions.is_empty() {
            page.line(Prose::hint(
                "The environment rehearses no extension; add one",
                OfExtensions::Add("PATH".to_owned()),
            ));
        }
        let row = |one: &Listed| {
            let there = if one.found { one.holds.text() } else { "not there".to_owned() };
            [one.path.clone(), there, JobId::join(&one.holds.jobs, ", ")]
        };
        page.table(["extension", "holds", "its jobs"], self.extensions.iter().map(row).collect());
    }
}

fn list(context: &Context) -> Result<Exit, CommandError> {
    let env = context.environment()?;
    let listed = env.extensions().iter().map(|path| {
        let place = env.root().join(path);
        let holds = Contents::of(&Repository::read(&[&place]));
        Listed { path: path.clone(), found: place.exists(), holds }
    });
    context.done(&ListReport { extensions: listed.collect() })
}

/// What was taken out.
#[derive(Debug, Serialize, JsonSchema)]
struct RemoveReport {
    /// From the environment's folder.
    path: String,
    /// The command that takes its jobs out.
    next: String,
    #[serde(skip)]
    command: Suggestion,
}

impl Report for RemoveReport {
    fn text(&self, page: &mut Page) {
        page.line(format!("{} is not rehearsed any more; its tables and rows stay", self.path));
        page.line(Prose::hint("take its jobs out of headquarters", self.command.clone()));
    }
}

fn remove(context: &Context, typed: &Path) -> Result<Exit, CommandError> {
    let env = context.environment()?;
    let known = env.extensions().to_vec();
    let word = typed.to_string_lossy().replace('\\', "/");
    let path = rehearse::from_folder(env.root(), &context.folder.place(typed));
    let found = known.iter().find(|own| **own == word || **own == path);
    let Some(path) = found else {
        let near = nearest(&word, known.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
        let message = format!("unknown extension {word:?}{near}");
        return Err(CommandError::usage(
            "unknown-extension",
            message,
            Suggestion::from(OfExtensions::List),
        ));
    };
    context.write(|writer| Ok(settings_file::remove_extension(writer.env.root(), path)?))?;
    let command = Suggestion::Initialize { delete_existing: true, despite_errors: false };
    let next = command.typed(context.named_env().as_deref());
    context.done(&RemoveReport { path: path.clone(), next, command })
}
