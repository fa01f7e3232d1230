//! CDX106: a feature is on, and what must be configured for it is not.

use crate::diagnosis::sources::FEATURES;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::features::features;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::gates::check::missing;
use crate::gates::gate::Before;
use crate::model::suggestion::Suggestion;

const HEADER: Header = Header {
    code: "CDX106",
    name: "gate-configuration-missing",
    severity: Severity::Error,
    checks: "that everything that a feature needs set up before its job runs is set up, for every \
             feature that is on",
    why: "Some features take over from an older way as soon as a channel sees them. When what \
          they work with is not set up by then, the older way is gone and the new one does \
          nothing: receipts stop, pictures vanish.",
    how_to_fix: "Set up what is missing, and record it; the job that would publish the feature is \
           refused until then.",
    since: "0.2.0",
    behaviours: &["G16"],
    sources: &[Source::documented(FEATURES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let features = features(x)?;
    for gate in features.catalogue.gates.iter().filter(|gate| features.is_on(&gate.slug)) {
        for item in missing(features, gate) {
            let before = match &item.before {
                Before::Enable => "before it is enabled".to_owned(),
                Before::Job(job) => format!("before job {job} runs"),
            };
            findings.report(Found {
                subject: Subject::feature(&gate.slug).with_key(&item.name),
                title: format!("{:?} is on without {}", gate.name, item.text),
                evidence: vec![format!(
                    "{} is not recorded as set up; it must be {before}",
                    item.name
                )],
                effect: item.effect.clone(),
                fix: Fix::manual([Step::new(Stage::Configure, Suggestion::record(&item.name))]),
            });
        }
    }
    Ok(())
}
