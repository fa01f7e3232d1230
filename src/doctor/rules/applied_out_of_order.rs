//! CDX208: a later session was applied before an earlier one of the same database.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnosis::sources::CDX_PRACTICES;
use crate::diagnosis::{Findings, Fix, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::jobs::full;
use crate::doctor::facts::{ChannelFacts, Examination, History};
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::{DataStoreId, DownloadId, JobId};
use crate::model::session::{DownloadSession, StoreSession};
use crate::model::status::DownloadStatus;

const HEADER: Header = Header {
    code: "CDX208",
    name: "applied-out-of-order",
    severity: Severity::Warning,
    checks: "for sessions that write to the same tables and were applied in a database in another \
             order than they were made, or are still open behind a later one, where headquarters \
             has changed such a table since the earlier one",
    why: "Without dependency enforcement a failed session is passed by later ones. When it is \
          applied after all it can put old values over new ones, and meet keys that are taken by \
          now.",
    how_to_fix: "A full synchronization of the job puts the database right; \
           `cdx params set CDX_ENABLE_DOWNLOAD_SESSION_DEPENDENCY_ENFORCEMENT 1` keeps it from \
           happening again.",
    since: "0.2.0",
    behaviours: &["D08"],
    sources: &[Source::documented(CDX_PRACTICES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let sessions = x.hq.sessions.as_ref()?;
    let overlaps = Overlaps::of(x)?;
    for (channel, facts) in x.readable() {
        for (earlier, row, later) in overtaken(sessions, channel.store.id, facts, &overlaps) {
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

/// Sessions that count, oldest first, each with the nearest later one that was applied before it.
fn overtaken<'a>(
    sessions: &'a History,
    store: DataStoreId,
    facts: &ChannelFacts,
    overlaps: &Overlaps,
) -> Vec<(&'a DownloadSession, &'a StoreSession, &'a DownloadSession)> {
    let places: BTreeMap<DownloadId, usize> =
        facts.applied.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    // From the newest: of each job, the session that was applied first of those seen so far.
    let mut first: BTreeMap<&JobId, (usize, &DownloadSession)> = BTreeMap::new();
    let mut found = Vec::new();
    for (session, row) in sessions.of(store).rev() {
        let job = &session.job;
        let own = places.get(&session.id).copied();
        let over = matches!(row.status, DownloadStatus::NoData | DownloadStatus::Canceled);
        if !over && !sessions.is_healed(store, session) {
            let before = |place: usize| own.is_none_or(|own| place < own);
            let passing = first
                .iter()
                .filter(|(other, (place, _))| before(*place) && overlaps.may_differ(session, other))
                .map(|(_, (_, later))| *later)
                .min_by_key(|later| later.id);
            found.extend(passing.map(|later| (session, row, later)));
        }
        if let Some(own) = own.filter(|_| row.status == DownloadStatus::Applied)
            && first.get(&job).is_none_or(|(place, _)| own < *place)
        {
            first.insert(job, (own, session));
        }
    }
    found.reverse();
    found
}

/// By pairs of jobs that write to a table in common: the last row version at which headquarters
/// changed such a table; none where that is not known.
struct Overlaps {
    pairs: BTreeMap<(JobId, JobId), Option<i64>>,
    /// Changes are known from this row version on.
    tracked_from: i64,
}

impl Overlaps {
    fn of(x: &Examination) -> Result<Self, Unknown> {
        let mut tables: BTreeMap<&JobId, BTreeSet<&String>> = BTreeMap::new();
        for plans in x.hq.downloads.as_ref()? {
            let written = plans.plans.iter().flatten().map(|plan| &plan.target);
            tables.entry(&plans.job.id).or_default().extend(written);
        }
        let changes = x.hq.last_changes.as_ref()?;
        let last_of = |table: &String| changes.get(table).copied().flatten();
        let mut pairs = BTreeMap::new();
        for (one, own) in &tables {
            for (other, theirs) in &tables {
                let mut shared = own.intersection(theirs).peekable();
                if shared.peek().is_some() {
                    let last = shared
                        .map(|table| last_of(table))
                        .try_fold(0, |last, change| change.map(|change| change.max(last)));
                    pairs.insert(((*one).clone(), (*other).clone()), last);
                }
            }
        }
        Ok(Self { pairs, tracked_from: *x.hq.tracked_from.as_ref()? })
    }

    /// Whether what a session brings may be older than what a later one of this job brought to
    /// the same table. Where headquarters has changed nothing since, both hold the same.
    fn may_differ(&self, session: &DownloadSession, other: &JobId) -> bool {
        let Some(last) = self.pairs.get(&(session.job.clone(), other.clone())) else {
            return false;
        };
        last.is_none_or(|last| last > session.until) || session.until < self.tracked_from
    }
}
