//! Errors on their way to people: which exit code, which word, which hint.

use std::path::Path;

use serde_json::Value;

use super::exit::Exit;
use crate::definitions::Problems;
use crate::exchange::ExchangeError;
use crate::exchange::init::FIRST_JOBS;
use crate::exchange::manage::ManageError;
use crate::gates::script::quoted;
use crate::model::topology::OFFLINE_SUFFIX;
use crate::report::Failure;
use crate::runtime::{MissingGround, PosError};
use crate::store::StoreError;
use crate::store::environment::SETTINGS_FILE;
use crate::world::{ClockError, FaultError};

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub struct CommandError {
    /// The exit code.
    pub exit: Exit,
    /// What is printed.
    pub failure: Box<Failure>,
}

impl CommandError {
    /// An error in what was typed, with a hint.
    pub fn usage(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
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
    pub fn refused(
        code: &'static str,
        message: String,
        causes: Vec<String>,
        hints: Vec<String>,
    ) -> Self {
        let failure = Failure { code, message, causes, hints, report: None };
        Self { exit: Exit::No, failure: Box::new(failure) }
    }

    /// Adds what was done before.
    #[must_use]
    pub fn with_report(mut self, report: Option<Value>) -> Self {
        self.failure.report = report;
        self
    }

    fn from_error(
        exit: Exit,
        code: &'static str,
        error: &dyn std::error::Error,
        hints: Vec<String>,
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

/// "Did you mean", ending in the command that lists what there is.
fn suggestion(nearest: Option<&String>, list: &str) -> String {
    match nearest {
        Some(nearest) => format!("did you mean {nearest:?}? see what there is: {list}"),
        None => format!("see what there is: {list}"),
    }
}

const FULL_HINT: &str = "make room on the disk, then run the same again: df -h .";

const ENTITY_HINT: &str = "see what it should look like: cdx features export X.csv";

fn overwrite(path: &str) -> String {
    format!("overwrite it: cdx features export {} --force", quoted(path))
}

/// A channel's file can be made anew and its jobs fill it; any other comes from a copy alone.
fn bring_back(what: &str, path: &str) -> String {
    match channel_of(Path::new(path)) {
        Some(name) => {
            let name = quoted(name);
            format!("bring {what} back, or make an empty one: cdx channels rebuild {name}")
        }
        None => format!("bring {what} back, or make a new environment: cdx init another-folder"),
    }
}

/// What to do about a database that is there and does not do what it is asked.
fn unwilling(path: &str) -> String {
    match channel_of(Path::new(path)) {
        Some(name) => {
            let name = quoted(name);
            format!("correct what it says, or make the file again: cdx channels rebuild {name}")
        }
        None => "see what is wrong with it: cdx doctor".to_owned(),
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
fn lacking(channel: &str, missing: &MissingGround) -> String {
    let channel = quoted(channel);
    match missing {
        MissingGround::NoConfiguration => {
            let jobs = FIRST_JOBS.join(" ");
            format!("bring it what it needs: cdx run {jobs} --channel {channel}")
        }
        MissingGround::DefaultCustomerNotThere(_) => {
            format!("bring it the customers: cdx run 1010 --full --channel {channel}")
        }
        MissingGround::NoDefaultCustomer | MissingGround::DefaultCustomerUnknown(_) => {
            "see who could be it: cdx customers list".to_owned()
        }
    }
}

/// Job files have a command of their own to look at them with.
fn correct(problems: &Problems) -> String {
    if problems.told.iter().any(|problem| problem.file.starts_with("gates/")) {
        return "correct the file, then look again: cdx features list".to_owned();
    }
    "see them one by one: cdx jobs check".to_owned()
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        use Exit::{Impossible, Wrong};
        let (exit, code, hint) = match &error {
            StoreError::NoEnvironment { .. } => (
                Impossible,
                "no-environment",
                "make one: cdx init my-environment, then cdx --env my-environment ...".to_owned(),
            ),
            StoreError::Entity { .. } => (Wrong, "entity", ENTITY_HINT.to_owned()),
            StoreError::FileExists { path } => (Wrong, "exists", overwrite(path)),
            StoreError::Exists { .. } => {
                (Wrong, "exists", "choose another folder: cdx init another-folder".to_owned())
            }
            StoreError::Definitions(problems) => (Wrong, "definitions", correct(problems)),
            StoreError::Full { .. } => (Impossible, "full", FULL_HINT.to_owned()),
            StoreError::Io { .. } => {
                (Impossible, "io", "look at the disk and its permissions: ls -l".to_owned())
            }
            StoreError::NotAFile { .. } => {
                (Wrong, "not-a-file", "put a file in its place, or name another: ls -l".to_owned())
            }
            StoreError::TooLarge { .. } => {
                (Wrong, "too-large", "split it, or take out what is not needed: ls -l".to_owned())
            }
            StoreError::NotText { .. } => {
                (Wrong, "not-text", "save it as text in UTF-8: file --mime *".to_owned())
            }
            StoreError::Missing { path } => (Impossible, "missing", bring_back("the file", path)),
            StoreError::NotADatabase { path } | StoreError::WrongKind { path, .. } => {
                (Impossible, "not-a-database", bring_back("the right file", path))
            }
            StoreError::Newer { .. } => {
                (Impossible, "newer", "use the cdx that made it: cdx --version".to_owned())
            }
            StoreError::Older { .. } => (
                Impossible,
                "older",
                "any command that writes brings it up to date: cdx scheduler init".to_owned(),
            ),
            StoreError::Damaged { path, .. } => (Impossible, "damaged", bring_back("a copy", path)),
            StoreError::InUse { .. } | StoreError::Locked { .. } => (
                Impossible,
                "locked",
                "wait until it has ended, then run the same again".to_owned(),
            ),
            StoreError::Sqlite { path, .. } => (Impossible, "sqlite", unwilling(path)),
            StoreError::Unknown { nearest, list, .. } => {
                (Wrong, "unknown-name", suggestion(nearest.as_ref(), list))
            }
            StoreError::TooLong { .. } => (
                Wrong,
                "too-long",
                "give a shorter value; see the columns: cdx jobs show 1010".to_owned(),
            ),
            StoreError::Taken { .. } => {
                (Wrong, "taken", "see what there is: cdx channels list".to_owned())
            }
            StoreError::Unreadable { .. } => (
                Impossible,
                "unreadable",
                "write the definitions anew: cdx scheduler init --delete-existing".to_owned(),
            ),
            StoreError::Clock(_) => {
                (Wrong, "clock", "see where it stands: cdx clock show".to_owned())
            }
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
            FaultError::Unknown { nearest, .. } => nearest.as_ref(),
            FaultError::UnknownCrashPoint { .. } | FaultError::NotACount { .. } => None,
        };
        let hint = suggestion(nearest, "cdx run --fault list");
        Self::from_error(Exit::Wrong, "fault", &error, vec![hint])
    }
}

impl From<ExchangeError> for CommandError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Store(error) => error.into(),
            ExchangeError::Fault(error) => error.into(),
            ExchangeError::UnknownJob { ref nearest, .. } => {
                let hint = suggestion(nearest.as_ref(), "cdx jobs list");
                Self::from_error(Exit::Wrong, "unknown-job", &error, vec![hint])
            }
            ExchangeError::JobNotMade { ref feature, .. } => {
                let hints =
                    vec![format!("cdx features enable {feature}"), "cdx scheduler init".to_owned()];
                Self::from_error(Exit::Wrong, "job-not-made", &error, hints)
            }
            ExchangeError::NotConfigured(ref unset) => {
                let mut hints: Vec<String> =
                    unset.iter().map(|one| format!("cdx params set {} yes", one.name)).collect();
                let allow: Vec<String> =
                    unset.iter().map(|one| format!("--allow {}", one.name)).collect();
                let job = unset.first().map_or("", |one| one.job.as_str());
                let allow = allow.join(" ");
                hints.push(format!("or run it all the same: cdx run {job} {allow}"));
                let causes = unset.iter().map(ToString::to_string).collect();
                let mut refused = Self::from_error(Exit::No, "gate-configuration", &error, hints);
                refused.failure.causes = causes;
                refused
            }
            ExchangeError::UnknownConfiguration { ref nearest, .. } => {
                let hint = suggestion(nearest.as_ref(), "cdx features check");
                Self::from_error(Exit::Wrong, "unknown-configuration", &error, vec![hint])
            }
            ExchangeError::MappingBroken { .. } => {
                let hint = "see what is wrong with it: cdx jobs check".to_owned();
                Self::from_error(Exit::Wrong, "mapping", &error, vec![hint])
            }
            ExchangeError::Channel { .. } => {
                let hint = "look at the channel's tables: cdx jobs check".to_owned();
                Self::from_error(Exit::No, "channel", &error, vec![hint])
            }
            ExchangeError::Interrupted { job, source, report } => {
                let told = serde_json::to_value(&*report).ok();
                let mut inner = Self::from(*source);
                inner.failure.message = format!("job {job}: {}", inner.failure.message);
                inner.with_report(told)
            }
            ExchangeError::Whole { ref name } => {
                let upload = match name.strip_suffix(OFFLINE_SUFFIX) {
                    Some(channel) => {
                        format!("merge it first: cdx pos reconnect --channel {}", quoted(channel))
                    }
                    None => format!("upload first: cdx run P --channel {}", quoted(name)),
                };
                let name = quoted(name);
                let discard =
                    format!("make it again anyway: cdx channels rebuild {name} --discard");
                Self::from_error(Exit::No, "whole", &error, vec![upload, discard])
            }
            ExchangeError::OptionUnfit { .. } => {
                let hint = "see what it takes: cdx help run".to_owned();
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
                format!("look for it: cdx pos find-customer --channel {channel} NAME"),
            ),
            PosError::UnknownAddress { account, known, .. } => (
                "unknown-address",
                match known.first() {
                    Some(_) => format!(
                        "it has {}; see it in headquarters: cdx customers show {account}",
                        known.join(", ")
                    ),
                    None => format!("it has none: cdx customers show {account}"),
                },
            ),
            PosError::UnknownInstance { .. } => {
                ("unknown-instance", "see what there is: cdx csu status".to_owned())
            }
            PosError::MissingGround { channel, missing } => {
                (missing.code(), lacking(channel, missing))
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
            ManageError::NotAllowed { id, .. } => {
                let hint = format!("see where it stands: cdx sessions show {id}");
                Self::from_error(Exit::No, "not-allowed", &error, vec![hint])
            }
        }
    }
}

impl From<std::io::Error> for CommandError {
    fn from(error: std::io::Error) -> Self {
        let hint = "look at the disk and its permissions: ls -l".to_owned();
        Self::from_error(Exit::Impossible, "io", &error, vec![hint])
    }
}
