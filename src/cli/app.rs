//! The command line as clap sees it.

use std::path::PathBuf;

use clap::Parser;
use clap::builder::{OsStringValueParser, TypedValueParser};

use super::commands::Command;
use super::values::{ColorArg, FormatArg};

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

    /// How results are written.
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

    #[command(subcommand)]
    pub(super) command: Command,
}

/// A folder, also an empty name: a variable that is empty counts as unset.
fn folder() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}
