//! What happens next, drawn from the seed.

use std::collections::{BTreeMap, BTreeSet};

use super::random::Random;
use super::step::{Field, Kind, Operation, Package, Step, mark};

/// A kind of thing that can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Create,
    Edit,
    Address,
    EditAddress,
    EndAddress,
    CreateInHeadquarters,
    EditInHeadquarters,
    TooLong,
    Reconnect,
    Upload,
    Collect,
    ApplyUploads,
    Batch,
    Download,
    DownloadFull,
    DownloadOne,
    Clock,
    Shift,
    Restart,
    Features,
    Profile,
    Pause,
    Enforcement,
    TryCount,
    Scheduler,
    Retry,
    Cancel,
    AddChannel,
    Rebuild,
    Reseed,
    Doctor,
    Fix,
    Keep,
    PutBackChannel,
    PutBackOffline,
    PutBackHeadquarters,
    DeleteChannel,
    DeleteHeadquarters,
    Row,
    Remake,
    Seat,
    Swap,
    CutPackage,
    LosePackage,
    CutUpload,
    LoseUpload,
}

/// What the suite draws, by weight: what must hold today.
pub const HELD: &[(usize, Action)] = &[
    (14, Action::Create),
    (14, Action::Edit),
    (6, Action::Address),
    (6, Action::EditAddress),
    (1, Action::EndAddress),
    (4, Action::CreateInHeadquarters),
    (8, Action::EditInHeadquarters),
    (2, Action::TooLong),
    (6, Action::Reconnect),
    (9, Action::Upload),
    (3, Action::Collect),
    (3, Action::ApplyUploads),
    (8, Action::Batch),
    (8, Action::Download),
    (2, Action::DownloadFull),
    (3, Action::DownloadOne),
    (8, Action::Clock),
    (2, Action::Restart),
    (2, Action::Features),
    (2, Action::Profile),
    (2, Action::Pause),
    (1, Action::Enforcement),
    (1, Action::TryCount),
    (1, Action::Scheduler),
    (1, Action::AddChannel),
    (3, Action::Row),
    (3, Action::Seat),
    (1, Action::Doctor),
    (1, Action::Fix),
    (1, Action::CutPackage),
    (1, Action::LosePackage),
];

/// What is drawn beside it where everything is asked for.
pub const ALL: &[(usize, Action)] = &[
    (1, Action::Remake),
    (1, Action::Shift),
    (2, Action::Retry),
    (2, Action::Cancel),
    (2, Action::Rebuild),
    (1, Action::Reseed),
    (6, Action::Keep),
    (2, Action::PutBackChannel),
    (2, Action::PutBackOffline),
    (2, Action::PutBackHeadquarters),
    (1, Action::DeleteChannel),
    (1, Action::DeleteHeadquarters),
    (1, Action::Swap),
    (1, Action::CutUpload),
    (1, Action::LoseUpload),
];

const DOWNLOAD_CRASHES: &[&str] = &[
    "pack.before-start",
    "pack.after-start",
    "pack.before-rename",
    "pack.before-available",
    "pack.after-available",
    "apply.after-requested",
    "apply.before-commit",
    "apply.after-commit",
    "apply.after-outcome",
];
const UPLOAD_CRASHES: &[&str] = &[
    "collect.after-intent",
    "collect.before-commit",
    "collect.after-commit",
    "collect.after-uploaded",
    "upload.before-commit",
    "upload.after-commit",
];
/// How many of these are of the first phase.
const OF_COLLECTING: usize = 4;
const BATCH_CRASHES: &[&str] = &["batch.before-commit", "batch.after-commit"];
const CALL_CRASHES: &[&str] = &["rts.after-headquarters", "rts.before-commit", "rts.after-commit"];
const RECONNECT_CRASHES: &[&str] =
    &["reconnect.after-intent", "reconnect.before-commit", "reconnect.after-commit"];
const ADD_CRASHES: &[&str] = &["channel.after-intent", "channel.after-file"];
const REBUILD_CRASHES: &[&str] =
    &["rebuild.after-intent", "rebuild.after-aside", "rebuild.after-file"];

/// What the drawer sees of the environment.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// The channels, without offline databases.
    pub channels: Vec<String>,
    /// The databases whose file is not there.
    pub missing: Vec<String>,
    /// Customers that commands can name, by place: where a register knows them.
    pub customers: BTreeMap<String, Vec<u64>>,
    /// Addresses that commands can name, by place, each with its customer.
    pub addresses: BTreeMap<String, Vec<(u64, u64)>>,
    pub swapped: Option<(String, String)>,
    /// It has tables of its own, and jobs for them.
    pub own: bool,
}

/// Draws steps.
#[derive(Debug)]
pub struct Drawer {
    random: Random,
    actions: Vec<(usize, Action)>,
    faults: usize,
    number: u64,
    slot: usize,
    kept: Vec<(String, usize)>,
    paused: BTreeSet<String>,
    added: usize,
}

/// Operations are numbered from here; smaller numbers are customers that were there.
const FIRST: u64 = 100;

impl Drawer {
    pub fn new(seed: u64, wide: bool) -> Self {
        let mut random = Random::new(seed);
        let mut actions = HELD.to_vec();
        if wide {
            actions.extend_from_slice(ALL);
        }
        let left_out = std::env::var("CDX_SIMULATE_WITHOUT").unwrap_or_default();
        let left_out: Vec<&str> = left_out.split(',').collect();
        actions.retain(|(_, action)| !left_out.contains(&format!("{action:?}").as_str()));
        // Each history has its own share of faults; some have none.
        let faults = *random.pick(&[0, 10, 10, 25]);
        Self {
            random,
            actions,
            faults,
            number: FIRST,
            slot: 0,
            kept: Vec::new(),
            paused: BTreeSet::new(),
            added: 0,
        }
    }

    /// What was drawn for the history as a whole.
    pub fn parameters(&self) -> String {
        format!("faults in {} of 100 commands, {} kinds of action", self.faults, self.actions.len())
    }

    pub fn next(&mut self, view: &View) -> Vec<Step> {
        if let Some(step) = self.put_right(view) {
            return vec![step];
        }
        let action = self.random.weighted(&self.actions);
        self.step(action, view)
    }

    /// What is missing or swapped is mostly soon seen by somebody.
    fn put_right(&mut self, view: &View) -> Option<Step> {
        if !self.random.chance(60) {
            return None;
        }
        if let Some((one, other)) = view.swapped.clone() {
            return Some(Step::Swap { one, other });
        }
        let file = view.missing.first()?.clone();
        if file == "hq" {
            let (file, slot) = self.kept.iter().rfind(|(kept, _)| *kept == file)?.clone();
            return Some(Step::PutBack { file, slot });
        }
        Some(self.rebuild(&file))
    }

    fn step(&mut self, action: Action, view: &View) -> Vec<Step> {
        if matches!(action, Action::Seat | Action::Remake) && !view.own {
            return Vec::new();
        }
        let one = match action {
            Action::Create
            | Action::Edit
            | Action::Address
            | Action::EditAddress
            | Action::EndAddress => return self.register(action, view),
            Action::CreateInHeadquarters | Action::EditInHeadquarters => {
                return self.headquarters(action, view);
            }
            Action::TooLong => return self.too_long(view),
            Action::Keep | Action::PutBackChannel | Action::PutBackOffline => {
                return self.files(action, view);
            }
            Action::PutBackHeadquarters | Action::DeleteHeadquarters => {
                return self.headquarters_file(action);
            }
            Action::DeleteChannel => {
                let file = self.database(view);
                if self.random.chance(50) { Step::Delete { file } } else { Step::Damage { file } }
            }
            Action::Row => return self.row(view),
            Action::Remake => Step::Remake { file: self.database(view) },
            Action::Seat => {
                let name = self.random.chance(75).then(|| mark(self.number()));
                Step::Seat { row: i64::try_from(self.random.below(6)).unwrap() + 500, name }
            }
            Action::Swap => {
                let (one, other) = (self.channel(view), self.channel(view));
                if one == other || view.swapped.is_some() {
                    return Vec::new();
                }
                Step::Swap { one, other }
            }
            Action::CutPackage | Action::LosePackage => self.package(action, Package::Download),
            Action::CutUpload | Action::LoseUpload => self.package(action, Package::Upload),
            Action::Rebuild => {
                let file = self.database(view);
                self.rebuild(&file)
            }
            _ => self.command(action, view),
        };
        vec![one]
    }

    fn command(&mut self, action: Action, view: &View) -> Step {
        let words = match action {
            Action::Reconnect => {
                self.faulty("pos reconnect --channel houston", RECONNECT_CRASHES, view)
            }
            Action::Upload => self.faulty("run P", UPLOAD_CRASHES, view),
            Action::Collect => {
                self.faulty("run P --phase collect", &UPLOAD_CRASHES[..OF_COLLECTING], view)
            }
            Action::ApplyUploads => {
                self.faulty("run P --phase apply", &UPLOAD_CRASHES[OF_COLLECTING..], view)
            }
            Action::Batch => self.faulty("run sync-customers", BATCH_CRASHES, view),
            Action::Download => {
                let all: &[&str] = &["1010", "1010", "1110 1070 1010", "1070", "1110", "7000"];
                let jobs = self.random.pick(if view.own { all } else { &all[..5] });
                self.faulty(&format!("run {jobs}"), DOWNLOAD_CRASHES, view)
            }
            Action::DownloadFull => self.faulty("run 1010 --full", DOWNLOAD_CRASHES, view),
            Action::DownloadOne => {
                let full = *self.random.pick(&["", " --full"]);
                let channel = self.channel(view);
                self.faulty(&format!("run 1010 --channel {channel}{full}"), DOWNLOAD_CRASHES, view)
            }
            Action::Clock => {
                let time = *self.random.pick(&["1m", "1m", "5m", "15m", "2h", "1d", "8d"]);
                words(&format!("clock advance {time}"))
            }
            Action::Shift => {
                words(&format!("pos close-shift --channel {} --format json", self.channel(view)))
            }
            Action::Restart => words("csu restart"),
            Action::Features => words(self.random.pick::<&str>(&[
                "features enable async-customer-editing --with-prerequisites",
                "features disable async-customer-editing",
            ])),
            Action::Profile => {
                let profile = self.random.pick(&["Stores", "Online"]);
                let on = self.random.pick(&["yes", "yes", "no"]);
                words(&format!("profiles set {profile} --async-customers {on}"))
            }
            Action::Pause => return Step::Cdx(self.pause(view)),
            Action::Enforcement => {
                let on = self.random.below(2);
                words(&format!(
                    "params set CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT {on}"
                ))
            }
            Action::TryCount => {
                words(&format!("params set try-count {}", self.random.pick(&[1, 2, 3])))
            }
            Action::Scheduler => words("scheduler init"),
            Action::Retry | Action::Cancel => {
                let verb = if action == Action::Retry { "retry" } else { "cancel" };
                let upload = self.random.pick(&["", " --upload"]);
                let id = self.random.below(20) + 1;
                words(&format!("sessions {verb} {id}{upload}"))
            }
            Action::AddChannel => {
                self.added += 1;
                self.faulty(&format!("channels add added{}", self.added), ADD_CRASHES, view)
            }
            Action::Reseed => words(&format!("channels reseed {}", self.channel(view))),
            Action::Fix => words("doctor --fix"),
            _ => words("doctor"),
        };
        Step::Cdx(words)
    }

    /// A command, with a fault for it now and then.
    fn faulty(&mut self, line: &str, crashes: &[&str], view: &View) -> Vec<String> {
        let mut words = words(line);
        if let Some(fault) = self.fault(line, crashes, view) {
            words.extend(["--fault".to_owned(), fault]);
        }
        words
    }

    fn fault(&mut self, line: &str, crashes: &[&str], view: &View) -> Option<String> {
        if !self.random.chance(self.faults) {
            return None;
        }
        if self.random.chance(50) {
            return Some(format!("crash={}", self.random.pick(crashes)));
        }
        let times = *self.random.pick(&["", "", ":2", ":4"]);
        // A fault that cannot happen in what is asked is refused.
        let only = line.split_once("--channel ").and_then(|(_, rest)| rest.split(' ').next());
        let channel = only.map_or_else(|| self.channel(view), str::to_owned);
        let kinds: &[&str] = match line {
            "run P --phase collect" => &["read-fails", "upload-fails"],
            "run P --phase apply" => &["upload-apply-fails"],
            line if line.starts_with("run P") => {
                &["read-fails", "upload-fails", "upload-apply-fails"]
            }
            "run sync-customers" => &["batch-fails"],
            line if line.starts_with("run") => {
                &["apply-fails", "download-fails", "package-corrupt"]
            }
            line if line.starts_with("pos") && !line.contains("reconnect") => {
                return Some("rts-down".to_owned());
            }
            _ => return None,
        };
        Some(format!("{}={channel}{times}", self.random.pick(kinds)))
    }

    fn package(&mut self, action: Action, kind: Package) -> Step {
        let newest = self.random.below(3);
        if matches!(action, Action::CutPackage | Action::CutUpload) {
            Step::Cut { newest, kind }
        } else {
            Step::Lose { newest, kind }
        }
    }

    fn pause(&mut self, view: &View) -> Vec<String> {
        if let Some(paused) = self.paused.pop_first() {
            return words(&format!("channels resume {paused}"));
        }
        let channel = self.channel(view);
        self.paused.insert(channel.clone());
        words(&format!("channels pause {channel}"))
    }

    fn rebuild(&mut self, file: &str) -> Step {
        let mut words = words(&format!("channels rebuild {file} --discard"));
        if self.random.chance(self.faults) {
            let point = self.random.pick(REBUILD_CRASHES);
            words.extend(["--fault".to_owned(), format!("crash={point}")]);
        }
        Step::Cdx(words)
    }

    fn channel(&mut self, view: &View) -> String {
        self.random.pick(&view.channels).clone()
    }

    /// A channel database or an offline database.
    fn database(&mut self, view: &View) -> String {
        if self.random.chance(33) { "houston.offline".to_owned() } else { self.channel(view) }
    }

    fn number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    fn register(&mut self, action: Action, view: &View) -> Vec<Step> {
        let mut place = self.channel(view);
        if place == "houston" && self.random.chance(40) {
            place.push_str(".offline");
        }
        let kind = match action {
            Action::Create => Kind::Create,
            Action::Edit => Kind::Edit,
            Action::EditAddress => Kind::EditAddress,
            Action::EndAddress => Kind::Deactivate,
            _ => Kind::Address,
        };
        let Some(mut operation) = self.operation(kind, &place, view) else { return Vec::new() };
        let (channel, offline) = match place.strip_suffix(".offline") {
            Some(channel) => (channel, " --offline"),
            None => (place.as_str(), ""),
        };
        let verb = match kind {
            Kind::Create => "create-customer",
            Kind::Edit => "edit-customer",
            Kind::Address | Kind::Row => "create-address",
            Kind::EditAddress => "edit-address",
            Kind::Deactivate => "deactivate-address",
        };
        let line = format!("pos {verb} --channel {channel}{offline}");
        let crashes = if offline.is_empty() { CALL_CRASHES } else { &["rts.before-commit"] };
        let mut words = self.faulty(&line, crashes, view);
        words.append(&mut operation.words);
        operation.words = words;
        vec![Step::Operation(operation)]
    }

    fn headquarters(&mut self, action: Action, view: &View) -> Vec<Step> {
        let create = action == Action::CreateInHeadquarters;
        let kind = if create { Kind::Create } else { Kind::Edit };
        let Some(mut operation) = self.operation(kind, "hq", view) else { return Vec::new() };
        let verb = if create { "customers create" } else { "customers edit {account}" };
        let mut words = words(verb);
        let account = operation.words.iter().position(|word| word == "--account");
        if let Some(at) = account {
            operation.words.drain(at..at + 2);
        }
        words.append(&mut operation.words);
        operation.words = words;
        vec![Step::Operation(operation)]
    }

    /// An operation, its words without the command itself.
    fn operation(&mut self, kind: Kind, place: &str, view: &View) -> Option<Operation> {
        let number = self.number();
        let mut sets = BTreeMap::new();
        let mut words = Vec::new();
        let (customer, address) = match kind {
            Kind::Create | Kind::Row => (number, None),
            Kind::Edit | Kind::Address => {
                let known = view.customers.get(place).filter(|known| !known.is_empty())?;
                let made = (kind == Kind::Address).then_some(number);
                (*self.random.pick(known), made)
            }
            Kind::EditAddress | Kind::Deactivate => {
                let known = view.addresses.get(place).filter(|known| !known.is_empty())?;
                let (address, customer) = *self.random.pick(known);
                (customer, Some(address))
            }
        };
        if customer != number {
            words.extend(["--account".to_owned(), "{account}".to_owned()]);
        }
        if address.is_some_and(|address| address != number) {
            words.extend(["--address".to_owned(), "{address}".to_owned()]);
        }
        match kind {
            Kind::Create => {
                let mut fields = vec![Field::First, Field::Last];
                fields.extend(
                    [Field::Email, Field::Phone].into_iter().filter(|_| self.random.chance(50)),
                );
                for field in fields {
                    words.extend([format!("--{}", field.name()), mark(number)]);
                    sets.insert(field, mark(number));
                }
            }
            Kind::Edit => {
                words.push("--set".to_owned());
                for _ in 0..=self.random.below(2) {
                    sets.insert(*self.random.pick(&Field::ALL), mark(number));
                }
                words.extend(sets.iter().map(|(field, value)| format!("{}={value}", field.name())));
            }
            Kind::Address => {
                words.extend(["--street".to_owned(), mark(number)]);
                words.extend(["--city".to_owned(), mark(number)]);
                sets.insert(Field::City, mark(number));
            }
            Kind::EditAddress => {
                words.extend(["--set".to_owned(), format!("city={}", mark(number))]);
                sets.insert(Field::City, mark(number));
            }
            Kind::Deactivate | Kind::Row => {}
        }
        let place = place.to_owned();
        Some(Operation { number, customer, address, kind, place, words, sets })
    }

    /// A row that another program writes into an upload table of the environment's own.
    fn row(&mut self, view: &View) -> Vec<Step> {
        if !view.own {
            return Vec::new();
        }
        let (number, place) = (self.number(), self.database(view));
        let sets = BTreeMap::new();
        let words = Vec::new();
        let kind = Kind::Row;
        let (customer, address) = (number, None);
        vec![Step::Row(Operation { number, customer, address, kind, place, words, sets })]
    }

    /// A value that no column takes.
    fn too_long(&mut self, view: &View) -> Vec<Step> {
        let mut steps = self.register(Action::Edit, view);
        for step in &mut steps {
            let Step::Operation(operation) = step else { continue };
            let long = "x".repeat(400);
            operation.words.truncate(operation.words.iter().position(|w| w == "--set").unwrap());
            operation.words.retain(|word| word != "--fault" && !word.contains("crash="));
            operation.words.retain(|word| word != "rts-down");
            let value = format!("phone={}{long}", mark(operation.number));
            operation.words.extend(["--set".to_owned(), value]);
            *step = Step::Refused(operation.clone());
        }
        steps
    }

    fn files(&mut self, action: Action, view: &View) -> Vec<Step> {
        if action == Action::Keep {
            let file = if self.random.chance(40) { "hq".to_owned() } else { self.database(view) };
            if view.missing.contains(&file) {
                return Vec::new();
            }
            self.slot += 1;
            self.kept.push((file.clone(), self.slot));
            return vec![Step::Keep { file, slot: self.slot }];
        }
        let offline = action == Action::PutBackOffline;
        let fits = |file: &str| file != "hq" && file.contains(".offline") == offline;
        self.put_back(fits)
    }

    fn headquarters_file(&mut self, action: Action) -> Vec<Step> {
        let back = self.put_back(|file| file == "hq");
        if back.is_empty() || action == Action::PutBackHeadquarters {
            return back;
        }
        let file = "hq".to_owned();
        vec![if self.random.chance(50) { Step::Delete { file } } else { Step::Damage { file } }]
    }

    fn put_back(&mut self, fits: impl Fn(&str) -> bool) -> Vec<Step> {
        let kept: Vec<_> = self.kept.iter().filter(|(file, _)| fits(file)).cloned().collect();
        if kept.is_empty() {
            return Vec::new();
        }
        let (file, slot) = self.random.pick(&kept).clone();
        vec![Step::PutBack { file, slot }]
    }
}

pub fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}
