//! Plays one run of a scenario: makes its environment, takes its steps until one fails.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::child::Program;
use super::judge;
use super::outcome::ScenarioOutcome;
use super::rehearsal::{Rehearsal, typed};
use crate::store::StoreError;
use crate::world::interrupt;

/// Where a run has its environment.
#[derive(Debug)]
pub(crate) enum Stage {
    /// In a folder that goes away when the run has ended.
    Passing(TempDir),
    /// In a folder that stays; it is told as it was named.
    Kept(PathBuf, String),
}

impl Stage {
    /// A folder that goes away.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn passing() -> Result<Self, StoreError> {
        let made = tempfile::Builder::new().prefix("cdx-test-").tempdir();
        let folder = std::env::temp_dir();
        made.map(Self::Passing).map_err(StoreError::io("make a temporary folder in", &folder))
    }

    /// A folder that stays, made where it is missing.
    ///
    /// # Errors
    /// It cannot be made.
    pub(crate) fn kept(folder: PathBuf, named: String) -> Result<Self, StoreError> {
        std::fs::create_dir_all(&folder).map_err(StoreError::io("create", &folder))?;
        Ok(Self::Kept(folder, named))
    }

    pub(super) fn folder(&self) -> &Path {
        match self {
            Self::Passing(folder) => folder.path(),
            Self::Kept(folder, _) => folder,
        }
    }

    fn named(&self) -> Option<String> {
        match self {
            Self::Passing(_) => None,
            Self::Kept(_, named) => Some(named.clone()),
        }
    }
}

/// Plays a run; none where Ctrl-C came before its end, since a step that it reached too says
/// nothing about the scenario.
///
/// # Errors
/// A process cannot be started.
pub(super) fn play(
    program: &Program,
    run: &Rehearsal<'_>,
    stage: &Stage,
) -> io::Result<Option<ScenarioOutcome>> {
    let scenario = &run.of.scenario;
    let plain = ["--color", "never"].map(str::to_owned);
    let words = run.init();
    let ended = program.run(stage.folder(), &[&plain[..], &words].concat())?;
    if interrupt::is_asked() {
        return Ok(None);
    }
    let before = run.of.text.get(..scenario.environment_at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let init = judge::init(line, typed(&words), ended);
    let (mut values, mut going, mut steps) = (run.values(), init.ok, Vec::new());
    for step in &scenario.steps {
        let words = step.act.words(&values);
        let shown = typed(&words);
        if !going {
            steps.push(judge::not_run(step, shown, &values));
            continue;
        }
        let json = ["--format", "json"].map(str::to_owned);
        let format = if step.act.reads_json() { &json[..] } else { &[] };
        let ended = program.run(stage.folder(), &[&plain[..], format, &words].concat())?;
        if interrupt::is_asked() {
            return Ok(None);
        }
        let outcome = judge::judge(step, shown, ended, &mut values);
        going = outcome.ok;
        steps.push(outcome);
    }
    Ok(Some(ScenarioOutcome {
        name: scenario.name.clone(),
        file: run.of.file.clone(),
        ok: going,
        matrix: run.object(),
        environment: stage.named(),
        init,
        steps,
        label: run.label(),
    }))
}
