//! The program as a function, in an environment of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cdx::gates::Catalogue;
use cdx::store::Environment;
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use super::function::{self, Done, copy};

/// How an environment begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// Its channels have what headquarters has.
    Synchronized,
    /// Its channels are empty.
    Empty,
    /// It is of a version that some features do not exist in yet.
    Old,
}

/// An environment, mostly in a folder of its own, with two instances of each scale unit.
pub struct Env {
    path: PathBuf,
    /// Goes with the environment.
    _folder: Option<TempDir>,
}

impl Env {
    pub fn new(beginning: Beginning) -> Self {
        static MADE: [OnceLock<TempDir>; 3] = [const { OnceLock::new() }; 3];
        let (at, words) = match beginning {
            Beginning::Synchronized => (0, "init . --customers 12"),
            Beginning::Empty => (1, "init . --customers 12 --empty-channels"),
            Beginning::Old => (2, "init . --customers 12 --app-version 10.0.23"),
        };
        let made = MADE[at].get_or_init(|| {
            let dir = TempDir::new().unwrap();
            let words: Vec<&str> = words.split_whitespace().collect();
            assert_eq!(function::run(dir.path(), &words).code, 0);
            let path = dir.path().join("cdx.toml");
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replace("instances = 1", "instances = 2")).unwrap();
            dir
        });
        let dir = TempDir::new().unwrap();
        copy(made.path(), dir.path());
        Self { path: dir.path().to_owned(), _folder: Some(dir) }
    }

    /// One that is there already: a history's, at its end.
    #[allow(dead_code, reason = "the simulation's")]
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), _folder: None }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The environment as the library has it, and the features there are.
    pub fn opened(&self) -> (Environment, &'static Catalogue) {
        static GATES: OnceLock<Catalogue> = OnceLock::new();
        let environment = Environment::at(self.path().to_path_buf()).unwrap();
        let catalogue = GATES.get_or_init(|| environment.gates().unwrap());
        (environment, catalogue)
    }

    /// Runs a command whose words have no spaces in them.
    pub fn run(&self, words: &str) -> Done {
        let words: Vec<&str> = words.split_whitespace().collect();
        function::run(self.path(), &words)
    }

    /// The JSON of a command, whatever its exit code.
    pub fn json(&self, words: &str) -> Value {
        let done = self.run(&format!("{words} --format json"));
        serde_json::from_str(&done.out).unwrap_or_else(|e| panic!("{words}: {e}\n{done:?}"))
    }

    pub fn hq(&self) -> Connection {
        Connection::open(self.path().join("hq.db")).unwrap()
    }

    pub fn file(&self, channel: &str) -> std::path::PathBuf {
        self.path().join("channels").join(format!("{channel}.db"))
    }

    /// The channel and offline databases that headquarters knows.
    pub fn stores(&self) -> Vec<String> {
        let hq = self.hq();
        let mut names =
            hq.prepare("SELECT NAME FROM RETAILCONNDATABASEPROFILE ORDER BY RECID").unwrap();
        let names = names.query_map([], |row| row.get(0)).unwrap();
        names.collect::<Result<_, _>>().unwrap()
    }
}
