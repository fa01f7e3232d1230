//! CDX201: a feature is on in headquarters, and a job it needs is not yet applied in a channel.

use super::about_features::{features, is_parked, not_done};
use super::about_jobs::way;
use crate::doctor::facts::{Examination, Reached};
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::fix::{Fix, Stage, Step};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{ASYNC_FAQ, ASYNC_MODE, Source};
use crate::gates::gate::CARRIER;
use crate::gates::in_effect::ChannelState;
use crate::model::suggestion::Run;

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
        let sessions = x.hq.sessions.as_ref()?;
        let is_new = sessions.reached(channel.store.id, CARRIER) == Reached::Never;
        for gate in features.catalogue.gates.iter().filter(|gate| features.is_on(&gate.slug)) {
            let Some(progress) = facts.progress.get(&gate.slug) else { continue };
            let stands = &progress.in_effect;
            let half = facts.half_features.iter().any(|(name, _)| *name == gate.table_name());
            // With one row of two there is a rule of its own.
            if stands.state != ChannelState::NotDistributed || progress.torn && half {
                continue;
            }
            // Which jobs are missing changes as they are run; it is no part of what this is about.
            let subject = Subject::channel(&channel.store.name).with_feature(&gate.slug);
            if is_new {
                findings.report(never_filled(x, &channel.store.name)?);
                break;
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
            findings.report(Found {
                subject,
                title: format!(
                    "{:?} is on in headquarters and not in the channel; not done since: {}",
                    gate.name,
                    not_done(stands)
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

/// What a new database gets first, in order.
const FIRST: &[&str] = &[CARRIER, "1070", "1010"];

/// A channel that has had nothing lacks every feature: that is told once.
fn never_filled(x: &Examination, channel: &str) -> Result<Found, Unknown> {
    let defined = &x.hq.definitions.as_ref()?.jobs;
    let is_defined = |job: &&&str| defined.iter().any(|own| own.id.eq_ignore_ascii_case(job));
    let jobs: Vec<&str> = FIRST.iter().filter(is_defined).copied().collect();
    let run = Run::jobs(jobs).in_channel(channel);
    Ok(Found {
        subject: Subject::channel(channel).with_job(CARRIER),
        title: format!("the channel never had job {CARRIER}, which brings every feature"),
        evidence: vec![format!("no session of {CARRIER} has been applied in its database")],
        effect: "the channel goes on as if every feature were off".to_owned(),
        fix: Fix::safe([Step::in_channel(Stage::Download, run)]),
    })
}
