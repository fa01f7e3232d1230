//! CDX204: a session has been waiting for longer than the threshold.

use crate::diagnosis::sources::{CDX_COMMUNICATIONS, CDX_TROUBLE};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::status::DownloadStatus;
use crate::model::suggestion::Run;

const HEADER: Header = Header {
    code: "CDX204",
    name: "session-stuck",
    severity: Severity::Warning,
    checks: "for sessions that have been Available, Requested or Downloaded for longer than \
             `stuck-after` of `cdx.toml`, and says whose move it is",
    why: "A package that nobody fetches, or that was fetched and never written, is a channel that \
          has stopped: the Async Client or the data-writing batch does not run, or was \
          interrupted.",
    how_to_fix: "Run the job for the channel, and look at what should have run by itself.",
    since: "0.2.0",
    behaviours: &["D03"],
    sources: &[Source::documented(CDX_COMMUNICATIONS), Source::documented(CDX_TROUBLE)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let sessions = x.hq.sessions.as_ref()?;
    let threshold = x.hq.settings.doctor.stuck_after;
    for store in x.hq.stores.iter().filter(|store| !store.paused) {
        for (session, row) in sessions.of(store.id) {
            // What waits behind a suspended session is told with that.
            if row.status == DownloadStatus::Suspended {
                break;
            }
            let (since, whose) = match row.status {
                DownloadStatus::Available => {
                    (&session.created, "the channel's side has not asked for it")
                }
                DownloadStatus::Requested => (
                    row.requested.as_ref().unwrap_or(&session.created),
                    "the channel's side asked for it and has not fetched it",
                ),
                DownloadStatus::Downloaded => (
                    row.downloaded.as_ref().unwrap_or(&session.created),
                    "the channel's side fetched it and has not written it",
                ),
                _ => continue,
            };
            if !x.hq.is_older(since, threshold) {
                continue;
            }
            let (number, job) = (session.id, &session.job);
            let run = Run::job(job).in_channel(&store.name);
            findings.report(Found {
                subject: Subject::session(number).with_channel(&store.name).with_job(job),
                title: format!(
                    "session {number} of {job} has been {} too long: {whose}",
                    row.status.as_str()
                ),
                evidence: vec![format!("{} since {}", row.status.as_str(), x.hq.clock.show(since))],
                effect: format!("what the session carries of {job} is not in the channel"),
                fix: Fix::safe([Step::in_channel(Stage::Download, run)]),
            });
        }
    }
    Ok(())
}
