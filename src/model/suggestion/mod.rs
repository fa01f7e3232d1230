//! A suggested command: a value that knows what it does, and alone how it is written.

mod prose;
mod run;
mod set_schedule;
mod shell;
mod test_run;
mod written;

pub(crate) use prose::{Part, Prose};
pub use run::Run;
pub use set_schedule::SetSchedule;
pub(crate) use shell::{Shell, SystemCommand};
pub use test_run::TestRun;

use super::ids::{DownloadId, UploadId};
use super::session::{SessionId, SessionKind};
use super::version::Version;

/// A command of ours that somebody is told to type, or that `doctor --fix` runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suggestion {
    /// Makes an environment where `--env` says, else in a folder of this name.
    NewEnvironment(String),
    /// Makes an environment in another folder than the one that was named.
    InitElsewhere(String),
    /// Makes an environment in place of the one in this folder.
    InitOver(String),
    /// Tells the story in another folder than the one that was named.
    DemoElsewhere(String),
    /// Tells one chapter of the story in a folder.
    DemoChapter(String, usize),
    /// Runs jobs.
    Run(Run),
    /// Lists the faults.
    Faults,
    /// About jobs.
    Jobs(OfJobs),
    /// Says which jobs a change needs.
    WhichJob(String),
    /// About extensions.
    Extensions(OfExtensions),
    /// About sessions.
    Sessions(OfSessions),
    /// About features.
    Features(OfFeatures),
    /// Merges what a register did offline.
    Reconnect(String),
    /// Compares headquarters with the channels.
    Compare {
        /// The table; all without one.
        table: Option<String>,
        /// In one channel alone.
        channel: Option<String>,
    },
    /// Makes rows of a table.
    MakeData {
        /// The table.
        table: String,
        /// How many.
        rows: u64,
        /// In a channel; in headquarters without one.
        channel: Option<String>,
    },
    /// Shows rows of a table.
    ShowData {
        /// The table.
        table: String,
        /// In a channel; in headquarters without one.
        channel: Option<String>,
    },
    /// Restarts the registers of a channel, or all.
    RestartRegisters(Option<String>),
    /// Looks for a customer in a channel.
    FindCustomer {
        /// The channel.
        channel: String,
        /// Whom.
        word: String,
    },
    /// About customers in headquarters.
    Customers(OfCustomers),
    /// What scale units hold in memory.
    ScaleUnits,
    /// Has the scale unit of a channel, or all, look again.
    RestartScaleUnits(Option<String>),
    /// Has the e-commerce application of a channel, or all, ask again.
    RestartStorefronts(Option<String>),
    /// About channel databases.
    Channels(OfChannels),
    /// Lists distribution schedules.
    Schedules,
    /// Changes a distribution schedule.
    SetSchedule(SetSchedule),
    /// Lists parameters.
    Parameters,
    /// Sets a parameter, or records a fact.
    SetParameter(String, String),
    /// Lists functionality profiles.
    Profiles,
    /// Switches something on in a functionality profile.
    SetProfile(String, ProfileSwitch),
    /// Moves the application version.
    Upgrade(Version),
    /// Moves the version of a channel's scale unit, or all.
    UpgradeScaleUnits(Version, Option<String>),
    /// Initializes the scheduler.
    Initialize {
        /// What is there goes first.
        delete_existing: bool,
        /// What is broken is left out.
        despite_errors: bool,
    },
    /// Lists the real-time calls that were made.
    RealTimeCalls {
        /// In a format of its own.
        format: Option<&'static str>,
    },
    /// Shows the environment on one screen.
    Status,
    /// Shows the time.
    Clock,
    /// Makes a page to look at and to send.
    Report {
        /// With the way of this customer.
        customer: Option<String>,
        /// In this file.
        file: Option<String>,
    },
    /// Moves the clock to this time, and runs schedules on the way.
    SetClock(String),
    /// Looks what is wrong.
    Doctor(Doctor),
    /// Looks what is wrong with a repository.
    Check(Check),
    /// Plays scenarios.
    Test(TestRun),
    /// Explains a word.
    Explain(String),
    /// Prints a schema; lists them without a name.
    Schema(Option<String>),
    /// Shows the help of a command, or of all.
    Help(Option<String>),
    /// Says which version this is.
    Version,
}

/// About jobs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfJobs {
    /// Lists them.
    List,
    /// Shows one.
    Show(String),
    /// Looks at their definitions.
    Check,
}

/// About extensions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfExtensions {
    /// Lists them.
    List,
    /// Adds one.
    Add(String),
    /// Adds one without what is broken of it.
    AddDespite(String),
}

/// About sessions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfSessions {
    /// Lists them.
    List(SessionKind),
    /// Draws those to channels in a format of its own.
    Draw(&'static str),
    /// Shows one.
    Show(SessionId),
    /// Gives one to channels another try.
    Retry {
        /// Its number.
        id: DownloadId,
        /// In one database alone.
        channel: Option<String>,
    },
    /// Gives one from a channel another try.
    RetryUpload(UploadId),
    /// Cancels one to channels.
    Cancel {
        /// Its number.
        id: DownloadId,
        /// In one database alone.
        channel: Option<String>,
    },
}

/// About features.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfFeatures {
    /// Lists them.
    List,
    /// Lists them, known features without demands too.
    ListAll,
    /// Shows one.
    Show(String),
    /// Shows the whole way to one.
    Plan(String),
    /// Turns one on.
    Enable {
        /// By slug.
        feature: String,
        /// What it needs first.
        with_prerequisites: bool,
        /// What is agreed to.
        consent: Consent,
    },
    /// Turns one off.
    Disable {
        /// By slug.
        feature: String,
        /// Those that need it first.
        cascade: bool,
    },
    /// Gives one a date.
    Schedule {
        /// By slug.
        feature: String,
        /// The date.
        date: String,
        /// What is agreed to.
        consent: Consent,
    },
    /// Draws what they require in a format of its own.
    Graph(&'static str),
    /// Takes the date of one away.
    Unschedule(String),
    /// Turns every one on that can be.
    EnableAll(Consent),
    /// Makes the rows that are missing.
    Refresh,
    /// Looks whether they keep every rule, in headquarters or in a file.
    Check(Option<String>),
    /// Writes them to a file.
    Export {
        /// The file.
        file: String,
        /// Over one that exists.
        force: bool,
    },
    /// Reads them from a file.
    Import {
        /// The file.
        file: String,
        /// What is agreed to.
        consent: Consent,
    },
}

/// About customers in headquarters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfCustomers {
    /// Lists them.
    List,
    /// Shows one.
    Show(String),
    /// Lists the operations of the customer synchronization.
    Operations,
    /// Lists those that have failed.
    FailedOperations,
    /// Shows one of those.
    Operation(String),
    /// Corrects a value of one of those; which and how, whoever types it knows.
    CorrectOperation(String),
    /// Processes one of those again.
    Synchronize(String),
    /// Follows one through every stage.
    Trace(String),
}

/// About channel databases.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfChannels {
    /// Lists them.
    List,
    /// Adds one.
    Add {
        /// Its name.
        name: String,
        /// The group it joins, where it is not the usual one.
        group: Option<String>,
        /// With an offline database.
        offline_database: bool,
    },
    /// Gives the register of one an offline database.
    AddOffline(String),
    /// Resumes one that is paused.
    Resume(String),
    /// Gives one another default customer.
    SetDefaultCustomer {
        /// The channel.
        channel: String,
        /// The customer's account.
        account: String,
    },
    /// Counts the rows of one again.
    Reseed(String),
    /// Makes the file of one again.
    Rebuild {
        /// The database.
        database: String,
        /// Even where the file can be read, or rows are lost.
        discard: bool,
    },
}

/// What an operator agrees to beyond turning a feature on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Consent {
    /// The confirmation that a feature asks for (G07).
    pub confirm: bool,
    /// That it cannot be turned off again (G09).
    pub irreversible: bool,
}

/// What a functionality profile switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProfileSwitch {
    /// "Create customer in async mode".
    AsyncCustomers,
    /// "Create customer order in async mode".
    AsyncOrders,
}

impl ProfileSwitch {
    /// The option as the form names it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::AsyncCustomers => "Create customer in async mode",
            Self::AsyncOrders => "Create customer order in async mode",
        }
    }
}

/// A look at what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doctor {
    /// Only this rule.
    pub only: Option<String>,
    /// Without what this file holds.
    pub(crate) baseline: Option<String>,
    /// Writes the file.
    pub(crate) write_baseline: bool,
    /// Runs the safe fixes.
    pub(crate) fix: bool,
    /// A format of its own.
    pub(crate) format: Option<&'static str>,
}

/// A look at what is wrong with a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Check {
    /// Only what lies there.
    pub(crate) path: Option<String>,
    /// Only this rule.
    pub(crate) only: Option<String>,
    /// Without what this file holds.
    pub(crate) baseline: Option<String>,
    /// Writes the file.
    pub(crate) write_baseline: bool,
}

macro_rules! families {
    ($($family:ident => $variant:ident,)+) => {
        $(impl From<$family> for Suggestion {
            fn from(own: $family) -> Self {
                Self::$variant(own)
            }
        })+
    };
}

families! {
    Run => Run,
    OfJobs => Jobs,
    OfExtensions => Extensions,
    OfSessions => Sessions,
    OfFeatures => Features,
    OfCustomers => Customers,
    OfChannels => Channels,
    SetSchedule => SetSchedule,
    Doctor => Doctor,
    Check => Check,
    TestRun => Test,
}

impl Suggestion {
    /// Initializes the scheduler from the definitions.
    pub(crate) const INITIALIZE: Self =
        Self::Initialize { delete_existing: false, despite_errors: false };

    /// Records that something is set up.
    pub(crate) fn record(fact: &str) -> Self {
        Self::SetParameter(fact.to_owned(), "yes".to_owned())
    }

    /// Turns a feature on, with what it needs.
    pub(crate) fn enable_whole(feature: &str, consent: Consent) -> Self {
        let feature = feature.to_owned();
        OfFeatures::Enable { feature, with_prerequisites: true, consent }.into()
    }

    /// The run that it is, where it is one.
    pub(crate) fn as_run(&self) -> Option<&Run> {
        match self {
            Self::Run(run) => Some(run),
            _ => None,
        }
    }

    /// The jobs that it runs, in order.
    pub(crate) fn jobs(&self) -> &[String] {
        self.as_run().map_or(&[], |run| &run.jobs)
    }

    /// Whether it sends all of a job.
    pub(crate) fn is_full(&self) -> bool {
        self.as_run().is_some_and(|run| run.full)
    }

    /// The same for every channel, where it can be said without one.
    #[must_use]
    pub(crate) fn everywhere(&self) -> Self {
        let mut wide = self.clone();
        if let Self::Run(Run { channel, .. })
        | Self::RestartRegisters(channel)
        | Self::RestartScaleUnits(channel)
        | Self::RestartStorefronts(channel)
        | Self::UpgradeScaleUnits(_, channel) = &mut wide
        {
            *channel = None;
        }
        wide
    }
}

#[cfg(test)]
mod prompts;
