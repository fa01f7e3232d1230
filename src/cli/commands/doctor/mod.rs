//! `cdx doctor`: what is wrong with an environment, and which command fixes it.

mod fix;
mod fixes;
mod read;
mod tell;
mod watch;

pub(in crate::cli) use read::examine;

use std::path::PathBuf;

use crate::cli::error::suggestion;
use crate::cli::{CommandError, Context, Exit};
use crate::diagnosis::Severity;
use crate::diagnosis::baseline::Baseline;
use crate::doctor::{Request, rules};
use crate::model::suggestion::{Doctor, Prose, Suggestion};

/// Say what is wrong, why it matters, and which command fixes it; changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_long_help = FORMATS)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(in crate::cli) struct Args {
    /// The least severe finding that makes the exit code 1.
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// Only these rules, by code or name.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    only: Vec<String>,
    /// Without these rules, by code or name.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    skip: Vec<String>,
    /// Only this channel.
    #[arg(long, value_name = "C")]
    channel: Option<String>,
    /// Without the rules that read every row.
    #[arg(long)]
    quick: bool,
    /// Run the safe fixes, in an order that works, and look again.
    #[arg(long)]
    fix: bool,
    /// With --fix: show what would be run, and run nothing.
    #[arg(long, requires = "fix")]
    dry_run: bool,
    /// Findings that this file holds are marked and do not count.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found now to the file of --baseline.
    #[arg(long, requires = "baseline", conflicts_with = "fix")]
    write_baseline: bool,
    /// Look again whenever the environment changes, until Ctrl-C; on a terminal.
    #[arg(long, conflicts_with_all = ["fix", "write_baseline"])]
    watch: bool,
}

/// What `--format` takes here: more than elsewhere.
const FORMATS: &str = "\
Formats of the doctor:
  --format text    for people: one cause is told once
  --format json    for scripts: one object, every finding in it
  --format junit   JUnit XML, for build servers: a test case for each rule
  --format sarif   SARIF 2.1.0, for code scanning
  --format github  annotations of a GitHub Actions run";

/// The least severe finding that makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warning,
    /// Everything.
    Info,
    /// Nothing.
    Never,
}

impl FailOn {
    fn threshold(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let request = request(context, &args)?;
    let threshold = args.fail_on.threshold();
    if args.watch {
        return watch::run(context, request, threshold);
    }
    let diagnosis = read::examine(context, request.clone())?;
    if args.fix {
        return fix::run(context, request, &diagnosis, args.dry_run, threshold);
    }
    if let Some(path) = args.baseline.as_ref().filter(|_| args.write_baseline) {
        if !diagnosis.is_informed() {
            // A baseline of nothing would make everything new.
            return tell::diagnosis(context, diagnosis, None, threshold);
        }
        let baseline = Baseline::of(&diagnosis.findings);
        return tell::baseline(context, path, &baseline);
    }
    tell::diagnosis(context, diagnosis, None, threshold)
}

/// What is asked, with the rules it names and the baseline it goes by.
fn request(context: &Context, args: &Args) -> Result<Request, CommandError> {
    let known = args.baseline.as_ref().filter(|_| !args.write_baseline);
    if let Some(path) = args.baseline.as_ref().filter(|_| args.write_baseline) {
        read::baseline_may_be_written(path)?;
    }
    let (only, skip) = (codes(&args.only)?, codes(&args.skip)?);
    if !only.is_empty() && only.iter().all(|code| skip.contains(code)) {
        let hint = Prose::hint("leave one of them out", Doctor::default());
        return Err(CommandError::usage("usage", "--skip leaves nothing of --only", hint));
    }
    Ok(Request {
        only,
        skip,
        channel: args.channel.clone(),
        quick: args.quick,
        baseline: known.map(|path| read::baseline(path)).transpose()?,
        busy: false,
        env: context.named_env(),
    })
}

fn codes(words: &[String]) -> Result<Vec<&'static str>, CommandError> {
    let mut codes = Vec::new();
    for word in words.iter().filter(|word| !word.trim().is_empty()) {
        let rule = rules::find(word).map_err(|nearest| {
            let hint = match nearest {
                Some(near) => Prose::hint(
                    format!("did you mean {near:?}? see it"),
                    Suggestion::Explain(near.to_owned()),
                ),
                None => suggestion(None, Suggestion::Explain("rules".to_owned())),
            };
            CommandError::usage("unknown-rule", format!("unknown rule {word:?}"), hint)
        })?;
        codes.push(rule.header.code);
    }
    Ok(codes)
}
