//! CDX214: a download job of an active schedule has never been applied in a channel.

use crate::diagnosis::sources::{CDX_TROUBLE, FIDELITY};
use crate::diagnosis::{Findings, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::jobs::{Bring, deliver, is_lacking};
use crate::doctor::facts::{Channel, Examination};
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::JobId;
use crate::model::session::{DownloadSession, Mode, StoreSession};
use crate::model::status::DownloadStatus;

const HEADER: Header = Header {
    code: "CDX214",
    name: "job-never-applied",
    severity: Severity::Error,
    checks: "that every download job of an active schedule has been applied whole in each channel, \
             and in each offline database it is meant for, at least once",
    why: "Until all of a job has come once, the channel lacks all that the job brings: its features \
          (1110), its own configuration and profile (1070), its customers (1010), or whatever a \
          job of your own carries. What does not come changes nothing, so that nothing else may \
          look wrong.",
    how_to_fix: "Run the job, and see that its session ends in Applied.",
    since: "0.3.0",
    behaviours: &["D01", "D05", "D13", "G13"],
    sources: &[Source::documented(CDX_TROUBLE), Source::assumed(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for (channel, facts) in x.readable() {
        for plans in x.hq.downloads.as_ref()? {
            let job = &plans.job;
            if !is_lacking(x, channel, plans)? {
                continue;
            }
            findings.report(Found {
                subject: Subject::channel(&channel.store.name).with_job(&job.id),
                title: "a job of an active schedule has never been applied whole".to_owned(),
                evidence: vec![seen(x, channel, &job.id, &job.name)?],
                effect: "the channel lacks what the job brings".to_owned(),
                fix: deliver(x, channel, facts, Vec::new(), Bring::WhatIsMissing(&job.id))?,
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}

fn seen(x: &Examination, channel: &Channel, job: &JobId, name: &str) -> Result<String, Unknown> {
    let own = |one: &(&DownloadSession, &StoreSession)| one.0.job == *job;
    let sessions = x.hq.sessions.as_ref()?;
    let (mut last, mut whole, mut applied) = (None, None, false);
    for (session, row) in sessions.of(channel.store.id).filter(own) {
        last = Some((session, row));
        whole = last.filter(|_| session.mode == Mode::Full).or(whole);
        applied |= row.status == DownloadStatus::Applied;
    }
    let said = match (last, whole, applied) {
        (None, ..) => "no session has been made for it".to_owned(),
        (Some((session, row)), _, false) => {
            format!("session {} is {}, and none was applied", session.id, row.status)
        }
        (Some(_), Some((session, row)), true) => format!(
            "session {}, which brings all of it, is {}; only changes were applied",
            session.id, row.status
        ),
        (Some(_), None, true) => "only changes were applied, never all of it".to_owned(),
    };
    Ok(format!("{job} {name}: {said}"))
}
