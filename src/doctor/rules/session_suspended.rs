//! CDX203: a suspended session holds back others.

use crate::diagnosis::sources::CDX_PRACTICES;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::status::DownloadStatus;
use crate::model::suggestion::{OfSessions, Run};
use crate::model::wording::tries;

const HEADER: Header = Header {
    code: "CDX203",
    name: "session-suspended",
    severity: Severity::Error,
    checks: "for sessions that are Suspended, and counts what waits behind the first of each \
             database",
    why: "With dependency enforcement on, a session that was tried too many times is suspended, \
          and every later session of that database waits, of whichever job, until somebody retries \
          or cancels it.",
    how_to_fix: "Fix what its message says, then retry the session; cancelling it gives up its rows, \
           and then its job needs a full synchronization for that database.",
    since: "0.2.0",
    behaviours: &["D07"],
    sources: &[Source::documented(CDX_PRACTICES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let sessions = x.hq.sessions.as_ref()?;
    for store in &x.hq.stores {
        let mut rows = sessions.of(store.id);
        let head = rows.find(|(_, row)| row.status == DownloadStatus::Suspended);
        let Some((session, row)) = head else { continue };
        let behind: Vec<_> = rows.filter(|(_, row)| !row.status.is_final()).collect();
        let waits = behind.iter().map(|(later, row)| {
            format!("waits: session {} of {}, {}", later.id, later.job, row.status.as_str())
        });
        let message = row.message.clone().unwrap_or_default();
        let head = format!("{}: {message}", tries(row.tries));
        let (number, job) = (session.id, &session.job);
        let mut jobs = vec![job.clone()];
        for (later, _) in &behind {
            if !jobs.contains(&later.job) {
                jobs.push(later.job.clone());
            }
        }
        let retry = Step::new(
            Stage::Clear,
            OfSessions::Retry { id: number, channel: Some(store.name.clone()) },
        );
        let run = Run::jobs(&jobs).in_channel(&store.name);
        findings.report(Found {
            subject: Subject::session(number).with_channel(&store.name).with_job(job),
            title: format!(
                "session {number} of {job} is suspended and holds back {}",
                match behind.len() {
                    0 => "whatever comes after it".to_owned(),
                    1 => "1 other".to_owned(),
                    more => format!("{more} others"),
                }
            ),
            evidence: std::iter::once(head).chain(waits).collect(),
            effect: "nothing later reaches the database".to_owned(),
            fix: Fix::safe([retry, Step::in_channel(Stage::Download, run)]),
        });
    }
    Ok(())
}
