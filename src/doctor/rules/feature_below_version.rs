//! CDX102: a feature is on in an environment older than its floor.

use crate::diagnosis::sources::{ASYNC_MODE, FEATURES};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::features::{features, run_of};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::Suggestion;

const HEADER: Header = Header {
    code: "CDX102",
    name: "feature-below-version",
    severity: Severity::Error,
    checks: "that headquarters and each scale unit are new enough for every feature that is on",
    why: "Below its floor a feature does not exist: headquarters does not list it, and a scale \
          unit has no code for it. A row that says it is on was copied from a newer environment, \
          or a scale unit has fallen behind headquarters.",
    how_to_fix: "Bring the application, or the scale units, to the version that is needed, or turn the \
           feature off.",
    since: "0.2.0",
    behaviours: &["G03", "G16"],
    sources: &[Source::documented(ASYNC_MODE), Source::documented(FEATURES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let features = features(x)?;
    let standing = features.standing;
    for gate in features.catalogue.gates.iter().filter(|gate| features.is_on(&gate.slug)) {
        if gate.since > standing.version {
            let command = Suggestion::Upgrade(gate.since.clone());
            findings.report(Found {
                subject: Subject::feature(&gate.slug),
                title: format!("{:?} is on and exists only from {}", gate.name, gate.since),
                evidence: vec![format!("the application is {}", standing.version)],
                effect: "nothing here acts on the feature".to_owned(),
                fix: Fix::manual([
                    Step::new(Stage::Upgrade, command),
                    Step::new(Stage::Initialize, Suggestion::INITIALIZE),
                    run_of([gate]),
                ]),
            });
            continue;
        }
        let Some(needed) = &gate.lifecycle.scale_unit else { continue };
        for (channel, own) in standing.scale_units_below(needed) {
            let command = Suggestion::UpgradeScaleUnits(needed.clone(), Some(channel.to_owned()));
            findings.report(Found {
                subject: Subject::feature(&gate.slug).with_channel(channel),
                title: format!("{:?} is on and needs scale units of {needed}", gate.name),
                evidence: vec![format!("{channel}: the scale unit is {own}")],
                effect: "the scale unit does not act on the feature".to_owned(),
                fix: Fix::manual([Step::in_channel(Stage::Upgrade, command)]),
            });
        }
    }
    Ok(())
}
