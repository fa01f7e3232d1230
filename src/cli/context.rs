//! What every command is handed: the output, and the way to the environment.

use std::path::PathBuf;

use super::error::CommandError;
use crate::exchange;
use crate::report::page::Report;
use crate::report::{Output, Progress};
use crate::store::{Environment, Reader, Writer};

/// A command's surroundings.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) output: Output,
    pub(super) env: Option<PathBuf>,
    /// The words of the command, `features list`.
    pub(super) command: String,
}

impl Context {
    /// The environment named, or the one around the working folder.
    pub(super) fn environment(&self) -> Result<Environment, CommandError> {
        let here = std::env::current_dir()?;
        Ok(Environment::find(self.env.as_deref(), &here)?)
    }

    /// The environment, opened for reading.
    pub(super) fn reader(&self) -> Result<Reader, CommandError> {
        Ok(self.environment()?.reader()?)
    }

    /// The environment, opened for writing, with faults armed and leftovers repaired.
    pub(super) fn writer(&self, faults: &[String]) -> Result<Writer, CommandError> {
        let mut progress = self.progress();
        Ok(exchange::begin(&self.environment()?, &self.command, faults, &mut progress)?)
    }

    /// Progress on standard error.
    pub(super) fn progress(&self) -> Progress {
        Progress::new(&self.output)
    }

    /// Prints the command's outcome.
    pub(super) fn print(&self, report: &impl Report) -> Result<(), CommandError> {
        Ok(self.output.report(&self.command, report)?)
    }
}
