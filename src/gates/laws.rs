//! The laws of the catalogue, each checked when it is loaded, all problems at once.
//!
//! - Every feature, class and name is declared once.
//! - Every prerequisite, exclusion and job that is named exists.
//! - A prerequisite never reaches a stage later than what needs it: it is not younger, and it is
//!   on by itself no later than what would turn on without it.
//! - No chain of prerequisites comes back to its start.
//! - Nothing excludes what it needs.
//! - Every gate has a grade and a source (see `src/gates/file.rs`).

use std::collections::{HashMap, HashSet};

use super::file::{Draft, GateFile};
use super::gate::{Act, Before, Gate, Stage};
use crate::definitions::{Kind, Problem, Problems};
use crate::model::nearest::nearest;

/// A draft with the file it came from.
pub(super) type GateDraft<'a> = (&'a GateFile, Draft);

/// Every law that is broken.
pub(super) fn broken(drafts: &[GateDraft<'_>], jobs: &[String]) -> Problems {
    let mut index = HashMap::new();
    for (at, (_, draft)) in drafts.iter().enumerate() {
        index.entry(draft.gate.slug.as_str()).or_insert(at);
    }
    let mut laws = Laws { drafts, index, jobs, problems: Problems::default() };
    for (at, (file, draft)) in drafts.iter().enumerate() {
        laws.declared_once(at, file, draft);
        laws.known_names(file, draft);
        laws.never_younger(file, draft);
        laws.no_cycle(at, file, draft);
        laws.excludes_nothing_needed(at, file, draft);
    }
    laws.problems
}

struct Laws<'a> {
    drafts: &'a [GateDraft<'a>],
    /// Where each slug was declared first.
    index: HashMap<&'a str, usize>,
    jobs: &'a [String],
    problems: Problems,
}

impl<'a> Laws<'a> {
    fn note(&mut self, file: &GateFile, at: usize, kind: &Kind) {
        self.problems.add(|| Problem::at(&file.name, &file.text, at, kind));
    }

    fn gate(&self, at: usize) -> &'a Gate {
        &self.drafts[at].1.gate
    }

    fn get(&self, slug: &str) -> Option<&'a Gate> {
        self.index.get(slug).map(|at| self.gate(*at))
    }

    /// Where the prerequisites of a gate are declared.
    fn needed(&self, at: usize) -> impl Iterator<Item = usize> {
        let requires = self.gate(at).requires.iter();
        requires.filter_map(|needed| self.index.get(needed.feature.as_str()).copied())
    }

    fn declared_once(&mut self, at: usize, file: &GateFile, draft: &Draft) {
        for (earlier, known) in &self.drafts[..at] {
            let taken: Vec<&str> = known.gate.spellings().collect();
            let is_taken = |word: &&str| taken.iter().any(|t| t.eq_ignore_ascii_case(word));
            if let Some(spelling) = draft.gate.spellings().find(is_taken) {
                let (spelling, first) = (spelling.to_owned(), earlier.name.clone());
                self.note(file, draft.slug_at, &Kind::DuplicateFeature { spelling, first });
            }
        }
    }

    fn known_names(&mut self, file: &GateFile, draft: &Draft) {
        let gate = &draft.gate;
        let required = gate.requires.iter().map(|needed| &needed.feature).zip(&draft.requires_at);
        let excluded = gate.excludes.iter().zip(&draft.excludes_at);
        let named = required.map(|found| ("requires", found));
        for (key, (slug, at)) in named.chain(excluded.map(|found| ("excludes", found))) {
            if self.get(slug).is_none() && !super::known::is_known(slug) {
                let slugs = self.drafts.iter().map(|(_, draft)| draft.gate.slug.as_str());
                let nearest = nearest(slug, slugs).map(str::to_owned);
                let (key, value) = (key.to_owned(), slug.clone());
                self.note(file, *at, &Kind::UnknownFeature { key, value, nearest });
            }
        }
        let runs =
            gate.steps.iter().zip(&draft.steps_at).filter_map(|(step, at)| match &step.act {
                Act::Run { job, .. } => Some((job, *at)),
                _ => None,
            });
        let before = gate.configurations.iter().zip(&draft.configurations_at);
        let before = before.filter_map(|(item, at)| match &item.before {
            Before::Job(job) => Some((job, *at)),
            Before::Enable => None,
        });
        for (job, at) in runs.chain(before).collect::<Vec<_>>() {
            if !self.jobs.iter().any(|known| *job == known.as_str()) {
                let nearest = nearest(job, self.jobs.iter().map(String::as_str));
                let nearest = nearest.map(str::to_owned);
                self.note(file, at, &Kind::UnknownJob { job: job.to_string(), nearest });
            }
        }
    }

    fn never_younger(&mut self, file: &GateFile, draft: &Draft) {
        let gate = &draft.gate;
        for (needed, at) in gate.requires.iter().zip(&draft.requires_at) {
            let Some(other) = self.get(&needed.feature) else { continue };
            let floor = gate.known_since();
            let mut stages = vec![("released", floor, floor.and(Some(&other.since)))];
            // A condition can be fixed by hand when it comes true; the floor cannot.
            if needed.when.is_none() {
                let (own, theirs) = (&gate.lifecycle, &other.lifecycle);
                stages.push(("on by default", own.turns_on(), theirs.turns_on()));
                let mandatory = Stage::Mandatory;
                stages.push(("mandatory", own.begins(mandatory), theirs.begins(mandatory)));
            }
            let late = stages.into_iter().find_map(|(stage, own, theirs)| match (own, theirs) {
                (Some(own), Some(theirs)) if theirs > own => {
                    Some((stage, own, format!("only from {theirs}")))
                }
                (Some(own), None) => Some((stage, own, "never".to_owned())),
                _ => None,
            });
            if let Some((stage, since, later)) = late {
                let (feature, needed) = (gate.slug.clone(), other.slug.clone());
                let since = since.to_string();
                self.note(file, *at, &Kind::Younger { feature, stage, since, needed, later });
            }
        }
    }

    /// A chain is told once, from the member of it that is declared first.
    fn no_cycle(&mut self, at: usize, file: &GateFile, draft: &Draft) {
        if let Some(path) = self.cycle(at) {
            let slugs: Vec<&str> = path.iter().map(|at| self.gate(*at).slug.as_str()).collect();
            self.note(file, draft.slug_at, &Kind::Cycle(slugs.join(", ")));
        }
    }

    /// A way back to a gate through gates that are declared after it; each is looked at once.
    fn cycle(&self, start: usize) -> Option<Vec<usize>> {
        let mut seen = HashSet::from([start]);
        let mut path = vec![(start, self.needed(start).collect::<Vec<_>>().into_iter())];
        while let Some((_, rest)) = path.last_mut() {
            match rest.next() {
                None => {
                    path.pop();
                }
                Some(next) if next == start => {
                    let way = path.iter().map(|(at, _)| *at);
                    return Some(way.chain([start]).collect());
                }
                Some(next) if next > start && seen.insert(next) => {
                    path.push((next, self.needed(next).collect::<Vec<_>>().into_iter()));
                }
                Some(_) => {}
            }
        }
        None
    }

    fn excludes_nothing_needed(&mut self, at: usize, file: &GateFile, draft: &Draft) {
        let mut needed = vec![at];
        let mut slugs = HashSet::from([draft.gate.slug.as_str()]);
        let mut next = 0;
        while next < needed.len() {
            let found: Vec<usize> = self.needed(needed[next]).collect();
            needed.extend(found.into_iter().filter(|at| slugs.insert(&self.gate(*at).slug)));
            next += 1;
        }
        for at in needed {
            let member = self.gate(at);
            if let Some(other) = member.excludes.iter().find(|slug| slugs.contains(slug.as_str())) {
                let (feature, other) = (member.slug.clone(), other.clone());
                self.note(file, draft.slug_at, &Kind::ExcludesNeeded { feature, other });
            }
        }
    }
}
