//! What rules about features share.

use crate::diagnosis::{Stage, Step, Unknown};
use crate::doctor::facts::Examination;
use crate::gates::gate::CARRIER;
use crate::gates::in_effect::InEffect;
use crate::gates::resolve::Consent;
use crate::gates::{Features, Gate};
use crate::model::ids::JobId;
use crate::model::suggestion::{Run, Suggestion};
use crate::model::topology::DataStore;

/// The catalogue against how features stand.
pub(in crate::doctor) fn features(x: &Examination) -> Result<Features<'_>, Unknown> {
    let standing = x.hq.standing.as_ref()?;
    Ok(Features { catalogue: &x.hq.catalogue, standing })
}

/// The command that turns a feature on with all it needs, with what that asks to be agreed to.
pub(in crate::doctor) fn enable_whole(features: Features<'_>, gate: &Gate) -> Suggestion {
    let consent = Consent::to(all_needs(features, gate).into_iter().chain([gate]));
    Suggestion::enable_whole(&gate.slug, consent)
}

/// The run of every job that these gates name; 1110 carries the state of each.
pub(in crate::doctor) fn run_of<'g>(gates: impl IntoIterator<Item = &'g Gate>) -> Step {
    let mut jobs = vec![JobId::new(CARRIER)];
    for job in gates.into_iter().flat_map(Gate::jobs) {
        if !jobs.contains(&job) {
            jobs.push(job);
        }
    }
    Step::new(Stage::Download, Run::jobs(jobs))
}

/// The gates that a gate needs, directly or further down.
pub(in crate::doctor) fn all_needs<'a>(features: Features<'a>, gate: &Gate) -> Vec<&'a Gate> {
    let mut found: Vec<&Gate> = features.needs(gate);
    let mut at = 0;
    while at < found.len() {
        for needed in features.needs(found[at]) {
            if !found.iter().any(|known| known.slug == needed.slug) {
                found.push(needed);
            }
        }
        at += 1;
    }
    found
}

/// The gate of a feature, by its name or its label in the tables.
pub(in crate::doctor) fn gate_called<'a>(x: &'a Examination, name: &str) -> Option<&'a Gate> {
    let catalogue = &x.hq.catalogue;
    catalogue.by_table_name(name).or_else(|| catalogue.gates.iter().find(|gate| gate.name == name))
}

/// Whether headquarters itself has only one of a feature's two rows (G14).
pub(in crate::doctor) fn is_half(x: &Examination, gate: &Gate) -> Result<bool, Unknown> {
    let halves = x.hq.half_features.as_ref()?;
    Ok(halves.iter().any(|(name, _)| gate_called(x, name).is_some_and(|g| g.slug == gate.slug)))
}

/// A feature as findings name it: its slug, or the class nobody has a gate for.
pub(in crate::doctor) fn slug_of(x: &Examination, name: &str) -> String {
    match gate_called(x, name) {
        Some(gate) => gate.slug.clone(),
        None => name.rsplit('.').next().unwrap_or(name).to_owned(),
    }
}

/// What is still to be done for a feature in a channel, in words.
pub(in crate::doctor) fn not_done(stands: &InEffect) -> String {
    let all: Vec<&str> = stands
        .missing_jobs
        .iter()
        .map(JobId::as_str)
        .chain(stands.missing_steps.iter().map(String::as_str))
        .collect();
    all.join(", ")
}

/// Whether a database belongs to a group that is meant to stand still.
pub(in crate::doctor) fn is_parked(x: &Examination, store: &DataStore) -> bool {
    x.hq.groups.iter().any(|group| group.id == store.group_id && group.dummy)
}
