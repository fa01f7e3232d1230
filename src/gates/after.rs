//! What is to be done once features have changed in headquarters.

use super::resolve::Features;
use super::standing::{Change, Setting};
use crate::model::ids::JobId;
use crate::model::suggestion::{OfFeatures, Prose, Run};

/// What follows changes in headquarters before the channels act on them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct After {
    /// Jobs that can simply be run, in order.
    pub(crate) jobs: Vec<JobId>,
    /// Features, by slug, whose way goes step by step; a plan shows it.
    pub(crate) staged: Vec<String>,
}

impl After {
    /// What follows these changes.
    pub(crate) fn of(features: Features<'_>, changes: &[Change]) -> Self {
        let is_staged = |change: &&Change| {
            let gate = features.catalogue.get(&change.slug);
            matches!(change.to, Setting::On(_)) && gate.is_some_and(super::Gate::is_staged)
        };
        let staged = changes.iter().filter(is_staged).map(|change| change.slug.clone()).collect();
        let plain: Vec<Change> =
            changes.iter().filter(|change| !is_staged(change)).cloned().collect();
        Self { jobs: features.next_jobs(&plain), staged }
    }

    /// One sentence a command, each ending in it.
    pub(crate) fn lines(&self) -> Vec<Prose> {
        let mut lines = Vec::new();
        if !self.jobs.is_empty() {
            let run = Run::jobs(&self.jobs);
            lines.push(Prose::hint("channels follow once these jobs are applied", run));
        }
        for slug in &self.staged {
            let plan = OfFeatures::Plan(slug.clone());
            lines.push(Prose::hint("what follows comes step by step", plan));
        }
        lines
    }
}
