//! How a suggested command is written: its words, their quotes, and the environment it is for.

use super::{
    Check, Consent, Doctor, OfChannels, OfCustomers, OfExtensions, OfFeatures, OfJobs, OfSessions,
    ProfileSwitch, Run, SetSchedule, Shell, Suggestion, TestRun,
};
use crate::model::run::Phase;
use crate::model::session::{SessionId, SessionKind};

/// The words of a command line while they are put together.
#[derive(Default)]
struct Words(Vec<Word>);

/// One of them.
enum Word {
    /// A name of ours: a command, an option with its value.
    Fixed(String),
    /// A value that stands by itself.
    Value(String),
}

impl Words {
    /// The words of a command, `features list`.
    fn of(command: &str) -> Self {
        Self(command.split(' ').map(|word| Word::Fixed(word.to_owned())).collect())
    }

    /// A value that stands by itself.
    fn value(mut self, word: impl AsRef<str>) -> Self {
        self.0.push(Word::Value(word.as_ref().to_owned()));
        self
    }

    fn values<T: AsRef<str>>(self, words: impl IntoIterator<Item = T>) -> Self {
        words.into_iter().fold(self, Self::value)
    }

    fn fixed(mut self, words: &[&str]) -> Self {
        self.0.extend(words.iter().map(|word| Word::Fixed((*word).to_owned())));
        self
    }

    /// An option that is there or not.
    fn flag(self, given: bool, name: &str) -> Self {
        if given { self.fixed(&[name]) } else { self }
    }

    /// An option with a value, where there is one.
    fn option(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        match value.as_ref().map(AsRef::as_ref) {
            None => self,
            Some(value) if is_unlike_a_value(value) => self.fixed(&[&format!("{name}={value}")]),
            Some(value) => self.fixed(&[name, value]),
        }
    }

    /// An option once for all its values.
    fn options(self, name: &str, values: &[String]) -> Self {
        if values.is_empty() {
            return self;
        }
        if values.iter().any(|value| is_unlike_a_value(value)) {
            return values.iter().fold(self, |words, value| words.option(name, Some(value)));
        }
        values.iter().fold(self.fixed(&[name]), |words, value| words.fixed(&[value]))
    }

    fn consent(self, consent: Consent) -> Self {
        self.flag(consent.confirm, "--confirm").flag(consent.irreversible, "--accept-irreversible")
    }

    /// The words in order; values that look like options are told from them by `--`.
    fn finish(self) -> Vec<String> {
        let apart = |word: &Word| matches!(word, Word::Value(value) if value.starts_with('-'));
        let apart = self.0.iter().any(apart);
        let (mut words, mut last) = (Vec::new(), Vec::new());
        for word in self.0 {
            match word {
                Word::Value(value) if apart => last.push(value),
                Word::Fixed(word) | Word::Value(word) => words.push(word),
            }
        }
        if apart {
            words.push("--".to_owned());
        }
        words.extend(last);
        words
    }
}

/// Whether a value of an option would be taken for something else.
fn is_unlike_a_value(value: &str) -> bool {
    value.is_empty() || value.starts_with('-')
}

/// Whether a command is told which environment it is for.
#[derive(PartialEq, Eq)]
enum Place {
    /// By `--env`, where that was given.
    Environment,
    /// By what it says itself, or it is for none.
    Own,
}

impl Suggestion {
    /// The command as it is typed here, for the environment that `--env` named, where it did.
    pub(crate) fn typed(&self, env: Option<&str>) -> String {
        self.written(Shell::HERE, env)
    }

    /// The command as it is typed in a shell.
    pub(crate) fn written(&self, shell: Shell, env: Option<&str>) -> String {
        let words = self.arguments(env);
        let words: Vec<String> = words.iter().map(|word| shell.quoted(word)).collect();
        format!("cdx {}", words.join(" "))
    }

    /// What stands behind the name of the program, word by word.
    pub(crate) fn arguments(&self, env: Option<&str>) -> Vec<String> {
        let (words, place) = self.words(env);
        let named = Words::default().option("--env", env.filter(|_| place == Place::Environment));
        named.finish().into_iter().chain(words.finish()).collect()
    }

    fn words(&self, env: Option<&str>) -> (Words, Place) {
        let words = match self {
            Self::NewEnvironment(folder) => {
                Words::of("init").values(env.is_none().then_some(folder))
            }
            Self::InitElsewhere(folder) => return (Words::of("init").value(folder), Place::Own),
            Self::InitOver(folder) => return (over(folder), Place::Own),
            Self::DemoElsewhere(folder) => return (Words::of("demo").value(folder), Place::Own),
            Self::DemoChapter(folder, at) => return (chapter(folder, *at), Place::Own),
            Self::Version => Words::of("--version"),
            Self::Help(command) => Words::of("help").values(command),
            Self::Run(run) => run.words(),
            Self::Faults => Words::of("run").option("--fault", Some("list")),
            Self::Jobs(about) => about.words(),
            Self::Extensions(about) => about.words(),
            Self::WhichJob(word) => Words::of("which-job").value(word),
            Self::Sessions(about) => about.words(),
            Self::Features(about) => about.words(),
            Self::Reconnect(channel) => of_channel("pos reconnect", Some(channel)),
            Self::Compare { table, channel } => {
                Words::of("compare").values(table).option("--channel", channel.as_ref())
            }
            Self::MakeData { table, rows, channel } => data(table, channel.as_ref(), *rows),
            Self::ShowData { table, channel } => {
                Words::of("data show").value(table).option("--channel", channel.as_ref())
            }
            Self::RestartRegisters(channel) => of_channel("pos restart", channel.as_ref()),
            Self::FindCustomer { channel, word } => {
                of_channel("pos find-customer", Some(channel)).value(word)
            }
            Self::Customers(about) => about.words(),
            Self::ScaleUnits => Words::of("csu status"),
            Self::RestartScaleUnits(channel) => of_channel("csu restart", channel.as_ref()),
            Self::RestartStorefronts(channel) => {
                of_channel("csu restart --e-commerce", channel.as_ref())
            }
            Self::Channels(about) => about.words(),
            Self::Schedules => Words::of("schedules list"),
            Self::SetSchedule(change) => change.words(),
            Self::Parameters => Words::of("params list"),
            Self::SetParameter(name, value) => Words::of("params set").value(name).value(value),
            Self::Profiles => Words::of("profiles list"),
            Self::SetProfile(profile, switch) => {
                Words::of("profiles set").value(profile).option(switch.option(), Some("yes"))
            }
            Self::Upgrade(version) => {
                Words::of("upgrade").option("--app-version", Some(version.to_string()))
            }
            Self::UpgradeScaleUnits(version, channel) => Words::of("upgrade")
                .option("--scale-unit-version", Some(version.to_string()))
                .option("--channel", channel.as_ref()),
            Self::Initialize { delete_existing, despite_errors } => {
                initialize(*delete_existing, *despite_errors)
            }
            Self::RealTimeCalls { format } => Words::of("rts list").option("--format", *format),
            Self::Status => Words::of("status"),
            Self::Clock => Words::of("clock show"),
            Self::Report { customer, file } => Words::of("report")
                .option("--customer", customer.as_ref())
                .option("--output", file.as_ref()),
            Self::SetClock(time) => clock_at(time),
            Self::Doctor(doctor) => doctor.words(),
            Self::Check(check) => return (check.words(), Place::Own),
            Self::Test(test) => return (test.words(), Place::Own),
            Self::Explain(word) => Words::of("explain").value(word),
            Self::Schema(name) => name.iter().fold(Words::of("schema"), Words::value),
        };
        (words, Place::Environment)
    }
}

fn data(table: &str, channel: Option<&String>, rows: u64) -> Words {
    let words = Words::of("data make").value(table).option("--channel", channel);
    words.option("--rows", Some(rows.to_string()))
}

fn clock_at(time: &str) -> Words {
    Words::of("clock set").value(time).flag(true, "--run-schedules")
}

/// `init` over an environment that is there.
fn over(folder: &str) -> Words {
    Words::of("init").value(folder).flag(true, "--force")
}

fn chapter(folder: &str, at: usize) -> Words {
    Words::of("demo").value(folder).option("--chapter", Some(at.to_string()))
}

fn initialize(delete_existing: bool, despite_errors: bool) -> Words {
    let words = Words::of("scheduler init").flag(delete_existing, "--delete-existing");
    words.flag(despite_errors, "--despite-errors")
}

fn of_channel(command: &str, channel: Option<&String>) -> Words {
    Words::of(command).option("--channel", channel)
}

impl OfJobs {
    fn words(&self) -> Words {
        match self {
            Self::List => Words::of("jobs list"),
            Self::Show(job) => Words::of("jobs show").value(job),
            Self::Check => Words::of("jobs check"),
        }
    }
}

impl OfExtensions {
    fn words(&self) -> Words {
        match self {
            Self::List => Words::of("extension list"),
            Self::Add(path) => Words::of("extension add").value(path),
            Self::AddDespite(path) => {
                Words::of("extension add").value(path).flag(true, "--despite-errors")
            }
        }
    }
}

impl OfSessions {
    fn words(&self) -> Words {
        let of = |act: &str, id: &dyn ToString| {
            Words::of("sessions").fixed(&[act]).value(id.to_string())
        };
        match self {
            Self::List(kind) => {
                Words::of("sessions list").flag(*kind == SessionKind::Upload, "--upload")
            }
            Self::Draw(format) => Words::of("sessions list").option("--format", Some(format)),
            Self::Show(SessionId::Download(id)) => of("show", id),
            Self::Show(SessionId::Upload(id)) => of("show", id).flag(true, "--upload"),
            Self::Retry { id, channel } => of("retry", id).option("--channel", channel.as_ref()),
            Self::RetryUpload(id) => of("retry", id).flag(true, "--upload"),
            Self::Cancel { id, channel } => of("cancel", id).option("--channel", channel.as_ref()),
        }
    }
}

impl OfFeatures {
    fn words(&self) -> Words {
        match self {
            Self::List => Words::of("features list"),
            Self::ListAll => Words::of("features list").flag(true, "--all"),
            Self::Show(slug) => Words::of("features show").value(slug),
            Self::Plan(slug) => Words::of("features plan").value(slug),
            Self::Enable { feature, with_prerequisites, consent } => Words::of("features enable")
                .value(feature)
                .flag(*with_prerequisites, "--with-prerequisites")
                .consent(*consent),
            Self::Disable { feature, cascade } => {
                Words::of("features disable").value(feature).flag(*cascade, "--cascade")
            }
            Self::Schedule { feature, date, consent } => {
                Words::of("features schedule").value(feature).value(date).consent(*consent)
            }
            Self::Graph(format) => Words::of("features graph").option("--format", Some(format)),
            Self::Unschedule(feature) => Words::of("features unschedule").value(feature),
            Self::EnableAll(consent) => Words::of("features enable-all").consent(*consent),
            Self::Refresh => Words::of("features refresh"),
            Self::Check(file) => Words::of("features check").values(file),
            Self::Export { file, force } => {
                Words::of("features export").value(file).flag(*force, "--force")
            }
            Self::Import { file, consent } => {
                Words::of("features import").value(file).consent(*consent)
            }
        }
    }
}

impl OfCustomers {
    fn words(&self) -> Words {
        match self {
            Self::List => Words::of("customers list"),
            Self::Show(account) => Words::of("customers show").value(account),
            Self::Operations => Words::of("customers status"),
            Self::CorrectOperation(id) => {
                let value = Some("COLUMN=VALUE".to_owned());
                Words::of("customers status edit").value(id).option("--set", value)
            }
            Self::FailedOperations => {
                Words::of("customers status list").option("--status", Some("failed"))
            }
            Self::Operation(id) => Words::of("customers status show").value(id),
            Self::Synchronize(id) => Words::of("customers synchronize").value(id),
            Self::Trace(word) => Words::of("customers trace").value(word),
        }
    }
}

impl OfChannels {
    fn words(&self) -> Words {
        match self {
            Self::List => Words::of("channels list"),
            Self::Add { name, group, offline_database } => Words::of("channels add")
                .value(name)
                .option("--group", group.as_ref())
                .flag(*offline_database, "--offline-database"),
            Self::AddOffline(name) => {
                Words::of("channels add").value(name).flag(true, "--offline-database")
            }
            Self::Resume(name) => Words::of("channels resume").value(name),
            Self::Reseed(name) => Words::of("channels reseed").value(name),
            Self::SetDefaultCustomer { channel, account } => {
                Words::of("channels set").value(channel).option("--default-customer", Some(account))
            }
            Self::Rebuild { database, discard } => {
                Words::of("channels rebuild").value(database).flag(*discard, "--discard")
            }
        }
    }
}

impl ProfileSwitch {
    fn option(self) -> &'static str {
        match self {
            Self::AsyncCustomers => "--async-customers",
            Self::AsyncOrders => "--async-orders",
        }
    }
}

impl Doctor {
    fn words(&self) -> Words {
        Words::of("doctor")
            .option("--only", self.only.as_ref())
            .option("--baseline", self.baseline.as_ref())
            .flag(self.write_baseline, "--write-baseline")
            .flag(self.fix, "--fix")
            .option("--format", self.format)
    }
}

impl Check {
    fn words(&self) -> Words {
        Words::of("check")
            .values(&self.path)
            .option("--only", self.only.as_ref())
            .option("--baseline", self.baseline.as_ref())
            .flag(self.write_baseline, "--write-baseline")
    }
}

impl Run {
    fn words(&self) -> Words {
        let words = Words::of("run").values(&self.jobs).flag(self.full, "--full");
        let words = words
            .option("--phase", self.phase.map(Phase::as_str))
            .option("--channel", self.channel.as_ref());
        let words = words.option("--group", self.group.as_ref());
        self.allow.iter().fold(words, |words, fact| words.option("--allow", Some(fact)))
    }
}

impl SetSchedule {
    fn words(&self) -> Words {
        let active = self.active.map(|active| if active { "yes" } else { "no" });
        Words::of("schedules set")
            .value(&self.name)
            .option("--active", active)
            .option("--recurring", self.recurring.then_some("yes"))
            .option("--batch-state", self.waiting.then_some("waiting"))
            .option("--every", self.every.map(|every| every.to_string()))
            .options("--jobs", &self.jobs)
            .options("--add-jobs", &self.add_jobs)
            .options("--add-groups", &self.add_groups)
    }
}

impl TestRun {
    fn words(&self) -> Words {
        let words = Words::of("test").value(&self.file).option("--only", self.only.as_ref());
        words.option("--keep", self.keep.as_ref()).flag(self.list, "--list")
    }
}
