//! CDX404: an upload session failed.

use crate::diagnosis::sources::{CDX_TROUBLE, FIDELITY};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::{Examination, PackageState};
use crate::doctor::rule::{Depth, Rule};
use crate::model::status::UploadStatus;
use crate::model::suggestion::{OfChannels, OfSessions, Run};
use crate::model::wording::{count, tries};

const HEADER: Header = Header {
    code: "CDX404",
    name: "upload-failed",
    severity: Severity::Error,
    checks: "for upload sessions that are ReadFailed, UploadFailed or ApplyFailed, or were given \
             up after their tries, with the row and the message; for uploads whose package is \
             gone or was altered; and for those that were cancelled and have rows that \
             headquarters does not have",
    why: "Uploads are incremental: what a failed session carries is never collected again. Its \
          rows reach headquarters through that session or not at all.",
    how_to_fix: "Fix what the message says, then run the upload job, which tries the session again from \
           its package; one that was given up must be retried first. Where the package is gone or \
           was altered, reseeding the channel ends the session, and lets the next upload bring \
           its rows.",
    since: "0.2.0",
    behaviours: &["U01", "U05"],
    sources: &[Source::documented(CDX_TROUBLE), Source::inferred(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let packages = x.hq.packages.as_ref()?;
    for session in x.hq.upload_sessions.as_ref()? {
        let message = session.message.clone().unwrap_or_default();
        let given_up = session.given_up;
        let package = session.package.as_ref().and_then(|name| packages.get(name));
        let gone = package.filter(|state| **state != PackageState::Whole);
        let cancelled = x.hq.cancelled.as_ref()?.get(&session.id).filter(|_| !given_up);
        if session.status == UploadStatus::Canceled && !given_up && cancelled.is_none()
            || !session.status.is_failure() && !given_up && gone.is_none() && cancelled.is_none()
        {
            continue;
        }
        let (number, job) = (session.id, &session.job);
        let what = match gone {
            Some(PackageState::Missing) => "has no package any more".to_owned(),
            Some(_) => "has a package that was altered".to_owned(),
            None => format!("is {}", session.status.as_str()),
        };
        let run = Step::in_channel(Stage::Upload, Run::job(job).in_channel(&session.store));
        let retry = OfSessions::RetryUpload(number);
        let reseed = OfChannels::Reseed(session.store.clone());
        let fix = if gone.is_some() {
            Fix::safe([Step::new(Stage::Clear, reseed), run])
        } else if cancelled.is_some() {
            // Somebody has decided on it.
            Fix::manual([Step::new(Stage::Clear, retry), run])
        } else if given_up {
            Fix::safe([Step::new(Stage::Clear, retry), run])
        } else {
            Fix::safe([run])
        };
        let rows = cancelled.copied().unwrap_or(session.rows);
        findings.report(Found {
            subject: Subject::session(number).with_channel(&session.store).with_job(job),
            title: format!("upload session {number} of {} {what}", session.store),
            evidence: vec![format!("{}: {message}", tries(session.tries))],
            effect: format!("only in the channel: {}", count(rows, "row")),
            fix,
        });
    }
    Ok(())
}
