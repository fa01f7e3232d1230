//! One gate: a feature of the Feature management workspace, and everything it demands.

use crate::model::ids::JobId;
use crate::model::named::named;

use crate::model::evidence::Evidence;
use crate::model::version::Version;

/// What comes before a class in `FEATUREMANAGEMENTSTATE.NAME`.
pub(crate) const NAME_PREFIX: &str = "Dynamics.AX.Application.";

/// What comes before the slug in `FEATUREMANAGEMENTSTATE.NAME` of a feature whose class is not
/// public: the column needs a value, and a class is never made up (G19).
pub(crate) const UNPUBLISHED: &str = "unpublished:";

/// The job that carries feature state to the channels (G13).
pub(crate) const CARRIER: &str = "1110";

named! {
    /// How far along its life a feature is in a version (G04).
    pub enum Stage {
        /// Can be tried; off unless enabled.
        Preview = "preview",
        /// Off unless enabled.
        Released = "released",
        /// Turned on by the update that brings this stage; can be disabled.
        OnByDefault = "on-by-default",
        /// On, and not to be turned off (G02).
        Mandatory = "mandatory",
    }
}

/// In which version each stage begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifecycle {
    /// The stages it has, in order, each with its first version.
    pub stages: Vec<(Stage, Version)>,
    /// The oldest scale unit it works with.
    pub scale_unit: Option<Version>,
    /// What the versions rest on.
    pub evidence: Evidence,
    /// What the first version rests on.
    pub(crate) first: Evidence,
}

impl Lifecycle {
    /// The stage of a version; none below the floor (G03).
    pub(crate) fn stage(&self, version: &Version) -> Option<Stage> {
        self.stages.iter().rev().find(|(_, since)| since <= version).map(|(stage, _)| *stage)
    }

    /// The version in which a stage begins.
    pub(crate) fn begins(&self, stage: Stage) -> Option<&Version> {
        self.stages.iter().find(|(known, _)| *known == stage).map(|(_, since)| since)
    }

    /// The version from which the feature turns on without being asked.
    pub(crate) fn turns_on(&self) -> Option<&Version> {
        self.stages.iter().find(|(stage, _)| *stage >= Stage::OnByDefault).map(|(_, since)| since)
    }
}

/// A gate that must be on first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The gate, by slug.
    pub feature: String,
    /// Whether it must be on first; else both must be on, in either order.
    pub first: bool,
    /// Only while this fact is yes.
    pub(crate) when: Option<String>,
    /// What it rests on.
    pub evidence: Evidence,
}

/// Before what a configuration must exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Before {
    /// Before the feature is enabled.
    Enable,
    /// Before this job publishes it.
    Job(JobId),
}

/// Something that must be set up beside the feature itself (G16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The fact that says it is set up, as `cdx params set NAME yes` records it.
    pub name: String,
    /// Before what.
    pub(crate) before: Before,
    /// What must be set up.
    pub(crate) text: String,
    /// What goes wrong without.
    pub(crate) effect: String,
    /// What it rests on.
    pub(crate) evidence: Evidence,
}

named! {
    /// What is restarted.
    pub enum Restart {
        /// The scale unit.
        ScaleUnit = "scale-unit",
        /// The registers.
        Register = "register",
    }
}

/// What is to be done in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Initialize the commerce scheduler (S04).
    Initialize,
    /// Run a job; with `wait`, what follows counts only once it is Applied.
    Run {
        /// The job's id.
        job: JobId,
        /// Whether what follows must come after it.
        wait: bool,
    },
    /// Something that people do elsewhere, recorded as a fact.
    Manual {
        /// The fact.
        fact: String,
        /// What they do.
        text: String,
    },
    /// Restart something.
    Restart(Restart),
}

/// A step on the way from enabled to effective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub act: Act,
    /// What it rests on.
    pub evidence: Evidence,
}

/// One gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Our name for it.
    pub slug: String,
    /// Its X++ class; none where no public source names it.
    pub class: Option<String>,
    /// What the class rests on.
    pub class_evidence: Evidence,
    /// Its display name.
    pub name: String,
    /// Its Spanish display name, where a public source has one.
    pub name_es: Option<String>,
    /// Other spellings of its display name that pages use, in any language.
    pub also: Vec<String>,
    /// The module it is listed under; empty where no source names it.
    pub module: String,
    /// What the module rests on.
    pub(crate) module_evidence: Evidence,
    /// Below this version it does not exist (G03); [`Version::ANY`] where none is known.
    pub since: Version,
    /// Its stages, and the scale unit it needs.
    pub lifecycle: Lifecycle,
    /// Whether it can be turned off once on (G07).
    pub can_disable: bool,
    /// Turning it on cannot be taken back.
    pub one_way: bool,
    /// What a person confirms before it is enabled.
    pub confirmation: Option<String>,
    /// The configuration key without which it is not listed (G11).
    pub configuration_key: Option<String>,
    /// The gates that must be on first (G01).
    pub requires: Vec<Requirement>,
    /// The gates that must be off, by slug.
    pub excludes: Vec<String>,
    /// What must be set up beside it.
    pub configurations: Vec<Configuration>,
    /// What follows enabling, in order (G15, G16).
    pub steps: Vec<Step>,
    /// What else is to be known of it, each in a sentence.
    pub notes: Vec<String>,
    /// In what its sources differ, and which is gone by.
    pub differ: Option<String>,
    /// What the gate rests on.
    pub(crate) evidence: Evidence,
    /// A known feature without a gate file (G19).
    pub known: bool,
    /// The file it was read from.
    pub origin: String,
}

impl Gate {
    /// Its name in `FEATUREMANAGEMENTSTATE`.
    pub fn table_name(&self) -> String {
        match &self.class {
            Some(class) => format!("{NAME_PREFIX}{class}"),
            None => format!("{UNPUBLISHED}{}", self.slug),
        }
    }

    /// Its first version, where that is known.
    pub(crate) fn known_since(&self) -> Option<&Version> {
        Some(&self.since).filter(|since| **since != Version::ANY)
    }

    /// Whether it is mandatory in a version (G02).
    pub(crate) fn is_mandatory(&self, version: &Version) -> bool {
        self.lifecycle.stage(version) == Some(Stage::Mandatory)
    }

    /// The jobs to run after it is enabled, in order, each once (G15).
    pub(crate) fn jobs(&self) -> Vec<JobId> {
        let mut jobs: Vec<JobId> = Vec::new();
        for step in &self.steps {
            if let Act::Run { job, .. } = &step.act
                && !jobs.contains(job)
            {
                jobs.push(job.clone());
            }
        }
        jobs
    }

    /// Whether its steps must be taken strictly one after the other.
    pub(crate) fn is_staged(&self) -> bool {
        self.steps.iter().any(|step| !matches!(step.act, Act::Run { wait: false, .. }))
            || self.configurations.iter().any(|item| item.before == Before::Enable)
    }

    /// The version below which a scale unit does not know the feature; that it is the feature's own
    /// first one where no page names another is inferred.
    pub(crate) fn scale_unit_floor(&self) -> &Version {
        self.lifecycle.scale_unit.as_ref().unwrap_or(&self.since)
    }

    /// Whether the register must be restarted before it acts on the feature.
    pub(crate) fn restarts_register(&self) -> bool {
        self.steps.iter().any(|step| step.act == Act::Restart(Restart::Register))
    }

    /// The way a feature that was turned off takes: its carrier alone (inferred from G13).
    #[must_use]
    pub(crate) fn turned_off(&self) -> Self {
        let act = Act::Run { job: JobId::new(CARRIER), wait: false };
        let step = Step { act, evidence: self.evidence.clone() };
        Self { steps: vec![step], ..self.clone() }
    }

    /// The facts that it asks for.
    pub(crate) fn facts(&self) -> Vec<String> {
        let configured = self.configurations.iter().map(|item| item.name.clone());
        let needed = self.requires.iter().filter_map(|needed| needed.when.clone());
        let key = self.configuration_key.iter().map(|key| key_fact(key));
        let manual = self.steps.iter().filter_map(|step| match &step.act {
            Act::Manual { fact, .. } => Some(fact.clone()),
            _ => None,
        });
        configured.chain(needed).chain(key).chain(manual).collect()
    }

    /// The other gates that it names, by slug.
    pub(crate) fn others(&self) -> impl Iterator<Item = &str> {
        let required = self.requires.iter().map(|needed| &needed.feature);
        required.chain(&self.excludes).map(String::as_str)
    }

    /// Every spelling people know it by.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = &str> {
        let own = [&self.slug, &self.name].into_iter();
        let more = own.chain(&self.name_es).chain(&self.class).chain(&self.also);
        more.map(String::as_str)
    }
}

/// The fact that says whether a configuration key is on; one that is not recorded is on (G11).
pub(crate) fn key_fact(key: &str) -> String {
    format!("{KEY_FACT}{}", key.to_lowercase())
}

/// How the facts of configuration keys begin.
pub(crate) const KEY_FACT: &str = "configuration-key-";
