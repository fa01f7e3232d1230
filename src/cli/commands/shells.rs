//! `cdx completions` and `cdx man`.

use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::app::Cli;
use crate::cli::context::Context;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::store::StoreError;
use crate::store::replace::replace;

/// Print a completion script for a shell.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CompletionArgs {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Print the manual page, or write all of them into a folder.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ManArgs {
    /// The folder to write the pages of all commands into.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(in crate::cli) fn completions(
    context: &mut Context,
    args: &CompletionArgs,
) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cdx", &mut script);
    context.output.stdout(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

pub(in crate::cli) fn man(context: &mut Context, args: &ManArgs) -> Result<Exit, CommandError> {
    if let Some(dir) = &args.dir {
        std::fs::create_dir_all(dir).map_err(StoreError::io("create", dir))?;
        let mut root = Cli::command().disable_help_subcommand(true);
        root.build();
        pages(&root, dir)?;
    } else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        context.output.stdout(&String::from_utf8_lossy(&page))?;
    }
    Ok(Exit::Done)
}

/// Writes the page of a command and of those below it.
fn pages(command: &clap::Command, dir: &Path) -> Result<(), CommandError> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        pages(below, dir)?;
    }
    let page = clap_mangen::Man::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text)?;
    Ok(replace(&dir.join(page.get_filename()), &text)?)
}
