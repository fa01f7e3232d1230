//! `cdx scheduler`: initialize the commerce scheduler.

use crate::cli::commands::rehearse;
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::exchange::initialize::{Initialization, Options, initialize};
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
        /// Take what is whole of extensions and definitions, and list what is left out.
        #[arg(long)]
        despite_errors: bool,
    },
}

outcomes! {
    Initialization: "scheduler init";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let Command::Init { delete_existing, despite_errors } = args.command;
    if !despite_errors {
        let env = context.environment()?;
        let paths = env.extensions().iter().map(|path| env.root().join(path)).collect();
        rehearse::must_be_fit(paths, env.root())?;
    }
    let options = Options { delete_existing, despite_errors };
    let done = context.write(|writer| Ok(initialize(writer, options)?))?;
    super::jobs::tell_notes(context, &done.notes);
    context.done(&done)
}

impl Report for Initialization {
    fn text(&self, page: &mut Page) {
        page.line(format!("Scheduler initialized: {}", JobId::join(&self.jobs, ", ")));
        for file in &self.schema_files {
            page.item(format!("applied {file}"));
        }
        for problem in &self.left_out {
            page.item(format!("left out: {problem}"));
        }
        if self.more_left_out > 0 {
            page.item(format!("and {} more", self.more_left_out));
        }
        for table in &self.tracked {
            page.item(format!("tracks {table} from now on"));
        }
    }
}
