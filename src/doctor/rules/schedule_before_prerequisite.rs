//! CDX104: a feature is scheduled earlier than one it needs.

use crate::diagnosis::sources::{FEATURES, FIDELITY};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::features::{enable_whole, features};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::{Consent, OfFeatures};

const HEADER: Header = Header {
    code: "CDX104",
    name: "schedule-before-prerequisite",
    severity: Severity::Warning,
    checks: "that no feature is scheduled to turn on before the features that it needs",
    why: "At midnight of its date a feature whose prerequisite is off stays off, and is looked at \
          again the next midnight. Whoever counts on the date is surprised.",
    how_to_fix: "Give what it needs the same date or an earlier one, or move the feature's own date \
           with `cdx features schedule`.",
    since: "0.2.0",
    behaviours: &["G05", "G06"],
    sources: &[Source::documented(FEATURES), Source::assumed(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let features = features(x)?;
    let standing = features.standing;
    for gate in &features.catalogue.gates {
        let Some(date) = standing.scheduled(&gate.slug) else { continue };
        for needed in features.unmet(gate) {
            let theirs = standing.scheduled(&needed.slug);
            if theirs.is_some_and(|theirs| theirs <= date) {
                continue;
            }
            let stands = match theirs {
                Some(theirs) => format!("{:?} is scheduled for {theirs}", needed.name),
                None => format!("{:?} is off and has no date", needed.name),
            };
            let mut evidence = vec![format!("{:?} is scheduled for {date}", gate.name), stands];
            let reasons = x.hq.stayed_off.as_ref()?;
            evidence.extend(reasons.get(&gate.slug).map(|why| format!("it stayed off: {why}")));
            let command = if date > standing.today {
                let (feature, date) = (needed.slug.clone(), date.to_string());
                OfFeatures::Schedule { feature, date, consent: Consent::to([needed]) }.into()
            } else {
                enable_whole(features, needed)
            };
            findings.report(Found {
                subject: Subject::feature(&gate.slug).with_key(&needed.slug),
                title: format!(
                    "{:?} is scheduled before {:?}, which it needs",
                    gate.name, needed.name
                ),
                evidence,
                effect: "it stays off at its date".to_owned(),
                fix: Fix::manual([Step::new(Stage::Enable, command)]),
            });
        }
    }
    Ok(())
}
