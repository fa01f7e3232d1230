//! CDX105: a channel has only one of a feature's two rows.

use super::about_features::slug_of;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::fix::{Fix, Stage, Step};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{SCHEMA, Source};
use crate::gates::gate::CARRIER;

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX105",
    name: "feature-half-synchronized",
    severity: Severity::Error,
    checks: "that each channel has both FEATUREMANAGEMENTSTATE and FEATUREMANAGEMENTMETADATA of \
             every feature it has one of",
    why: "The runtime joins the two rows. With one of them missing it does not see the feature, \
          and what it does not see counts as off, whatever the other row says.",
    mend: "Bring the channel the whole of job 1110.",
    since: "0.2.0",
    behaviours: &["G14"],
    sources: &[Source::documented(SCHEMA)],
    depth: Depth::Quick,
    check,
};

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for (channel, facts) in x.readable() {
        let name = &channel.store.name;
        for (feature, there) in &facts.half_features {
            let missing = if *there == "state" { "METADATA" } else { "STATE" };
            let has = if *there == "state" { "STATE" } else { "METADATA" };
            let slug = slug_of(x, feature);
            let command = format!("cdx run {CARRIER} --full");
            let bring = Step::only_in(Stage::Full, command, name);
            // Memory that was read while the row was missing would still say no.
            let restart = facts.held.iter().any(Option::is_some).then(|| {
                Step::in_channel(Stage::Restart, "cdx csu restart", channel.store.channel())
            });
            findings.report(Found {
                subject: Subject::channel(name).with_feature(&slug),
                title: format!("{slug} has only one of its two rows: the runtime does not see it"),
                evidence: vec![
                    format!("ax.FEATUREMANAGEMENT{has} has {feature}"),
                    format!("ax.FEATUREMANAGEMENT{missing} has not"),
                ],
                effect: "the feature is off there, whatever headquarters says".to_owned(),
                fix: Fix::safe(std::iter::once(bring).chain(restart)),
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}
