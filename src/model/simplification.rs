//! What the product does and the tool does not: said, and found by its words.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::folding::folded;
use super::source_pages::linked;

/// Something that is not modelled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Simplification {
    /// What it is, in a few words.
    pub title: String,
    /// Words that it is looked for by.
    pub words: Vec<String>,
    /// What the product does, and what the tool does.
    pub text: String,
    /// Where that was read.
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Simplifications {
    simplification: Vec<Simplification>,
}

/// Everything that is not modelled.
///
/// # Errors
/// When the file inside the binary cannot be read; a test rules that out.
pub fn simplifications() -> Result<Vec<Simplification>, toml::de::Error> {
    let text = include_str!("simplifications.toml");
    toml::from_str::<Simplifications>(text).map(|file| file.simplification)
}

impl Simplification {
    /// Whether a word names it, in any case.
    pub(crate) fn is_called(&self, word: &str) -> bool {
        let word = folded(word.trim());
        self.spellings().any(|known| folded(known) == word)
    }

    /// Its title and its words.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.title).chain(&self.words).map(String::as_str)
    }
}

/// The part of docs/fidelity.md.
pub(crate) fn not_modelled_markdown(simplifications: &[Simplification]) -> String {
    let mut text = String::from(
        "\n## Not modelled\n\nWhat the product does and the simulator does not, each with what it does in \
         its place. `cdx explain flights` shows one.\n\n| what | the product, and here | source |\n|---|---|---|\n",
    );
    for Simplification { title, text: what, source, .. } in simplifications {
        let _ = writeln!(text, "| **{title}** | {what} | {} |", linked(source));
    }
    text
}
