//! The world's own file, `cdx.world`: the highest number of every sequence, beside the databases,
//! so that no database that is put back or made again gives a number out twice (U10).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::input::own_text;
use super::replace::replace;

/// The file's name in an environment.
pub(crate) const WORLD_FILE: &str = "cdx.world";

/// What the file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
struct WorldFile {
    /// The highest number given out, by sequence; those of a channel are `NAME/SEQUENCE`.
    highest: BTreeMap<String, i64>,
}

/// The highest numbers given out, shared by everything a command has open.
#[derive(Debug)]
pub(crate) struct Numbers {
    path: PathBuf,
    /// Nothing is given out in earnest: the file stays as it is.
    rehearsed: bool,
    state: Mutex<State>,
}

/// The numbers given out at a time.
#[derive(Debug)]
pub(super) struct GivenNumbers(WorldFile);

#[derive(Debug, Default)]
struct State {
    kept: WorldFile,
    /// What the file says; none where there is no file yet.
    saved: Option<WorldFile>,
}

impl Numbers {
    /// The numbers of the environment in this folder; none where its file is missing or is not
    /// understood, so that they must be gathered from the databases.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn load(root: &Path) -> Result<Option<Self>, StoreError> {
        let path = root.join(WORLD_FILE);
        let Some(text) = own_text(&path)? else { return Ok(None) };
        let kept: Option<WorldFile> = serde_json::from_str(&text).ok();
        let state = |kept: WorldFile| Mutex::new(State { saved: Some(kept.clone()), kept });
        Ok(kept.map(|kept| Self { path, rehearsed: false, state: state(kept) }))
    }

    /// No numbers yet, for the environment in this folder.
    pub(crate) fn none(root: &Path) -> Self {
        Self { path: root.join(WORLD_FILE), rehearsed: false, state: Mutex::default() }
    }

    /// The same numbers, given out to what is thrown away.
    #[must_use]
    pub(crate) fn rehearsed(self) -> Self {
        Self { rehearsed: true, ..self }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The highest number of a sequence that was given out; 0 when none was.
    pub(crate) fn highest(&self, sequence: &str) -> i64 {
        self.state().kept.highest.get(sequence).copied().unwrap_or(0)
    }

    /// The highest number of a sequence that was given out under any database's name.
    pub(crate) fn highest_of_any(&self, sequence: &str) -> i64 {
        let state = self.state();
        let of = |(name, highest): (&String, &i64)| match name.rsplit_once('/') {
            Some((_, own)) if own == sequence => Some(*highest),
            _ => None,
        };
        state.kept.highest.iter().filter_map(of).max().unwrap_or(0)
    }

    /// Notes that a sequence has come at least so far.
    pub(crate) fn note(&self, sequence: &str, number: i64) {
        let mut state = self.state();
        if state.kept.highest.get(sequence).is_none_or(|known| *known < number) {
            state.kept.highest.insert(sequence.to_owned(), number);
        }
    }

    /// Takes the next number of a sequence that no database keeps.
    pub(crate) fn draw(&self, sequence: &str) -> i64 {
        let next = self.highest(sequence) + 1;
        self.note(sequence, next);
        next
    }

    /// Takes back the last number of a sequence, which nothing has used.
    pub(crate) fn take_back(&self, sequence: &str, number: i64) {
        let mut state = self.state();
        if state.kept.highest.get(sequence) == Some(&number) {
            state.kept.highest.insert(sequence.to_owned(), number - 1);
        }
    }

    /// What has been given out, to go back to.
    pub(super) fn given(&self) -> GivenNumbers {
        GivenNumbers(self.state().kept.clone())
    }

    /// Forgets what was given out since: what was to use it is undone.
    pub(super) fn back_to(&self, given: GivenNumbers) {
        self.state().kept = given.0;
    }

    /// Writes the file, where it says less; durable when this returns. It is done before the commit
    /// that uses a number, so that a number in a database is always in the file.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(crate) fn keep(&self) -> Result<(), StoreError> {
        let mut state = self.state();
        if self.rehearsed || state.saved.as_ref() == Some(&state.kept) {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(&state.kept).unwrap_or_default();
        replace(&self.path, text.as_bytes())?;
        state.saved = Some(state.kept.clone());
        Ok(())
    }

    /// Forgets what was given out since the file was written last: the transaction that was to use
    /// it is undone.
    pub(crate) fn undo(&self) {
        let mut state = self.state();
        if let Some(saved) = state.saved.clone() {
            state.kept = saved;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_number_is_never_given_out_twice_even_by_another_process() {
        let folder = tempfile::TempDir::new().unwrap();
        assert!(Numbers::load(folder.path()).unwrap().is_none());
        let numbers = Numbers::none(folder.path());
        assert_eq!((numbers.draw("a"), numbers.draw("a"), numbers.draw("b")), (1, 2, 1));
        numbers.note("a", 9);
        numbers.note("a", 4);
        numbers.keep().unwrap();
        let again = Numbers::load(folder.path()).unwrap().unwrap();
        assert_eq!((again.draw("a"), again.highest("b")), (10, 1));
        again.take_back("a", 10);
        again.take_back("b", 7);
        assert_eq!((again.highest("a"), again.highest("b")), (9, 1));
        again.note("houston/a", 3);
        again.note("seattle/a", 5);
        again.note("seattle/b", 7);
        assert_eq!((again.highest_of_any("a"), again.highest_of_any("c")), (5, 0));
    }

    #[test]
    fn what_a_transaction_that_was_undone_has_taken_is_given_out_again() {
        let folder = tempfile::TempDir::new().unwrap();
        let numbers = Numbers::none(folder.path());
        numbers.draw("a");
        numbers.keep().unwrap();
        assert_eq!(numbers.draw("a"), 2);
        numbers.undo();
        assert_eq!(numbers.draw("a"), 2);
        numbers.keep().unwrap();
        numbers.undo();
        assert_eq!(numbers.draw("a"), 3);
    }

    #[test]
    fn a_file_that_is_not_understood_counts_as_none() {
        let folder = tempfile::TempDir::new().unwrap();
        fs::write(folder.path().join(WORLD_FILE), b"{\xff").unwrap();
        assert!(Numbers::load(folder.path()).unwrap().is_none());
    }
}
