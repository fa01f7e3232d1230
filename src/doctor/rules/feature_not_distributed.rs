//! CDX201: a feature is on in headquarters, and a job it needs is not yet applied in a channel.

use super::about_features::{features, is_parked};
use super::about_jobs::way;
use crate::doctor::facts::Examination;
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{ASYNC_FAQ, ASYNC_MODE, Source};
use crate::gates::in_effect::ChannelState;

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX201",
    name: "feature-not-distributed",
    severity: Severity::Error,
    checks: "that every job a feature needs has been applied in each channel since the feature \
             was turned on",
    why: "Turning a feature on changes one row in headquarters. Registers and shops act on what \
          their channel database says, and that changes only when the jobs have been applied \
          there: 1110 for the feature's state, and for the editing feature 1010 and 1070 too (the \
          FAQ of 2026; one page of 2022 says 1070 only).",
    mend: "Run the jobs that are missing, in order, and see that each session ends in Applied.",
    since: "0.2.0",
    behaviours: &["G13", "G15", "R15"],
    sources: &[Source::documented(ASYNC_FAQ), Source::documented(ASYNC_MODE)],
    depth: Depth::Quick,
    check,
};

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let features = features(x)?;
    for (channel, facts) in x.online() {
        if is_parked(x, &channel.store) {
            continue;
        }
        for gate in features.catalogue.gates.iter().filter(|gate| features.is_on(&gate.slug)) {
            let Some(progress) = facts.progress.get(&gate.slug) else { continue };
            let stands = &progress.in_effect;
            let half = facts.half_features.iter().any(|(name, _)| *name == gate.table_name());
            // With one row of two there is a rule of its own.
            if stands.state != ChannelState::NotDistributed || progress.torn && half {
                continue;
            }
            let missing: Vec<String> =
                stands.missing_jobs.iter().chain(&stands.missing_steps).cloned().collect();
            let mut subject = Subject::channel(&channel.store.name).with_feature(&gate.slug);
            if let Some(job) = stands.missing_jobs.first() {
                subject = subject.with_job(job);
            }
            let evidence = match x.hq.changed.as_ref()?.get(&gate.slug) {
                Some(version) => {
                    format!("turned on at row version {version}; no session since has brought it")
                }
                None => "the channel's rows differ from headquarters'".to_owned(),
            };
            findings.report(Found {
                subject,
                title: format!(
                    "{:?} is on in headquarters and not in the channel; not done since: {}",
                    gate.name,
                    missing.join(", ")
                ),
                evidence: vec![evidence],
                effect: "the channel goes on as if the feature were off".to_owned(),
                fix: way(x, channel, facts, gate)?,
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}
