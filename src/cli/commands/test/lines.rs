//! Whether the commands of a scenario are commands, as far as that is known before they run.

use std::collections::BTreeSet;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use serde_json::Value;

use crate::cli::refusal::Refusal;
use crate::definitions::scenario::problem::ScenarioProblem;
use crate::definitions::scenario::template::Template;
use crate::definitions::scenario::{Act, ScenarioStep};
use crate::definitions::{Kind, Problem, Problems};
use crate::doctor;
use crate::model::version::Version;
use crate::scenario::rehearsal::{Rehearsal, ScenarioFile};

/// Stands for a value that an earlier step saves; a number, an account and a name.
const SAVED: &str = "00000001";

/// Commands that make no sense in a step, and why.
const SENSELESS: &[(&str, &str)] = &[
    ("init", "its environment is made already, as [environment] says"),
    ("demo", "it makes an environment of its own"),
    ("test", "a scenario plays no scenarios"),
    ("completions", "it is about no environment"),
    ("man", "it is about no environment"),
    ("docs", "it is about no environment"),
];

/// Everything that is wrong with the commands of a file, and with how its environment is made.
pub(super) fn check(mut root: Command, file: &ScenarioFile) -> Problems {
    let mut notes = Notes { file, problems: Problems::default(), seen: BTreeSet::new() };
    let runs: Vec<Rehearsal<'_>> = Rehearsal::all(file).collect();
    for run in &runs {
        environment(&mut root, run, &mut notes);
    }
    for step in &file.scenario.steps {
        rules(step, &mut notes);
        for run in &runs {
            command(&mut root, run, step, &mut notes);
        }
    }
    let mut problems = notes.problems;
    problems.sort([file.file.as_str()].into_iter());
    problems
}

/// What was found in a file.
struct Notes<'f> {
    file: &'f ScenarioFile,
    problems: Problems,
    /// Command lines that were looked at, each with its place.
    seen: BTreeSet<(usize, Vec<String>)>,
}

impl Notes<'_> {
    fn note(&mut self, at: usize, kind: &Kind) {
        let problem = Problem::at(&self.file.file, &self.file.text, at, kind);
        if !self.problems.told.contains(&problem) {
            self.problems.add(|| problem);
        }
    }

    /// Whether a command line of a place is looked at for the first time.
    fn is_new(&mut self, at: usize, words: &[String]) -> bool {
        self.seen.insert((at, words.to_vec()))
    }
}

/// Looks at each option by itself, so that a problem stands where its option does, then at all.
fn environment(root: &mut Command, run: &Rehearsal<'_>, notes: &mut Notes<'_>) {
    let (words, mut whole) = (run.init(), true);
    let options = &run.of.scenario.environment;
    for (option, word) in options.iter().zip(&words[2..]) {
        let alone = ["init", ".", word].map(str::to_owned);
        if !notes.is_new(option.at, &alone) {
            continue;
        }
        let value = word.split_once('=').map(|(_, value)| value);
        if option.key == "extension" {
            let path = value.unwrap_or_default();
            if !std::path::Path::new(path).exists() {
                whole = false;
                let values = run.values();
                let path = option.value.as_ref().map(|path| path.fill(&values));
                let path = path.unwrap_or_default();
                notes.note(option.at, &ScenarioProblem::NotThere { path }.into());
            }
        } else if let Some(version) = value.filter(|_| option.key == "app-version")
            && Version::typed(version).is_none()
        {
            whole = false;
            let (key, value) = (option.key.to_owned(), format!("{version:?}"));
            let expected = "a version, for example 10.0.48";
            notes.note(option.at, &Kind::OutOfRange { key, value, expected });
        }
        if option.key == "despite-errors" {
            continue;
        }
        if let Err(error) = parsed(root, &alone) {
            whole = false;
            notes.note(option.at, &not_a_command(&error).into());
        }
    }
    let at = run.of.scenario.environment_at;
    if whole
        && notes.is_new(at, &words)
        && let Err(error) = parsed(root, &words)
    {
        notes.note(at, &not_a_command(&error).into());
    }
}

fn command(root: &mut Command, run: &Rehearsal<'_>, step: &ScenarioStep, notes: &mut Notes<'_>) {
    let Act::Run { words, .. } = &step.act else { return };
    let mut values = run.values();
    for name in words.iter().flat_map(Template::variables) {
        values.entry(name.to_owned()).or_insert_with(|| Value::from(SAVED));
    }
    let words = step.act.words(&values);
    let at = step.span.start;
    if !notes.is_new(at, &words) {
        return;
    }
    if words[0] == "cdx" {
        let why = "write the command without the program's name";
        notes.note(at, &ScenarioProblem::Senseless { command: "cdx".to_owned(), why }.into());
        return;
    }
    let problem = match parsed(root, &words) {
        Ok(Some(matches)) => senseless(&matches, &words, step),
        Ok(None) => None,
        Err(error) if is_about_saved(&error) => None,
        Err(error) => Some(not_a_command(&error)),
    };
    if let Some(problem) = problem {
        notes.note(at, &problem.into());
    }
}

/// Looks up the rules that a look of the doctor names.
fn rules(step: &ScenarioStep, notes: &mut Notes<'_>) {
    let Act::Doctor { only, skip, .. } = &step.act else { return };
    let named = [("only", only), ("skip", skip)];
    let named = named.iter().flat_map(|(key, codes)| codes.iter().map(move |code| (*key, code)));
    for (key, code) in named.filter(|(_, code)| doctor::rules::find(code).is_err()) {
        let (key, value) = (key.to_owned(), format!("{code:?}"));
        let expected = "a rule of the doctor, as cdx explain rules lists them";
        notes.note(step.span.start, &Kind::OutOfRange { key, value, expected });
    }
}

/// What clap makes of a command line; none where it only asks for help.
fn parsed(root: &mut Command, words: &[String]) -> Result<Option<ArgMatches>, clap::Error> {
    let line = std::iter::once("cdx").chain(words.iter().map(String::as_str));
    match root.try_get_matches_from_mut(line) {
        Ok(matches) => Ok(Some(matches)),
        Err(error) if error.use_stderr() => Err(error),
        Err(_) => Ok(None),
    }
}

/// Whether an error is about a word whose value a step saves.
fn is_about_saved(error: &clap::Error) -> bool {
    let kinds =
        [ContextKind::InvalidArg, ContextKind::InvalidValue, ContextKind::InvalidSubcommand];
    kinds.iter().filter_map(|kind| error.get(*kind)).any(|value| match value {
        ContextValue::String(text) => text.contains(SAVED),
        ContextValue::Strings(texts) => texts.iter().any(|text| text.contains(SAVED)),
        _ => false,
    })
}

/// What clap says, without its usage.
fn not_a_command(error: &clap::Error) -> ScenarioProblem {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let message = "a command is missing behind it".to_owned();
        return ScenarioProblem::NotACommand { message, tip: None };
    }
    let Refusal { message, mut tips, .. } = Refusal::of(error);
    ScenarioProblem::NotACommand { message, tip: tips.pop() }
}

/// Why a command that is one makes no sense in a step.
fn senseless(
    matches: &ArgMatches,
    words: &[String],
    step: &ScenarioStep,
) -> Option<ScenarioProblem> {
    let of =
        |command: &str, why| Some(ScenarioProblem::Senseless { command: command.to_owned(), why });
    let (name, own) = matches.subcommand()?;
    if let Some((_, why)) = SENSELESS.iter().find(|(command, _)| *command == name) {
        return of(name, why);
    }
    let is_typed = |option: &str| {
        let typed =
            |level: &ArgMatches| level.value_source(option) == Some(ValueSource::CommandLine);
        typed(matches) || typed(own)
    };
    if is_typed("env") {
        return of("--env", "a scenario has an environment of its own");
    }
    if name == "doctor" && own.get_flag("watch") {
        return of("doctor --watch", "it goes on until Ctrl-C");
    }
    let json = words.iter().any(|word| word == "--format=json")
        || words.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
    if step.act.reads_json() && is_typed("format") && !json {
        return of("--format", "json and save read JSON, which is asked for by itself");
    }
    None
}
