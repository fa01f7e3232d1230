//! What is drawn from a seed: a file that is changed and the command that reads it, or a command
//! line; and the environment that it is played in.

use std::fs;
use std::path::{Path, PathBuf};

use cdx::world::Machine;
use clap::Command;
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

use super::play::{self, Done};
use super::random::Random;
use super::{judge, lines, mutate};

/// A kind of file: where it lies, where its first bytes come from, what reads it, and whether an
/// error must name it.
struct Kind {
    place: &'static str,
    /// None where an environment has one.
    corpus: Option<&'static [u8]>,
    readers: &'static [&'static str],
    named: bool,
}

const CREATE: &str = "customers create --first-name A --last-name B";
const FIND: &str = "pos find-customer --channel houston a";

const KINDS: &[Kind] = &[
    Kind {
        place: "jobs/fuzz.toml",
        corpus: Some(include_bytes!("corpus/job.toml")),
        readers: &["jobs check", "scheduler init", "jobs check jobs/fuzz.toml"],
        named: true,
    },
    Kind {
        place: "gates/fuzz.toml",
        corpus: Some(include_bytes!("corpus/gate.toml")),
        readers: &["jobs check", "features list", "features graph", "doctor --quick"],
        named: true,
    },
    Kind {
        place: "cdx.toml",
        corpus: Some(include_bytes!("corpus/cdx.toml")),
        readers: &["channels list", "doctor --quick", "clock show"],
        named: true,
    },
    Kind {
        place: "schema/hq/fuzz.sql",
        corpus: Some(include_bytes!("corpus/hq.sql")),
        readers: &["jobs check", "scheduler init"],
        named: true,
    },
    Kind {
        place: "schema/channel/fuzz.sql",
        corpus: Some(include_bytes!("corpus/channel.sql")),
        readers: &["jobs check", "channels add boston", "scheduler init"],
        named: true,
    },
    Kind {
        place: "fuzz.csv",
        corpus: Some(include_bytes!("corpus/features.csv")),
        readers: &[
            "features check fuzz.csv",
            "features import fuzz.csv",
            "features diff fuzz.csv fuzz.csv",
        ],
        named: true,
    },
    Kind {
        place: "fuzz.xlsx",
        corpus: None,
        readers: &["features check fuzz.xlsx", "features import fuzz.xlsx"],
        named: true,
    },
    Kind {
        place: "fuzz.json",
        corpus: Some(include_bytes!("corpus/baseline.json")),
        readers: &["doctor --quick --baseline fuzz.json"],
        named: true,
    },
    Kind { place: "cdx.world", corpus: None, readers: &[CREATE, "channels list"], named: false },
    Kind { place: "cdx.lock.holder", corpus: None, readers: &[CREATE, "doctor"], named: false },
    Kind {
        place: "hq.db",
        corpus: None,
        readers: &["customers list", "doctor", "run 1010", "features list", CREATE],
        named: false,
    },
    Kind {
        place: "channels/houston.db",
        corpus: None,
        readers: &[FIND, "doctor", "run 1010 P", "csu status", "channels rebuild houston"],
        named: false,
    },
];

/// Commands that show what rows hold.
const SHOWN: &[&str] = &[
    "customers list",
    "customers show 00000004",
    "customers status",
    FIND,
    "doctor",
    "rts list",
    "sessions list",
    "features list",
    "channels list",
    "schedules list",
    "params list",
    "run 1010",
    "profiles list",
    "csu status",
    "which-job CUSTTABLE",
    "jobs list",
    "doctor --format junit",
    "doctor --format github",
    "doctor --format sarif",
];

/// Makes environments and plays cases in them.
pub struct Stage {
    template: TempDir,
    root: Command,
    pub played: usize,
}

/// What was found: with which seed, what, and how to see it again.
pub struct Found(pub String);

impl Stage {
    pub fn new() -> Self {
        Machine::simulate();
        let template = TempDir::new().unwrap();
        let stage = Self { template, root: cdx::cli::tree(), played: 0 };
        for words in [
            "init . --customers 8",
            "features enable async-customer-editing --with-prerequisites",
            "profiles set Stores --async-customers yes",
            "run 1110 1010 1070",
            "csu restart",
            "pos create-customer --channel houston --first-name Ada --last-name Byron",
            "run P",
            "features export fuzz.xlsx",
        ] {
            std::env::set_current_dir(stage.template.path()).unwrap();
            let done = play::run(stage.template.path(), &words_of(words), 0);
            assert_eq!(done.code, Some(0), "{words}\n{}", done.err);
        }
        stage
    }

    /// Plays the case of a seed.
    pub fn case(&mut self, seed: u64) -> Option<Found> {
        self.played += 1;
        let mut random = Random::new(seed);
        match random.below(10) {
            0..=4 => self.file(&mut random, seed),
            5 => self.rows(&mut random, seed),
            _ => self.line(&mut random, seed),
        }
    }

    fn folder(&self) -> TempDir {
        let folder = TempDir::new().unwrap();
        copy(self.template.path(), folder.path());
        std::env::set_current_dir(folder.path()).unwrap();
        folder
    }

    fn file(&self, random: &mut Random, seed: u64) -> Option<Found> {
        let kind = random.pick(KINDS);
        let first = match kind.corpus {
            Some(bytes) => bytes.to_vec(),
            None => fs::read(self.template.path().join(kind.place)).unwrap(),
        };
        let bytes = if kind.place == "fuzz.xlsx" && random.chance(80) {
            mutate::zipped(random, &first)
        } else {
            mutate::bytes(random, first)
        };
        let mut args = words_of(random.pick::<&str>(kind.readers));
        if random.chance(30) {
            args.extend(words_of("--format json"));
        }
        let what = self.read(kind, &bytes, &args, seed)?;
        let kept = |bytes: &[u8]| {
            self.read(kind, bytes, &args, seed).is_some_and(|other| alike(&other, &what))
        };
        let bytes = shortest(bytes, kept);
        Some(told(seed, &what, &args, &format!("{} is {}", kind.place, quoted(&bytes))))
    }

    /// What a command does wrong that reads these bytes; they are taken away after it.
    fn read(&self, kind: &Kind, bytes: &[u8], args: &[String], seed: u64) -> Option<String> {
        let folder = self.folder();
        let path = folder.path().join(kind.place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        let done = play::run(folder.path(), args, seed);
        let name = path.file_name().unwrap().to_str().filter(|_| kind.named);
        judge::wrong(&done, args, name).or_else(|| {
            let database = Path::new(kind.place).extension().is_some_and(|ending| ending == "db");
            if database || kind.place == "cdx.world" {
                return None;
            }
            let before = self.template.path().join(kind.place);
            if before.exists() {
                fs::copy(before, &path).unwrap();
            } else {
                fs::remove_file(&path).unwrap();
            }
            unharmed(folder.path(), seed)
        })
    }

    /// Puts a strange value into a row, and shows it.
    fn rows(&self, random: &mut Random, seed: u64) -> Option<Found> {
        let folder = self.folder();
        let file = *random.pick(&["hq.db", "channels/houston.db", "channels/online.db"]);
        let changed = change(&folder.path().join(file), random);
        let mut args = words_of(random.pick::<&str>(SHOWN));
        if random.chance(20) && !args.contains(&"--format".to_owned()) {
            args.extend(words_of("--format json"));
        }
        let done = play::run(folder.path(), &args, seed);
        let special = args.iter().any(|arg| ["junit", "github", "sarif"].contains(&arg.as_str()));
        let judged = if special { &[][..] } else { &args };
        let what = judge::wrong(&done, judged, None)?;
        Some(told(seed, &what, &args, &format!("in {file}: {changed}\n{}", shown(&done))))
    }

    fn line(&self, random: &mut Random, seed: u64) -> Option<Found> {
        let args = lines::line(random, &self.root);
        let what = self.typed(&args, seed)?;
        let mut short = args;
        let mut at = 0;
        while at < short.len() {
            let mut fewer = short.clone();
            fewer.remove(at);
            if self.typed(&fewer, seed).is_some_and(|other| alike(&other, &what)) {
                short = fewer;
            } else {
                at += 1;
            }
        }
        Some(told(seed, &what, &short, ""))
    }

    fn typed(&self, args: &[String], seed: u64) -> Option<String> {
        let folder = self.folder();
        let done = play::run(folder.path(), args, seed);
        judge::wrong(&done, args, None).or_else(|| unharmed(folder.path(), seed))
    }
}

fn words_of(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// The environment still opens; looked at after each third case.
fn unharmed(folder: &Path, seed: u64) -> Option<String> {
    if !seed.is_multiple_of(3) {
        return None;
    }
    for words in ["customers list --format json", "doctor --quick"] {
        let done = play::run(folder, &words_of(words), seed);
        if !matches!(done.code, Some(0 | 1)) {
            return Some(format!("after it cdx {words} ends in {:?}\n{}", done.code, done.err));
        }
    }
    None
}

/// Sets a column of some table to a value of any kind; what was done.
fn change(file: &Path, random: &mut Random) -> String {
    let conn = Connection::open(file).unwrap();
    let names = |sql: &str| -> Vec<String> {
        let mut found = conn.prepare(sql).unwrap();
        found.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables = names(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1",
    );
    let full = |table: &&String| {
        conn.query_row(&format!("SELECT 1 FROM \"{table}\" LIMIT 1"), [], |_| Ok(())).is_ok()
    };
    let tables: Vec<&String> = tables.iter().filter(full).collect();
    let table = *random.pick(&tables);
    let columns = names(&format!("SELECT name FROM pragma_table_info('{table}')"));
    let column = random.pick(&columns);
    let value = match random.below(6) {
        0 => Value::Null,
        1 => Value::Integer(*random.pick(&[0, -1, i64::MAX, i64::MIN, 1 << 40])),
        2 => Value::Real(*random.pick(&[0.5, -1e300, f64::INFINITY])),
        3 => Value::Blob(vec![0xff, 0, 0x1b]),
        _ => Value::Text(mutate::text(random)),
    };
    let sql = format!("UPDATE \"{table}\" SET \"{column}\" = ?1");
    let done = conn.execute(&sql, [&value]);
    format!("{sql} with {value:?}: {done:?}")
}

fn shown(done: &Done) -> String {
    let text = format!("{:?} {:?}", done.out, done.err);
    text.chars().take(2_000).collect()
}

fn told(seed: u64, what: &str, args: &[String], with: &str) -> Found {
    Found(format!("seed {seed}: cdx {}: {what}\n{with}\n", args.join(" ").escape_debug()))
}

/// Whether two findings are of one kind.
fn alike(a: &str, b: &str) -> bool {
    let head = |text: &str| text.chars().take(24).collect::<String>();
    head(a) == head(b)
}

fn quoted(bytes: &[u8]) -> String {
    let text: String =
        bytes.iter().take(3_000).flat_map(|byte| byte.escape_ascii()).map(char::from).collect();
    format!("{} bytes: {text}", bytes.len())
}

/// Fewer bytes that do the same, as far as a hundred tries lead.
fn shortest(mut bytes: Vec<u8>, same: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut tries = 100;
    let mut part = bytes.len() / 2;
    while part > 0 && tries > 0 {
        let mut at = 0;
        while at < bytes.len() && tries > 0 {
            tries -= 1;
            let mut fewer = bytes.clone();
            drop(fewer.drain(at..(at + part).min(bytes.len())));
            if same(&fewer) {
                bytes = fewer;
            } else {
                at += part;
            }
        }
        part /= 2;
    }
    bytes
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
