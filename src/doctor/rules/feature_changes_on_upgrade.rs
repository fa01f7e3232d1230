//! CDX107: a feature turns on by default, or becomes mandatory, at a later version.

use crate::diagnosis::sources::FEATURES;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage as When, Step, Subject, Unknown,
};
use crate::doctor::about::features::{features, run_of};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::gates::gate::Stage;
use crate::model::suggestion::Suggestion;

const HEADER: Header = Header {
    code: "CDX107",
    name: "feature-changes-on-upgrade",
    severity: Severity::Info,
    checks: "which features a later version turns on by itself, or makes mandatory",
    why: "An update moves features along their lifecycle. A feature that turns on by itself \
          changes what registers do on the day after the update, and the jobs that bring it to the \
          channels must run first.",
    how_to_fix: "Rehearse the update in a copy of the environment, and plan the feature's jobs.",
    since: "0.2.0",
    behaviours: &["G04"],
    sources: &[Source::documented(FEATURES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let features = features(x)?;
    let version = &features.standing.version;
    for gate in features.catalogue.gates.iter().filter(|gate| features.is_listed(gate)) {
        let on = features.is_on(&gate.slug);
        for (stage, what) in
            [(Stage::OnByDefault, "turns on by default"), (Stage::Mandatory, "becomes mandatory")]
        {
            let Some(since) = gate.lifecycle.begins(stage).filter(|since| *since > version) else {
                continue;
            };
            // What is on already does not turn on.
            if stage == Stage::OnByDefault && on {
                continue;
            }
            let command = Suggestion::Upgrade(since.clone());
            let steps = [
                Step::new(When::Upgrade, command),
                Step::new(When::Initialize, Suggestion::INITIALIZE),
                run_of([gate]),
            ];
            let registers = Suggestion::RestartRegisters(None);
            let restart =
                gate.restarts_register().then(|| Step::new(When::Restart, registers.clone()));
            findings.report(Found {
                subject: Subject::feature(&gate.slug).with_key(stage.as_str()),
                title: format!("{:?} {what} at {since}", gate.name),
                evidence: vec![format!(
                    "the application is {version}, the feature is {}",
                    if on { "on" } else { "off" }
                )],
                effect: "the update changes what channels do".to_owned(),
                fix: Fix::manual(steps.into_iter().chain(restart)),
            });
        }
    }
    Ok(())
}
