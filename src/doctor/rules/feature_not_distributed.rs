//! CDX201: a feature is on in headquarters, and the channel cannot see it.

use crate::diagnosis::sources::{ASYNC_FAQ, ASYNC_MODE};
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::features::{features, is_parked, not_done};
use crate::doctor::about::jobs::is_lacking;
use crate::doctor::about::jobs::way;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::gates::gate::CARRIER;
use crate::gates::in_effect::ChannelState;

const HEADER: Header = Header {
    code: "CDX201",
    name: "feature-not-distributed",
    severity: Severity::Error,
    checks: "that each channel can see every feature that is on: that the jobs which carry what \
             the runtime reads have been applied there since it was turned on",
    why: "Turning a feature on changes one row in headquarters. Registers and shops act on what \
          their channel database says, and that changes only when 1110 has been applied there. \
          Once a feature is in effect, CDX215 looks at the other jobs that are documented for it; \
          for the editing feature these are 1010 and 1070 (the FAQ of 2026; one page of 2022 says \
          1070 only).",
    how_to_fix: "Run the jobs that are missing, in order, and see that each session ends in Applied.",
    since: "0.2.0",
    behaviours: &["G13", "G15", "R15"],
    sources: &[Source::documented(ASYNC_FAQ), Source::documented(ASYNC_MODE)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let features = features(x)?;
    for (channel, facts) in x.online() {
        if is_parked(x, &channel.store) {
            continue;
        }
        let downloads = x.hq.downloads.as_ref()?;
        let carrier = downloads.iter().find(|one| one.job.id == CARRIER);
        // A channel that never had it lacks every feature: that is told once (CDX214).
        if carrier.is_some_and(|plans| is_lacking(x, channel, plans) == Ok(true)) {
            continue;
        }
        for gate in features.catalogue.gates.iter().filter(|gate| features.is_on(&gate.slug)) {
            let Some(progress) = facts.progress.get(&gate.slug) else { continue };
            let stands = &progress.in_effect;
            let half = facts.half_features.iter().any(|(name, _)| *name == gate.table_name());
            // With one row of two there is a rule of its own.
            if stands.state != ChannelState::NotDistributed || half {
                continue;
            }
            let evidence = match x.hq.changed.as_ref()?.get(&gate.slug) {
                _ if progress.torn => {
                    format!("{CARRIER} was applied since, and the channel's rows say otherwise")
                }
                Some(version) if !stands.missing_jobs.is_empty() => {
                    format!("turned on at row version {version}; not every job has come since")
                }
                _ => "its jobs have come, and not every other step was taken".to_owned(),
            };
            let acting = stands.acting();
            let effect = if acting.is_empty() {
                "the channel goes on as if the feature were off".to_owned()
            } else {
                format!(
                    "the channel acts on it only until its scale unit looks again (instance {})",
                    acting.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
                )
            };
            findings.report(Found {
                // Which jobs are missing changes as they are run; it is no part of what this is
                // about.
                subject: Subject::channel(&channel.store.name).with_feature(&gate.slug),
                title: format!(
                    "{:?} is on in headquarters and not in effect in the channel; not done since: {}",
                    gate.name,
                    not_done(stands)
                ),
                evidence: vec![evidence],
                effect,
                fix: way(x, channel, facts, gate)?,
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}
