//! `cdx check`: what is wrong with a repository before it is deployed.

mod base;
mod names;
mod read;
mod settings;
mod since;

use std::path::PathBuf;

use crate::check::{Request, examine, facts::Facts};
use crate::cli::judging::{Asking, Judging, Question, exit, tell_rules, write_baseline};
use crate::cli::outcome::outcomes;
use crate::cli::outputs::Told;
use crate::cli::{CommandError, Context, Exit};
use crate::diagnosis::{Diagnosis, Finding, Looked, NotJudged};
use crate::exchange::steps::Steps;
use crate::report::check::CheckReport;

/// Say what is wrong with a repository's seed data, table metadata and channel scripts; needs no
/// environment, and changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_long_help = FORMATS)]
pub(in crate::cli) struct Args {
    /// Folders, packages (.axpp, .zip) or files.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// The base tables of the channel database, CommerceRuntimeScripts.dacpac; else the newest one
    /// in the NuGet folder, else the shipped list.
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,
    /// Hold scripts against those of this revision of Git, which have been published.
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    #[command(flatten)]
    judging: Judging,
}

/// What `--format` takes here: more than elsewhere.
const FORMATS: &str = "\
Formats of check:
  --format text    for people: the lines concerned, both sides
  --format json    for scripts: one object, every finding in it
  --format junit   JUnit XML, for build servers: a test case for each rule
  --format sarif   SARIF 2.1.0, for code scanning
  --format github  annotations of a GitHub Actions run, and its summary
  --format markdown
                   for an e-mail or a pull request

--output FORMAT=FILE writes the same diagnosis to a file too, in any of them.

What is accepted stands in cdx-check.toml, or in a comment: -- cdx: allow CDX711 REASON";

outcomes! {
    CheckReport: "check";
}

pub(in crate::cli) fn run(context: &Context, args: Args) -> Result<Exit, CommandError> {
    let Question { only, skip, baseline } = args.judging.question(context, Asking::Check)?;
    let mut progress = context.progress();
    let mut steps = Steps::of(3, "files", &mut progress);
    steps.next("reading the repository");
    let mut read = read::repository(context, &args.paths)?;
    steps.next("reading the base tables");
    let (base, script) = base::tables(context, args.base.as_deref(), &mut read.sources)?;
    let settings = settings::read(context, &args.paths[0], &mut read)?;
    let before = args.since.as_deref().map(|rev| since::scripts(context, &args.paths, rev));
    let before = before.transpose()?;
    let nothing_in = read::nothing_in(&args.paths, &read);
    let folder = names::folder(context);
    steps.next("judging");
    let mut facts = Facts::of(read, script.as_slice())?;
    facts.before = before;
    let request = Request { only, skip, settings, baseline, folder };
    let mut diagnosis = examine(&facts, &request);
    drop(steps);
    tell_rules(context, &diagnosis);
    sort(&mut diagnosis.findings);
    if let Looked::Repository { not_judged, .. } = &mut diagnosis.looked {
        let why = "nothing in it to check";
        let one = |what: String| NotJudged { what, why: why.to_owned() };
        not_judged.splice(0..0, nothing_in.into_iter().map(one));
    }
    // A baseline of nothing would make everything new.
    if let Some(path) = args.judging.written().filter(|_| diagnosis.is_informed()) {
        return write_baseline(context, Asking::Check, path, &diagnosis);
    }
    let threshold = args.judging.threshold();
    let exit = exit(&diagnosis, threshold);
    let rooted = match &request.folder {
        // Build servers know a file by its place in the repository.
        Some(folder) if args.judging.outputs.tell_servers(context) => {
            let rooted = |finding: Finding| finding.renamed(&|file| folder.rooted(file));
            let findings = diagnosis.findings.iter().cloned().map(rooted).collect();
            Some(Diagnosis { findings, ..diagnosis.clone() })
        }
        _ => None,
    };
    let report = &report(diagnosis, facts, base, args.since);
    let diagnosis = rooted.as_ref().unwrap_or(&report.diagnosis);
    let told = Told { report, diagnosis, threshold, settings: None, exit };
    args.judging.outputs.tell(context, &told)
}

/// By file and line, as they are read.
fn sort(findings: &mut [Finding]) {
    let place = |finding: &Finding| {
        let file = finding.subject.in_file().map(str::to_owned);
        (file, finding.subject.position(), finding.code)
    };
    findings.sort_by_cached_key(place);
}

fn report(diagnosis: Diagnosis, facts: Facts, base: String, since: Option<String>) -> CheckReport {
    let repository = facts.repository;
    let (repeated, encodings) = read::beside(&repository);
    let (elsewhere, sources) = (repository.elsewhere, repository.sources);
    CheckReport { diagnosis, base, since, elsewhere, repeated, encodings, sources }
}
