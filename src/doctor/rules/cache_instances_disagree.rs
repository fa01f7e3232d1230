//! CDX302: two instances of one scale unit hold different states.

use crate::diagnosis::sources::{ASYNC_FAQ, FIDELITY};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::scale_unit::Cached;
use crate::model::suggestion::Suggestion;
use crate::runtime::cache::differences;

const HEADER: Header = Header {
    code: "CDX302",
    name: "cache-instances-disagree",
    severity: Severity::Warning,
    checks: "that all instances of a scale unit answer alike",
    why: "Each instance has a memory of its own. While they hold different states the same \
          operation is local on one and a real-time call on the other, depending on which instance \
          answers.",
    how_to_fix: "Restart the scale unit, or wait until the older memory expires.",
    since: "0.2.0",
    behaviours: &["R13"],
    sources: &[Source::inferred(ASYNC_FAQ), Source::inferred(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for (channel, facts) in x.online() {
        let name = &channel.store.name;
        let held: Vec<(u32, &Cached)> =
            (1..).zip(&facts.held).filter_map(|(at, held)| Some((at, held.as_ref()?))).collect();
        let Some((first, one)) = held.first() else { continue };
        let mut evidence = Vec::new();
        for (instance, other) in &held[1..] {
            let unlike = differences(&x.hq.catalogue, &one.view, &other.view);
            evidence.extend(unlike.iter().map(|difference| {
                format!(
                    "{}: instance {first} answers {}, instance {instance} {}",
                    difference.what, difference.cached, difference.database
                )
            }));
        }
        if evidence.is_empty() {
            continue;
        }
        findings.report(Found {
            subject: Subject::channel(name),
            title: "instances of the scale unit answer differently".to_owned(),
            evidence,
            effect: "the same operation goes one way or the other by chance".to_owned(),
            fix: Fix::safe([Step::in_channel(
                Stage::Restart,
                Suggestion::RestartScaleUnits(Some(name.clone())),
            )]),
        });
    }
    x.tell_unreadable(findings);
    Ok(())
}
