//! The command line as clap sees it.

use std::path::PathBuf;

use clap::Parser;
use clap::builder::{OsStringValueParser, TypedValueParser};

use super::commands::Command;
use super::values::{ColorArg, FormatArg};
use crate::report::output::Verbosity;

/// Options of every command stand behind its own.
const GLOBAL: &str = "Global options";

/// Rehearse Dynamics 365 Commerce Data Exchange offline.
///
/// A headquarters database, channel databases, the jobs between them, the feature gates of
/// asynchronous customers and the scale unit's cache, on one machine.
#[derive(Debug, Parser)]
#[command(name = "cdx", version, arg_required_else_help = true, disable_help_subcommand = false)]
pub(super) struct Cli {
    /// The environment's folder; else the nearest folder above that has a cdx.toml.
    #[arg(
        long,
        global = true,
        help_heading = GLOBAL,
        value_name = "DIR",
        env = "CDX_ENV",
        value_parser = folder()
    )]
    pub(super) env: Option<PathBuf>,

    /// How results are written; else as CDX_FORMAT says, where the command writes it so.
    #[arg(
        long,
        global = true,
        help_heading = GLOBAL,
        value_enum,
        default_value_t = FormatArg::Text
    )]
    pub(super) format: FormatArg,

    /// When to use colour.
    #[arg(long, global = true, help_heading = GLOBAL, value_enum, default_value_t = ColorArg::Auto)]
    pub(super) color: ColorArg,

    /// Results and errors only: no progress, notes or warnings.
    #[arg(short, long, global = true, help_heading = GLOBAL, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Say what is done, step by step, on standard error.
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    pub(super) verbose: bool,

    /// Print long text as it is; else a terminal shows it through CDX_PAGER, PAGER or less.
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(super) no_pager: bool,

    #[command(subcommand)]
    pub(super) command: Command,
}

impl Cli {
    /// How much is said beside results and errors.
    pub(super) fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        }
    }
}

/// A folder, also an empty name: a variable that is empty counts as unset.
fn folder() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}
