//! Errors on their way to people: which exit code, which word, which hint.

use std::path::Path;

use super::about_files;
use super::exit::Exit;
use crate::definitions::Problems;
use crate::exchange::ExchangeError;
use crate::exchange::error::Unset;
use crate::exchange::manage::{Choice, ManageError};
use crate::model::job::FIRST_JOBS;
use crate::model::name_kind::NameKind;
use crate::model::session::SessionId;
use crate::model::suggestion::{
    Consent, Doctor, OfChannels, OfCustomers, OfFeatures, OfJobs, OfSessions, Prose, Run,
    Suggestion,
};
use crate::model::topology::OFFLINE_SUFFIX;
use crate::report::Failure;
use crate::report::error::PartialReport;
use crate::runtime::{MissingGround, PosError};
use crate::store::StoreError;
use crate::store::mark::SETTINGS_FILE;
use crate::world::{ClockError, FaultError};

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub(crate) struct CommandError {
    /// The exit code.
    pub(crate) exit: Exit,
    /// What is printed.
    pub(crate) failure: Box<Failure>,
}

impl CommandError {
    /// An error in what was typed, with a hint.
    pub(crate) fn usage(
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<Prose>,
    ) -> Self {
        Self {
            exit: Exit::Wrong,
            failure: Box::new(Failure {
                code,
                message: message.into(),
                causes: Vec::new(),
                hints: vec![hint.into()],
                report: None,
            }),
        }
    }

    /// An answer that is no, with its reasons and what to do about them.
    pub(crate) fn refused(
        code: &'static str,
        message: String,
        causes: Vec<String>,
        hints: Vec<Prose>,
    ) -> Self {
        let failure = Failure { code, message, causes, hints, report: None };
        Self { exit: Exit::No, failure: Box::new(failure) }
    }

    /// Adds another hint.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: Prose) -> Self {
        self.failure.hints.push(hint);
        self
    }

    /// Adds what was done before.
    #[must_use]
    fn with_report(mut self, report: Option<PartialReport>) -> Self {
        self.failure.report = report;
        self
    }

    /// Where a change may be there or not: how to see whether this command's is.
    #[must_use]
    pub(super) fn uncertain_of(mut self, command: &str) -> Self {
        if self.failure.code == about_files::UNCERTAIN {
            self.failure.hints = vec![about_files::look(about_files::LOOK, command)];
        }
        self
    }

    /// What was asked is done, and what came of it could not be printed.
    #[must_use]
    pub(super) fn not_shown(mut self, command: &str) -> Self {
        self.failure.message =
            format!("everything is done, but it could not be shown: {}", self.failure.message);
        self.failure.hints = vec![about_files::look("see what is done", command)];
        self
    }

    /// An error after partial work, with what was done before it.
    fn partly(error: ExchangeError) -> Self {
        let message = error.to_string();
        let (source, report) = match error {
            ExchangeError::Interrupted { source, report, .. } => {
                (source, PartialReport::Run(*report))
            }
            ExchangeError::Underway { source, way, .. } => (source, PartialReport::Way(*way)),
            other => return Self::from_error(Exit::Impossible, "interrupted", &other, Vec::new()),
        };
        let mut inner = Self::from(*source);
        inner.failure.message = message;
        inner.with_report(Some(report))
    }

    /// An error of a type of ours, with what is behind it.
    pub(super) fn from_error(
        exit: Exit,
        code: &'static str,
        error: &dyn std::error::Error,
        hints: Vec<Prose>,
    ) -> Self {
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        let failure = Failure { code, message: error.to_string(), causes, hints, report: None };
        Self { exit, failure: Box::new(failure) }
    }
}

/// The code of what is there already.
pub(super) const EXISTS: &str = "exists";

/// "Did you mean", ending in the command that lists what there is.
pub(super) fn suggestion(nearest: Option<&String>, list: impl Into<Suggestion>) -> Prose {
    let meant = nearest.map_or_else(String::new, |nearest| format!("did you mean {nearest:?}? "));
    Prose::hint(format!("{meant}see what there is"), list)
}

/// What leads on from a name that is not there.
fn instead(what: NameKind, nearest: Option<&String>) -> Prose {
    let list = match what {
        NameKind::Channel | NameKind::Group => OfChannels::List.into(),
        NameKind::Schedule => Suggestion::Schedules,
        NameKind::Profile => Suggestion::Profiles,
        NameKind::Session(kind) | NameKind::Status(kind) => OfSessions::List(kind).into(),
        NameKind::Customer | NameKind::DefaultCustomer => OfCustomers::List.into(),
        // The message lists them.
        NameKind::Affiliation
        | NameKind::Attribute
        | NameKind::CustomerGroup
        | NameKind::Currency
        | NameKind::Language
        | NameKind::Country => {
            let meant = nearest.map(|nearest| format!("did you mean {nearest:?}? "));
            let words = format!("{}see what customers have", meant.unwrap_or_default());
            return Prose::hint(words, OfCustomers::List);
        }
        // What a channel shows and headquarters does not have may be on its way up.
        NameKind::Address => {
            let up = Run::jobs(["P", "sync-customers"]);
            return Prose::hint("bring what the channels have", up);
        }
        NameKind::Operation => OfCustomers::Operations.into(),
    };
    suggestion(nearest, list)
}

fn export(words: &str, path: &str, force: bool) -> Prose {
    Prose::hint(words, OfFeatures::Export { file: path.to_owned(), force })
}

/// A channel's file can be made again and its jobs fill it; any other comes from a copy alone.
fn bring_back(what: &str, path: &str) -> Prose {
    match channel_of(Path::new(path)) {
        Some(name) => {
            Prose::hint(format!("bring {what} back, or make an empty one"), rebuild(name, false))
        }
        None => {
            Prose::hint(format!("bring {what} back, or make a new environment"), another_folder())
        }
    }
}

fn rebuild(name: &str, discard: bool) -> Suggestion {
    OfChannels::Rebuild { database: name.to_owned(), discard }.into()
}

fn another_folder() -> Suggestion {
    Suggestion::InitElsewhere("another-folder".to_owned())
}

/// What to do about a database that is there and does not do what it is asked.
fn unwilling(path: &str) -> Prose {
    match channel_of(Path::new(path)) {
        Some(name) => {
            Prose::hint("correct what is wrong, or make the file again", rebuild(name, false))
        }
        None => Prose::hint("see what is wrong with it", Doctor::default()),
    }
}

/// The name of the channel or offline database that a file belongs to.
fn channel_of(path: &Path) -> Option<&str> {
    let folder = path.parent()?;
    // An environment may itself be a folder of this name.
    let within = folder.file_name()? == "channels" && !folder.join(SETTINGS_FILE).is_file();
    path.file_name()?.to_str()?.strip_suffix(".db").filter(|_| within)
}

/// What brings a channel what an operation lacks there.
fn lacking(channel: &str, missing: &MissingGround) -> Prose {
    match missing {
        MissingGround::NoConfiguration => {
            Prose::hint("bring it what it needs", Run::jobs(FIRST_JOBS).in_channel(channel))
        }
        MissingGround::NoCustomers | MissingGround::DefaultCustomerNotThere(_) => {
            Prose::hint("bring it the customers", Run::job("1010").full().in_channel(channel))
        }
        MissingGround::NoDefaultCustomer | MissingGround::DefaultCustomerUnknown(_) => {
            Prose::hint("see who could be the default customer", OfCustomers::List)
        }
    }
}

/// Job files have a command of their own to look at them with.
fn correct(problems: &Problems) -> Prose {
    // Scripts that were changed are told where they are carried out, and are in order once they
    // are back.
    if problems.are_changed_scripts() {
        return Prose::hint("then go on", Suggestion::INITIALIZE);
    }
    Prose::hint("see them one by one", OfJobs::Check)
}

fn see_clock() -> Prose {
    Prose::hint("see where it stands", Suggestion::Clock)
}

fn another_default() -> Prose {
    let words = "give the channels another one first; see how";
    Prose::hint(words, Suggestion::Help(Some("channels".to_owned())))
}

fn see_customers() -> Prose {
    Prose::hint("see the customers", OfCustomers::List)
}

fn see_columns() -> Prose {
    Prose::hint("give a shorter value; see the columns", OfJobs::Show("1010".to_owned()))
}

fn write_again() -> Prose {
    let initialize = Suggestion::Initialize { delete_existing: true, despite_errors: false };
    Prose::hint("write the definitions again", initialize)
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        use Exit::{Impossible, Wrong};
        let (exit, code, hint) = match &error {
            StoreError::NoEnvironment { .. } => (
                Impossible,
                "no-environment",
                Prose::hint("make one", Suggestion::NewEnvironment("my-environment".to_owned())),
            ),
            StoreError::Entity { .. } => {
                (Wrong, "entity", export("see what it should look like", "features.csv", false))
            }
            StoreError::FileExists { path } => (Wrong, EXISTS, export("overwrite it", path, true)),
            StoreError::Exists { .. } | StoreError::HasEnvironment { .. } => {
                (Wrong, EXISTS, Prose::hint("choose another folder", another_folder()))
            }
            StoreError::Foreign { .. } => {
                let words = "move it away, or choose another folder";
                (Wrong, "foreign", Prose::hint(words, another_folder()))
            }
            StoreError::Definitions(problems) => (Wrong, "definitions", correct(problems)),
            StoreError::Full { .. }
            | StoreError::Denied { .. }
            | StoreError::Disk { .. }
            | StoreError::Uncertain { .. }
            | StoreError::InUse { .. }
            | StoreError::Locked { .. } => {
                let (code, hint) = about_files::whole(&error);
                (Impossible, code, hint)
            }
            StoreError::Io { path, source, .. } => {
                (Impossible, "io", about_files::ungiven(path, source.kind()))
            }
            StoreError::NotAFile { .. }
            | StoreError::TooLarge { .. }
            | StoreError::NotText { .. } => {
                let (code, hint) = about_files::unread(&error);
                (Wrong, code, hint)
            }
            StoreError::Missing { path } => (Impossible, "missing", bring_back("the file", path)),
            StoreError::NotADatabase { path } | StoreError::WrongKind { path, .. } => {
                (Impossible, "not-a-database", bring_back("the right file", path))
            }
            StoreError::Newer { .. } => (
                Impossible,
                "newer",
                Prose::hint("use the version that made it; see this one's", Suggestion::Version),
            ),
            StoreError::Older { .. } => (
                Impossible,
                "older",
                Prose::hint("any command that writes brings it up to date", Suggestion::INITIALIZE),
            ),
            StoreError::Damaged { path, .. } => (Impossible, "damaged", bring_back("a copy", path)),
            StoreError::Sqlite { path, .. } => (Impossible, "sqlite", unwilling(path)),
            StoreError::Unknown { what, nearest, .. } => {
                (Wrong, "unknown-name", instead(*what, nearest.as_ref()))
            }
            StoreError::TooLong { .. } => (Wrong, "too-long", see_columns()),
            StoreError::EmptyName { .. } => (Wrong, "empty-name", see_customers()),
            StoreError::InUseAsDefault { .. } => (Wrong, "default-customer", another_default()),
            StoreError::Taken { .. } => (Wrong, "taken", suggestion(None, OfChannels::List)),
            StoreError::Unreadable { .. } => (Impossible, "unreadable", write_again()),
            StoreError::Clock(_) => (Wrong, "clock", see_clock()),
        };
        Self::from_error(exit, code, &error, vec![hint])
    }
}

impl From<ClockError> for CommandError {
    fn from(error: ClockError) -> Self {
        StoreError::Clock(error).into()
    }
}

impl From<FaultError> for CommandError {
    fn from(error: FaultError) -> Self {
        let nearest = match &error {
            FaultError::Unknown { nearest, .. } | FaultError::UnknownPlace { nearest, .. } => {
                nearest.as_ref()
            }
            FaultError::UnknownCrashPoint { .. }
            | FaultError::Impossible { .. }
            | FaultError::NotACount { .. } => None,
        };
        let hint = suggestion(nearest, Suggestion::Faults);
        Self::from_error(Exit::Wrong, "fault", &error, vec![hint])
    }
}

impl From<ExchangeError> for CommandError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Store(error) => error.into(),
            ExchangeError::Fault(error) => error.into(),
            ExchangeError::UnknownJob { ref nearest, .. } => {
                let hint = suggestion(nearest.as_ref(), OfJobs::List);
                Self::from_error(Exit::Wrong, "unknown-job", &error, vec![hint])
            }
            ExchangeError::NotModelled(known) => {
                let hint = Suggestion::Explain(known.id.clone());
                Self::from_error(Exit::Wrong, "job-not-modelled", &error, vec![hint.into()])
            }
            ExchangeError::JobNotMade { ref feature, .. } => {
                let enable = OfFeatures::Enable {
                    feature: feature.clone(),
                    with_prerequisites: false,
                    consent: Consent::default(),
                };
                let hints = vec![Suggestion::from(enable).into(), Suggestion::INITIALIZE.into()];
                Self::from_error(Exit::Wrong, "job-not-made", &error, hints)
            }
            ExchangeError::NotConfigured(ref unset) => {
                let record = |one: &Unset| Suggestion::record(&one.name).into();
                let mut hints: Vec<Prose> = unset.iter().map(record).collect();
                let allow = unset.iter().map(|one| one.name.clone()).collect();
                let job = unset.first().map_or("", |one| one.job.as_str());
                let run = Run { allow, ..Run::job(job) };
                hints.push(Prose::hint("or run it anyway", run));
                let causes = unset.iter().map(ToString::to_string).collect();
                let mut refused = Self::from_error(Exit::No, "gate-configuration", &error, hints);
                refused.failure.causes = causes;
                refused
            }
            ExchangeError::UnknownConfiguration { ref nearest, .. } => {
                let hint = suggestion(nearest.as_ref(), OfFeatures::Check(None));
                Self::from_error(Exit::Wrong, "unknown-configuration", &error, vec![hint])
            }
            ExchangeError::MappingBroken { .. } => {
                let hint = Prose::hint("see what is wrong with it", OfJobs::Check);
                Self::from_error(Exit::Wrong, "mapping", &error, vec![hint])
            }
            ExchangeError::Interrupted { .. } | ExchangeError::Underway { .. } => {
                Self::partly(error)
            }
            ExchangeError::TooManyRuns { .. } => {
                let hint = Prose::hint(
                    "go in shorter steps; see how often each runs",
                    Suggestion::Schedules,
                );
                Self::from_error(Exit::Wrong, "too-many-runs", &error, vec![hint])
            }
            ExchangeError::Whole { ref name } => {
                let upload = match name.strip_suffix(OFFLINE_SUFFIX) {
                    Some(channel) => {
                        Prose::hint("merge it first", Suggestion::Reconnect(channel.to_owned()))
                    }
                    None => Prose::hint("upload first", Run::job("P").in_channel(name)),
                };
                let discard = Prose::hint("make it again anyway", rebuild(name, true));
                Self::from_error(Exit::No, "whole", &error, vec![upload, discard])
            }
            ExchangeError::OptionUnfit { .. } => {
                let hint =
                    Prose::hint("see what it takes", Suggestion::Help(Some("run".to_owned())));
                Self::from_error(Exit::Wrong, "option", &error, vec![hint])
            }
        }
    }
}

impl From<PosError> for CommandError {
    fn from(error: PosError) -> Self {
        let (code, hint) = match &error {
            PosError::Exchange(_) | PosError::Store(_) => {
                return match error {
                    PosError::Exchange(error) => error.into(),
                    PosError::Store(error) => error.into(),
                    other => Self::from_error(Exit::Impossible, "pos", &other, Vec::new()),
                };
            }
            PosError::UnknownCustomer { channel, .. } => (
                "unknown-customer",
                Prose::hint(
                    "look for it",
                    Suggestion::FindCustomer { channel: channel.clone(), word: "NAME".to_owned() },
                ),
            ),
            PosError::UnknownAddress { account, known, .. } => (
                "unknown-address",
                match known.first() {
                    Some(_) => Prose::hint(
                        format!("it has {}; see the customer in headquarters", known.join(", ")),
                        OfCustomers::Show(account.clone()),
                    ),
                    None => Prose::hint("it has no address", OfCustomers::Show(account.clone())),
                },
            ),
            PosError::UnknownInstance { .. } => {
                ("unknown-instance", suggestion(None, Suggestion::ScaleUnits))
            }
            PosError::NoOfflineDatabase { channel } => (
                "no-offline-database",
                Prose::hint("give it one", OfChannels::AddOffline(channel.clone())),
            ),
            PosError::MissingGround { channel, missing } => {
                (missing.code().as_str(), lacking(channel, missing))
            }
        };
        let missing = matches!(error, PosError::MissingGround { .. });
        let exit = if missing { Exit::No } else { Exit::Wrong };
        Self::from_error(exit, code, &error, vec![hint])
    }
}

impl From<ManageError> for CommandError {
    fn from(error: ManageError) -> Self {
        match error {
            ManageError::Store(error) => error.into(),
            ManageError::NotAllowed { ref choice, .. } => {
                let show = match choice {
                    Choice::Download { id, .. } => OfSessions::Show(SessionId::Download(*id)),
                    Choice::Upload { id } => OfSessions::Show(SessionId::Upload(*id)),
                };
                let hint = Prose::hint("see where it stands", show);
                Self::from_error(Exit::No, "not-allowed", &error, vec![hint])
            }
        }
    }
}

impl From<std::io::Error> for CommandError {
    /// Only what is printed comes without the name of a file.
    fn from(error: std::io::Error) -> Self {
        StoreError::io("write", Path::new("standard output"))(error).into()
    }
}
