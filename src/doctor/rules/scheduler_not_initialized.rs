//! CDX601: the scheduler is older than the application, or lacks a job that a feature needs.

use crate::diagnosis::sources::{CDX_EXTENSIBILITY, CDX_PRACTICES};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::features::features;
use crate::doctor::facts::{ChannelFacts, Examination};
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::JobId;
use crate::model::suggestion::{Run, Suggestion};
use crate::model::version::Version;

const HEADER: Header = Header {
    code: "CDX601",
    name: "scheduler-not-initialized",
    severity: Severity::Error,
    checks: "that the commerce scheduler was initialized in the application's version, and that \
             headquarters has every job that a feature which is on asks for",
    why: "An update brings new tables and fields, and some features bring jobs. They exist in \
          headquarters only once the scheduler has been initialized; until then their data is not \
          sent, or their job cannot be run at all.",
    how_to_fix: "Initialize the commerce scheduler. \"Delete existing\" is not needed, and drops what \
           was made by hand.",
    since: "0.2.0",
    behaviours: &["S04"],
    sources: &[Source::documented(CDX_PRACTICES), Source::documented(CDX_EXTENSIBILITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let features = features(x)?;
    let version = &features.standing.version;
    let initialize = || Fix::safe([Step::new(Stage::Initialize, Suggestion::INITIALIZE)]);
    let initialized = x.hq.scheduler_version.as_ref()?;
    if Version::parse(initialized).is_none_or(|known| known < *version) {
        findings.report(Found {
            subject: Subject::key("scheduler"),
            title: "the scheduler was initialized in an older version".to_owned(),
            evidence: vec![format!("initialized in {initialized}, the application is {version}")],
            effect: "what the update added is not sent to the channels".to_owned(),
            fix: initialize(),
        });
    }
    let definitions = x.hq.definitions.as_ref()?;
    for gate in features.catalogue.gates.iter().filter(|gate| features.is_on(&gate.slug)) {
        let has = |job: &JobId| definitions.job(job).is_some();
        for job in gate.jobs().iter().filter(|job| !has(job)) {
            let first = initialize().map_or_else(Vec::new, |fix| fix.steps);
            findings.report(Found {
                subject: Subject::feature(&gate.slug).with_job(job),
                title: format!("{:?} needs job {job}, which headquarters does not have", gate.name),
                evidence: vec![format!("RETAILCONNSCHEDULERJOBTABLE has no {job}")],
                effect: "the feature cannot be brought to the channels".to_owned(),
                fix: Fix::safe(first.into_iter().chain(run_of(x, job))),
            });
        }
    }
    Ok(())
}

/// The run that brings a job's rows once the job is there; none where something must be configured
/// before (G16).
fn run_of(x: &Examination, job: &JobId) -> Option<Step> {
    let is_held = |facts: &ChannelFacts| facts.lacking.iter().any(|item| item.job == *job);
    let held = x.readable().any(|(_, facts)| is_held(facts));
    (!held).then(|| Step::new(Stage::Download, Run::job(job)))
}
