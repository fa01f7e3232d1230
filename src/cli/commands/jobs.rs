//! `cdx jobs`: definitions, their subjobs and fields, and what is wrong with them.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::definitions::{self, Problem, Problems, SourceFile};
use crate::extension::base;
use crate::gates::Catalogue;
use crate::model::event::{Event, Listener as _};
use crate::model::job::{Definitions, Job, Subjob, Target};
use crate::model::job_names::{KnownJob, not_modelled};
use crate::model::suggestion::{OfJobs, Prose};
use crate::report::page::{Page, Report, count, grouped};
use crate::store::input::{Budget, DEFINITIONS};
use crate::store::own_note::SourceNote;
use crate::store::own_schema::OwnSchema;
use crate::store::{StoreError, catalogue, files, scheduler};

/// Show job definitions and check them.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the jobs that headquarters has.
    List,
    /// Show a job's subjobs and fields.
    Show {
        /// The job, by id or name.
        job: String,
    },
    /// Check definition files; all of the environment's when none is named.
    Check {
        /// Files to check beside the shipped definitions.
        files: Vec<PathBuf>,
    },
}

outcomes! {
    JobList: "jobs list";
    JobDetail: "jobs show", "explain";
    NotModelled: "jobs show", "explain";
    CheckReport: "jobs check";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    match args.command {
        Command::List => {
            let definitions = known(context)?;
            context.done(&JobList::of(&definitions))
        }
        Command::Show { job } => {
            let definitions = known(context)?;
            match (definitions.find_job(&job), not_modelled(&job)) {
                (Some(found), _) => context.done(&JobDetail::of(&definitions, found)),
                (None, Some(known)) => context.done(&NotModelled::of(known)),
                (None, None) => Err(unknown_job(&definitions, &job)),
            }
        }
        Command::Check { files } => check(context, &files),
    }
}

/// The definitions headquarters has; the shipped ones where there is no environment.
pub(in crate::cli) fn known(context: &Context) -> Result<Definitions, CommandError> {
    if let Some(env) = context.environment_if_any()? {
        return Ok(scheduler::read(&env.reader()?.hq)?);
    }
    shipped()
}

/// The definitions that come with the tool: headquarters makes some only once a feature is on.
pub(in crate::cli) fn shipped() -> Result<Definitions, CommandError> {
    let tables = catalogue::tools()?;
    let loaded = definitions::load(&definitions::shipped(), &tables);
    Ok(loaded.map_err(StoreError::Definitions)?)
}

/// An unknown job, with the nearest one.
pub(in crate::cli) fn unknown_job(definitions: &Definitions, word: &str) -> CommandError {
    crate::exchange::ExchangeError::no_such_job(definitions, word).into()
}

fn check(context: &Context, named: &[PathBuf]) -> Result<Exit, CommandError> {
    let mut sources = definitions::shipped();
    let mut gates = Vec::new();
    let mut broken = 0;
    let mut problems = Problems::default();
    let mut budget = Budget::new(DEFINITIONS);
    let mut seeds = Vec::new();
    for path in named {
        let text = budget.text(path)?;
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xml")) {
            seeds.push(path.clone());
        } else {
            sources.push(SourceFile::own(&path.display().to_string(), &text));
        }
    }
    let own = match context.environment_if_any() {
        Ok(Some(env)) => {
            if named.is_empty() {
                sources.extend(files::job_files(env.root())?);
                gates = files::gate_files(env.root())?;
            }
            Some(env.own_schema_with(&seeds)?)
        }
        Ok(None) => Some(OwnSchema::read(None, &seeds)?),
        // What is wrong with the environment's own settings is told in its place.
        Err(StoreError::Definitions(found)) => {
            broken = 1;
            problems.join(found);
            None
        }
        Err(error) => return Err(error.into()),
    };
    if let Some((own, found)) = own {
        tell_notes(context, &own.notes);
        problems.join(found);
        let asked = |file: &SourceFile| {
            named.is_empty()
                || file.name == base::LIST_NAME
                || seeds.iter().any(|path| path.display().to_string() == file.name)
        };
        sources.extend(own.definitions().into_iter().filter(asked));
        // Without all of their tables definitions cannot be judged.
        if problems.is_empty() {
            let loaded = definitions::load(&sources, &own.catalogue()?);
            problems.join(loaded.err().unwrap_or_default());
        }
    }
    let own = sources.iter().filter(|source| !source.shipped).count() + gates.len() + broken;
    let jobs = definitions::job_ids(&sources);
    problems.join(Catalogue::load(&gates, &jobs).err().unwrap_or_default());
    let exit = if problems.is_empty() { Exit::Done } else { Exit::Wrong };
    let shipped = sources.iter().filter(|source| source.shipped).count();
    let Problems { told, more } = problems;
    context.end(exit, &CheckReport { shipped, own, problems: told, more_problems: more })
}

/// Tells what is worth knowing of scripts and seed data.
pub(in crate::cli) fn tell_notes(context: &Context, notes: &[SourceNote]) {
    for SourceNote { at, what } in notes {
        let text = format!("{at}: {what}");
        context.progress().event(Event::Warning { text, hint: None });
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct CheckReport {
    /// Files inside the program.
    shipped: usize,
    /// Files of one's own.
    own: usize,
    /// What is wrong, with its place.
    problems: Vec<Problem>,
    /// Those after the first hundred.
    more_problems: usize,
}

impl Report for CheckReport {
    fn text(&self, page: &mut Page) {
        let (shipped, own) = (self.shipped as u64, self.own as u64);
        let files = format!("{} and {}", count(shipped, "shipped file"), count(own, "own file"));
        if self.problems.is_empty() {
            page.line(format!("No problems in {files}."));
            return;
        }
        let found = (self.problems.len() + self.more_problems) as u64;
        page.line(format!("{} in {files}:", count(found, "problem")));
        for problem in &self.problems {
            page.item(problem.to_string());
        }
        if self.more_problems > 0 {
            page.item(format!("and {} more", grouped(self.more_problems as u64)));
        }
        page.line(Prose::hint("correct them, then look again", OfJobs::Check));
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct JobList {
    /// Each by its id.
    jobs: Vec<JobLine>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct JobLine {
    /// Its number or short id.
    id: String,
    /// The name people know it by.
    name: String,
    /// download, upload or batch.
    direction: &'static str,
    /// How many subjobs it has.
    subjobs: usize,
    /// How well it is supported: documented, inferred, assumed.
    grade: &'static str,
    /// Whether registers' offline databases are left out.
    exclude_offline: bool,
}

impl JobList {
    fn of(definitions: &Definitions) -> Self {
        let line = |job: &Job| JobLine {
            id: job.id.to_string(),
            name: job.name.clone(),
            direction: job.direction.as_str(),
            subjobs: job.lines.iter().filter(|line| line.enabled).count(),
            grade: job.evidence.grade.as_str(),
            exclude_offline: job.exclude_offline,
        };
        Self { jobs: definitions.jobs.iter().map(line).collect() }
    }
}

impl Report for JobList {
    fn text(&self, page: &mut Page) {
        let row = |job: &JobLine| {
            [
                job.id.clone(),
                job.name.clone(),
                job.direction.to_owned(),
                job.subjobs.to_string(),
                job.grade.to_owned(),
            ]
        };
        page.table(
            ["job", "name", "direction", "subjobs", "grade"],
            self.jobs.iter().map(row).collect(),
        );
    }
}

/// A job with its subjobs.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct JobDetail {
    job: Job,
    /// Its subjobs, with their fields.
    subjobs: Vec<Subjob>,
}

impl JobDetail {
    pub(in crate::cli) fn of(definitions: &Definitions, job: &Job) -> Self {
        let subjobs = job.lines.iter().filter_map(|line| definitions.subjob(&line.subjob));
        Self { job: job.clone(), subjobs: subjobs.cloned().collect() }
    }
}

impl Report for JobDetail {
    fn text(&self, page: &mut Page) {
        let Job { id, name, direction, evidence, aliases, .. } = &self.job;
        page.line(format!("Job {id}, {name} ({})", direction.as_str()));
        if !aliases.is_empty() {
            page.item(format!("also: {}", aliases.join(", ")));
        }
        page.item(format!("{}: {}", evidence.grade.as_str(), evidence.source));
        for line in &self.job.lines {
            let Some(subjob) = self.subjobs.iter().find(|s| s.id == line.subjob) else { continue };
            let off = if line.enabled { "" } else { " (switched off)" };
            page.title(&format!("{}{off}", subjob.id));
            page.item(format!("key {}", subjob.key.join(", ")));
            if let Some(counter) = &subjob.counter {
                page.item(format!("replication counter {counter}"));
            }
            if let Some(filter) = &subjob.filter {
                let tables: Vec<&str> = filter.joins.iter().map(|j| j.table.as_str()).collect();
                let through = if tables.is_empty() {
                    String::new()
                } else {
                    format!(" through {}", tables.join(", "))
                };
                page.item(format!(
                    "only rows of the group's channels, by {}{through}",
                    filter.channel
                ));
            }
            for target in &subjob.targets {
                page.item(fields(subjob, target));
            }
            page.item(format!("{}: {}", line.evidence.grade.as_str(), line.evidence.source));
        }
    }
}

fn fields(subjob: &Subjob, target: &Target) -> String {
    let field = |field: &crate::model::job::FieldMap| {
        if field.from == field.to {
            field.from.clone()
        } else {
            format!("{} as {}", field.from, field.to)
        }
    };
    let list: Vec<String> = target.fields.iter().map(field).collect();
    format!("{} -> {}: {}", subjob.table, target.dotted(), list.join(", "))
}

/// A job that is known and not modelled.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::cli) struct NotModelled {
    #[serde(flatten)]
    known: &'static KnownJob,
    /// False.
    modelled: bool,
}

impl NotModelled {
    pub(in crate::cli) fn of(known: &'static KnownJob) -> Self {
        Self { known, modelled: false }
    }
}

impl Report for NotModelled {
    fn text(&self, page: &mut Page) {
        page.line(format!("{}: known, and not modelled here", self.known));
        page.item(&self.known.what);
        page.item(format!("{}: {}", self.known.grade, self.known.source));
        page.item(Prose::hint("what is modelled", OfJobs::List));
    }
}
