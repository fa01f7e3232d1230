//! What is to be done once features have changed in headquarters.

use serde::Serialize;

use super::resolve::Features;
use super::standing::{Change, Setting};

/// What follows changes in headquarters before the channels act on them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct After {
    /// Jobs that can simply be run, in order.
    pub jobs: Vec<String>,
    /// Features, by slug, whose way goes step by step; a plan shows it.
    pub staged: Vec<String>,
}

impl After {
    /// What follows these changes.
    pub fn of(features: Features<'_>, changes: &[Change]) -> Self {
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
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.jobs.is_empty() {
            let jobs = self.jobs.join(" ");
            lines.push(format!("channels follow once these jobs are applied: cdx run {jobs}"));
        }
        for slug in &self.staged {
            lines.push(format!("what follows comes step by step: cdx features plan {slug}"));
        }
        lines
    }
}
