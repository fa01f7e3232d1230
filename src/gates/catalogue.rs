//! The catalogue of gates: the files inside the binary and those of an environment.

use std::collections::HashSet;

use super::file::{GateFile, read};
use super::gate::{Act, Gate, NAME_PREFIX, UNPUBLISHED};
use super::{known, laws};
use crate::definitions::Problems;
use crate::definitions::which::{FeatureJobs, JobNeed};
use crate::model::folding::meant;
use crate::model::nearest::nearest;

/// The gates inside the binary, each with the name of its file: its place in lists, and its slug.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/gates.rs"));

/// What a file's name begins with.
const NUMBER: &[char] = &['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-'];

/// The slugs that something else asks for.
pub mod slug {
    /// "Performance improvements for customer orders and customer transactions".
    pub const PERFORMANCE: &str = "customer-order-performance";
    /// "Enable enhanced async customer creation".
    pub const ENHANCED: &str = "enhanced-async-customer-creation";
    /// "Enable asynchronous creation for customer addresses".
    pub const ADDRESSES: &str = "async-address-creation";
    /// "Enable editing customers in asynchronous mode".
    pub const EDITING: &str = "async-customer-editing";
    /// "Run "Initialize commerce scheduler" after Headquarters is updated".
    pub const INITIALIZE: &str = "initialize-scheduler-after-update";
    /// "Capture multiple emails and phone numbers and consent for marketing on these contacts".
    pub const CONTACTS: &str = "multiple-contacts";
    /// "Prevent copying the receipt email value from default customer to new customers."
    pub const NO_RECEIPT_EMAIL: &str =
        "prevent-copying-the-receipt-email-value-from-default-customer-to-new-customers";
}

/// A word that is no gate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown feature {word:?}")]
pub struct UnknownFeature {
    /// What was typed.
    pub word: String,
    /// The nearest spelling.
    pub nearest: Option<String>,
}

/// Every gate, in the order of the catalogue; known features without a gate file are behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// The gates.
    pub gates: Vec<Gate>,
}

impl Catalogue {
    /// The gate files inside the binary.
    fn shipped_files() -> Vec<GateFile> {
        let file = |(name, text): &(&str, &str)| GateFile {
            name: format!("shipped gates/{}.toml", name.trim_start_matches(NUMBER)),
            text: (*text).to_owned(),
        };
        FILES.iter().map(file).collect()
    }

    /// The catalogue of the shipped files and an environment's own; `jobs` are the ids of the
    /// jobs that gates may name.
    ///
    /// # Errors
    /// Every problem of every file, with line and column: form and laws alike.
    pub fn load(own: &[GateFile], jobs: &[String]) -> Result<Self, Problems> {
        let mut files = Self::shipped_files();
        files.extend_from_slice(own);
        let mut catalogue = Self::of_files(&files, jobs)?;
        catalogue.add_known();
        Ok(catalogue)
    }

    /// Adds the known features that no gate file is of.
    fn add_known(&mut self) {
        let taken: HashSet<String> =
            self.gates.iter().flat_map(Gate::spellings).map(str::to_lowercase).collect();
        let is_taken = |gate: &Gate| gate.spellings().any(|s| taken.contains(&s.to_lowercase()));
        self.gates.extend(known::features().filter(|gate| !is_taken(gate)));
    }

    /// The gates that a file gives demands to.
    pub fn with_files(&self) -> impl Iterator<Item = &Gate> {
        self.gates.iter().filter(|gate| !gate.known)
    }

    /// A catalogue of these files alone.
    ///
    /// # Errors
    /// As [`Catalogue::load`].
    pub fn of_files(files: &[GateFile], jobs: &[String]) -> Result<Self, Problems> {
        let mut drafts = Vec::new();
        let mut problems = Problems::default();
        for file in files {
            let (draft, wrong) = read(file);
            problems.join(wrong);
            drafts.extend(draft.map(|draft| (file, draft)));
        }
        problems.join(laws::broken(&drafts, jobs));
        if problems.is_empty() {
            return Ok(Self { gates: drafts.into_iter().map(|(_, draft)| draft.gate).collect() });
        }
        problems.sort(files.iter().map(|file| file.name.as_str()));
        Err(problems)
    }

    /// The facts that gates ask for.
    pub(crate) fn facts(&self) -> Vec<String> {
        self.gates.iter().flat_map(Gate::facts).collect()
    }

    /// The gate with this slug.
    pub fn get(&self, slug: &str) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.slug == slug)
    }

    /// The gate whose class stands under this name in `FEATUREMANAGEMENTSTATE`.
    pub fn by_table_name(&self, name: &str) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.table_name().eq_ignore_ascii_case(name))
    }

    /// The gate a person means: by slug, either display name or class, in any case, accents or
    /// not.
    ///
    /// # Errors
    /// [`UnknownFeature`], with the nearest spelling.
    pub fn find(&self, word: &str) -> Result<&Gate, UnknownFeature> {
        let word = word.trim();
        let bare = word.strip_prefix(NAME_PREFIX).or_else(|| word.strip_prefix(UNPUBLISHED));
        let wanted = meant(bare.unwrap_or(word));
        let found =
            self.gates.iter().find(|gate| gate.spellings().any(|known| meant(known) == wanted));
        found.ok_or_else(|| {
            let spellings = self.gates.iter().flat_map(Gate::spellings);
            let nearest = nearest(word, spellings).map(str::to_owned);
            UnknownFeature { word: word.to_owned(), nearest }
        })
    }
}

impl FeatureJobs for Catalogue {
    fn jobs_of(&self, word: &str) -> Option<Vec<JobNeed>> {
        let gate = self.find(word).ok()?;
        let mut needs: Vec<JobNeed> = Vec::new();
        for step in &gate.steps {
            let Act::Run { job, .. } = &step.act else { continue };
            if needs.iter().all(|need| *job != need.job.as_str()) {
                let why = format!("after enabling {:?}", gate.name);
                needs.push(JobNeed { job: job.to_string(), why, evidence: step.evidence.clone() });
            }
        }
        Some(needs)
    }
}
