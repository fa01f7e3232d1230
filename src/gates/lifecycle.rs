//! What an update does to features: new ones are listed, some turn on, some become mandatory
//! (G03, G04, G09, G11).

use crate::model::named::named;
use schemars::JsonSchema;
use serde::Serialize;

use super::catalogue::Catalogue;
use super::gate::{Gate, Stage};
use super::resolve::{Consent, Features};
use super::standing::{Change, FeatureRow, Setting, Standing, prerequisites_first};
use crate::model::version::Version;

named! {
    /// What happened to a feature.
    pub enum LifecycleEvent {
        /// It is listed from now on.
        Listed = "listed",
        /// It has come to another stage.
        Stage = "stage",
        /// It was turned on.
        TurnedOn = "turned-on",
        /// It would have turned on, and could not.
        StayedOff = "stayed-off",
        /// One of its two rows was missing, and was made again (G14).
        Repaired = "repaired",
    }
}

/// One thing that happened to a feature, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "FeatureMovement")]
pub struct Movement {
    /// The gate.
    pub feature: String,
    /// What happened.
    pub moved: LifecycleEvent,
    /// Why, in a sentence.
    pub why: String,
    /// It is a known feature without a gate file.
    #[serde(skip)]
    pub(crate) known: bool,
}

/// What moving to a version comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    /// What is said of it, in order.
    pub movements: Vec<Movement>,
    /// Features that get a row, off.
    pub listed: Vec<String>,
    /// What turns on, prerequisites first.
    pub changes: Vec<Change>,
}

/// What moving from one version to another does; the same version only lists what is new.
///
/// A feature that becomes mandatory turns on with everything it needs; one that is on by default
/// turns on unless something stands in its way, which is told.
pub fn update(catalogue: &Catalogue, before: &Standing, to: &Version) -> Update {
    let mut standing = Standing { version: to.clone(), ..before.clone() };
    let mut done = Update::default();
    for gate in prerequisites_first(catalogue) {
        let now = Features { catalogue, standing: &standing };
        if !now.is_listed(gate) {
            continue;
        }
        let new = standing.row(&gate.slug).is_none();
        if new {
            let why = gate.known_since().map_or_else(
                || "its first version is not known".to_owned(),
                |since| format!("exists from {since}"),
            );
            done.say(gate, LifecycleEvent::Listed, why);
            done.listed.push(gate.slug.clone());
            let row = FeatureRow { slug: gate.slug.clone(), on: false, enable_date: None };
            standing.rows.push(row);
        }
        // What was not listed before had no stage.
        let was = gate.lifecycle.stage(&before.version).filter(|_| !new);
        let stage = gate.lifecycle.stage(to);
        if let Some(stage) = stage.filter(|stage| was.is_some_and(|was| was != *stage)) {
            let why = format!("{} now", stage.as_str());
            done.say(gate, LifecycleEvent::Stage, why);
        }
        let moved = stage != was;
        for (change, why) in turn_on(catalogue, &standing, gate, stage, moved, new) {
            match change {
                Some(change) => {
                    standing.apply(&change);
                    done.movements.push(Movement {
                        feature: change.slug.clone(),
                        moved: LifecycleEvent::TurnedOn,
                        why,
                        known: gate.known,
                    });
                    done.changes.push(change);
                }
                None => done.say(gate, LifecycleEvent::StayedOff, why),
            }
        }
    }
    done
}

impl Update {
    fn say(&mut self, gate: &Gate, moved: LifecycleEvent, why: String) {
        let (feature, known) = (gate.slug.clone(), gate.known);
        self.movements.push(Movement { feature, moved, why, known });
    }
}

/// What an update turns on for one gate, each with the reason; none for what had to stay off.
fn turn_on(
    catalogue: &Catalogue,
    standing: &Standing,
    gate: &Gate,
    stage: Option<Stage>,
    moved: bool,
    new: bool,
) -> Vec<(Option<Change>, String)> {
    let now = Features { catalogue, standing };
    if now.is_on(&gate.slug) {
        return Vec::new();
    }
    let on = |slug: &str| Some(Change { slug: slug.to_owned(), to: Setting::On(standing.today) });
    // Consent is for people; what turns on by itself asks nobody.
    let agreed = Consent { confirm: true, irreversible: true };
    match stage {
        Some(Stage::Mandatory) => {
            let needed = now.unmet(gate);
            let why = format!("{} is mandatory and needs it", gate.slug);
            let mut turned: Vec<_> =
                needed.iter().map(|needed| (on(&needed.slug), why.clone())).collect();
            turned.push((on(&gate.slug), "mandatory".to_owned()));
            turned
        }
        Some(Stage::OnByDefault) if moved => {
            let refused = now.enable(gate, false, agreed).err().unwrap_or_default();
            match refused.first() {
                None => vec![(on(&gate.slug), "on by default".to_owned())],
                Some(refusal) => vec![(None, format!("on by default, but {}", refusal.message))],
            }
        }
        Some(_) if new && standing.automatic => {
            if now.enable(gate, false, Consent::default()).is_ok() && !gate.is_staged() {
                return vec![(on(&gate.slug), "new features are enabled by themselves".to_owned())];
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}
