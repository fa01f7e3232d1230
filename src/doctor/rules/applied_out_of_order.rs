//! CDX208: a later session was applied before an earlier one of the same database.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnosis::sources::CDX_PRACTICES;
use crate::diagnosis::{Findings, Fix, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::jobs::full;
use crate::doctor::facts::{ChannelFacts, Examination};
use crate::doctor::rule::{Depth, Rule};
use crate::model::history::History;
use crate::model::ids::{DataStoreId, DownloadId, JobId};
use crate::model::session::{DownloadSession, StoreSession};
use crate::model::status::DownloadStatus;

const HEADER: Header = Header {
    code: "CDX208",
    name: "applied-out-of-order",
    severity: Severity::Warning,
    checks: "for sessions that write to the same tables and were applied in a database in another \
             order than they were made, or are still open behind a later one, where headquarters \
             changed such a table between the two",
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
    // From the newest: of each job, the sessions that were applied, by their place.
    let mut later: BTreeMap<&JobId, BTreeMap<usize, &DownloadSession>> = BTreeMap::new();
    let mut found = Vec::new();
    for (session, row) in sessions.of(store).rev() {
        let own = places.get(&session.id).copied();
        let over = matches!(row.status, DownloadStatus::NoData | DownloadStatus::Canceled);
        if !over && !sessions.is_healed(store, session) {
            let before = own.unwrap_or(usize::MAX);
            let passing = later.iter().filter_map(|(job, applied)| {
                let changes = overlaps.between(&session.job, job)?;
                let mut passed = applied.range(..before).map(|(_, passing)| *passing);
                passed.find(|passing| changes.any(session.until, passing.until))
            });
            found.extend(passing.min_by_key(|one| one.id).map(|one| (session, row, one)));
        }
        if let Some(own) = own.filter(|_| row.status == DownloadStatus::Applied) {
            let applied = later.entry(&session.job).or_default();
            // One that was applied before this one, and reaches further, says all that this would.
            let reaches = applied.range(..own).next_back().map(|(_, known)| known.until);
            if reaches.is_none_or(|until| until < session.until) {
                applied.insert(own, session);
            }
        }
    }
    found.reverse();
    found
}

/// By pairs of jobs that write to a table in common: when headquarters changed such a table.
struct Overlaps(BTreeMap<(JobId, JobId), Changes>);

/// The row versions at which tables were changed.
struct Changes {
    /// None where that is not known.
    versions: Option<BTreeSet<i64>>,
    /// They are known from this row version on.
    from: i64,
}

impl Changes {
    /// Whether something may have been changed after one version, up to another: otherwise a
    /// session that reaches the one brings the same as a session that reaches the other.
    fn any(&self, after: i64, until: i64) -> bool {
        let known = self.versions.as_ref().filter(|_| after >= self.from);
        known.is_none_or(|known| after < until && known.range(after + 1..=until).next().is_some())
    }
}

impl Overlaps {
    fn of(x: &Examination) -> Result<Self, Unknown> {
        let mut tables: BTreeMap<&JobId, BTreeSet<&String>> = BTreeMap::new();
        for plans in x.hq.downloads.as_ref()? {
            let written = plans.plans.iter().flatten().map(|plan| &plan.target);
            tables.entry(&plans.job.id).or_default().extend(written);
        }
        let changes = x.hq.changes.as_ref()?;
        let from = *x.hq.tracked_from.as_ref()?;
        let mut pairs = BTreeMap::new();
        for (one, own) in &tables {
            for (other, theirs) in &tables {
                let mut shared = own.intersection(theirs).peekable();
                if shared.peek().is_some() {
                    let of_each = shared.map(|table| changes.get(*table).and_then(Option::as_ref));
                    let all: Option<Vec<_>> = of_each.collect();
                    let versions = all.map(|all| all.into_iter().flatten().copied().collect());
                    pairs.insert(((*one).clone(), (*other).clone()), Changes { versions, from });
                }
            }
        }
        Ok(Self(pairs))
    }

    fn between(&self, one: &JobId, other: &JobId) -> Option<&Changes> {
        self.0.get(&(one.clone(), other.clone()))
    }
}
