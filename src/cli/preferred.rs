//! The format that `CDX_FORMAT` prefers where none is typed.
//!
//! A preference breaks nothing: a command that does not write the format goes on as text, and a
//! word that is no format is told and passed over.

use clap::ValueEnum;

use super::Context;
use super::folder::Folder;
use super::values::FormatArg;
use crate::model::event::{Event, Listener};
use crate::model::nearest::nearest;

/// The variable.
const VARIABLE: &str = "CDX_FORMAT";

/// What the variable says.
#[derive(Debug)]
pub(super) enum Preferred {
    /// Nothing; an empty one counts as unset.
    Unsaid,
    /// This format.
    Format(FormatArg),
    /// A word that is no format.
    Unknown(String),
}

impl Preferred {
    /// What it says to a command of this process; another one's command is not asked.
    pub(super) fn read(folder: &Folder) -> Self {
        let said = match folder {
            Folder::Process => std::env::var_os(VARIABLE),
            Folder::Given(_) => None,
        };
        let said = said.unwrap_or_default().to_string_lossy().into_owned();
        match said.trim() {
            "" => Self::Unsaid,
            word => FormatArg::from_str(word, true).map_or(Self::Unknown(said), Self::Format),
        }
    }

    /// The format, where it is one.
    pub(super) fn format(&self) -> Option<FormatArg> {
        match self {
            Self::Format(format) => Some(*format),
            Self::Unsaid | Self::Unknown(_) => None,
        }
    }

    /// Warns of a word that is no format.
    pub(super) fn tell(&self, context: &Context) {
        let Self::Unknown(said) = self else { return };
        let known = FormatArg::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let known: Vec<String> = known.map(|value| value.get_name().to_owned()).collect();
        let near = nearest(said, known.iter().map(String::as_str));
        let meant = near.map_or(String::new(), |near| format!("; did you mean {near:?}?"));
        let text = format!("unknown format {said:?} in {VARIABLE}, text is written{meant}");
        context.progress().event(Event::Warning { text, hint: None });
    }
}
