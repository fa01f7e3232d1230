//! The whole way from how things stand to a feature that is effective everywhere.

use std::sync::Arc;

use super::check::missing;
use super::gate::{Act, Before, CARRIER, Gate};
use super::in_effect::{ChannelState, InEffect};
use super::lifecycle::update;
use super::progress::StepProgress;
use super::resolve::{Consent, Features, Reach, Refusal};
use super::standing::{FeatureRow, Standing};
pub(crate) use super::way::{Plan, PlanStep, StepKind};
use crate::model::ids::JobId;
use crate::model::suggestion::{OfFeatures, Run, Suggestion};
use crate::model::version::Version;

/// How far one channel has come with one gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChannelProgress {
    /// Where the feature stands there.
    pub(crate) in_effect: InEffect,
    /// Which steps it has behind it.
    pub(crate) taken: Vec<StepProgress>,
    /// The rows there differ from headquarters though the job that carries them was applied (G14).
    pub(crate) torn: bool,
}

/// Facts, each with what it says.
pub(crate) type MissingConfiguration = Vec<(String, String)>;

/// What a plan is made from.
pub(crate) struct PlanGround<'a> {
    /// The catalogue against headquarters.
    pub(crate) features: Features<'a>,
    /// A gate's progress in the channels concerned, by its slug.
    pub(crate) progress: &'a dyn Fn(&str) -> &'a [ChannelProgress],
    /// The one channel asked for.
    pub(crate) only: Option<&'a str>,
    /// The jobs that headquarters has.
    pub(crate) jobs: &'a [JobId],
    /// What keeps jobs from running, as steps that clear it.
    pub(crate) obstacles: &'a dyn Fn(&[JobId]) -> Vec<PlanStep>,
    /// Facts that these jobs would be refused without as things stand.
    pub(crate) lacking: &'a dyn Fn(&[JobId]) -> MissingConfiguration,
}

impl std::fmt::Debug for PlanGround<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ground").field("only", &self.only).finish_non_exhaustive()
    }
}

/// Plans the way for a gate.
pub(crate) fn plan(ground: &PlanGround<'_>, gate: &Gate) -> Plan {
    let mut planner = Planner::new(ground);
    planner.foresee(gate);
    let chain = planner.whole(gate);
    let open: Vec<&Gate> =
        chain.iter().copied().filter(|gate| !planner.is_effective(gate)).collect();
    let (feature, channel) = (gate.slug.clone(), ground.only.map(str::to_owned));
    let plan = Plan { feature, channel, ..Plan::default() };
    if open.iter().all(|open| open.slug != gate.slug) {
        return Plan { effective: true, ..plan };
    }
    planner.versions(&open);
    for gate in &open {
        planner.keys_and_exclusions(gate);
    }
    let mut simple: Vec<&Gate> = Vec::new();
    for gate in &open {
        // A gate that only names jobs, in any order, goes together with its neighbours.
        if !gate.steps.iter().all(is_plain) || asks_before_enabling(gate) {
            planner.together(&simple);
            simple.clear();
            planner.staged(gate);
        } else {
            simple.push(gate);
        }
    }
    planner.together(&simple);
    planner.restarts(&open);
    let Planner { steps, refused, .. } = planner;
    Plan { effective: false, steps, refused, ..plan }
}

/// A step whose place among the others does not matter: a job, or a restart at the end.
fn is_plain(step: &super::gate::Step) -> bool {
    matches!(step.act, Act::Run { wait: false, .. } | Act::Restart(_))
}

fn asks_before_enabling(gate: &Gate) -> bool {
    gate.configurations.iter().any(|item| item.before == Before::Enable)
}

struct Planner<'a, 'g> {
    ground: &'a PlanGround<'g>,
    /// How headquarters stands once the plan's versions are there.
    later: Standing,
    steps: Vec<PlanStep>,
    /// Facts that a step of the plan records.
    set: Vec<String>,
    /// Features that a step of the plan turns on, by slug.
    enabled: Vec<String>,
    refused: Vec<Refusal>,
}

impl<'a, 'g> Planner<'a, 'g> {
    fn new(ground: &'a PlanGround<'g>) -> Self {
        let (steps, set, enabled, refused) = Default::default();
        let later = ground.features.standing.clone();
        Self { ground, later, steps, set, enabled, refused }
    }

    /// The catalogue against headquarters once the plan's versions are there.
    fn later(&self) -> Features<'_> {
        Features { catalogue: self.ground.features.catalogue, standing: &self.later }
    }

    fn say(&mut self, kind: StepKind, command: impl Into<Suggestion>, why: impl Into<String>) {
        self.steps.push(PlanStep::new(kind, command, why));
    }

    /// Notes the facts that the plan will record, since they can make gates need more.
    fn foresee(&mut self, gate: &Gate) {
        loop {
            let mut facts: Vec<&str> = Vec::new();
            for gate in self.whole(gate).into_iter().filter(|gate| !self.is_effective(gate)) {
                facts.extend(gate.configurations.iter().map(|item| item.name.as_str()));
                facts.extend(gate.steps.iter().filter_map(|step| match &step.act {
                    Act::Manual { fact, .. } => Some(fact.as_str()),
                    _ => None,
                }));
            }
            facts.retain(|fact| !self.later.fact(fact));
            if facts.is_empty() {
                return;
            }
            let yes = |fact: &str| (fact.to_lowercase(), "yes".to_owned());
            self.later.facts.extend(facts.into_iter().map(yes));
        }
    }

    /// The gate behind everything it needs, and behind what others that are on will need once the
    /// plan's facts are recorded.
    fn whole(&self, gate: &Gate) -> Vec<&'g Gate> {
        let mut chain = Vec::new();
        for other in self.ground.features.catalogue.gates.iter().filter(|other| self.is_on(other)) {
            let known = self.ground.features.needs(other);
            let new = |needed: &&Gate| !self.is_on(needed) && !known.contains(needed);
            for needed in self.needs(other).into_iter().filter(new) {
                self.collect(needed, &mut chain);
            }
        }
        self.collect(gate, &mut chain);
        chain
    }

    /// What a gate needs once the plan's facts are recorded.
    fn needs(&self, gate: &Gate) -> Vec<&'g Gate> {
        let holds = |when: &Option<String>| when.as_ref().is_none_or(|fact| self.later.fact(fact));
        let needed = gate.requires.iter().filter(|needed| holds(&needed.when));
        needed.filter_map(|one| self.ground.features.catalogue.get(&one.feature)).collect()
    }

    /// The gate behind everything it needs.
    fn chain(&self, gate: &Gate) -> Vec<&'g Gate> {
        let mut chain = Vec::new();
        self.collect(gate, &mut chain);
        chain
    }

    fn collect(&self, gate: &Gate, chain: &mut Vec<&'g Gate>) {
        if chain.iter().any(|known| known.slug == gate.slug) {
            return;
        }
        for needed in self.needs(gate) {
            self.collect(needed, chain);
        }
        chain.extend(self.ground.features.catalogue.get(&gate.slug));
    }

    fn progress(&self, gate: &Gate) -> &[ChannelProgress] {
        (self.ground.progress)(&gate.slug)
    }

    fn is_on(&self, gate: &Gate) -> bool {
        self.ground.features.is_on(&gate.slug)
    }

    fn is_effective(&self, gate: &Gate) -> bool {
        let complete = |one: &ChannelProgress| one.in_effect.is_complete();
        self.is_on(gate) && self.progress(gate).iter().all(complete)
    }

    fn versions(&mut self, open: &[&Gate]) {
        let newest = open.iter().map(|gate| &gate.since).max();
        if let Some(version) = newest.filter(|version| **version > self.later.version) {
            let command = Suggestion::Upgrade(version.clone());
            self.say(StepKind::Upgrade, command, format!("it exists from {version}"));
            self.later.raise_scale_units(version);
            self.updated(version);
        }
        let oldest = open.iter().map(|gate| gate.scale_unit_floor()).max();
        let Some(version) = oldest else { return };
        for at in 0..self.later.scale_units.len() {
            if self.later.scale_units[at].1 >= *version {
                continue;
            }
            let (channel, own) = &mut Arc::make_mut(&mut self.later.scale_units)[at];
            version.clone_into(own);
            let command = Suggestion::UpgradeScaleUnits(version.clone(), Some(channel.clone()));
            let why = format!("the scale unit of {channel} must be {version}");
            self.say(StepKind::Upgrade, command, why);
            self.updated(&self.later.version.clone());
        }
    }

    /// What an update to a version does to features, as the plan goes on from there.
    fn updated(&mut self, version: &Version) {
        let moved = update(self.ground.features.catalogue, &self.later, version);
        self.later.version = version.clone();
        let off = |slug| FeatureRow { slug, on: false, enable_date: None };
        self.later.rows.extend(moved.listed.into_iter().map(off));
        moved.changes.iter().for_each(|change| self.later.apply(change));
    }

    fn keys_and_exclusions(&mut self, gate: &Gate) {
        if self.later.is_on(&gate.slug) {
            return;
        }
        if let Some(key) = &gate.configuration_key
            && !self.later.key_is_on(key)
        {
            let command = Suggestion::record(&super::gate::key_fact(key));
            self.say(StepKind::Configure, command, format!("configuration key {key} is off"));
            self.later.facts.insert(super::gate::key_fact(key), "yes".to_owned());
            self.updated(&self.later.version.clone());
        }
        for other in self.later().excluders(gate).into_iter().cloned().collect::<Vec<_>>() {
            match self.later().disable(&other, Reach::Cascade) {
                Ok(_) => {
                    let feature = other.slug.clone();
                    let command = OfFeatures::Disable { feature, cascade: true };
                    self.say(StepKind::Disable, command, format!("{} excludes it", other.slug));
                }
                Err(refused) => self.refused.extend(refused),
            }
        }
    }

    /// Gates that only want jobs: all on, then each job once.
    fn together(&mut self, gates: &[&'g Gate]) {
        let off: Vec<&Gate> = gates.iter().copied().filter(|gate| !self.is_on(gate)).collect();
        for (at, gate) in off.iter().enumerate() {
            let chains: Vec<Vec<&Gate>> = off[at + 1..].iter().map(|l| self.chain(l)).collect();
            let in_chain = |chain: &Vec<&Gate>| chain.iter().any(|known| known.slug == gate.slug);
            if !chains.iter().any(in_chain) {
                self.enable(gate);
            }
        }
        for gate in gates {
            self.configure(gate);
        }
        let mut jobs: Vec<JobId> = Vec::new();
        for gate in gates.iter().rev() {
            let wanted = if self.is_on(gate) { self.missing_jobs(gate) } else { gate.jobs() };
            jobs.extend(wanted.into_iter().filter(|job| !jobs.contains(job)).collect::<Vec<_>>());
        }
        self.make(&jobs);
        self.run(&jobs, "brings it to the channels");
        for gate in gates {
            if self.is_on(gate) {
                self.refill_torn(gate);
            }
        }
    }

    /// A gate whose steps come strictly one after the other.
    fn staged(&mut self, gate: &'g Gate) {
        let on = self.is_on(gate);
        if !on {
            self.record(gate, |item| item.before == Before::Enable);
            self.enable(gate);
        }
        self.configure(gate);
        for (at, step) in gate.steps.iter().enumerate() {
            let undone = |one: &ChannelProgress| one.taken.get(at).is_none_or(|step| !step.done);
            if on && !self.progress(gate).iter().any(undone) {
                continue;
            }
            match &step.act {
                Act::Initialize => {
                    let why = "the scheduler then has the jobs of the feature";
                    self.say(StepKind::Initialize, Suggestion::INITIALIZE, why);
                }
                Act::Run { job, wait } => {
                    self.run(std::slice::from_ref(job), "brings it to the channels");
                    if *wait {
                        let why = format!("until {job} is Applied; the run ends only then");
                        self.steps.push(PlanStep { kind: StepKind::Wait, command: None, why });
                    }
                }
                Act::Manual { fact, text } => self.set(fact, text),
                Act::Restart(_) => {}
            }
        }
        if on {
            self.refill_torn(gate);
        }
    }

    fn enable(&mut self, gate: &Gate) {
        if self.later.is_on(&gate.slug) {
            return;
        }
        let chain = self.chain(gate);
        let planned =
            |gate: &Gate| self.later.is_on(&gate.slug) || self.enabled.contains(&gate.slug);
        let off: Vec<&&Gate> = chain.iter().filter(|gate| !planned(gate)).collect();
        let why = match off.len() {
            0 | 1 => "turns it on in headquarters".to_owned(),
            more => format!("turns it on in headquarters, after the {} that it needs", more - 1),
        };
        let command = OfFeatures::Enable {
            feature: gate.slug.clone(),
            with_prerequisites: off.len() > 1,
            consent: Consent::to(off.into_iter().copied()),
        };
        self.enabled.extend(chain.iter().map(|gate| gate.slug.clone()));
        self.say(StepKind::Enable, command, why);
    }

    fn set(&mut self, fact: &str, text: &str) {
        let known = self.set.iter().any(|known| known == fact);
        if known || self.ground.features.standing.fact(fact) {
            return;
        }
        self.set.push(fact.to_owned());
        self.say(StepKind::Configure, Suggestion::record(fact), text);
    }

    fn record(&mut self, gate: &Gate, wanted: impl Fn(&super::gate::Configuration) -> bool) {
        let items: Vec<_> =
            missing(self.ground.features, gate).filter(|item| wanted(item)).collect();
        for item in items {
            self.set(&item.name, &item.text);
        }
    }

    fn configure(&mut self, gate: &Gate) {
        self.record(gate, |item| matches!(item.before, Before::Job(_)));
    }

    fn missing_jobs(&self, gate: &Gate) -> Vec<JobId> {
        // A torn channel gets the whole of what carries the rows by itself.
        let own = |one: &'_ ChannelProgress| -> Vec<JobId> {
            let jobs = one.in_effect.missing_jobs.iter();
            jobs.filter(|job| !one.torn || **job != CARRIER).cloned().collect()
        };
        let missing: Vec<JobId> = self.progress(gate).iter().flat_map(own).collect();
        gate.jobs().into_iter().filter(|job| missing.contains(job)).collect()
    }

    /// Jobs that headquarters has not are made by initializing.
    fn make(&mut self, jobs: &[JobId]) {
        let known = |job: &&JobId| self.ground.jobs.contains(job);
        if let Some(job) = jobs.iter().find(|job| !known(job)) {
            let why = format!("headquarters has no job {job} yet");
            self.say(StepKind::Initialize, Suggestion::INITIALIZE, why);
        }
    }

    fn run(&mut self, jobs: &[JobId], why: &str) {
        if jobs.is_empty() {
            return;
        }
        self.clear(jobs);
        let channel = self.ground.only.map(str::to_owned);
        self.say(StepKind::Run, Run { channel, ..Run::jobs(jobs) }, why);
    }

    /// What these jobs would stop at is cleared before them, each once.
    fn clear(&mut self, jobs: &[JobId]) {
        self.publishable(jobs);
        for step in (self.ground.obstacles)(jobs) {
            if !self.steps.contains(&step) {
                self.steps.push(step);
            }
        }
    }

    /// Other features that these jobs would publish, and that lack something, are set up first.
    fn publishable(&mut self, jobs: &[JobId]) {
        for (fact, text) in (self.ground.lacking)(jobs) {
            self.set(&fact, &text);
        }
        // What the plan's own upgrade turns on is not in headquarters yet.
        let features = self.ground.features;
        for gate in &features.catalogue.gates {
            if self.later.is_on(&gate.slug) && !self.is_on(gate) {
                self.record(gate, |item| match &item.before {
                    Before::Job(job) => jobs.contains(job),
                    Before::Enable => false,
                });
            }
        }
    }

    /// Channels whose rows differ though the jobs were applied get everything again.
    fn refill_torn(&mut self, gate: &Gate) {
        let torn: Vec<String> = self
            .progress(gate)
            .iter()
            .filter(|one| one.torn)
            .map(|one| one.in_effect.channel.clone())
            .collect();
        for channel in torn {
            let command = Suggestion::from(Run::job(CARRIER).full().in_channel(&channel));
            if self.steps.iter().all(|step| step.command.as_ref() != Some(&command)) {
                self.clear(&[JobId::new(CARRIER)]);
                let why = format!("{channel} does not have both rows of the feature");
                self.say(StepKind::Run, command, why);
            }
        }
    }

    fn restarts(&mut self, open: &[&'g Gate]) {
        let only = self.ground.only.map(str::to_owned);
        let open_ones = open.iter().flat_map(|gate| self.progress(gate)).map(|one| &one.in_effect);
        let (mut unit_holds, mut shop_holds) = (false, false);
        for one in open_ones.filter(|one| one.state != ChannelState::Effective) {
            // What says by now what is there needs no restart.
            let old = |on: bool| one.state != ChannelState::Cached || !on;
            let held = one.instances.iter().filter(|view| view.until.is_some());
            unit_holds |= held.filter(|view| old(view.on)).count() > 0;
            shop_holds |= one.e_commerce.as_ref().is_some_and(|shop| old(shop.on));
        }
        if unit_holds {
            let why = "scale units answer from their cache until it expires or they are restarted";
            self.say(StepKind::Restart, Suggestion::RestartScaleUnits(only.clone()), why);
        }
        if shop_holds {
            let why = "the e-commerce application answers from a cache of its own before that";
            self.say(StepKind::Restart, Suggestion::RestartStorefronts(only.clone()), why);
        }
        if open.iter().any(|gate| gate.restarts_register()) {
            let why = "registers act on it once they have been restarted";
            self.say(StepKind::Restart, Suggestion::RestartRegisters(only), why);
        }
    }
}
