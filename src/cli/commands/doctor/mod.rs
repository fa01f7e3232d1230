//! `cdx doctor`: what is wrong with an environment, and which command fixes it.

mod changes;
mod fix;
mod fixes;
mod read;
mod tell;
mod watch;

pub(in crate::cli) use read::{examine, examine_after};

use crate::cli::judging;
use crate::cli::judging::{Asking, Judging, Question, write_baseline};
use crate::cli::outcome::outcomes;
use crate::cli::{CommandError, Context, Exit};
use crate::doctor::Request;
use tell::Telling;

/// Say what is wrong, why it matters, and which command fixes it; changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_long_help = FORMATS)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    judging: Judging,
    /// Only this channel.
    #[arg(long, value_name = "C")]
    channel: Option<String>,
    /// Without the rules that read every row.
    #[arg(long)]
    quick: bool,
    /// Run the safe fixes, in an order that works, and look again.
    #[arg(long, conflicts_with = "write_baseline")]
    pub(in crate::cli) fix: bool,
    /// With --fix: show what would be run, and run nothing.
    #[arg(long, requires = "fix")]
    dry_run: bool,
    /// Look again whenever the environment changes, until Ctrl-C; on a terminal.
    #[arg(long, conflicts_with_all = ["fix", "write_baseline", "output", "one_line"])]
    pub(in crate::cli) watch: bool,
}

/// What `--format` takes here: more than elsewhere.
const FORMATS: &str = "\
Formats of the doctor:
  --format text    for people: one cause is told once
  --format json    for scripts: one object, every finding in it
  --format junit   JUnit XML, for build servers: a test case for each rule
  --format sarif   SARIF 2.1.0, for code scanning
  --format github  annotations of a GitHub Actions run, and its summary
  --format markdown
                   for an e-mail or a pull request

--output FORMAT=FILE writes the same diagnosis to a file too, in any of them.";

outcomes! {
    parts: fixes, tell, judging;
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let Question { only, skip, baseline } = args.judging.question(context, Asking::Doctor)?;
    let (channel, quick, env) = (args.channel, args.quick, context.named_env());
    let request = Request { only, skip, channel, quick, baseline, busy: false, env };
    let threshold = args.judging.threshold();
    let telling = Telling { threshold, outputs: &args.judging.outputs };
    if args.watch {
        return watch::run(context, request, &telling);
    }
    let diagnosis = read::examine(context, request.clone())?;
    if args.fix {
        return fix::run(context, request, &diagnosis, args.dry_run, &telling);
    }
    // A baseline of nothing would make everything new.
    if let Some(path) = args.judging.written().filter(|_| diagnosis.is_informed()) {
        return write_baseline(context, Asking::Doctor, path, &diagnosis);
    }
    telling.diagnosis(context, &diagnosis, None)
}
