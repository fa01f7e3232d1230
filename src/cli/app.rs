//! The command line as clap sees it.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use super::commands::{init, run};
use crate::report::Format;
use crate::report::palette::ColorChoice;

/// Rehearse Dynamics 365 Commerce Data Exchange offline.
///
/// A headquarters database, channel databases, the jobs between them, the feature gates of
/// asynchronous customers and the scale unit's cache, on one machine.
#[derive(Debug, Parser)]
#[command(name = "cdx", version, arg_required_else_help = true, disable_help_subcommand = false)]
pub(super) struct Cli {
    /// The environment's folder; else the nearest folder above that has a cdx.toml.
    #[arg(long, global = true, value_name = "DIR", env = "CDX_ENV")]
    pub(super) env: Option<PathBuf>,

    /// How results are written.
    #[arg(long, global = true, value_enum, default_value_t = FormatArg::Text)]
    pub(super) format: FormatArg,

    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = ColorArg::Auto)]
    pub(super) color: ColorArg,

    #[command(subcommand)]
    pub(super) command: Command,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArg {
    Text,
    Json,
}

impl From<FormatArg> for Format {
    fn from(arg: FormatArg) -> Self {
        match arg {
            FormatArg::Text => Self::Text,
            FormatArg::Json => Self::Json,
        }
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorArg {
    Auto,
    Always,
    Never,
}

impl From<ColorArg> for ColorChoice {
    fn from(arg: ColorArg) -> Self {
        match arg {
            ColorArg::Auto => Self::Auto,
            ColorArg::Always => Self::Always,
            ColorArg::Never => Self::Never,
        }
    }
}

/// Every command, in the order of the help.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a new environment.
    Init(init::Args),
    /// Run jobs in the order given.
    Run(run::Args),
}
