//! One run of a scenario: its file, and one combination of its matrix.

use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::definitions::scenario::Scenario;
use crate::definitions::scenario::template::{Values, in_a_text};
use crate::model::suggestion::Shell;

/// A scenario file that was read.
#[derive(Debug)]
pub(crate) struct ScenarioFile {
    /// The file, as it was named.
    pub(crate) file: String,
    /// The folder it is in, whole.
    pub(crate) dir: PathBuf,
    /// Its text, which places point into.
    pub(crate) text: String,
    /// What it says.
    pub(crate) scenario: Scenario,
}

/// One run of a scenario.
#[derive(Debug, Clone)]
pub(crate) struct Rehearsal<'s> {
    /// Its file.
    pub(crate) of: &'s ScenarioFile,
    /// The values of its matrix, in order.
    pub(crate) matrix: Vec<(String, Value)>,
}

impl<'s> Rehearsal<'s> {
    /// Every run of a file, in a stable order.
    pub(crate) fn all(of: &'s ScenarioFile) -> impl Iterator<Item = Self> {
        of.scenario.combinations().into_iter().map(move |matrix| Self { of, matrix })
    }

    /// The scenario's name with the values of the matrix: `a rollout [version=10.0.29]`.
    pub(crate) fn label(&self) -> String {
        let name = &self.of.scenario.name;
        if self.matrix.is_empty() {
            return name.clone();
        }
        let value = |(name, value): &(String, Value)| {
            let text = in_a_text(value);
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            let is_plain = !text.is_empty() && text.chars().all(plain);
            if is_plain { format!("{name}={text}") } else { format!("{name}={text:?}") }
        };
        let values: Vec<String> = self.matrix.iter().map(value).collect();
        format!("{name} [{}]", values.join(", "))
    }

    /// The values of variables before the first step.
    pub(crate) fn values(&self) -> Values {
        Scenario::values(&self.matrix, &self.of.dir.display().to_string())
    }

    /// The matrix as an object.
    pub(crate) fn object(&self) -> Map<String, Value> {
        self.matrix.iter().cloned().collect()
    }

    /// The words of the command that makes the environment in the working folder.
    pub(crate) fn init(&self) -> Vec<String> {
        let mut words = vec!["init".to_owned(), ".".to_owned()];
        for option in &self.of.scenario.environment {
            words.push(match &option.value {
                None => format!("--{}", option.key),
                Some(value) => {
                    let value = value.fill(&self.values());
                    let value = if option.key == "extension" {
                        self.of.dir.join(value).display().to_string()
                    } else {
                        value
                    };
                    format!("--{}={value}", option.key)
                }
            });
        }
        words
    }
}

/// A command as it is typed, without the program's name; a variable that has no value yet stands
/// as it is in the file.
pub(crate) fn typed(words: &[String]) -> String {
    let is_variable = |word: &str| word.starts_with("${") && word.find('}') == Some(word.len() - 1);
    let word =
        |word: &String| if is_variable(word) { word.clone() } else { Shell::Sh.quoted(word) };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}
