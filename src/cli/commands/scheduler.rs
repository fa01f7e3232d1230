//! `cdx scheduler`: initialize the commerce scheduler.

use crate::cli::{CommandError, Context, Exit};
use crate::exchange::initialize::{Initialization, initialize};
use crate::model::ids::JobId;
use crate::report::page::{Page, Report};

/// Initialize the commerce scheduler from the definitions.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write the definitions on disk into headquarters.
    Init {
        /// Drop what was made or changed by hand.
        #[arg(long)]
        delete_existing: bool,
    },
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let Command::Init { delete_existing } = args.command;
    let done = context.write(|writer| Ok(initialize(writer, delete_existing)?))?;
    super::jobs::tell_not_read(context, &done.not_read);
    context.done(&done)
}

impl Report for Initialization {
    fn text(&self, page: &mut Page) {
        page.line(format!("Scheduler initialized: {}", JobId::join(&self.jobs, ", ")));
        for file in &self.schema_files {
            page.item(format!("applied {file}"));
        }
        for table in &self.tracked {
            page.item(format!("tracks {table} from now on"));
        }
    }
}
