//! CDX105: a channel has only one of a feature's two rows.

use crate::diagnosis::sources::SCHEMA;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::features::{gate_called, slug_of};
use crate::doctor::about::jobs::full;
use crate::doctor::about::storefront::ask_again;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::gates::gate::CARRIER;
use crate::model::ids::JobId;
use crate::model::suggestion::{OfFeatures, Run, Suggestion};

const HEADER: Header = Header {
    code: "CDX105",
    name: "feature-half-synchronized",
    severity: Severity::Error,
    checks: "that headquarters and each channel have both rows of a feature, \
             FEATUREMANAGEMENTSTATE and FEATUREMANAGEMENTMETADATA, wherever they have one of the \
             two",
    why: "The runtime joins the two rows. With one of them missing it does not see the feature, \
          and what it does not see counts as off, whatever the other row says.",
    how_to_fix: "Run job 1110 in full for the channel. Where headquarters itself has one row, `cdx \
           features refresh` makes the other from it and from the feature's log.",
    since: "0.2.0",
    behaviours: &["G14"],
    sources: &[Source::documented(SCHEMA)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let torn = in_headquarters(x, findings)?;
    for (channel, facts) in x.readable() {
        let name = &channel.store.name;
        for (feature, there) in &facts.half_features {
            let slug = slug_of(x, feature);
            // No job brings a row that headquarters has not: that is told, and fixed, there.
            if torn.contains(&slug) {
                continue;
            }
            let bring = full(&JobId::new(CARRIER), name);
            // Memory that was read while the row was missing would still say no.
            let restart = facts.held.iter().any(Option::is_some).then(|| {
                let own = channel.store.channel().to_owned();
                Step::in_channel(Stage::Restart, Suggestion::RestartScaleUnits(Some(own)))
            });
            findings.report(Found {
                subject: Subject::channel(name).with_feature(&slug),
                title: format!("{slug} has only one of its two rows: the runtime does not see it"),
                evidence: vec![
                    format!("ax.FEATUREMANAGEMENT{there} has {feature}"),
                    format!("ax.FEATUREMANAGEMENT{} does not have it", there.other()),
                ],
                effect: "the feature is off there, whatever headquarters says".to_owned(),
                fix: Fix::safe(std::iter::once(bring).chain(restart).chain(ask_again(name, facts))),
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

/// Tells what headquarters itself has half of; the features concerned.
fn in_headquarters(x: &Examination, findings: &mut Findings) -> Result<Vec<String>, Unknown> {
    let mut torn = Vec::new();
    for (name, half) in x.hq.half_features.as_ref()? {
        let slug = slug_of(x, name);
        // Rows of no gate can be neither named nor made by us.
        let steps = gate_called(x, name).map(|_| {
            let refresh = Step::new(Stage::Enable, OfFeatures::Refresh);
            [refresh, Step::new(Stage::Download, Run::job(CARRIER))]
        });
        findings.report(Found {
            subject: Subject::feature(&slug),
            title: format!("headquarters has only one of the two rows of {slug}"),
            evidence: vec![
                format!("FEATUREMANAGEMENT{} has {name}", half.as_str()),
                format!("FEATUREMANAGEMENT{} does not have it", half.other().as_str()),
            ],
            effect: "no job can bring the channels both, and there the feature is off".to_owned(),
            fix: steps.and_then(Fix::safe),
        });
        torn.push(slug);
    }
    Ok(torn)
}
