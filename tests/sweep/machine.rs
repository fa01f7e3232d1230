//! Runs the program with the library that makes operations on files fail.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};
use std::{fs, io};

use tempfile::TempDir;

use crate::prepare::Prepare;

/// What happens at an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The process ends.
    Kill,
    /// The operation fails, once.
    Eio,
    /// It and each one after it fails.
    EioOn,
    /// There is no room, once.
    Enospc,
    /// There is no room from there on.
    EnospcOn,
    /// The power goes: data and names that were not synced are lost.
    Power,
    /// The power goes: data that was not synced is lost, names are kept.
    PowerData,
    /// The power goes: every second piece of what was not synced is lost.
    PowerHalf,
}

impl Kind {
    pub const ALL: &'static [Self] = &[
        Self::Kill,
        Self::Eio,
        Self::EioOn,
        Self::Enospc,
        Self::EnospcOn,
        Self::Power,
        Self::PowerData,
        Self::PowerHalf,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Eio => "eio",
            Self::EioOn => "eio-on",
            Self::Enospc => "enospc",
            Self::EnospcOn => "enospc-on",
            Self::Power => "power",
            Self::PowerData => "power-data",
            Self::PowerHalf => "power-half",
        }
    }

    /// Whether the process goes on and tells what happened.
    pub fn is_error(self) -> bool {
        matches!(self, Self::Eio | Self::EioOn | Self::Enospc | Self::EnospcOn)
    }

    /// Whether something that was written is lost.
    pub fn is_power(self) -> bool {
        matches!(self, Self::Power | Self::PowerData | Self::PowerHalf)
    }
}

/// What a run of the program came to.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn text(&self) -> String {
        format!("exit {}\n{}{}", self.code, self.out, self.err)
    }
}

/// The library, and a folder in memory where there is one.
pub struct Machine {
    dir: TempDir,
    library: PathBuf,
    prepared: Mutex<BTreeMap<usize, Slot>>,
}

/// An environment that several scenes begin with, once it is made.
type Slot = Arc<OnceLock<Arc<TempDir>>>;

impl Machine {
    /// None, and a word why, where the library cannot be made or used.
    pub fn new() -> Option<Self> {
        if !cfg!(target_os = "linux") {
            eprintln!("skipped: the sweep preloads a library, which is done on Linux alone");
            return None;
        }
        let memory = Path::new("/dev/shm");
        let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let dir = made.or_else(|_| TempDir::new()).unwrap();
        let library = dir.path().join("preload.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sweep/preload.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-O2", "-shared", "-fPIC", "-o"]).arg(&library).arg(source);
        match compiler.args(["-ldl", "-lpthread"]).status() {
            Ok(status) if status.success() => {
                Some(Self { dir, library, prepared: Mutex::default() })
            }
            Ok(status) => panic!("cc ended with {status}"),
            Err(e) => {
                eprintln!("skipped: the sweep's library is made with cc, which does not run: {e}");
                None
            }
        }
    }

    /// A new folder for one life of an environment.
    pub fn folder(&self) -> TempDir {
        let dir = TempDir::new_in(self.dir.path()).unwrap();
        for name in ["root", "root/tmp", "grave"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        dir
    }

    /// A folder with an environment that is made once, and not changed.
    pub fn prepared(&self, prepare: Prepare) -> Arc<TempDir> {
        let slot = Arc::clone(self.prepared.lock().unwrap().entry(prepare as usize).or_default());
        let made = slot.get_or_init(|| {
            let dir = self.folder();
            prepare(self, dir.path());
            Arc::new(dir)
        });
        Arc::clone(made)
    }

    /// Runs the program in `root` of a folder, without faults.
    #[allow(clippy::unused_self, reason = "it is the machine that runs")]
    pub fn run(&self, dir: &Path, words: &str) -> Run {
        finish(program(dir, words))
    }

    /// Runs it and expects an exit code of 0.
    pub fn ok(&self, dir: &Path, words: &str) -> Run {
        let run = self.run(dir, words);
        assert_eq!(run.code, 0, "cdx {words}\n{}", run.text());
        run
    }

    /// Runs it with a fault at an operation.
    pub fn faulted(&self, dir: &Path, words: &str, number: u64, kind: Kind) -> Run {
        let mut command = program(dir, words);
        self.preload(&mut command, dir, kind.as_str());
        command.env("SWEEP_AT", number.to_string());
        finish(command)
    }

    /// Runs it and counts; the operations, one a line.
    pub fn counted(&self, dir: &Path, words: &str) -> (Run, Vec<String>) {
        let log = dir.join("operations");
        let mut command = program(dir, words);
        self.preload(&mut command, dir, "count");
        command.env("SWEEP_OUT", &log);
        let run = finish(command);
        let lines = fs::read_to_string(log).unwrap_or_default();
        (run, lines.lines().map(str::to_owned).collect())
    }

    fn preload(&self, command: &mut Command, dir: &Path, kind: &str) {
        let dir = dir.canonicalize().unwrap();
        command.env("LD_PRELOAD", &self.library).env("SWEEP_ROOT", dir.join("root"));
        command.env("SWEEP_GRAVE", dir.join("grave")).env("SWEEP_KIND", kind);
    }
}

/// The program in the environment's folder, with nothing of the machine's around it.
fn program(dir: &Path, words: &str) -> Command {
    let root = dir.join("root");
    let place = root.join("e");
    let built = env!("CARGO_BIN_EXE_cdx").into();
    let mut command = Command::new(std::env::var_os("SWEEP_PROGRAM").unwrap_or(built));
    command.env_clear().env("HOME", &root).env("TMPDIR", root.join("tmp"));
    command.current_dir(if place.is_dir() && !words.starts_with("init") { &place } else { &root });
    command.args(shlex::split(words).unwrap());
    command
}

fn finish(mut command: Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Copies a folder's files into another.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
