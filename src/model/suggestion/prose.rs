//! Text for people with commands in it.

use super::{Shell, Suggestion};
use crate::model::tone::Tone;

/// A piece of text for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Words.
    Words(String),
    /// A command to type.
    Command(Suggestion),
    /// A value, and what it means.
    Value(String, Tone),
}

/// Text for people with commands in it; which environment they name is known when it is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Prose(Vec<Part>);

impl Prose {
    /// Words that lead to a command, `see what there is: cdx jobs list`.
    pub(crate) fn hint(words: impl Into<String>, command: impl Into<Suggestion>) -> Self {
        Self::from(words.into()).and(": ").and_command(command)
    }

    /// Commands one after the other, each only where the one before has worked.
    pub(crate) fn chain<'a>(commands: impl IntoIterator<Item = &'a Suggestion>) -> Self {
        let mut chain = Self::default();
        for command in commands {
            if !chain.0.is_empty() {
                chain = chain.and(Shell::HERE.and_then());
            }
            chain = chain.and_command(command.clone());
        }
        chain
    }

    /// More words.
    #[must_use]
    pub(crate) fn and(mut self, words: impl Into<String>) -> Self {
        self.0.push(Part::Words(words.into()));
        self
    }

    /// A command behind what is said so far.
    #[must_use]
    pub(crate) fn and_command(mut self, command: impl Into<Suggestion>) -> Self {
        self.0.push(Part::Command(command.into()));
        self
    }

    /// A value behind what is said so far.
    #[must_use]
    pub(crate) fn and_value(
        mut self,
        value: impl Into<String>,
        tone: impl Into<Option<Tone>>,
    ) -> Self {
        self.0.push(match tone.into() {
            Some(tone) => Part::Value(value.into(), tone),
            None => Part::Words(value.into()),
        });
        self
    }

    /// The pieces, in order.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The text, its commands for the environment that `--env` named, where it did.
    pub fn text(&self, env: Option<&str>) -> String {
        let written = |part: &Part| match part {
            Part::Words(words) | Part::Value(words, _) => words.clone(),
            Part::Command(command) => command.typed(env),
        };
        self.0.iter().map(written).collect()
    }
}

impl From<String> for Prose {
    fn from(words: String) -> Self {
        Self(vec![Part::Words(words)])
    }
}

impl From<&str> for Prose {
    fn from(words: &str) -> Self {
        Self::from(words.to_owned())
    }
}

impl From<Suggestion> for Prose {
    fn from(command: Suggestion) -> Self {
        Self(vec![Part::Command(command)])
    }
}

impl From<&String> for Prose {
    fn from(words: &String) -> Self {
        Self::from(words.as_str())
    }
}

impl From<&Prose> for Prose {
    fn from(text: &Prose) -> Self {
        text.clone()
    }
}
