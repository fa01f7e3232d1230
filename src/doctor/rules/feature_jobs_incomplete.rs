//! CDX215: a feature acts in a channel, and a job documented for it has not been applied since.

use crate::diagnosis::sources::{ASYNC_FAQ, ASYNC_MODE, FIDELITY};
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::features::{features, not_done};
use crate::doctor::about::jobs::way;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::gates::in_effect::ChannelState;

const HEADER: Header = Header {
    code: "CDX215",
    name: "feature-jobs-incomplete",
    severity: Severity::Warning,
    checks: "that every job documented for a feature has been applied in each channel that acts on \
             it, since it was turned on",
    why: "The runtime reads a feature's state from what 1110 brings, so that a channel acts on it \
          before the other documented jobs have come (inferred). For the editing feature the FAQ \
          of 2026 lists 1110, 1010 and 1070; one page of 2022 says 1070 only. Until all have come \
          the feature may work with old customers, profiles or settings.",
    how_to_fix: "Run the jobs that are missing, in order.",
    since: "0.3.0",
    behaviours: &["G15", "R15"],
    sources: &[
        Source::documented(ASYNC_FAQ),
        Source::documented(ASYNC_MODE),
        Source::inferred(FIDELITY),
    ],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let features = features(x)?;
    for (channel, facts) in x.online() {
        for gate in features.catalogue.gates.iter().filter(|gate| features.is_on(&gate.slug)) {
            let Some(progress) = facts.progress.get(&gate.slug) else { continue };
            let stands = &progress.in_effect;
            let acting = stands.acting();
            // What the channel cannot see, and what no instance acts on yet, is told elsewhere.
            if stands.state == ChannelState::NotDistributed || acting.is_empty() {
                continue;
            }
            if stands.missing_jobs.is_empty() && stands.missing_steps.is_empty() {
                continue;
            }
            let place = if acting.len() == stands.instances.len() {
                "it acts in the channel, on every instance of its scale unit".to_owned()
            } else {
                let acting: Vec<String> = acting.iter().map(u32::to_string).collect();
                format!("it acts in the channel, on instance {}", acting.join(", "))
            };
            findings.report(Found {
                subject: Subject::channel(&channel.store.name).with_feature(&gate.slug),
                title: format!(
                    "{:?} is in effect, but not all that is documented for it was done since: {}",
                    gate.name,
                    not_done(stands)
                ),
                evidence: vec![place],
                effect: "it may work with old customers, profiles or settings".to_owned(),
                fix: way(x, channel, facts, gate)?,
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}
