//! What every command is handed: the output, and the way to the environment.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::CommandError;
use super::exit::Exit;
use super::folder::Folder;
use super::outcome::{Outcome, Printed};
use super::values::FormatArg;
use crate::exchange::{self, Asked, CALM};
use crate::model::event::{Event, Listener};
use crate::model::suggestion::{Prose, Suggestion};
use crate::report::{Output, Progress};
use crate::store::lock::{self, Holder};
use crate::store::{Environment, HqWriter, Reader, StoreError, Writer};

/// What a command asks of the program that runs it; the program knows every command, and no
/// command another one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Program {
    /// Every command with its options.
    pub(super) tree: fn() -> clap::Command,
    /// Runs a command line within a command.
    pub(super) run: fn(&Context, Inner) -> Result<Exit, CommandError>,
    /// What commands print as JSON.
    pub(super) outcomes: fn() -> Vec<Printed>,
}

/// A command line that a command runs.
#[derive(Debug)]
pub(super) struct Inner {
    /// Its words, without the program's name.
    pub(super) words: Vec<String>,
    /// What it is called where it leaves its name.
    pub(super) name: String,
    /// Where it prints.
    pub(super) output: Output,
    /// Whether commands to be typed must name the environment.
    pub(super) env_typed: bool,
}

/// A command's surroundings.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) program: Program,
    pub(super) output: Output,
    /// The folder that it works in.
    pub(super) folder: Folder,
    pub(super) env: Option<PathBuf>,
    /// Whether it was named by option, so that commands to be typed must name it too.
    pub(super) env_typed: bool,
    /// The words of the command, `features list`.
    pub(super) command: String,
    /// The format as it was asked for; the doctor has some of its own.
    pub(super) format: FormatArg,
    /// Whether it was asked for by option.
    pub(super) format_typed: bool,
    /// Whether it has written what it was asked to.
    pub(super) written: Cell<bool>,
}

impl Context {
    /// The environment named, or the one around the working folder.
    pub(super) fn environment(&self) -> Result<Environment, CommandError> {
        Ok(self.find()?)
    }

    /// The same, with what is wrong with it as a value.
    pub(super) fn find(&self) -> Result<Environment, StoreError> {
        let here = self.folder.path().map_err(StoreError::io("find", Path::new(".")))?;
        let named = self.env.as_deref().map(|env| self.folder.place(env));
        Environment::find(named.as_deref(), &here)
    }

    /// The same; none where there is none around and none was named.
    pub(super) fn environment_if_any(&self) -> Result<Option<Environment>, StoreError> {
        match self.find() {
            Err(StoreError::NoEnvironment { .. }) if self.env.is_none() => Ok(None),
            found => found.map(Some),
        }
    }

    /// Where a new environment goes: where it was said, else where `--env` or `CDX_ENV` says, else
    /// to a folder of this name.
    ///
    /// # Errors
    /// Two folders that were both typed, and are not the same.
    pub(super) fn new_place(
        &self,
        dir: Option<&Path>,
        otherwise: &str,
        elsewhere: fn(String) -> Suggestion,
    ) -> Result<PathBuf, CommandError> {
        let env = self.env.as_deref();
        match (dir, env.filter(|_| self.env_typed)) {
            (Some(dir), Some(env)) if !self.folder.is_same(dir, env) => {
                let hint = Prose::hint("name one", elsewhere(dir.display().to_string()));
                let (dir, env) = (dir.display(), env.display());
                Err(CommandError::usage(
                    "usage",
                    format!(
                        "a new environment goes to one folder, \"{dir}\" and --env \"{env}\" are two"
                    ),
                    hint,
                ))
            }
            (Some(dir), _) => Ok(dir.to_path_buf()),
            (None, _) => Ok(env.unwrap_or(Path::new(otherwise)).to_path_buf()),
        }
    }

    /// The environment as the option named it; none where it was found without.
    pub(super) fn named_env(&self) -> Option<String> {
        let env = self.env.as_ref().filter(|_| self.env_typed);
        env.map(|path| path.display().to_string())
    }

    /// The environment, opened for reading.
    pub(super) fn reader(&self) -> Result<Reader, CommandError> {
        let reader = self.environment()?.reader()?;
        self.progress().event(Event::Did { what: "headquarters is open for reading".to_owned() });
        Ok(reader)
    }

    /// Reads several files as if at one time: when somebody wrote meanwhile it reads again, and
    /// after the third time says so.
    pub(super) fn steady<T>(
        &self,
        mut read: impl FnMut(&Reader) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let env = self.environment()?;
        let mut tries = 0;
        loop {
            let before = Holder::read(env.root()).generation;
            let found = read(&self.reader()?)?;
            let after = Holder::read(env.root()).generation;
            let quiet = before == after && (after.is_multiple_of(2) || !lock::is_held(env.root()));
            tries += 1;
            if quiet {
                return Ok(found);
            }
            if tries == 3 {
                let text = "somebody writes to the environment; what is shown may be of two times";
                self.progress().event(Event::Note { text: text.to_owned() });
                return Ok(found);
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Opens the environment for writing, works, and ends, whatever came of the work.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        self.write_with(CALM, work)
    }

    /// The same with the faults that were asked for, and what they are to happen in.
    pub(super) fn write_with<T>(
        &self,
        faults: (&[String], Asked<'_>),
        work: impl FnOnce(&mut Writer) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let (env, mut progress) = (self.environment()?, self.progress());
        let work = |writer: &mut Writer, _: &mut dyn Listener| work(writer);
        let done = exchange::write(&env, &self.command, faults, &mut progress, work);
        self.written.set(self.written.get() || done.is_ok());
        done.map_err(|error| error.uncertain_of(&self.command))
    }

    /// The same for a command over headquarters alone: all that it does is one transaction, so that
    /// it is done, or nothing of it is.
    pub(super) fn change<T>(
        &self,
        work: impl FnOnce(&HqWriter<'_>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        self.write(|writer| writer.change(work))
    }

    /// Every command with its options, as clap knows them.
    pub(super) fn tree(&self) -> clap::Command {
        (self.program.tree)()
    }

    /// Runs a command line within this command, in the folder that this one works in.
    pub(super) fn run_within(&self, inner: Inner) -> Result<Exit, CommandError> {
        (self.program.run)(self, inner)
    }

    /// Progress on standard error.
    pub(super) fn progress(&self) -> Progress {
        Progress::new(&self.output)
    }

    /// Prints the outcome of a command that is done, and with which nothing is wrong.
    ///
    /// # Errors
    /// Those of [`Context::end`].
    pub(super) fn done(&self, report: &impl Outcome) -> Result<Exit, CommandError> {
        self.end(Exit::Done, report)
    }

    /// Prints a table for spreadsheets, as CSV with a header.
    ///
    /// # Errors
    /// It cannot be printed.
    pub(super) fn table(
        &self,
        header: Vec<&'static str>,
        lines: Vec<Vec<String>>,
    ) -> Result<Exit, CommandError> {
        self.output.csv(&header, &lines)?;
        Ok(Exit::Done)
    }

    /// Prints the command's outcome, and how it ends.
    ///
    /// # Errors
    /// It cannot be printed; where something was written that is said, so that nobody repeats it.
    pub(super) fn end(&self, exit: Exit, report: &impl Outcome) -> Result<Exit, CommandError> {
        let ok = exit == Exit::Done;
        let printed = self.output.report(&self.command, ok, report).map_err(CommandError::from);
        let written = self.written.get();
        printed.map_err(|error| if written { error.not_shown(&self.command) } else { error })?;
        Ok(exit)
    }
}
