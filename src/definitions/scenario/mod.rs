//! A scenario: commands in an environment of their own, and what is expected of them.

pub(super) mod form;
mod matrix;
pub(crate) mod problem;
mod read;
mod step;
pub(crate) mod template;
mod variables;
mod words;

use std::ops::Range;

use serde_json::{Map, Value};

pub use read::parse;
use template::{Template, Values};

/// A scenario file that keeps every rule that can be seen without its commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// What it shows.
    pub(crate) name: String,
    /// How its environment is made: options of `init`, as they are written.
    pub(crate) environment: Vec<InitOption>,
    /// Where that stands.
    pub(crate) environment_at: usize,
    /// Each name of the matrix with its values, in the order written.
    pub(crate) matrix: Vec<(String, Vec<Value>)>,
    /// What is done, in order.
    pub(crate) steps: Vec<ScenarioStep>,
}

/// An option of `init`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InitOption {
    /// Its name, without the hyphens before it.
    pub(crate) key: &'static str,
    /// Its value; none of a flag.
    pub(crate) value: Option<Template>,
    /// Where it stands.
    pub(crate) at: usize,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScenarioStep {
    /// Where it says what is done.
    pub(crate) span: Range<usize>,
    /// The line of that, from 1.
    pub(crate) line: usize,
    /// What is done.
    pub(crate) act: Act,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// It runs a command.
    Run {
        /// Its words, without the program's name.
        words: Vec<Template>,
        /// What is expected of it.
        expect: Expectation,
        /// Values for later steps: a variable, and where its value is in the output.
        save: Vec<(String, String)>,
    },
    /// It asks the doctor.
    Doctor {
        /// No finding may be as severe as this.
        none: &'static str,
        /// Only these rules.
        only: Vec<String>,
        /// Without these rules.
        skip: Vec<String>,
    },
}

impl Act {
    /// Whether its output is read as JSON.
    pub(crate) fn reads_json(&self) -> bool {
        match self {
            Self::Run { expect, save, .. } => !expect.json.is_empty() || !save.is_empty(),
            Self::Doctor { .. } => true,
        }
    }

    /// The words of its command with these values.
    pub(crate) fn words(&self, values: &Values) -> Vec<String> {
        match self {
            Self::Run { words, .. } => words.iter().map(|word| word.fill(values)).collect(),
            Self::Doctor { none, only, skip } => {
                let listed = |option: &str, codes: &[String]| {
                    (!codes.is_empty()).then(|| format!("--{option}={}", codes.join(",")))
                };
                let words = ["doctor", "--fail-on", none].map(str::to_owned);
                let words = words.into_iter().chain(listed("only", only));
                words.chain(listed("skip", skip)).collect()
            }
        }
    }
}

/// What is expected of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Expectation {
    /// How it ends.
    pub(crate) exit: u8,
    /// Texts on its standard output.
    pub(crate) contains: Vec<Template>,
    /// Values in its output, by JSON pointer.
    pub(crate) json: Vec<(String, Expected)>,
}

/// A value that is expected, with variables in its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A text, or the value of a variable.
    Text(Template),
    /// A number, or yes or no.
    Plain(Value),
    /// A list.
    List(Vec<Expected>),
    /// An object.
    Object(Vec<(String, Expected)>),
}

impl Expected {
    /// The value with these values of variables.
    pub(crate) fn value(&self, values: &Values) -> Value {
        match self {
            Self::Text(text) => text.value(values),
            Self::Plain(value) => value.clone(),
            Self::List(all) => all.iter().map(|one| one.value(values)).collect(),
            Self::Object(all) => {
                let fields = all.iter().map(|(key, one)| (key.clone(), one.value(values)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }
}

/// The options of `init` that a scenario may have, and what each takes.
pub(crate) const OPTIONS: &[(&str, Takes)] = &[
    ("customers", Takes::Number),
    ("channels", Takes::Number),
    ("seed", Takes::Number),
    ("app-version", Takes::Text),
    ("extension", Takes::Paths),
    ("empty-channels", Takes::Nothing),
    ("sync", Takes::Nothing),
    ("despite-errors", Takes::Nothing),
];

/// What an option of `init` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A whole number, or a text with a variable in it.
    Number,
    /// A text.
    Text,
    /// A path or a list of paths, from the folder of the scenario file.
    Paths,
    /// Nothing: it is a flag.
    Nothing,
}
