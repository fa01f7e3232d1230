//! What the doctor and `check` have in common: which rules, what counts, and what was known before.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::error::suggestion;
use super::outcome::outcomes;
use super::outputs::Outputs;
use super::{CommandError, Context, Exit};
use crate::diagnosis::baseline::Baseline;
use crate::diagnosis::{Diagnosis, Severity};
use crate::model::event::{Event, Listener};
use crate::model::suggestion::{Check, Doctor, Prose, Suggestion};
use crate::report::page::{Page, Report, count};
use crate::store::replace::replace;
use crate::store::{StoreError, input};
use crate::{check, doctor};

/// Which rules are asked, and what counts.
#[derive(Debug, clap::Args)]
pub(super) struct Judging {
    /// The least severe finding that makes the exit code 1.
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// Only these rules, by code or name.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    only: Vec<String>,
    /// Without these rules, by code or name.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    skip: Vec<String>,
    /// Findings that this file holds are marked and do not count.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found now to the file of --baseline.
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    #[command(flatten)]
    pub(super) outputs: Outputs,
}

/// The least severe finding that makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum FailOn {
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
    /// The least severe finding that counts; none where nothing does.
    pub(super) fn threshold(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// The doctor.
    Doctor,
    /// `check`.
    Check,
}

/// What is asked, once every name is looked up.
#[derive(Debug)]
pub(super) struct Question {
    /// Only these rules; all when empty.
    pub(super) only: Vec<&'static str>,
    /// Without these rules.
    pub(super) skip: Vec<&'static str>,
    /// What was known before.
    pub(super) baseline: Option<Baseline>,
}

impl Judging {
    /// The least severe finding that counts; none where nothing does.
    pub(super) fn threshold(&self) -> Option<Severity> {
        self.fail_on.threshold()
    }

    /// Looks up the rules that are named, and reads what was known before.
    pub(super) fn question(
        &self,
        context: &Context,
        asking: Asking,
    ) -> Result<Question, CommandError> {
        self.outputs.check(context, &asking.help(), self.baseline.as_deref())?;
        let (only, skip) = (asking.codes(&self.only)?, asking.codes(&self.skip)?);
        if !only.is_empty() && only.iter().all(|code| skip.contains(code)) {
            let hint = Prose::hint("leave one of them out", asking.help());
            return Err(CommandError::usage("usage", "--skip leaves nothing of --only", hint));
        }
        let Some(path) = &self.baseline else {
            return Ok(Question { only, skip, baseline: None });
        };
        // A baseline is not written over anything else.
        let known = if self.write_baseline && !path.exists() {
            None
        } else {
            Some(asking.read_baseline(path)?)
        };
        Ok(Question { only, skip, baseline: known.filter(|_| !self.write_baseline) })
    }

    /// The file that a baseline is to be written to.
    pub(super) fn written(&self) -> Option<&Path> {
        self.baseline.as_deref().filter(|_| self.write_baseline)
    }
}

impl Asking {
    fn codes(self, words: &[String]) -> Result<Vec<&'static str>, CommandError> {
        let words = words.iter().filter(|word| !word.trim().is_empty());
        words.map(|word| self.code(word)).collect()
    }

    fn code(self, word: &str) -> Result<&'static str, CommandError> {
        let of_doctor = doctor::rules::find(word).map(|rule| rule.header.code);
        let of_check = check::find(word).map(|header| header.code);
        let (own, other, whose) = match self {
            Self::Doctor => (of_doctor, of_check, "check, not of the doctor"),
            Self::Check => (of_check, of_doctor, "the doctor, not of check"),
        };
        let nearest = match own {
            Ok(code) => return Ok(code),
            Err(nearest) => nearest,
        };
        if let Ok(code) = other {
            let hint = Prose::hint("ask there", self.elsewhere(code));
            let message = format!("{word} is a rule of {whose}");
            return Err(CommandError::usage("other-rule", message, hint));
        }
        let hint = match nearest {
            Some(near) => Prose::hint(
                format!("did you mean {near:?}? see it"),
                Suggestion::Explain(near.to_owned()),
            ),
            None => suggestion(None, Suggestion::Explain("rules".to_owned())),
        };
        Err(CommandError::usage("unknown-rule", format!("unknown rule {word:?}"), hint))
    }

    /// The command that has this rule, where this one does not.
    fn elsewhere(self, code: &str) -> Suggestion {
        let only = Some(code.to_owned());
        match self {
            Self::Doctor => Check { only, ..Check::default() }.into(),
            Self::Check => Doctor { only, ..Doctor::default() }.into(),
        }
    }

    fn help(self) -> Suggestion {
        match self {
            Self::Doctor => Doctor::default().into(),
            Self::Check => Suggestion::Help(Some("check".to_owned())),
        }
    }

    /// The command that writes a baseline, or goes by one.
    fn by_baseline(self, path: &Path, write_baseline: bool) -> Suggestion {
        let baseline = Some(path.display().to_string());
        match self {
            Self::Doctor => Doctor { baseline, write_baseline, ..Doctor::default() }.into(),
            Self::Check => Check { baseline, write_baseline, ..Check::default() }.into(),
        }
    }

    fn read_baseline(self, path: &Path) -> Result<Baseline, CommandError> {
        match input::text(path, input::BASELINE) {
            Ok(text) => Baseline::parse(&text).map_err(|why| self.no_baseline(path, &why)),
            Err(StoreError::NotAFile { found, .. }) => {
                Err(self.no_baseline(path, &format!("it is {found}")))
            }
            Err(StoreError::NotText { .. }) => Err(self.no_baseline(path, "it is not text")),
            Err(StoreError::TooLarge { most, .. }) => {
                Err(self.no_baseline(path, &format!("it holds more than {most}")))
            }
            Err(error) => {
                let hint = Prose::hint("make one", self.by_baseline(path, true));
                let error = CommandError::from(error);
                Err(CommandError::usage("baseline", error.failure.message, hint))
            }
        }
    }

    fn no_baseline(self, path: &Path, why: &str) -> CommandError {
        let message = format!("{} is not a baseline: {why}", path.display());
        let other = self.by_baseline(Path::new("baseline.json"), true);
        CommandError::usage("baseline", message, Prose::hint("name another file", other))
    }
}

/// How a command ends that found this.
pub(super) fn exit(diagnosis: &Diagnosis, threshold: Option<Severity>) -> Exit {
    if threshold.is_some_and(|threshold| diagnosis.fails(threshold)) {
        Exit::No
    } else if diagnosis.is_sound() {
        Exit::Done
    } else {
        Exit::Impossible
    }
}

/// Says how each rule ended, to those who want to know each step.
pub(super) fn tell_rules(context: &Context, diagnosis: &Diagnosis) {
    let mut progress = context.progress();
    for rule in &diagnosis.rules {
        let what = format!("{} {}: {}", rule.code, rule.name, rule.state.as_str());
        progress.event(Event::Did { what });
    }
}

outcomes! {
    BaselineReport: "doctor", "check";
}

/// What was written of a baseline.
#[derive(Debug, Serialize, JsonSchema)]
struct BaselineReport {
    /// The file that was written.
    baseline: String,
    /// How many findings it accepts.
    findings: usize,
    #[serde(skip)]
    then: Suggestion,
}

impl Report for BaselineReport {
    fn text(&self, page: &mut Page) {
        page.line(format!("{}: {}", self.baseline, count(self.findings as u64, "finding")));
        page.item(Prose::hint("what is new from now on", self.then.clone()));
    }
}

/// Writes a baseline, whole or not at all.
pub(super) fn write_baseline(
    context: &Context,
    asking: Asking,
    path: &Path,
    diagnosis: &Diagnosis,
) -> Result<Exit, CommandError> {
    let baseline = Baseline::of(&diagnosis.findings);
    replace(path, baseline.text().as_bytes())?;
    let (then, findings) = (asking.by_baseline(path, false), baseline.len());
    let baseline = path.display().to_string();
    context.done(&BaselineReport { baseline, findings, then })
}
