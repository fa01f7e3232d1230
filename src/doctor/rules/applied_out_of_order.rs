//! CDX208: a later session was applied before an earlier one of the same database.

use std::collections::BTreeSet;

use super::about_jobs::{full, is_healed, rows_of};
use crate::doctor::facts::{Channel, ChannelFacts, Examination};
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::fix::Fix;
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{CDX_IMPLEMENTATION, Source};
use crate::model::session::DownloadSession;
use crate::model::status::DownloadStatus;

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX208",
    name: "applied-out-of-order",
    severity: Severity::Warning,
    checks: "for sessions that write to the same tables and were applied in a database in another \
             order than they were made, or are still open behind a later one",
    why: "Without dependency enforcement a failed session is passed by later ones. When it is \
          applied after all it can put old values over new ones, and meet keys that are taken by \
          now.",
    mend: "A full synchronization of the job puts the database right; \
           `cdx params set CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT 1` keeps it from \
           happening again.",
    since: "0.2.0",
    behaviours: &["D08"],
    sources: &[Source::documented(CDX_IMPLEMENTATION)],
    depth: Depth::Quick,
    check,
};

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let sessions = x.hq.sessions.as_ref()?;
    for (channel, facts) in x.readable() {
        let store = channel.store.id;
        for (earlier, row) in rows_of(sessions, store) {
            if matches!(row.status, DownloadStatus::NoData | DownloadStatus::Canceled)
                || is_healed(sessions, store, earlier)
            {
                continue;
            }
            let Some(later) = overtaken_by(x, sessions, channel, facts, earlier)? else { continue };
            let (number, job) = (earlier.id, &earlier.job);
            findings.report(Found {
                subject: Subject::session(number).with_channel(&channel.store.name).with_job(job),
                title: format!("session {number} of {job} was passed by session {}", later.id),
                evidence: vec![
                    format!("session {number} of {job}: {}", row.status.as_str()),
                    format!("session {} of {}: Applied before it", later.id, later.job),
                ],
                effect: "old values can stand over new ones".to_owned(),
                // One that is still open must not be applied either: a full one takes its place.
                fix: Fix::safe([full(job, &channel.store.name)]),
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

/// The first later session with tables in common that the database applied first.
fn overtaken_by<'a>(
    x: &Examination,
    sessions: &'a [DownloadSession],
    channel: &Channel,
    facts: &ChannelFacts,
    earlier: &DownloadSession,
) -> Result<Option<&'a DownloadSession>, Unknown> {
    let place = |id: i64| facts.applied.iter().position(|applied| *applied == id);
    let own = place(earlier.id);
    let tables = tables_of(x, &earlier.job)?;
    for (later, row) in rows_of(sessions, channel.store.id) {
        let applied = row.status == DownloadStatus::Applied;
        if later.id <= earlier.id || !applied {
            continue;
        }
        let first = match (own, place(later.id)) {
            (Some(own), Some(theirs)) => theirs < own,
            (None, Some(_)) => true,
            _ => false,
        };
        if first && !tables.is_disjoint(&tables_of(x, &later.job)?) {
            return Ok(Some(later));
        }
    }
    Ok(None)
}

/// The channel tables a job writes to.
fn tables_of(x: &Examination, job: &str) -> Result<BTreeSet<String>, Unknown> {
    let downloads = x.hq.downloads.as_ref()?;
    let own = downloads.iter().filter(|plans| plans.job.id.eq_ignore_ascii_case(job));
    Ok(own.flat_map(|plans| plans.plans.iter().flatten()).map(|plan| plan.target.clone()).collect())
}
