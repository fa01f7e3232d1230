//! Words of results and of the FAQ, explained.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evidence::Grade;
use super::folding::folded;

/// A word, and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExplainedWord {
    /// The word.
    pub(crate) title: String,
    /// Others that it is looked for by.
    pub(crate) words: Vec<String>,
    /// What it means.
    pub(crate) text: String,
    /// How well that is supported.
    pub(crate) grade: Grade,
    /// Where that was read.
    pub(crate) source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Glossary {
    word: Vec<ExplainedWord>,
}

/// Every word that is explained.
///
/// # Errors
/// When the file inside the binary cannot be read; a test rules that out.
pub(crate) fn glossary() -> Result<Vec<ExplainedWord>, toml::de::Error> {
    toml::from_str::<Glossary>(include_str!("glossary.toml")).map(|file| file.word)
}

impl ExplainedWord {
    /// Whether a word names it, in any case.
    pub(crate) fn is_called(&self, word: &str) -> bool {
        let word = folded(word.trim());
        self.spellings().any(|known| folded(known) == word)
    }

    /// The word and its other spellings.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.title).chain(&self.words).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pos::ReasonCode;
    use crate::model::status::{DownloadStatus, UploadStatus};

    #[test]
    fn every_reason_and_every_status_that_stays_is_explained() {
        let words = glossary().unwrap();
        let explained = |word: &str| words.iter().any(|one| one.is_called(word));
        for reason in ReasonCode::ALL {
            assert!(explained(reason.as_str()), "{reason}");
        }
        // Started, Requested and Downloaded pass within a run.
        let passing = ["Started", "Requested", "Downloaded"];
        let downloads = DownloadStatus::ALL.iter().map(|status| status.as_str());
        for status in downloads.chain(UploadStatus::ALL.iter().map(|status| status.as_str())) {
            assert!(passing.contains(&status) || explained(status), "{status}");
        }
    }

    #[test]
    fn no_word_is_explained_twice() {
        let words = glossary().unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for spelling in words.iter().flat_map(ExplainedWord::spellings) {
            assert!(seen.insert(folded(spelling)), "{spelling}");
        }
    }
}
