//! What came of scenarios, for people and for build servers.

mod failure;
mod junit;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::page::{Cell, Page, Report, count};
use crate::model::suggestion::{Prose, TestRun};
use crate::model::tone::Tone;
use crate::model::wording::is_are;
use crate::scenario::outcome::ScenarioOutcome;

pub(crate) use junit::junit;

/// What `test` says.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TestReport {
    /// Every run, by file and combination.
    pub(crate) scenarios: Vec<ScenarioOutcome>,
    /// Those that Ctrl-C kept from their end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) left: Vec<LeftScenario>,
    /// What `--only` named, so that the command that goes on names it too.
    #[serde(skip)]
    pub(crate) only: Option<String>,
    /// A folder that is free, for the environment of a run that is repeated.
    #[serde(skip)]
    pub(crate) free: String,
}

/// A run that was not played to its end.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LeftScenario {
    /// Its name with the values of its matrix.
    pub(crate) name: String,
    /// Its file, as it was named.
    pub(crate) file: String,
}

impl TestReport {
    /// How many runs failed.
    fn failed(&self) -> usize {
        self.scenarios.iter().filter(|one| !one.ok).count()
    }
}

impl Report for TestReport {
    fn text(&self, page: &mut Page) {
        let rows = self.scenarios.iter().map(|one| {
            let held = one.steps.iter().filter(|step| step.ok).count();
            let (word, tone) = if one.ok { ("ok", Tone::Good) } else { ("failed", Tone::Bad) };
            let result = Cell::value(word, tone);
            let steps = format!("{held} of {}", one.steps.len());
            [result, steps.into(), one.label.clone().into(), one.file.clone().into()]
        });
        page.table(["", "steps", "scenario", "file"], rows.collect());
        for one in &self.scenarios {
            failure::tell(one, &self.free, page);
        }
        page.gap();
        if !self.scenarios.is_empty() {
            page.line(totals(self.scenarios.len(), self.failed()));
        }
        left(&self.left, self.only.as_ref(), page);
    }
}

/// What Ctrl-C has left, and the command for each file that plays it.
fn left(left: &[LeftScenario], only: Option<&String>, page: &mut Page) {
    if left.is_empty() {
        return;
    }
    let are = is_are(left.len());
    page.line(format!("Interrupted: {} {are} left", count(left.len() as u64, "scenario")));
    let files: BTreeSet<&str> = left.iter().map(|one| one.file.as_str()).collect();
    for file in files {
        let again = TestRun { file: file.to_owned(), only: only.cloned(), keep: None, list: false };
        page.item(Prose::hint("play them", again));
    }
}

fn totals(all: usize, failed: usize) -> String {
    let all = count(all as u64, "scenario");
    match failed {
        0 => format!("{all}: everything is as expected"),
        failed => format!("{all}: {failed} failed"),
    }
}

/// What `test --list` says.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TestList {
    /// Every run, by file and combination.
    pub(crate) scenarios: Vec<ListedScenario>,
}

/// A run that would be played.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ListedScenario {
    /// Its name.
    pub(crate) name: String,
    /// Its file, as it was named.
    pub(crate) file: String,
    /// The values of its matrix.
    pub(crate) matrix: Map<String, Value>,
    /// Its steps.
    pub(crate) steps: Vec<ListedStep>,
    /// Its name with the values of its matrix.
    #[serde(skip)]
    pub(crate) label: String,
}

/// A step that would be taken.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ListedStep {
    /// Its command, as it is typed.
    pub(crate) run: String,
    /// Its line in the file.
    pub(crate) line: usize,
}

impl Report for TestList {
    fn text(&self, page: &mut Page) {
        for one in &self.scenarios {
            page.title(&format!("{} ({})", one.label, one.file));
            let width = one.steps.iter().map(|step| step.line.to_string().len()).max().unwrap_or(0);
            for step in &one.steps {
                page.item(format!("{:>width$}  {}", step.line, step.run));
            }
        }
        page.gap();
        let files: BTreeSet<&str> = self.scenarios.iter().map(|one| one.file.as_str()).collect();
        let runs = count(self.scenarios.len() as u64, "scenario");
        page.line(format!("{runs} in {}", count(files.len() as u64, "file")));
    }
}
