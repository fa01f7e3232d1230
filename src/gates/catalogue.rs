//! The catalogue of gates, as data inside the binary; its laws are checked when it is loaded.
//!
//! The laws: every prerequisite is known, none is younger than what needs it, no chain of them
//! comes back to its start, and every gate has a source.

use serde::Deserialize;

use crate::model::evidence::{Evidence, Grade};
use crate::model::nearest::nearest;
use crate::model::version::Version;

/// What comes before a class in `FEATUREMANAGEMENTSTATE.NAME`.
pub const NAME_PREFIX: &str = "Dynamics.AX.Application.";

const FILES: &[(&str, &str)] = &[
    ("customer-order-performance", include_str!("../../gates/customer-order-performance.toml")),
    ("async-address-creation", include_str!("../../gates/async-address-creation.toml")),
    (
        "enhanced-async-customer-creation",
        include_str!("../../gates/enhanced-async-customer-creation.toml"),
    ),
    ("async-customer-editing", include_str!("../../gates/async-customer-editing.toml")),
];

/// The slugs that the runtime asks for.
pub mod slug {
    /// "Performance improvements for customer orders and customer transactions".
    pub const PERFORMANCE: &str = "customer-order-performance";
    /// "Enable enhanced async customer creation".
    pub const ENHANCED: &str = "enhanced-async-customer-creation";
    /// "Enable asynchronous creation for customer addresses".
    pub const ADDRESSES: &str = "async-address-creation";
    /// "Enable editing customers in asynchronous mode".
    pub const EDITING: &str = "async-customer-editing";
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawGate {
    slug: String,
    class: String,
    class_grade: Grade,
    class_source: String,
    name: String,
    name_es: String,
    module: String,
    since: String,
    mandatory_since: Option<String>,
    can_disable: bool,
    requires: Vec<String>,
    requires_grade: Option<Grade>,
    jobs: Vec<String>,
    grade: Grade,
    source: String,
}

/// One gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Our name for it.
    pub slug: String,
    /// Its X++ class.
    pub class: String,
    /// What the class rests on.
    pub class_evidence: Evidence,
    /// Its display name.
    pub name: String,
    /// Its Spanish display name.
    pub name_es: String,
    /// The module it is listed under.
    pub module: String,
    /// Below this version it does not exist (G03).
    pub since: Version,
    /// From this version it is on and stays on (G02).
    pub mandatory_since: Option<Version>,
    /// Whether it can be turned off once on (G07).
    pub can_disable: bool,
    /// The gates that must be on first (G01).
    pub requires: Vec<String>,
    /// What the prerequisites rest on.
    pub requires_grade: Grade,
    /// The jobs to run after it is enabled, in order (G15).
    pub jobs: Vec<String>,
    /// What the gate rests on.
    pub evidence: Evidence,
}

impl Gate {
    /// Its name in `FEATUREMANAGEMENTSTATE`.
    pub fn table_name(&self) -> String {
        format!("{NAME_PREFIX}{}", self.class)
    }

    /// Whether it is mandatory in a version (G02).
    pub fn is_mandatory(&self, version: &Version) -> bool {
        self.mandatory_since.as_ref().is_some_and(|since| since <= version)
    }

    fn spellings(&self) -> [&str; 4] {
        [&self.slug, &self.name, &self.name_es, &self.class]
    }
}

/// What is wrong with the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// The gate's file cannot be read.
    #[error("gate {slug}: {detail}")]
    Unreadable {
        /// The gate.
        slug: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A prerequisite that is no gate.
    #[error("gate {slug} requires {needed}, which does not exist")]
    UnknownPrerequisite {
        /// The gate.
        slug: String,
        /// What it requires.
        needed: String,
    },
    /// A prerequisite younger than what needs it.
    #[error("gate {slug} exists since {since}, its prerequisite {needed} only since {later}")]
    Younger {
        /// The gate.
        slug: String,
        /// Its floor.
        since: Version,
        /// The prerequisite.
        needed: String,
        /// The prerequisite's floor.
        later: Version,
    },
    /// A chain of prerequisites that comes back to its start.
    #[error("gates require each other: {0}")]
    Cycle(String),
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

/// Every gate, in the order of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// The gates.
    pub gates: Vec<Gate>,
}

impl Catalogue {
    /// The catalogue inside the binary.
    ///
    /// # Errors
    /// Every law it breaks, all at once.
    pub fn shipped() -> Result<Self, Vec<CatalogueError>> {
        let files: Vec<(&str, &str)> = FILES.to_vec();
        Self::load(&files)
    }

    /// A catalogue from files of one gate each.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, Vec<CatalogueError>> {
        let mut gates = Vec::new();
        let mut errors = Vec::new();
        for (slug, text) in files {
            match toml::from_str::<RawGate>(text).map_err(|e| e.message().to_owned()).and_then(gate)
            {
                Ok(gate) => gates.push(gate),
                Err(detail) => {
                    errors.push(CatalogueError::Unreadable { slug: (*slug).to_owned(), detail });
                }
            }
        }
        let catalogue = Self { gates };
        errors.extend(catalogue.broken_laws());
        if errors.is_empty() { Ok(catalogue) } else { Err(errors) }
    }

    fn broken_laws(&self) -> Vec<CatalogueError> {
        let mut errors = Vec::new();
        for gate in &self.gates {
            for needed in &gate.requires {
                match self.get(needed) {
                    None => errors.push(CatalogueError::UnknownPrerequisite {
                        slug: gate.slug.clone(),
                        needed: needed.clone(),
                    }),
                    Some(other) if other.since > gate.since => {
                        errors.push(CatalogueError::Younger {
                            slug: gate.slug.clone(),
                            since: gate.since.clone(),
                            needed: needed.clone(),
                            later: other.since.clone(),
                        });
                    }
                    Some(_) => {}
                }
            }
            if let Some(path) = self.cycle(&mut vec![gate.slug.clone()]) {
                errors.push(CatalogueError::Cycle(path.join(" -> ")));
            }
        }
        errors
    }

    fn cycle(&self, path: &mut Vec<String>) -> Option<Vec<String>> {
        let here = self.get(path.last()?)?;
        for needed in &here.requires {
            if path.contains(needed) {
                // Told once, from the member that comes first in the catalogue.
                let whole = path.first() == Some(needed);
                let first = self.gates.iter().find(|gate| path.contains(&gate.slug));
                if whole && first.is_some_and(|gate| gate.slug == *needed) {
                    path.push(needed.clone());
                    return Some(path.clone());
                }
                continue;
            }
            path.push(needed.clone());
            if let Some(found) = self.cycle(path) {
                return Some(found);
            }
            path.pop();
        }
        None
    }

    /// The gate with this slug.
    pub fn get(&self, slug: &str) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.slug == slug)
    }

    /// The gate a person means: by slug, either display name or class, in any case, accents or
    /// not.
    pub fn find(&self, word: &str) -> Result<&Gate, UnknownFeature> {
        let wanted = plain(word.strip_prefix(NAME_PREFIX).unwrap_or(word));
        let found = self
            .gates
            .iter()
            .find(|gate| gate.spellings().iter().any(|spelling| plain(spelling) == wanted));
        found.ok_or_else(|| {
            let spellings = self.gates.iter().flat_map(Gate::spellings);
            let nearest = nearest(word, spellings).map(str::to_owned);
            UnknownFeature { word: word.to_owned(), nearest }
        })
    }
}

impl crate::definitions::which::Features for Catalogue {
    fn jobs_of(&self, word: &str) -> Option<(String, Vec<String>, Grade, String)> {
        let gate = self.find(word).ok()?;
        let Evidence { grade, source } = gate.evidence.clone();
        Some((gate.name.clone(), gate.jobs.clone(), grade, source))
    }
}

/// Lower case, without the accents that Spanish has.
fn plain(text: &str) -> String {
    text.trim()
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            other => other,
        })
        .collect()
}

fn gate(raw: RawGate) -> Result<Gate, String> {
    let version = |text: &str| {
        Version::parse(text).ok_or_else(|| format!("{text:?} is no version, expected 10.0.48"))
    };
    if raw.source.trim().is_empty() || raw.class_source.trim().is_empty() {
        return Err("a source is missing".to_owned());
    }
    Ok(Gate {
        since: version(&raw.since)?,
        mandatory_since: raw.mandatory_since.as_deref().map(version).transpose()?,
        slug: raw.slug,
        class: raw.class,
        class_evidence: Evidence { grade: raw.class_grade, source: raw.class_source },
        name: raw.name,
        name_es: raw.name_es,
        module: raw.module,
        can_disable: raw.can_disable,
        requires: raw.requires,
        requires_grade: raw.requires_grade.unwrap_or(raw.grade),
        jobs: raw.jobs,
        evidence: Evidence { grade: raw.grade, source: raw.source },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_finds_the_gate() {
        let catalogue = Catalogue::shipped().unwrap();
        for word in [
            "async-customer-editing",
            "ENABLE EDITING CUSTOMERS IN ASYNCHRONOUS MODE",
            "habilitar la edicion de clientes en modo asincrono",
            "RetailEnableAsyncCustomerEditFeature",
            "Dynamics.AX.Application.RetailEnableAsyncCustomerEditFeature",
        ] {
            assert_eq!(catalogue.find(word).unwrap().slug, slug::EDITING, "{word}");
        }
        let unknown = catalogue.find("async-customer-editting").unwrap_err();
        assert_eq!(unknown.nearest.as_deref(), Some("async-customer-editing"));
    }

    #[test]
    fn broken_laws_are_told_all_at_once() {
        let file = |slug: &str, since: &str, requires: &str| {
            format!(
                "slug = \"{slug}\"\nclass = \"C\"\nclass-grade = \"assumed\"\nclass-source = \"x\"\n\
                 name = \"n\"\nname-es = \"n\"\nmodule = \"m\"\nsince = \"{since}\"\n\
                 can-disable = true\nrequires = [{requires}]\njobs = []\ngrade = \"assumed\"\n\
                 source = \"x\"\n"
            )
        };
        let a = file("a", "10.0.20", "\"b\"");
        let b = file("b", "10.0.21", "\"a\", \"nowhere\"");
        let errors = Catalogue::load(&[("a", &a), ("b", &b)]).unwrap_err();
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "gate a exists since 10.0.20, its prerequisite b only since 10.0.21",
                "gates require each other: a -> b -> a",
                "gate b requires nowhere, which does not exist",
            ]
        );
    }
}
