//! `cdx completions`: completion scripts.

use clap_complete::Shell;

use crate::cli::{CommandError, Context, Exit};

/// Print a completion script for a shell.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut context.tree(), "cdx", &mut script);
    context.output.stdout(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
