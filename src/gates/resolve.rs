//! What may be turned on and off, worked out from the catalogue and headquarters' rows.

use serde::Serialize;

use super::catalogue::{Catalogue, Gate};
use crate::model::version::Version;

/// What headquarters says of a feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureRow {
    /// The gate.
    pub slug: String,
    /// Whether it is on.
    pub on: bool,
    /// The enable date, `YYYY-MM-DD`, where it has one.
    pub enable_date: Option<String>,
}

/// Where a feature stands in headquarters; the first that holds (G04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// On, and not to be turned off.
    Mandatory,
    /// On.
    Enabled,
    /// Off, with a date on which it turns on.
    Scheduled,
    /// Off, and a prerequisite is off.
    CannotEnable,
    /// Off.
    NotEnabled,
}

/// Why a change is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalKind {
    /// A prerequisite is off.
    Prerequisite,
    /// The environment is too old.
    Version,
    /// It is mandatory.
    Mandatory,
    /// It cannot be disabled once on.
    CannotDisable,
    /// Another feature that is on needs it.
    Dependent,
}

/// One reason why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The kind.
    pub kind: RefusalKind,
    /// The feature that is in the way.
    pub feature: String,
    /// The reason in a sentence.
    pub message: String,
}

/// What a change would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// The features to change, in the order of changing.
    pub changed: Vec<String>,
    /// Why it is refused; nothing is changed when there is a reason.
    pub refused: Vec<Refusal>,
    /// The jobs to run afterwards, in order (G15).
    pub next_jobs: Vec<String>,
}

/// Headquarters' features in a version.
#[derive(Debug)]
pub struct Features<'a> {
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// Headquarters' rows.
    pub rows: &'a [FeatureRow],
    /// The application's version.
    pub version: &'a Version,
}

impl Features<'_> {
    /// Whether a feature is on in headquarters.
    pub fn is_on(&self, slug: &str) -> bool {
        self.rows.iter().any(|row| row.slug == slug && row.on)
    }

    /// The prerequisites that are off, directly or further down, nearest last (G01).
    pub fn unmet(&self, gate: &Gate) -> Vec<&Gate> {
        let mut unmet = Vec::new();
        self.collect_unmet(gate, &mut unmet);
        unmet
    }

    fn collect_unmet<'s>(&'s self, gate: &Gate, unmet: &mut Vec<&'s Gate>) {
        for needed in gate.requires.iter().filter_map(|slug| self.catalogue.get(slug)) {
            if self.is_on(&needed.slug) || unmet.iter().any(|known| known.slug == needed.slug) {
                continue;
            }
            self.collect_unmet(needed, unmet);
            unmet.push(needed);
        }
    }

    /// Where a feature stands.
    pub fn status(&self, gate: &Gate) -> Status {
        let row = self.rows.iter().find(|row| row.slug == gate.slug);
        if gate.is_mandatory(self.version) {
            Status::Mandatory
        } else if row.is_some_and(|row| row.on) {
            Status::Enabled
        } else if row.is_some_and(|row| row.enable_date.is_some()) {
            Status::Scheduled
        } else if self.unmet(gate).is_empty() {
            Status::NotEnabled
        } else {
            Status::CannotEnable
        }
    }

    /// What enabling a feature would do; every unmet prerequisite is named (G01).
    pub fn enable(&self, gate: &Gate, with_prerequisites: bool) -> Decision {
        let mut decision = Decision::default();
        let unmet = self.unmet(gate);
        for needed in unmet.iter().copied().chain([gate]) {
            if needed.since > *self.version {
                decision.refused.push(Refusal {
                    kind: RefusalKind::Version,
                    feature: needed.slug.clone(),
                    message: format!(
                        "{:?} exists from {}, this environment is {}",
                        needed.name, needed.since, self.version
                    ),
                });
            }
        }
        if !with_prerequisites {
            decision.refused.extend(unmet.iter().map(|needed| Refusal {
                kind: RefusalKind::Prerequisite,
                feature: needed.slug.clone(),
                message: format!("{:?} must be on first", needed.name),
            }));
        }
        if !decision.refused.is_empty() {
            return decision;
        }
        let wanted = unmet.into_iter().chain([gate]).filter(|gate| !self.is_on(&gate.slug));
        for gate in wanted {
            decision.changed.push(gate.slug.clone());
            add_jobs(&mut decision.next_jobs, &gate.jobs);
        }
        decision
    }

    /// What disabling a feature would do (G02, G07, G12).
    pub fn disable(&self, gate: &Gate) -> Decision {
        let mut decision = Decision::default();
        if !self.is_on(&gate.slug) {
            return decision;
        }
        let mut refuse = |kind, feature: &Gate, message| {
            decision.refused.push(Refusal { kind, feature: feature.slug.clone(), message });
        };
        if let Some(since) = gate.mandatory_since.as_ref().filter(|since| *since <= self.version) {
            let message = format!("{:?} is mandatory since {since}", gate.name);
            refuse(RefusalKind::Mandatory, gate, message);
        } else if !gate.can_disable {
            let message = format!("{:?} cannot be disabled once it is on", gate.name);
            refuse(RefusalKind::CannotDisable, gate, message);
        }
        for other in &self.catalogue.gates {
            if other.requires.contains(&gate.slug) && self.is_on(&other.slug) {
                let message = format!("{:?} needs it and is on", other.name);
                refuse(RefusalKind::Dependent, other, message);
            }
        }
        if decision.refused.is_empty() {
            decision.changed.push(gate.slug.clone());
            add_jobs(&mut decision.next_jobs, &gate.jobs);
        }
        decision
    }
}

/// The order in which the documentation lists the jobs of a feature (G15).
const ORDER: &[&str] = &["1110", "1010", "1070"];

/// Adds jobs in the order that 1110 comes first, as the documentation lists them.
fn add_jobs(jobs: &mut Vec<String>, more: &[String]) {
    for job in more {
        if !jobs.contains(job) {
            jobs.push(job.clone());
        }
    }
    jobs.sort_by_key(|job| ORDER.iter().position(|known| known == job).unwrap_or(ORDER.len()));
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::slug;
    use super::*;

    fn rows(on: &[&str]) -> Vec<FeatureRow> {
        let catalogue = Catalogue::shipped().unwrap();
        let row = |gate: &Gate| FeatureRow {
            slug: gate.slug.clone(),
            on: on.contains(&gate.slug.as_str()),
            enable_date: None,
        };
        catalogue.gates.iter().map(row).collect()
    }

    /// Every unmet prerequisite is named, not just the first (G01).
    #[test]
    fn editing_names_every_unmet_prerequisite() {
        let catalogue = Catalogue::shipped().unwrap();
        let version = Version::parse("10.0.48").unwrap();
        let gate = catalogue.get(slug::EDITING).unwrap();
        for (on, refused) in [
            (&[][..], &[slug::PERFORMANCE, slug::ENHANCED, slug::ADDRESSES][..]),
            (&[slug::PERFORMANCE], &[slug::ENHANCED, slug::ADDRESSES]),
            (&[slug::PERFORMANCE, slug::ADDRESSES], &[slug::ENHANCED]),
            (&[slug::PERFORMANCE, slug::ADDRESSES, slug::ENHANCED], &[]),
        ] {
            let rows = rows(on);
            let features = Features { catalogue: &catalogue, rows: &rows, version: &version };
            let decision = features.enable(gate, false);
            let named: Vec<&str> = decision.refused.iter().map(|r| r.feature.as_str()).collect();
            assert_eq!(named, refused, "with {on:?} on");
            assert_eq!(decision.changed.is_empty(), !refused.is_empty());
            let all = features.enable(gate, true);
            assert!(all.refused.is_empty());
            assert_eq!(all.changed.last().map(String::as_str), Some(slug::EDITING));
            assert_eq!(all.next_jobs, ["1110", "1010", "1070"]);
        }
    }

    #[test]
    fn a_mandatory_or_needed_feature_stays_on() {
        let catalogue = Catalogue::shipped().unwrap();
        let version = Version::parse("10.0.48").unwrap();
        let rows = rows(&[slug::PERFORMANCE, slug::ADDRESSES, slug::ENHANCED, slug::EDITING]);
        let features = Features { catalogue: &catalogue, rows: &rows, version: &version };
        let kinds = |slug| -> Vec<RefusalKind> {
            let gate = catalogue.get(slug).unwrap();
            features.disable(gate).refused.iter().map(|refusal| refusal.kind).collect()
        };
        assert_eq!(kinds(slug::PERFORMANCE), [RefusalKind::Mandatory, RefusalKind::Dependent]);
        assert_eq!(kinds(slug::ADDRESSES), [RefusalKind::Dependent]);
        assert_eq!(kinds(slug::EDITING), []);
        let performance = catalogue.get(slug::PERFORMANCE).unwrap();
        assert_eq!(features.status(performance), Status::Mandatory);
    }
}
