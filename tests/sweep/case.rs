//! One fault at one operation of one command, and what must hold after it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::machine::{Kind, Machine, Run, copy};
use crate::prepare;
use crate::scenes::{Again, Scene};
use crate::state::{self, Rows};

/// A command that writes and changes nothing that is compared; it finishes what was left.
const SETTLE: &str = "csu restart";

/// The usual jobs, twice round, so that what goes up comes back down.
const JOBS: &str = "run 1110 1070 1010 1170 P sync-customers 1010";

/// A scene with its environment, and the life of it without faults.
pub struct Case<'a> {
    machine: &'a Machine,
    scene: &'a Scene,
    base: Arc<TempDir>,
    /// Operations on files without a fault.
    pub steps: u64,
    /// What they are, and to which file.
    pub operations: Vec<String>,
    command: String,
    calm_code: i32,
    jobs_code: i32,
    /// Before the command, after it, and after the jobs.
    before: Rows,
    done: Rows,
    finished: Rows,
    diagnosis: Vec<String>,
    /// What is wrong with files from the start, in scenes that repair them.
    ills: Vec<String>,
    /// What was found of a state that was met before.
    known: BTreeMap<(bool, bool, u64), Vec<String>>,
}

/// Lets the next command finish what was left; what it says where it cannot.
fn settle(machine: &Machine, dir: &Path) -> Option<String> {
    if !place(dir).join("cdx.toml").exists() {
        return None;
    }
    let run = machine.run(dir, SETTLE);
    (run.code != 0).then(|| format!("`{SETTLE}` after it: {}", run.text()))
}

fn place(dir: &Path) -> PathBuf {
    dir.join("root/e")
}

impl<'a> Case<'a> {
    pub fn new(machine: &'a Machine, scene: &'a Scene) -> Self {
        let base = machine.prepared(scene.prepare);
        // What is prepared is only ever copied: others copy it at the same time.
        let dir = machine.folder();
        copy(&base.path().join("root"), &dir.path().join("root")).unwrap();
        let command = prepare::fill(dir.path(), scene.command);
        let before = state::rows(&place(dir.path()));
        let ills = state::damage(&place(dir.path()));
        let (run, operations) = machine.counted(dir.path(), &command);
        assert_eq!(run.code, 0, "cdx {command}\n{}", run.text());
        settle(machine, dir.path());
        let done = state::rows(&place(dir.path()));
        let jobs_code = machine.run(dir.path(), JOBS).code;
        let finished = state::rows(&place(dir.path()));
        let diagnosis = diagnose(machine, dir.path());
        Self {
            machine,
            scene,
            base,
            steps: operations.len() as u64,
            operations,
            command,
            calm_code: run.code,
            jobs_code,
            before,
            done,
            finished,
            diagnosis,
            ills,
            known: BTreeMap::new(),
        }
    }

    /// Plays one fault; what was found wrong.
    pub fn play(&mut self, number: u64, kind: Kind) -> Vec<String> {
        let dir = self.machine.folder();
        copy(&self.base.path().join("root"), &dir.path().join("root")).unwrap();
        let run = self.machine.faulted(dir.path(), &self.command, number, kind);
        let mut found = judge_end(&run, kind);
        let hint = run.err.lines().find(|line| throws_away(line));
        if let Some(hint) = hint.filter(|_| kind.is_error() && self.ills.is_empty()) {
            found.push(format!("told to throw away a file that is whole: {hint}"));
        }
        let unsettled = settle(self.machine, dir.path());
        // What an unfinished `init` leaves is no environment: the next one begins afresh.
        let is_one = place(dir.path()).join("cdx.toml").exists();
        let damage =
            if kind.is_power() && is_one { state::damage(&place(dir.path())) } else { Vec::new() };
        // Where a file is damaged from the start, it may be until the command has run again.
        if self.ills.is_empty() {
            found.extend(unsettled);
            found.extend(damage);
        }
        if found.is_empty() {
            let well = run.code == self.calm_code;
            let key = (well, kind.is_error(), state::fingerprint(&place(dir.path())));
            let known = self.known.get(&key).cloned();
            let after = known.unwrap_or_else(|| {
                let after = self.judge_after(dir.path(), &run, kind);
                self.known.insert(key, after.clone());
                after
            });
            found.extend(after);
        }
        let at = number as usize - 1;
        let operation = self.operations.get(at).map_or("the end", String::as_str);
        let command = self.scene.command;
        let head =
            format!("{command}\n  {} at {number} of {}: {operation}", kind.as_str(), self.steps);
        found.into_iter().map(|text| format!("{head}\n  {text}\n  first: {}", run.text())).collect()
    }

    /// What must hold once the next command has finished what was left.
    fn judge_after(&self, dir: &Path, run: &Run, kind: Kind) -> Vec<String> {
        let env = place(dir);
        let mut found = Vec::new();
        let rows = state::rows(&env);
        let is_done = self.is_done(&rows);
        let well = run.code == self.calm_code;
        // Headquarters is the truth of a real-time call: a channel may be left to the next job.
        let left = is_done && run.out.contains("the next job brings them");
        if well
            && !left
            && let Some(text) = state::difference(&rows, &self.done)
        {
            found.push(format!("ended in {} and is not done: {text}", run.code));
        }
        let once = self.scene.again == Again::Another;
        // Where it can be run again, that does no harm; it may even be an announcement alone that
        // was kept, which the next command has finished.
        let uncertain = run.err.contains("and it may be there");
        if once && run.code == 3 && is_done && kind.is_error() && !uncertain {
            found.push("done, and told as failed; who tries again does it twice".to_owned());
        }
        if uncertain && !matches!(kind, Kind::EioOn | Kind::EnospcOn) {
            found.push("told as uncertain, though the disk works again".to_owned());
        }
        if !(well || once && is_done) {
            let again = self.machine.run(dir, &self.command);
            let allowed = match self.scene.again {
                Again::Same(codes) if is_done || self.is_hidden() => codes.contains(&again.code),
                _ => again.code == self.calm_code,
            };
            if !allowed {
                found.push(format!("again: {}", again.text()));
            }
        }
        let jobs = self.machine.run(dir, JOBS);
        if jobs.code != self.jobs_code {
            found.push(format!("the jobs after it: {}", jobs.text()));
        }
        if let Some(text) = state::difference(&state::rows(&env), &self.finished) {
            found.push(format!("after the jobs: {text}"));
        }
        found.extend(state::damage(&env));
        let left = state::files(&env).into_iter().filter(|name| {
            name.contains(".partial") || name.ends_with("-journal") || name.contains("cdx.init")
        });
        found.extend(left.map(|name| format!("left behind: {name}")));
        let diagnosis = diagnose(self.machine, dir);
        if diagnosis != self.diagnosis {
            let expected = &self.diagnosis;
            found.push(format!("the doctor says {diagnosis:?}, without the fault {expected:?}"));
        }
        found
    }

    /// Whether what the command does is in no table that is compared.
    fn is_hidden(&self) -> bool {
        self.before == self.done
    }

    /// Whether headquarters, or a channel alone where headquarters has no part, holds the result.
    fn is_done(&self, rows: &Rows) -> bool {
        let (own, done) = (state::headquarters(rows), state::headquarters(&self.done));
        if state::headquarters(&self.before) == done {
            *rows == self.done && !self.is_hidden()
        } else {
            own == done
        }
    }
}

/// Whether a line tells people to make a database, or an environment, again.
fn throws_away(line: &str) -> bool {
    let hint = line.trim_start().starts_with("hint:");
    hint && (line.contains("channels rebuild") || line.contains("make a new environment"))
}

/// How the faulted run may end.
fn judge_end(run: &Run, kind: Kind) -> Vec<String> {
    let mut found = Vec::new();
    let ended = run.code == 137 && !kind.is_error();
    if !ended && !(0..=3).contains(&run.code) {
        found.push("ended with a code that is not of the contract".to_owned());
    }
    if run.err.contains("is damaged") || run.err.contains("is not a database") {
        found.push("told that a file is damaged".to_owned());
    }
    if run.code > 1 && run.code <= 3 && !run.err.contains("error:") {
        found.push("ended without a word".to_owned());
    }
    if kind == Kind::EnospcOn && run.code == 3 && !run.err.contains("the disk is full") {
        found.push("told of a full disk as of something else".to_owned());
    }
    found
}

/// What the doctor finds: codes and subjects of errors and warnings. The channels take in first what
/// the jobs brought: a job that failed once came later than what they hold in memory.
fn diagnose(machine: &Machine, dir: &Path) -> Vec<String> {
    machine.run(dir, SETTLE);
    machine.run(dir, "pos restart");
    let run = machine.run(dir, "doctor --format json");
    let Ok(report) = serde_json::from_str::<serde_json::Value>(&run.out) else {
        return vec![run.text()];
    };
    let mut found = vec![format!("crashed {}", report["checks"]["crashed"])];
    for finding in report["findings"].as_array().unwrap() {
        if finding["severity"] != "info" {
            found.push(format!("{} {}", finding["code"], finding["subject"]));
        }
    }
    found
}
