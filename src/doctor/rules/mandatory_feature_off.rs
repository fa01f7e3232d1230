//! CDX103: a mandatory feature is off.

use crate::diagnosis::sources::{ASYNC_MODE, FEATURES};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::features::{enable_whole, features};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::gates::gate::{CARRIER, Stage as Life};
use crate::model::suggestion::{OfFeatures, Run};

const HEADER: Header = Header {
    code: "CDX103",
    name: "mandatory-feature-off",
    severity: Severity::Error,
    checks: "that every feature that is mandatory in this version is on",
    why: "A mandatory feature cannot be turned off in Feature management, and later versions have \
          no code left for the other way. A row that says it is off was not written by Feature \
          management, and what needs the feature cannot be enabled.",
    how_to_fix: "Turn it on, and run the job that carries feature state.",
    since: "0.2.0",
    behaviours: &["G02", "G04", "G07"],
    sources: &[Source::documented(ASYNC_MODE), Source::documented(FEATURES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let features = features(x)?;
    let version = &features.standing.version;
    for gate in &features.catalogue.gates {
        if !features.is_mandatory_and_off(gate) {
            continue;
        }
        let since = gate.lifecycle.begins(Life::Mandatory).map(ToString::to_string);
        let enable = Step::new(Stage::Enable, enable_whole(features, gate));
        let run = Step::new(Stage::Download, Run::job(CARRIER));
        let steps = if gate.one_way || gate.confirmation.is_some() {
            vec![Step::new(Stage::Look, OfFeatures::Plan(gate.slug.clone()))]
        } else {
            vec![enable, run]
        };
        findings.report(Found {
            subject: Subject::feature(&gate.slug),
            title: format!("{:?} is mandatory and off", gate.name),
            evidence: vec![
                format!("FEATUREMANAGEMENTSTATE {}: ISENABLED 0", gate.table_name()),
                format!(
                    "mandatory since {}, the application is {version}",
                    since.unwrap_or_default()
                ),
            ],
            effect: "what needs the feature cannot be enabled, and the old way is not supported"
                .to_owned(),
            fix: Fix::manual(steps),
        });
    }
    Ok(())
}
