//! CDX202: a download session failed, or was given up after its tries.

use crate::diagnosis::sources::CDX_TROUBLE;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::jobs::full;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::session::DownloadSession;
use crate::model::status::DownloadStatus;
use crate::model::suggestion::Run;
use crate::model::topology::DataStore;
use crate::model::wording::tries;

const HEADER: Header = Header {
    code: "CDX202",
    name: "session-failed",
    severity: Severity::Error,
    checks: "for download sessions that are CreateFailed, DownloadFailed or ApplyFailed, or were \
             cancelled because they had been tried too many times",
    why: "What a failed session carried is not in the channel. The next run tries it again, until \
          the try count is reached; then it is cancelled, later sessions go on without it, and its \
          rows never arrive by themselves.",
    how_to_fix: "See the message. For one that may still be tried, fix its cause and run the job. For \
           one that was given up, a full synchronization of its job brings everything.",
    since: "0.2.0",
    behaviours: &["D06"],
    sources: &[Source::documented(CDX_TROUBLE)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

/// Whether the session's package can never be applied, however often: what it carries must be sent
/// again as it is by now.
fn is_misfit(
    x: &Examination,
    store: &DataStore,
    session: &DownloadSession,
    findings: &mut Findings,
) -> bool {
    let own = x.readable().find(|(channel, _)| channel.store.id == store.id);
    match own.map(|(_, facts)| &facts.misfits) {
        Some(Ok(misfits)) => misfits.contains(&session.id),
        Some(Err(why)) => {
            findings.unjudged(&store.name, why);
            false
        }
        None => false,
    }
}

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let sessions = x.hq.sessions.as_ref()?;
    for store in &x.hq.stores {
        for (session, row) in sessions.of(store.id) {
            let failed = row.status.is_failure()
                && !matches!(row.status, DownloadStatus::Suspended | DownloadStatus::Canceled);
            let given_up = row.given_up
                && row.status == DownloadStatus::Canceled
                && !sessions.is_healed(store.id, session);
            if !failed && !given_up {
                continue;
            }
            let message = row.message.clone().unwrap_or_default();
            let step = if given_up || is_misfit(x, store, session, findings) {
                full(&session.job, &store.name)
            } else {
                Step::in_channel(Stage::Download, Run::job(&session.job).in_channel(&store.name))
            };
            let (number, job) = (session.id, &session.job);
            findings.report(Found {
                subject: Subject::session(number).with_channel(&store.name).with_job(job),
                title: format!("session {number} of {job} is {}", row.status.as_str()),
                evidence: vec![format!("{}: {message}", tries(row.tries))],
                effect: format!("what the session carries of {job} is not in the channel"),
                fix: Fix::safe([step]),
            });
        }
    }
    Ok(())
}
