//! The command line as clap sees it.

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};

use super::commands::{
    channels, clock, csu, customers, demo, doctor, explain, features, init, jobs, params, pos,
    profiles, rts, run, scheduler, schedules, sessions, shells, upgrade, which_job,
};
use crate::report::Format;
use crate::report::palette::ColorChoice;

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

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatArg {
    Text,
    Json,
    /// Of the doctor alone.
    #[value(hide = true)]
    Junit,
    /// Of the doctor alone.
    #[value(hide = true)]
    Sarif,
    /// Of the doctor alone.
    #[value(hide = true)]
    Github,
}

impl FormatArg {
    /// The word, where only the doctor writes in this format.
    pub(super) fn doctors_own(self) -> Option<&'static str> {
        match self {
            Self::Text | Self::Json => None,
            Self::Junit => Some("junit"),
            Self::Sarif => Some("sarif"),
            Self::Github => Some("github"),
        }
    }
}

impl From<FormatArg> for Format {
    fn from(arg: FormatArg) -> Self {
        match arg {
            FormatArg::Json => Self::Json,
            // The doctor's own formats have errors and hints as text, beside them.
            FormatArg::Text | FormatArg::Junit | FormatArg::Sarif | FormatArg::Github => Self::Text,
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
    /// Make an environment and tell the whole story of the FAQ in it.
    Demo(demo::Args),
    /// Run jobs in the order given.
    Run(run::Args),
    /// Show job definitions and check them.
    Jobs(jobs::Args),
    /// Say which jobs a change needs, in order, with sources.
    WhichJob(which_job::Args),
    /// Show download and upload sessions; retry or cancel one.
    Sessions(sessions::Args),
    /// Show feature gates, and turn them on and off.
    Features(features::Args),
    /// Do what a register or an e-commerce site does in a channel.
    Pos(pos::Args),
    /// Show, make and change customers in headquarters.
    Customers(customers::Args),
    /// Show the real-time calls made, and why each was not local.
    Rts(rts::Args),
    /// Show and restart scale units.
    Csu(csu::Args),
    /// Show and change channel databases and their groups.
    Channels(channels::Args),
    /// Show and change distribution schedules.
    Schedules(schedules::Args),
    /// Show and set parameters.
    Params(params::Args),
    /// Show and set functionality profiles.
    Profiles(profiles::Args),
    /// Move the application version; features move along their lifecycle.
    Upgrade(upgrade::Args),
    /// Initialize the commerce scheduler from the definitions.
    Scheduler(scheduler::Args),
    /// Show and move the environment's time.
    Clock(clock::Args),
    /// Say what is wrong, why it matters, and which command fixes it; changes nothing.
    Doctor(doctor::Args),
    /// Explain a rule, a job, a feature or a behaviour, with its sources and grades.
    Explain(explain::Args),
    /// Print a completion script for a shell.
    Completions(shells::CompletionArgs),
    /// Print the manual page.
    Man(shells::ManArgs),
    /// Write the generated documentation, or check that it is current.
    #[command(hide = true)]
    Docs(super::docs::Args),
}
