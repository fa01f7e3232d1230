//! What a shell offers while a command line is typed: the names that the environment has now, and
//! those that the program knows.

use std::cell::OnceCell;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::commands::{schema_names, shipped_gates, shipped_jobs};
use crate::check;
use crate::diagnosis::Header;
use crate::doctor::rules;
use crate::model::behaviour;
use crate::model::glossary::{ExplainedWord, glossary};
use crate::model::job::Definitions;
use crate::model::operation::OperationFilter;
use crate::model::safe;
use crate::model::suggestion::Shell;
use crate::store::{
    Environment, Reader, StoreError, hq_customers, operation_list, profiles, scheduler, topology,
};

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
    Schema,
}

impl Named {
    /// What an argument of a command names; none where that is anything.
    fn of(words: &str, argument: &str) -> Option<Self> {
        Some(match (words, argument) {
            ("schedules set", "name") => Self::Schedule,
            ("explain", "word") => Self::Explained,
            ("schema", "name") => Self::Schema,
            ("customers trace", "word") | (_, "account" | "default_customer" | "customer") => {
                Self::Account
            }
            ("check", "only" | "skip") => Self::CheckRule,
            (_, "only" | "skip") => Self::DoctorRule,
            // Registers and scale units are those of channels; an offline database has neither.
            ("csu status" | "csu restart" | "rts list", "channel") => Self::Channel,
            (words, "channel") if words.starts_with("pos ") => Self::Channel,
            (
                "channels pause" | "channels resume" | "channels set" | "channels rebuild"
                | "channels reseed",
                "name",
            )
            | (_, "channel") => Self::Database,
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

/// Where names come from: the environment, where there is one that can be read. It is opened when
/// it is asked first: what the program itself knows needs none.
struct Names<'a> {
    env: Option<&'a Path>,
    tree: fn() -> Command,
    reader: OnceCell<Option<Reader>>,
}

impl<'a> Names<'a> {
    fn of(env: Option<&'a Path>, tree: fn() -> Command) -> Self {
        Self { env, tree, reader: OnceCell::new() }
    }

    /// Nothing is left beside a file that is read, whoever else is at work.
    fn reader(&self) -> Option<&Reader> {
        let open = || {
            let here = std::env::current_dir().unwrap_or_default();
            // While a line is typed there is nobody to tell what is wrong with an environment.
            Environment::find(self.env, &here).and_then(|env| env.rehearsal()).ok()
        };
        self.reader.get_or_init(open).as_ref()
    }

    /// What the environment answers; nothing where it cannot.
    fn read<T>(&self, ask: impl FnOnce(&Reader) -> Result<Vec<T>, StoreError>) -> Vec<T> {
        self.reader().and_then(|reader| ask(reader).ok()).unwrap_or_default()
    }

    /// The names of this kind, each with what it is.
    fn of_kind(&self, named: Named, begun: &str) -> Vec<(String, String)> {
        match named {
            Named::Channel => self.databases(false),
            Named::Database => self.databases(true),
            Named::Group => self.groups(),
            Named::Schedule => self.schedules(),
            Named::Profile => self.profiles(),
            Named::Job => jobs(&self.definitions()),
            Named::Feature => self.features(),
            Named::Account => self.accounts(begun),
            Named::Operation => self.operations(),
            Named::DoctorRule => doctor_rules(),
            Named::CheckRule => check_rules(),
            Named::Explained => self.explained(),
            Named::Schema => schema_names(&(self.tree)()).collect(),
        }
    }

    fn databases(&self, offline: bool) -> Vec<(String, String)> {
        let stores = self.read(|it| topology::data_stores(&it.hq)).into_iter();
        plain(stores.filter(|store| offline || !store.offline).map(|store| store.name))
    }

    fn groups(&self) -> Vec<(String, String)> {
        plain(self.read(|it| topology::groups(&it.hq)).into_iter().map(|group| group.name))
    }

    fn schedules(&self) -> Vec<(String, String)> {
        let schedules = self.read(|it| topology::schedules(&it.hq)).into_iter();
        plain(schedules.map(|schedule| schedule.name))
    }

    fn profiles(&self) -> Vec<(String, String)> {
        let profiles = self.read(|it| profiles::profiles(&it.hq)).into_iter();
        profiles.map(|profile| (profile.id, profile.name)).collect()
    }

    /// Headquarters' jobs, else those that the program comes with.
    fn definitions(&self) -> Definitions {
        let own = self.reader().and_then(|it| scheduler::read(&it.hq).ok());
        own.or_else(|| shipped_jobs().ok()).unwrap_or_default()
    }

    fn features(&self) -> Vec<(String, String)> {
        let catalogue = match self.reader() {
            Some(reader) => reader.env.gates().ok(),
            None => shipped_gates().ok(),
        };
        let gates = catalogue.into_iter().flat_map(|catalogue| catalogue.gates);
        gates.map(|gate| (gate.slug, gate.name)).collect()
    }

    fn accounts(&self, begun: &str) -> Vec<(String, String)> {
        let list = |it: &Reader| {
            hq_customers::list(&it.hq, begun, MOST_ACCOUNTS).map(|(customers, _)| customers)
        };
        let known = self.read(list).into_iter().map(|one| {
            let name = format!("{} {}", one.first_name, one.last_name);
            (one.account.to_string(), name.trim().to_owned())
        });
        known.filter(|(account, _)| !account.is_empty()).collect()
    }

    fn operations(&self) -> Vec<(String, String)> {
        let all = OperationFilter::default();
        let found = self.read(|it| operation_list::list(&it.hq, &it.world.clock, &all)).into_iter();
        found.map(|one| (one.id, format!("{}, {}", one.operation, one.status))).collect()
    }

    fn explained(&self) -> Vec<(String, String)> {
        let behaviours = behaviour::all().unwrap_or_default().into_iter();
        let behaviours = behaviours.map(|one| (one.id, one.title));
        let glossary = glossary().unwrap_or_default();
        let words = glossary.iter().flat_map(ExplainedWord::spellings);
        let words = plain(words.map(str::to_owned));
        let rules = [doctor_rules(), check_rules()];
        let known = rules.into_iter().chain([jobs(&self.definitions()), self.features()]);
        known.flatten().chain(behaviours).chain(words).collect()
    }
}

/// Names of which there is nothing more to say.
fn plain(names: impl Iterator<Item = String>) -> Vec<(String, String)> {
    names.map(|name| (name, String::new())).collect()
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

/// Who asks what may come next, and where.
#[derive(Clone)]
struct Asking {
    /// The environment that the line names.
    env: Option<PathBuf>,
    tree: fn() -> Command,
    /// The shell, where it puts what it is offered into the line as it is; others quote it
    /// themselves.
    quoting: Option<Shell>,
}

/// The command with what its arguments take said to the shell.
fn knowing(command: Command, words: &str, asking: &Asking) -> Command {
    let command = command.mut_args(|arg| {
        let Some(named) = Named::of(words, arg.get_id().as_str()) else { return arg };
        let asking = asking.clone();
        arg.add(ArgValueCompleter::new(move |begun: &OsStr| {
            let names = Names::of(asking.env.as_deref(), asking.tree);
            offered(named, &names, begun, asking.quoting)
        }))
    });
    command.mut_subcommands(|level| {
        let words = format!("{words} {}", level.get_name());
        knowing(level, words.trim(), asking)
    })
}

/// What is offered for a value that begins so.
fn offered(
    named: Named,
    names: &Names<'_>,
    begun: &OsStr,
    quoting: Option<Shell>,
) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    // A list is completed at its last name.
    let (before, last) = match begun.rfind(',') {
        Some(at) if matches!(named, Named::DoctorRule | Named::CheckRule) => begun.split_at(at + 1),
        _ => ("", &*begun),
    };
    let folded = last.to_lowercase();
    let names = names.of_kind(named, last).into_iter();
    let fitting = names.filter(|(name, _)| name.to_lowercase().starts_with(&folded));
    let candidate = |(name, what): (String, String)| {
        let help = (!what.is_empty()).then(|| safe::line(&what).into());
        let name = spelled(&name, quoting)?;
        Some(CompletionCandidate::new(format!("{before}{name}")).help(help))
    };
    fitting.filter_map(candidate).collect()
}

/// The shell that asks, where names are quoted for it.
fn quoting() -> Option<Shell> {
    match std::env::var(VARIABLE).ok()?.as_str() {
        "bash" => Some(Shell::Sh),
        "powershell" => Some(Shell::PowerShellScript),
        _ => None,
    }
}

/// A name as it is put into the line, where it runs nothing; none of one with what a
/// terminal obeys or hides.
fn spelled(name: &str, quoting: Option<Shell>) -> Option<String> {
    let plain = safe::is_plain(name).then_some(name)?;
    Some(quoting.map_or_else(|| plain.to_owned(), |shell| shell.quoted(plain)))
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
    // Whoever answers takes the variable away.
    let asking = Asking { env: env(typed), tree, quoting: quoting() };
    let here = std::env::current_dir().ok();
    let factory = || knowing(tree(), "", &asking);
    let asked = CompleteEnv::with_factory(factory).var(VARIABLE).bin("cdx");
    asked.try_complete(args.iter().cloned(), here.as_deref())
}
