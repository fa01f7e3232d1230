//! A hermetic environment to run the program in: own folder, own home, cleared variables.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::{fs, io};

use jsonschema::Validator;

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

/// The program, with nothing of the machine's around it.
pub fn program(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cdx"));
    command.env_clear().env("HOME", dir).current_dir(dir);
    for kept in ["SystemRoot", "TEMP", "TMP"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

/// What a run of the program came to.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n"),
            err: String::from_utf8(output.stderr).unwrap().replace("\r\n", "\n"),
        }
    }

    /// Exit code, standard output and standard error in one text, for snapshots.
    pub fn text(&self) -> String {
        format!("exit {}\n--- stdout\n{}--- stderr\n{}", self.code, self.out, self.err)
    }

    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n{}", self.text());
        self
    }

    /// What was printed, as JSON; an object of ours says how the command ended, and is as its
    /// command's schema says.
    pub fn json(&self) -> Value {
        let value: Value =
            serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}\n{}", self.text()));
        if let Some(command) = value.get("command").and_then(Value::as_str) {
            assert_eq!(value["format_version"], 2, "{}", self.text());
            assert_eq!(value["ok"], self.code == 0, "{}", self.text());
            valid(&schema_of(command), &value, &self.text());
        }
        value
    }
}

/// Whether a value is as a schema says.
pub fn valid(schema: &Validator, value: &Value, about: &str) {
    let told =
        |error: jsonschema::ValidationError<'_>| format!("{}: {error}", error.instance_path());
    let errors: Vec<String> = schema.iter_errors(value).map(told).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{about}");
}

/// The schema of this name, as `cdx schema` prints it.
pub fn schema(name: &str) -> Arc<Validator> {
    made(name).unwrap_or_else(|| panic!("there is no schema {name:?}"))
}

/// The schema of what a command prints; what has none of its own prints errors alone.
fn schema_of(command: &str) -> Arc<Validator> {
    made(&command.replace(' ', "-")).unwrap_or_else(|| schema("error"))
}

/// A schema, made once in a process; none where there is none of this name.
fn made(name: &str) -> Option<Arc<Validator>> {
    static MADE: OnceLock<Mutex<HashMap<String, Option<Arc<Validator>>>>> = OnceLock::new();
    let made = MADE.get_or_init(Mutex::default);
    let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let run = program(&std::env::temp_dir()).args(["schema", name]).output().unwrap();
        let run = Run::of(run);
        let text = (run.code == 0).then_some(run.out)?;
        let schema = serde_json::from_str(&text).unwrap();
        let options = jsonschema::options().should_validate_formats(true);
        Some(Arc::new(options.build(&schema).unwrap()))
    };
    made.entry(name.to_owned()).or_insert_with(make).clone()
}

/// An environment in a folder of its own.
pub struct Env {
    pub dir: TempDir,
}

impl Env {
    /// Three channels and twenty customers, synchronized; copied from one made once.
    pub fn new() -> Self {
        static TEMPLATE: OnceLock<TempDir> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let dir = TempDir::new().unwrap();
            let made = program(dir.path()).args(["init", ".", "--customers", "20"]).output();
            Run::of(made.unwrap()).expect(0);
            dir
        });
        let dir = TempDir::new().unwrap();
        copy(template.path(), dir.path()).unwrap();
        Self { dir }
    }

    /// A copy of the environment that a released version has left.
    pub fn of_version(version: &str) -> Self {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/environments");
        let dir = TempDir::new().unwrap();
        copy(&kept.join(version), dir.path()).unwrap();
        Self { dir }
    }

    /// Another of the same, as it is now.
    pub fn copied(&self) -> Self {
        let dir = TempDir::new().unwrap();
        copy(self.path(), dir.path()).unwrap();
        Self { dir }
    }

    /// An empty folder.
    pub fn empty() -> Self {
        Self { dir: TempDir::new().unwrap() }
    }

    /// The same with asynchronous customers on and in effect in every channel.
    pub fn asynchronous() -> Self {
        static TEMPLATE: OnceLock<Env> = OnceLock::new();
        TEMPLATE.get_or_init(|| Self::new().with_asynchronous()).copied()
    }

    /// The same with asynchronous customers turned on, and brought to every channel.
    pub fn with_asynchronous(self) -> Self {
        self.ok("features enable async-customer-editing --with-prerequisites");
        self.ok("profiles set Stores --async-customers yes");
        self.ok("profiles set Online --async-customers yes");
        self.ok("run 1110 1010 1070");
        self.ok("csu restart");
        self
    }

    /// The same with the feature on, and in effect everywhere, that further contacts need.
    pub fn with_contacts(self) -> Self {
        self.ok("features enable multiple-contacts");
        self.ok("run 1110");
        self.ok("csu restart --e-commerce");
        self
    }

    /// One error in two channels, and one warning, for the doctor, beside what settings say.
    pub fn troubled() -> Self {
        let env = Self::new();
        let lost = "DELETE FROM ax_CUSTTABLE WHERE ACCOUNTNUM > '00000010'";
        env.channel("houston").execute_batch(lost).unwrap();
        env.channel("seattle").execute_batch(lost).unwrap();
        env.ok("params set try-count 9");
        env
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Runs the program with words that have no spaces in them.
    #[must_use]
    pub fn run(&self, words: &str) -> Run {
        self.args(&words.split_whitespace().collect::<Vec<_>>())
    }

    #[must_use]
    pub fn args(&self, args: &[&str]) -> Run {
        Run::of(program(self.path()).args(args).output().unwrap())
    }

    pub fn ok(&self, words: &str) -> Run {
        self.run(words).expect(0)
    }

    /// The JSON of a command, whatever its exit code.
    pub fn json(&self, words: &str) -> Value {
        self.run(&format!("{words} --format json")).json()
    }

    pub fn hq(&self) -> Connection {
        Connection::open(self.path().join("hq.db")).unwrap()
    }

    pub fn channel(&self, name: &str) -> Connection {
        Connection::open(self.channel_path(name)).unwrap()
    }

    pub fn channel_path(&self, name: &str) -> PathBuf {
        self.path().join("channels").join(format!("{name}.db"))
    }

    /// Adds a line of text to a file of the environment, or makes it.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Creates an asynchronous customer; its GUID.
    pub fn create_async(&self, channel: &str, last_name: &str) -> String {
        let report = self.json(&format!(
            "pos create-customer --channel {channel} --first-name Ada --last-name {last_name}"
        ));
        assert_eq!(report["path"], "async", "{report}");
        report["account"].as_str().unwrap().to_owned()
    }

    /// P-job, batch and 1010: what was asynchronous comes back with an account.
    pub fn synchronize(&self) {
        self.ok("run P sync-customers 1010");
    }

    pub fn packages(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path().join("packages")).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

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

/// One number out of a database.
pub fn number(db: &Connection, sql: &str) -> i64 {
    db.query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).unwrap().unwrap_or(0)
}

/// One text out of a database.
pub fn text(db: &Connection, sql: &str) -> String {
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// The status of a session in a channel, out of a run's JSON.
pub fn status<'a>(report: &'a Value, session: usize, channel: &str) -> &'a str {
    entry(report, session, channel)["status"].as_str().unwrap()
}

/// What a run's JSON says of a session in a channel.
pub fn entry<'a>(report: &'a Value, session: usize, channel: &str) -> &'a Value {
    report["jobs"][0]["sessions"][session]["channels"]
        .as_array()
        .unwrap_or_else(|| panic!("no session {session}: {report:#}"))
        .iter()
        .find(|entry| entry["channel"] == channel)
        .unwrap_or_else(|| panic!("no channel {channel}: {report:#}"))
}

/// Every row of every table whose name has a prefix, in a canonical order.
pub fn dump(db: &Connection, prefix: &str) -> String {
    let like = "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, ?2) = ?1 \
                ORDER BY name";
    let mut statement = db.prepare(like).unwrap();
    let names: Vec<String> = statement
        .query_map(rusqlite::params![prefix, prefix.len() as i64], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut out = String::new();
    for name in names {
        let mut statement = db.prepare(&format!("SELECT * FROM \"{name}\" ORDER BY 1, 2")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<String> =
                (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect();
            out.extend([&name, ": ", &values.join(" "), "\n"]);
        }
    }
    out
}
