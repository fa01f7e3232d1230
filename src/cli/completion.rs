//! What a shell offers while a command line is typed: the names that the environment has now, and
//! those that the program knows.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::diagnosis::Header;
use crate::doctor::rules;
use crate::gates::Catalogue;
use crate::model::behaviour;
use crate::model::glossary::{ExplainedWord, glossary};
use crate::model::job::Definitions;
use crate::model::operation::OperationFilter;
use crate::report::safe;
use crate::store::{
    Environment, Reader, catalogue, hq_customers, operation_list, profiles, scheduler, topology,
};
use crate::{check, definitions};

/// The variable by which a shell asks what may come next.
pub(super) const VARIABLE: &str = "CDX_COMPLETE";

/// So many accounts are offered at most.
const MOST_ACCOUNTS: u32 = 200;

/// What the value of an argument names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// A channel.
    Channel,
    /// A channel or an offline database.
    Database,
    Group,
    Job,
    Schedule,
    Profile,
    Feature,
    /// A customer's account.
    Account,
    /// An operation of the customer synchronization status.
    Operation,
    DoctorRule,
    CheckRule,
    /// Anything that `explain` knows.
    Explained,
}

impl Named {
    /// What an argument of a command names; none where that is anything.
    fn of(words: &str, argument: &str) -> Option<Self> {
        Some(match (words, argument) {
            ("channels rebuild" | "channels reseed", "channel" | "name") => Self::Database,
            ("schedules set", "name") => Self::Schedule,
            ("explain", "word") => Self::Explained,
            ("customers trace", "word") | (_, "account" | "default_customer" | "customer") => {
                Self::Account
            }
            ("check", "only" | "skip") => Self::CheckRule,
            (_, "only" | "skip") => Self::DoctorRule,
            ("channels pause" | "channels resume" | "channels set", "name") | (_, "channel") => {
                Self::Channel
            }
            (_, "group" | "groups" | "add_groups" | "remove_groups") => Self::Group,
            (_, "job" | "jobs" | "add_jobs" | "remove_jobs") => Self::Job,
            (_, "profile") => Self::Profile,
            (_, "feature") => Self::Feature,
            (
                "customers status show" | "customers status edit" | "customers synchronize",
                "operation",
            ) => Self::Operation,
            _ => return None,
        })
    }
}

/// Where names come from: the environment, where there is one that can be read.
struct Names {
    reader: Option<Reader>,
}

impl Names {
    /// Nothing is left beside a file that is read, whoever else is at work.
    fn of(env: Option<&Path>) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        let found = Environment::find(env, &here).and_then(|env| env.rehearsal());
        // While a line is typed there is nobody to tell what is wrong with an environment.
        Self { reader: found.ok() }
    }

    /// The names of this kind, each with what it is.
    fn of_kind(&self, named: Named, begun: &str) -> Vec<(String, String)> {
        let plain = |names: Vec<String>| names.into_iter().map(|name| (name, String::new()));
        match named {
            Named::Channel => plain(self.databases(false)).collect(),
            Named::Database => plain(self.databases(true)).collect(),
            Named::Group => plain(self.groups()).collect(),
            Named::Schedule => plain(self.schedules()).collect(),
            Named::Profile => self.profiles(),
            Named::Job => jobs(&self.definitions()),
            Named::Feature => self.features(),
            Named::Account => self.accounts(begun),
            Named::Operation => self.operations(),
            Named::DoctorRule => doctor_rules(),
            Named::CheckRule => check_rules(),
            Named::Explained => self.explained(),
        }
    }

    fn databases(&self, offline: bool) -> Vec<String> {
        let stores = self.reader.as_ref().and_then(|it| topology::data_stores(&it.hq).ok());
        let stores = stores.into_iter().flatten().filter(|store| offline || !store.offline);
        stores.map(|store| store.name).collect()
    }

    fn groups(&self) -> Vec<String> {
        let groups = self.reader.as_ref().and_then(|it| topology::groups(&it.hq).ok());
        groups.into_iter().flatten().map(|group| group.name).collect()
    }

    fn schedules(&self) -> Vec<String> {
        let schedules = self.reader.as_ref().and_then(|it| topology::schedules(&it.hq).ok());
        schedules.into_iter().flatten().map(|schedule| schedule.name).collect()
    }

    fn profiles(&self) -> Vec<(String, String)> {
        let profiles = self.reader.as_ref().and_then(|it| profiles::profiles(&it.hq).ok());
        profiles.into_iter().flatten().map(|profile| (profile.id, profile.name)).collect()
    }

    /// Headquarters' jobs, else those that the program comes with.
    fn definitions(&self) -> Definitions {
        let own = self.reader.as_ref().and_then(|it| scheduler::read(&it.hq).ok());
        let shipped = || {
            let tables = catalogue::tools().ok()?;
            definitions::load(&definitions::shipped(), &tables).ok()
        };
        own.or_else(shipped).unwrap_or_default()
    }

    fn features(&self) -> Vec<(String, String)> {
        let catalogue = match &self.reader {
            Some(reader) => reader.env.gates().ok(),
            None => Catalogue::load(&[], &definitions::job_ids(&definitions::shipped())).ok(),
        };
        let gates = catalogue.into_iter().flat_map(|catalogue| catalogue.gates);
        gates.map(|gate| (gate.slug, gate.name)).collect()
    }

    fn accounts(&self, begun: &str) -> Vec<(String, String)> {
        let list = |reader: &Reader| hq_customers::list(&reader.hq, begun, MOST_ACCOUNTS).ok();
        let found = self.reader.as_ref().and_then(list).map(|(customers, _)| customers);
        let customers = found.into_iter().flatten();
        let name = |first: &str, last: &str| format!("{first} {last}").trim().to_owned();
        let known = customers.map(|one| {
            let name = name(&one.first_name, &one.last_name);
            (one.account.to_string(), name)
        });
        known.filter(|(account, _)| !account.is_empty()).collect()
    }

    fn operations(&self) -> Vec<(String, String)> {
        let list = |it: &Reader| {
            operation_list::list(&it.hq, &it.world.clock, &OperationFilter::default()).ok()
        };
        let found = self.reader.as_ref().and_then(list).into_iter().flatten();
        found.map(|one| (one.id, format!("{}, {}", one.operation, one.status))).collect()
    }

    fn explained(&self) -> Vec<(String, String)> {
        let behaviours = behaviour::all().unwrap_or_default().into_iter();
        let behaviours = behaviours.map(|one| (one.id, one.title));
        let glossary = glossary().unwrap_or_default();
        let words = glossary.iter().flat_map(ExplainedWord::spellings);
        let words: Vec<_> = words.map(|word| (word.to_owned(), String::new())).collect();
        let rules = [doctor_rules(), check_rules()];
        let known = rules.into_iter().chain([jobs(&self.definitions()), self.features()]);
        known.flatten().chain(behaviours).chain(words).collect()
    }
}

fn jobs(definitions: &Definitions) -> Vec<(String, String)> {
    definitions.jobs.iter().map(|job| (job.id.to_string(), job.name.clone())).collect()
}

fn doctor_rules() -> Vec<(String, String)> {
    rules::RULES.iter().map(|rule| titled(&rule.header)).collect()
}

fn check_rules() -> Vec<(String, String)> {
    check::headers().map(titled).collect()
}

fn titled(header: &Header) -> (String, String) {
    (header.code.to_owned(), header.name.to_owned())
}

/// The command with what its arguments take said to the shell.
fn knowing(command: Command, words: &str, env: Option<&Path>) -> Command {
    let command = command.mut_args(|arg| {
        let Some(named) = Named::of(words, arg.get_id().as_str()) else { return arg };
        let env = env.map(Path::to_path_buf);
        arg.add(ArgValueCompleter::new(move |begun: &OsStr| offered(named, env.as_deref(), begun)))
    });
    command.mut_subcommands(|level| {
        let words = format!("{words} {}", level.get_name());
        knowing(level, words.trim(), env)
    })
}

/// What is offered for a value that begins so.
fn offered(named: Named, env: Option<&Path>, begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    // A list is completed at its last name.
    let (before, last) = match begun.rfind(',') {
        Some(at) if matches!(named, Named::DoctorRule | Named::CheckRule) => begun.split_at(at + 1),
        _ => ("", &*begun),
    };
    let folded = last.to_lowercase();
    let names = Names::of(env).of_kind(named, last).into_iter();
    let fitting = names.filter(|(name, _)| name.to_lowercase().starts_with(&folded));
    let candidate = |(name, what): (String, String)| {
        let help = (!what.is_empty()).then(|| safe::line(&what).into());
        CompletionCandidate::new(format!("{before}{name}")).help(help)
    };
    fitting.map(candidate).collect()
}

/// Answers a shell that asks what may come next; whether one asked. `env` tells the environment
/// that a command line names.
///
/// # Errors
/// A shell that is not known, or an answer that cannot be written.
pub(super) fn answer(
    tree: fn() -> Command,
    args: &[OsString],
    env: impl Fn(&[OsString]) -> Option<PathBuf>,
) -> clap::error::Result<bool> {
    // The line that is typed stands behind two dashes.
    let typed = args.iter().position(|arg| arg == "--").map_or(&[][..], |at| &args[at + 1..]);
    let (env, here) = (env(typed), std::env::current_dir().ok());
    let factory = || knowing(tree(), "", env.as_deref());
    let asked = CompleteEnv::with_factory(factory).var(VARIABLE).bin("cdx");
    asked.try_complete(args.iter().cloned(), here.as_deref())
}
