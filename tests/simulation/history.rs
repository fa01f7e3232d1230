//! A history: steps carried out one after the other, each judged, and an end without faults.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tempfile::TempDir;

use super::check::{Family, Finding, Loss, always, rows_set_aside};
use super::draw::{Drawer, View, words};
use super::end::converged;
use super::files::{Keep, damage, is_whole, move_files, remove};
use super::model::{Model, Person, Told, Way};
use super::program::{Done, copy, run};
use super::sight::{Eyes, Files, OWN, Sight};
use super::step::{Operation, Package, REMAKE, Step, marked, path, row, seat, typed};
use super::truth;

/// What a history begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// A new environment: three channels, three customers beside the default ones.
    New,
    /// The same, with asynchronous customers in effect.
    Asynchronous,
    /// The committed environment of 0.2.0, with work pending in every stage.
    Fixture,
}

const COMMANDS_OF_NEW: &[&str] = &["init . --customers 3"];
const COMMANDS_OF_ASYNCHRONOUS: &[&str] = &[
    "init . --customers 3",
    "features enable async-customer-editing --with-prerequisites",
    "profiles set Stores --async-customers yes",
    "profiles set Online --async-customers yes",
    "run 1110 1010 1070",
    "csu restart",
];

impl Start {
    /// The commands that make it, for somebody who pastes.
    pub fn commands(self) -> &'static [&'static str] {
        match self {
            Self::New => COMMANDS_OF_NEW,
            Self::Asynchronous => COMMANDS_OF_ASYNCHRONOUS,
            Self::Fixture => &[],
        }
    }

    fn folder(self) -> PathBuf {
        static NEW: OnceLock<TempDir> = OnceLock::new();
        static ASYNCHRONOUS: OnceLock<TempDir> = OnceLock::new();
        let made = match self {
            Self::New => &NEW,
            Self::Asynchronous => &ASYNCHRONOUS,
            Self::Fixture => {
                return Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/environments/0.2.0");
            }
        };
        let made = made.get_or_init(|| {
            let dir = TempDir::new().unwrap();
            for command in self.commands() {
                let words: Vec<&str> = command.split_whitespace().collect();
                let done = run(dir.path(), &words);
                assert_eq!(done.code, 0, "{command}\n{}{}", done.out, done.err);
            }
            dir
        });
        made.path().to_path_buf()
    }
}

/// What is drawn, and what is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Every kind of action, those included that do not hold yet.
    pub wide: bool,
    /// Which families of invariants are not looked at yet.
    pub without: &'static [Family],
}

/// What a history came to.
#[derive(Debug)]
pub struct Played {
    pub steps: Vec<Step>,
    /// The steps as they were typed.
    pub shown: Vec<String>,
    pub finding: Option<Finding>,
    /// Every command with its code and what it printed.
    pub transcript: String,
    pub commands: usize,
}

/// Draws a history from a seed.
pub fn drawn(start: Start, seed: u64, length: usize, scope: Scope) -> Played {
    let mut drawer = Drawer::new(seed, scope.wide);
    let mut stage = Stage::new(start, scope);
    let _ = writeln!(stage.transcript, "{start:?}, seed {seed}: {}", drawer.parameters());
    let mut steps = Vec::new();
    let mut finding = None;
    while steps.len() < length && finding.is_none() {
        for step in drawer.next(&stage.view()) {
            finding = stage.take(&step).err();
            steps.push(step);
            if finding.is_some() {
                break;
            }
        }
    }
    let finding = finding.or_else(|| stage.end().err());
    stage.played(steps, finding)
}

/// Carries out the same steps again, or some of them.
pub fn again(start: Start, steps: &[Step], scope: Scope) -> Played {
    let mut stage = Stage::new(start, scope);
    let finding = steps.iter().find_map(|step| stage.take(step).err());
    let finding = finding.or_else(|| stage.end().err());
    stage.played(steps.to_vec(), finding)
}

struct Stage {
    scope: Scope,
    dir: TempDir,
    shelf: TempDir,
    eyes: Eyes,
    files: Files,
    model: Model,
    channels: Vec<String>,
    swapped: Option<(String, String)>,
    /// Something went wrong, by a fault or by a person; a "no" needs no other reason.
    disturbed: bool,
    /// The channels could not be listed, and are to be when they can.
    unlisted: bool,
    slots: BTreeSet<usize>,
    transcript: String,
    shown: Vec<String>,
    commands: usize,
}

impl Stage {
    fn new(start: Start, scope: Scope) -> Self {
        let dir = TempDir::new().unwrap();
        copy(&start.folder(), dir.path());
        let mut stage = Self {
            scope,
            dir,
            shelf: TempDir::new().unwrap(),
            eyes: Eyes::default(),
            files: Files::new(),
            model: Model::default(),
            channels: ["houston", "seattle", "online"].map(str::to_owned).to_vec(),
            swapped: None,
            disturbed: start == Start::Fixture,
            unlisted: false,
            slots: BTreeSet::new(),
            transcript: String::new(),
            shown: Vec::new(),
            commands: 0,
        };
        stage.clock();
        stage.files = stage.look();
        for number in 4..=6_u64 {
            let accounts = BTreeSet::from([format!("{number:08}")]);
            stage.model.people.insert(number, Person { guid: None, accounts });
        }
        stage
    }

    fn root(&self) -> &Path {
        self.dir.path()
    }

    fn played(self, steps: Vec<Step>, finding: Option<Finding>) -> Played {
        let Self { shown, transcript, commands, .. } = self;
        Played { steps, shown, finding, transcript, commands }
    }

    /// The databases whose file is not there, or is damaged.
    fn missing(&self) -> Vec<String> {
        let offline = "houston.offline".to_owned();
        let all = ["hq".to_owned(), offline].into_iter().chain(self.channels.iter().cloned());
        all.filter(|file| !is_whole(&self.root().join(path(file)))).collect()
    }

    fn view(&self) -> View {
        let mut view = View {
            channels: self.channels.clone(),
            missing: self.missing(),
            swapped: self.swapped.clone(),
            own: matches!(self.files.get("hq"), Some(Some(hq)) if hq.own),
            ..View::default()
        };
        for (file, sight) in &self.files {
            let Some(sight) = sight else { continue };
            let mut known = BTreeSet::new();
            for (account, customer) in &sight.customers {
                known.extend(self.model.owner(account, &customer.guid));
            }
            if file != "hq" {
                known.extend(sight.sent.iter().filter_map(|row| self.model.owner("", &row.guid)));
            }
            view.customers.insert(file.clone(), known.into_iter().collect());
            view.addresses.insert(file.clone(), self.addresses(sight));
        }
        view
    }

    /// The addresses that a register with this file may know, each with its customer.
    fn addresses(&self, sight: &Sight) -> Vec<(u64, u64)> {
        let down = sight.customers.values().flat_map(|customer| customer.addresses.values());
        let down = down.filter(|postal| postal.in_force).filter_map(|one| marked(&one.street));
        let own = sight.sent.iter().filter_map(|row| row.made);
        let known: BTreeSet<u64> = down.chain(own).collect();
        let customer =
            |address: &u64| Some((*address, self.model.known(*address)?.operation.customer));
        known.iter().filter_map(customer).collect()
    }

    /// What a register knows an address by.
    fn address(&self, number: u64, place: &str) -> Option<String> {
        let sight = self.files.get(place)?.as_ref()?;
        let mut down = sight.customers.values().flat_map(|customer| &customer.addresses);
        let down = down.find(|(_, postal)| marked(&postal.street) == Some(number));
        let own = || sight.sent.iter().find(|row| row.made == Some(number));
        down.map(|(row, _)| row.to_string()).or_else(|| Some(own()?.address.clone()))
    }

    fn look(&mut self) -> Files {
        let mut files = self.eyes.look(self.dir.path());
        if let Some((one, other)) = &self.swapped {
            // What is in a file is what it was before it came to another's place.
            let (mut first, mut second) = (files.remove(one), files.remove(other));
            for (sight, name) in [(&mut first, other), (&mut second, one)] {
                for row in sight.iter_mut().flatten().flat_map(|sight| &mut sight.sent) {
                    row.store.clone_from(name);
                }
            }
            files.extend(second.map(|sight| (one.clone(), sight)));
            files.extend(first.map(|sight| (other.clone(), sight)));
        }
        files
    }

    /// Carries out one step and looks at everything.
    fn take(&mut self, step: &Step) -> Result<(), Finding> {
        match step {
            Step::Cdx(words) => {
                let loss = if words[..].starts_with(&["pos".to_owned(), "close-shift".to_owned()]) {
                    Loss::Rows
                } else {
                    Loss::None
                };
                let done = self.run(words);
                self.judge(words, &done)?;
                self.watch(words);
                self.settle(loss)
            }
            Step::Operation(operation) | Step::Refused(operation) => {
                let must_fail = matches!(step, Step::Refused(_));
                let Some(operation) = self.resolved(operation) else { return Ok(()) };
                let done = self.run(&operation.words);
                let json: Value = serde_json::from_str(&done.out).unwrap_or_default();
                // A channel without its configuration or its customers takes nothing.
                let refused = matches!(json["path"].as_str(), Some("refused" | "failed"))
                    || lacks(json["error"]["code"].as_str().unwrap_or_default());
                // Where a file is gone nothing is looked at, and nothing written.
                let refused = refused || must_fail && done.code == 3 && !self.missing().is_empty();
                if must_fail && done.code != 2 && !refused {
                    let what = format!("{} was not refused: {done:?}", typed(&operation.words));
                    return Err(Finding::new(Family::Contradicted, what));
                }
                if !must_fail {
                    self.judge(&operation.words, &done)?;
                }
                self.told(&operation, &done, &json, refused);
                self.settle(Loss::None)
            }
            _ => self.handle(step),
        }
    }

    fn resolved(&self, operation: &Operation) -> Option<Operation> {
        let mut operation = operation.clone();
        if operation.words.iter().any(|word| word == "{account}") {
            let account = self.model.account(operation.customer, &operation.place)?;
            for word in operation.words.iter_mut().filter(|word| *word == "{account}") {
                word.clone_from(&account);
            }
        }
        if operation.words.iter().any(|word| word == "{address}") {
            let address = self.address(operation.address?, &operation.place)?;
            for word in operation.words.iter_mut().filter(|word| *word == "{address}") {
                word.clone_from(&address);
            }
        }
        operation.words.extend(["--format".to_owned(), "json".to_owned()]);
        Some(operation)
    }

    fn told(&mut self, operation: &Operation, done: &Done, json: &Value, refused: bool) {
        let account = json["account"].as_str();
        let (told, way) = match (done.code, json["path"].as_str()) {
            (0, Some("async" | "async-fallback")) => (Told::Done, Way::Register),
            (0, _) => (Told::Done, Way::Headquarters),
            (2, _) => (Told::Refused, Way::Unknown),
            _ if refused => (Told::Refused, Way::Unknown),
            _ => (Told::Perhaps, Way::Unknown),
        };
        self.model.told(operation, told, way, account);
    }

    fn run(&mut self, words: &[String]) -> Done {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let done = run(self.root(), &words);
        self.commands += 1;
        if self.unlisted {
            self.list_channels();
        }
        let line = typed(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        self.shown.push(format!("cdx {line}"));
        let Done { code, out, err } = &done;
        let _ = writeln!(self.transcript, "$ cdx {line}\n{out}{err}exit {code}");
        done
    }

    /// Whether a command ended as it may.
    fn judge(&mut self, words: &[String], done: &Done) -> Result<(), Finding> {
        let fault = words.iter().any(|word| word == "--fault");
        let says = |code: &str| done.out.contains(&format!("\"code\": \"{code}\""));
        let way = ["refused", "failed"]
            .iter()
            .any(|way| done.out.contains(&format!("\"path\": \"{way}\"")));
        let first = words.first().map_or("", String::as_str);
        self.disturbed |= fault
            || first == "sessions"
            || words[..].starts_with(&["channels".to_owned(), "pause".to_owned()]);
        let fits = match done.code {
            0 => true,
            1 => {
                LACKING.iter().any(|code| says(code))
                    || way
                    || self.disturbed
                    || matches!(first, "doctor" | "features")
            }
            // Also one that a channel still shows and headquarters, put back, does not have.
            2 => {
                says("unknown-customer")
                    || says("unknown-address")
                    || done.err.contains("unknown customer")
                    || done.err.contains("unknown address")
                    || first == "sessions"
            }
            3 => {
                // The doctor does not read an environment of an earlier version.
                let older = first == "doctor" && done.err.contains("has schema version");
                older || !self.missing().is_empty() || self.swapped.is_some()
            }
            134 => fault,
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let what = format!("cdx {} ended in {}: {}", typed(words), done.code, done.err.trim());
        Err(Finding::new(Family::Stuck, what))
    }

    /// Takes note of what a command changed that the model must know of.
    fn watch(&mut self, words: &[String]) {
        match (words.first().map(String::as_str), words.get(1).map(String::as_str)) {
            (Some("clock"), _) => self.clock(),
            // The doctor takes in a channel that headquarters, put back, does not know.
            (Some("channels"), Some("add")) | (Some("doctor"), Some("--fix")) => {
                self.list_channels();
            }
            _ => {}
        }
    }

    fn clock(&mut self) {
        let done = run(self.root(), &["clock", "show", "--format", "json"]);
        let json: Value = serde_json::from_str(&done.out).unwrap_or_default();
        if let Some(now) = json["utc"].as_str() {
            now.clone_into(&mut self.model.now);
            return;
        }
        // No command reads an environment of an earlier version before one has written to it.
        let hq = self.root().join("hq.db");
        let read = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let now = Connection::open_with_flags(hq, read).and_then(|hq| {
            hq.query_row("SELECT VALUE FROM cdx_WORLD WHERE KEY = 'clock'", [], |row| row.get(0))
        });
        if let Ok(now) = now {
            self.model.now = now;
        }
    }

    /// Headquarters that was put back may not know every channel.
    fn list_channels(&mut self) {
        let done = run(self.root(), &["channels", "list", "--format", "json"]);
        let json: Value = serde_json::from_str(&done.out).unwrap_or_default();
        let listed = json["channels"].as_array();
        // One of an earlier version is read when a command that writes has brought it up to date.
        self.unlisted = listed.is_none();
        let Some(listed) = listed else { return };
        let own = listed.iter().filter(|channel| channel["offline"] == false);
        let names = own.filter_map(|channel| channel["name"].as_str());
        self.channels = names.map(str::to_owned).collect();
    }

    fn settle(&mut self, loss: Loss) -> Result<(), Finding> {
        let files = self.look();
        let before = std::mem::replace(&mut self.files, files);
        if self.swapped.is_some() {
            let sent = |files: &Files| -> BTreeSet<u64> {
                let hq = files.get("hq").and_then(Option::as_ref);
                hq.iter().flat_map(|hq| &hq.sent).filter_map(|row| row.number).collect()
            };
            let came = &sent(&self.files) - &sent(&before);
            self.model.displaced.extend(came);
        }
        let older = !self.scope.without.contains(&Family::Older);
        always(&mut self.model, &before, &self.files, loss, older)
    }

    /// What happens to files, and not by a command of ours.
    fn handle(&mut self, step: &Step) -> Result<(), Finding> {
        self.shown.push(step.to_string());
        let _ = writeln!(self.transcript, "$ {step}");
        let mut loss = Loss::Rows;
        match step {
            Step::Keep { file, slot } => {
                self.slots.insert(*slot);
                move_files(&self.root().join(path(file)), &self.kept(file, *slot), Keep::Both);
                return Ok(());
            }
            Step::PutBack { file, slot } => {
                if !self.slots.contains(slot) || self.swapped.is_some() {
                    return Ok(());
                }
                let target = self.root().join(path(file));
                remove(&target);
                move_files(&self.kept(file, *slot), &target, Keep::Both);
                if file == "hq" {
                    loss = Loss::Headquarters;
                    self.clock();
                    self.list_channels();
                }
            }
            Step::Delete { file } => {
                remove(&self.root().join(path(file)));
                if file == "hq" {
                    loss = Loss::Headquarters;
                }
            }
            Step::Damage { file } => {
                damage(&self.root().join(path(file)));
                if file == "hq" {
                    loss = Loss::Headquarters;
                }
            }
            Step::Row(operation) => {
                let done = self.sql(&operation.place, &row(operation.number));
                let told = if done { Told::Done } else { Told::Refused };
                self.model.told(operation, told, Way::Register, None);
                return self.settle(Loss::None);
            }
            Step::Seat { row, name } => {
                self.sql("hq", &seat(*row, name.as_deref()));
                return self.settle(Loss::None);
            }
            Step::Remake { file } => {
                self.model.of_before.extend(rows_set_aside(&self.files, OWN, file));
                self.sql(file, REMAKE);
            }
            Step::Swap { one, other } => self.swap(one, other),
            Step::Cut { newest, kind } | Step::Lose { newest, kind } => {
                self.package(*newest, *kind, matches!(step, Step::Cut { .. }));
            }
            Step::Calm => {
                self.sql("hq", "DELETE FROM cdx_FAULT");
            }
            Step::Cdx(_) | Step::Operation(_) | Step::Refused(_) => {}
        }
        self.disturbed = true;
        self.settle(loss)
    }

    fn kept(&self, file: &str, slot: usize) -> PathBuf {
        self.shelf.path().join(format!("kept-{slot}-{file}.db"))
    }

    fn swap(&mut self, one: &str, other: &str) {
        let (first, second) = (self.root().join(path(one)), self.root().join(path(other)));
        let aside = self.shelf.path().join("swapped");
        move_files(&first, &aside, Keep::Target);
        move_files(&second, &first, Keep::Target);
        move_files(&aside, &second, Keep::Target);
        let pair = (one.to_owned(), other.to_owned());
        self.swapped = if self.swapped.take().is_some() { None } else { Some(pair) };
    }

    fn package(&mut self, newest: usize, kind: Package, cut: bool) {
        let mut packages: Vec<PathBuf> = fs::read_dir(self.root().join("packages"))
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default();
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        packages.retain(|path| kind.is(&name(path)));
        packages.sort();
        let Some(package) = packages.iter().rev().nth(newest) else { return };
        if cut {
            let file = fs::File::options().write(true).open(package).unwrap();
            let length = file.metadata().unwrap().len();
            file.set_len(length.saturating_sub(512)).unwrap();
        } else {
            fs::remove_file(package).unwrap();
        }
    }

    /// What another program does; whether it was done.
    fn sql(&mut self, file: &str, text: &str) -> bool {
        let path = self.root().join(path(file));
        let open = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let opened = Connection::open_with_flags(path, open);
        opened.is_ok_and(|database| database.execute_batch(text).is_ok())
    }

    /// Puts right what only a person can, runs every job twice with the doctor between, and
    /// compares every side with the model.
    fn end(&mut self) -> Result<(), Finding> {
        if let Some((one, other)) = self.swapped.clone() {
            self.handle(&Step::Swap { one, other })?;
        }
        if self.missing().iter().any(|file| file == "hq") {
            let Some(slot) =
                self.slots.iter().rev().copied().find(|slot| self.kept("hq", *slot).exists())
            else {
                // Nobody has a copy: the environment is over, and says so.
                return Ok(());
            };
            self.handle(&Step::PutBack { file: "hq".to_owned(), slot })?;
        }
        self.handle(&Step::Calm)?;
        for file in self.missing() {
            self.must(&format!("channels rebuild {file}"), 0)?;
        }
        // The first command that writes brings what is of an earlier version up to date.
        self.must("csu restart", 1)?;
        for channel in self.channels.clone() {
            self.must(&format!("channels resume {channel}"), 0)?;
        }
        self.round(1)?;
        self.strangers()?;
        self.cancelled()?;
        self.must("doctor --fix", 1)?;
        self.list_channels();
        self.round(1)?;
        self.must("doctor --fix", 1)?;
        self.round(0)?;
        let files = self.look();
        converged(&self.model, &files, !self.scope.without.contains(&Family::Older))?;
        self.doctor()?;
        match truth::disagreements(self.root()).into_iter().next() {
            Some(what) => Err(Finding::new(Family::Doctor, what)),
            None => Ok(()),
        }
    }

    /// Every channel file that headquarters does not know, since it was put back, is told; what the
    /// doctor does not add by itself a person does.
    fn strangers(&mut self) -> Result<(), Finding> {
        let known = |file: &String| {
            file == "hq" || file.contains('.') || self.channels.iter().any(|name| name == file)
        };
        let strangers: Vec<String> = self.files.keys().filter(|f| !known(f)).cloned().collect();
        if strangers.is_empty() {
            return Ok(());
        }
        let done = self.run(&words("doctor --only CDX410 --format json"));
        let json: Value = serde_json::from_str(&done.out).unwrap_or_default();
        let none = Vec::new();
        let findings = json["findings"].as_array().unwrap_or(&none);
        for file in strangers {
            let about = |finding: &&Value| finding["subject"]["channel"] == file.as_str();
            let Some(finding) = findings.iter().find(about) else {
                let what = format!("nobody tells of the channel file {file}");
                return Err(Finding::new(Family::Doctor, what));
            };
            if finding["fix"]["safety"] != "safe" {
                self.must(&format!("channels add {file}"), 0)?;
            }
        }
        Ok(())
    }

    /// Every upload that somebody cancelled and whose rows headquarters does not have is told, and
    /// tried again by whoever has cancelled it.
    fn cancelled(&mut self) -> Result<(), Finding> {
        let done = self.run(&words("doctor --only CDX404 --format json"));
        let json: Value = serde_json::from_str(&done.out).unwrap_or_default();
        let none = Vec::new();
        for finding in json["findings"].as_array().unwrap_or(&none) {
            if finding["fix"]["safety"] == "manual" {
                let retry = finding["fix"]["commands"][0].as_str().unwrap_or_default();
                self.must(retry.trim_start_matches("cdx "), 0)?;
            }
        }
        Ok(())
    }

    fn round(&mut self, most: u8) -> Result<(), Finding> {
        for line in [
            "run 1110 1070 1010",
            "pos reconnect --channel houston",
            "run P",
            "run sync-customers",
            "run 1010",
        ] {
            // An operation on a customer or an address that is lost fails, and waits from then on;
            // the model says of each of the others that it was carried out.
            let batch = line == "run sync-customers";
            let code = self.must(line, if batch { 1 } else { most })?;
            if batch && most == 0 && (code == 1) != self.waits() {
                let what = format!("in the end cdx {line} ended in {code}");
                return Err(Finding::new(Family::Stuck, what));
            }
        }
        if self.view().own {
            self.must("run 7000", most)?;
        }
        Ok(())
    }

    /// Whether an operation stands in headquarters that was not carried out.
    fn waits(&self) -> bool {
        let Some(Some(hq)) = self.files.get("hq") else { return false };
        hq.sent.iter().any(|row| !row.completed)
    }

    fn must(&mut self, line: &str, most: u8) -> Result<u8, Finding> {
        let done = self.run(&words(line));
        self.settle(Loss::None)?;
        if done.code <= most {
            return Ok(done.code);
        }
        let said = format!("{}{}", done.out, done.err);
        let what = format!("in the end cdx {line} ended in {}: {}", done.code, said.trim());
        Err(Finding::new(Family::Stuck, what))
    }

    /// The doctor has no error left, but for operations on customers and addresses that are lost.
    fn doctor(&mut self) -> Result<(), Finding> {
        let done = self.run(&words("doctor --format json"));
        let json: Value = serde_json::from_str(&done.out).unwrap_or_default();
        let waits = self.waits();
        let none = Vec::new();
        for finding in json["findings"].as_array().unwrap_or(&none) {
            let code = finding["code"].as_str().unwrap_or_default();
            // How people want features, profiles and caches is theirs to say.
            let excused = waits && code == "CDX501"
                || ["CDX1", "CDX201", "CDX3"].iter().any(|own| code.starts_with(own));
            if finding["severity"] == "error" && !excused {
                let what = format!("{} {}", finding["code"], finding["title"]);
                return Err(Finding::new(Family::Doctor, what));
            }
        }
        Ok(())
    }
}

/// Why a channel takes nothing: its jobs have not brought it what it needs.
const LACKING: [&str; 2] = ["not-configured", "no-default-customer"];

fn lacks(code: &str) -> bool {
    LACKING.contains(&code)
}
