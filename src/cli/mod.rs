//! The command line; the only place that knows clap.

mod app;
mod commands;
mod context;
mod docs;
pub mod error;
pub mod exit;
mod program;

pub use program::main_with;
