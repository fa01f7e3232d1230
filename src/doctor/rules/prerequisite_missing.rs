//! CDX101: a feature is on while one it needs is off.

use crate::diagnosis::sources::{ASYNC_FAQ, FEATURES, FIDELITY};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::features::{all_needs, enable_whole, features, run_of};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};

const HEADER: Header = Header {
    code: "CDX101",
    name: "prerequisite-missing",
    severity: Severity::Error,
    checks: "that every feature that is on has each feature it needs on as well",
    why: "Feature management refuses to turn on a feature before what it needs. A state like this \
          is left by a forced change, an import into a database, or a restore, and nobody has \
          tested what the feature does in it.",
    how_to_fix: "Turn on what is missing, or turn off what needs it: \
           `cdx features disable FEATURE --cascade`. Then run the jobs that `cdx which-job \
           FEATURE` names.",
    since: "0.2.0",
    behaviours: &["G01", "G12"],
    sources: &[
        Source::documented(ASYNC_FAQ),
        Source::documented(FEATURES),
        Source::assumed(FIDELITY),
    ],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let features = features(x)?;
    for gate in features.catalogue.gates.iter().filter(|gate| features.is_on(&gate.slug)) {
        for needed in features.needs(gate).into_iter().filter(|n| !features.is_on(&n.slug)) {
            let command = enable_whole(features, needed);
            findings.report(Found {
                subject: Subject::feature(&gate.slug).with_key(&needed.slug),
                title: format!("{:?} is on and needs {:?}, which is off", gate.name, needed.name),
                evidence: vec![
                    format!("FEATUREMANAGEMENTSTATE {}: ISENABLED 1", gate.table_name()),
                    format!("FEATUREMANAGEMENTSTATE {}: ISENABLED 0", needed.table_name()),
                ],
                effect: "the feature acts without what it is built on".to_owned(),
                fix: Fix::manual([
                    Step::new(Stage::Enable, command),
                    run_of(all_needs(features, gate).into_iter().chain([gate])),
                ]),
            });
        }
    }
    Ok(())
}
