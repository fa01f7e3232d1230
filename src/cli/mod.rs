//! The command line; the only place that knows clap.

mod about_files;
mod about_tables;
mod app;
mod commands;
mod completion;
mod context;
pub(crate) mod error;
pub(crate) mod exit;
mod folder;
mod judging;
mod new_customer;
mod outcome;
mod outputs;
mod preferred;
mod program;
mod refusal;
#[cfg(test)]
mod suggested;
mod typed;
mod values;

// What every command is made of.
use context::Context;
use error::CommandError;
use exit::Exit;

pub use program::{Ending, main_with, run_in, tree};
