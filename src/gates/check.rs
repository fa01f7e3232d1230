//! Whether what headquarters has keeps every gate rule.

use crate::model::named::named;
use schemars::JsonSchema;
use serde::Serialize;

use super::catalogue::Catalogue;
use super::gate::Gate;
use super::resolve::{Consent, Features, RefusalKind};
use super::standing::Standing;
use crate::model::suggestion::{OfFeatures, Suggestion};

/// One rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Violation {
    /// What kind of rule.
    pub kind: StandingRule,
    /// The feature.
    pub feature: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// A command that fixes it.
    #[serde(skip)]
    pub hint: Suggestion,
}

named! {
    /// The rules a standing can break.
    pub enum StandingRule {
        /// On while a prerequisite is off (G01).
        Prerequisite = "prerequisite",
        /// On in a version, or beside a scale unit, that is too old (G03).
        Version = "version",
        /// Mandatory and off (G02).
        MandatoryOff = "mandatory-off",
        /// On beside a feature that excludes it.
        Excluded = "excluded",
        /// On, and what must be set up is not (G16).
        Configuration = "configuration",
        /// To turn on before something it needs (G05).
        Schedule = "schedule",
    }
}

/// Every rule that is broken, by kind and feature.
pub fn check(catalogue: &Catalogue, standing: &Standing) -> Vec<Violation> {
    let features = Features { catalogue, standing };
    let mut found = Vec::new();
    for gate in &catalogue.gates {
        if features.is_on(&gate.slug) {
            found.extend(on(&features, gate));
        } else if features.is_mandatory_and_off(gate) {
            let message = format!("{:?} is mandatory and off", gate.name);
            let hint = enable(&features, gate);
            found.push(violation(StandingRule::MandatoryOff, gate, message, hint));
        }
        found.extend(early(&features, gate));
    }
    found.sort();
    found.dedup();
    found
}

fn violation(kind: StandingRule, gate: &Gate, message: String, hint: Suggestion) -> Violation {
    Violation { kind, feature: gate.slug.clone(), message, hint }
}

/// The command that turns a feature on with everything it needs.
fn enable(features: &Features<'_>, gate: &Gate) -> Suggestion {
    let consent = Consent::to(features.unmet(gate).into_iter().chain([gate]));
    Suggestion::enable_whole(&gate.slug, consent)
}

fn on(features: &Features<'_>, gate: &Gate) -> Vec<Violation> {
    let mut found = Vec::new();
    for needed in features.needs(gate) {
        if !features.is_on(&needed.slug) {
            let message =
                format!("{:?} is on and needs {:?}, which is off", gate.name, needed.name);
            let hint = enable(features, needed);
            found.push(violation(StandingRule::Prerequisite, gate, message, hint));
        }
    }
    for refusal in features.demands(gate) {
        let upgrade = || match &gate.lifecycle.scale_unit {
            Some(version) if gate.since <= features.standing.version => {
                Suggestion::UpgradeScaleUnits(version.clone(), None)
            }
            _ => Suggestion::Upgrade(gate.since.clone()),
        };
        let (kind, hint) = match refusal.kind {
            RefusalKind::Version => (StandingRule::Version, upgrade()),
            RefusalKind::Excluded => {
                let feature = gate.slug.clone();
                (StandingRule::Excluded, OfFeatures::Disable { feature, cascade: false }.into())
            }
            _ => continue,
        };
        found.push(violation(kind, gate, refusal.message, hint));
    }
    for item in missing(*features, gate) {
        let message =
            format!("{:?} is on and {} is missing: {}", gate.name, item.text, item.effect);
        let hint = Suggestion::record(&item.name);
        found.push(violation(StandingRule::Configuration, gate, message, hint));
    }
    found
}

/// The configurations of a gate that are not set up.
pub(crate) fn missing<'a>(
    features: Features<'a>,
    gate: &'a Gate,
) -> impl Iterator<Item = &'a super::gate::Configuration> {
    gate.configurations.iter().filter(move |item| !features.standing.fact(&item.name))
}

/// A scheduled feature that turns on before something it needs does.
fn early(features: &Features<'_>, gate: &Gate) -> Vec<Violation> {
    let Some(date) = features.standing.scheduled(&gate.slug) else { return Vec::new() };
    let late = features.unmet(gate).into_iter().filter(|needed| {
        features.standing.scheduled(&needed.slug).is_none_or(|other| other > date)
    });
    late.map(|needed| {
        let message = format!(
            "{:?} is scheduled for {date}, before {:?}, which it needs",
            gate.name, needed.name
        );
        let (feature, date, consent) =
            (needed.slug.clone(), date.to_string(), Consent::to([needed]));
        let hint = OfFeatures::Schedule { feature, date, consent };
        violation(StandingRule::Schedule, gate, message, hint.into())
    })
    .collect()
}
