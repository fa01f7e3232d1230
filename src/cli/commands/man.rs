//! `cdx man`: manual pages.

use std::path::{Path, PathBuf};

use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::store::StoreError;
use crate::store::replace::replace;

/// Print the manual page.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The folder to write the pages of all commands into.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

outcomes! {}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    if let Some(dir) = &args.dir {
        std::fs::create_dir_all(dir).map_err(StoreError::io("create", dir))?;
        let mut root = context.tree().disable_help_subcommand(true);
        root.build();
        pages(&root, dir)?;
    } else {
        let mut page = Vec::new();
        clap_mangen::Man::new(context.tree()).render(&mut page)?;
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
