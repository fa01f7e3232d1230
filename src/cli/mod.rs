//! The command line; the only place that knows clap.

mod about_files;
mod app;
mod commands;
mod context;
mod docs;
pub mod error;
pub mod exit;
mod program;
#[cfg(test)]
mod suggested;

pub use program::{Ending, main_with, run_in, tree};
