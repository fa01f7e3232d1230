//! CDX212: a full synchronization of an excluded job is about to empty tables.

use crate::diagnosis::sources::{CDX_IMPLEMENTATION, CDX_PRACTICES};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Safety, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::session::Mode;
use crate::model::suggestion::OfSessions;
use crate::model::wording::count;

const HEADER: Header = Header {
    code: "CDX212",
    name: "excluded-job-empties",
    severity: Severity::Warning,
    checks: "for full sessions, still to be applied in an offline database, of jobs or subjobs \
             that are excluded from offline databases, while their tables there hold rows",
    why: "An excluded job sends an offline database no rows, so a full synchronization leaves its \
          tables there empty. A register that goes offline afterwards works without that data.",
    how_to_fix: "Cancel the session for the offline database if the rows are still wanted there, or \
           include the job again.",
    since: "0.2.0",
    behaviours: &["D09"],
    sources: &[Source::documented(CDX_IMPLEMENTATION), Source::documented(CDX_PRACTICES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    x.tell_unplanned_downloads(findings)?;
    let sessions = x.hq.sessions.as_ref()?;
    for (channel, facts) in x.readable().filter(|(channel, _)| channel.store.offline) {
        let store = &channel.store;
        for (session, row) in sessions.of(store.id) {
            if session.mode != Mode::Full || row.status.is_final() {
                continue;
            }
            let filled: Vec<String> = facts
                .excluded
                .iter()
                .filter(|(job, _, rows)| *rows > 0 && *job == session.job)
                .map(|(_, table, rows)| {
                    format!("{}: {}", table.replacen('_', ".", 1), count(*rows, "row"))
                })
                .collect();
            if filled.is_empty() {
                continue;
            }
            let (number, job) = (session.id, &session.job);
            let cancel = OfSessions::Cancel { id: number, channel: Some(store.name.clone()) };
            findings.report(Found {
                subject: Subject::session(number).with_channel(&store.name).with_job(job),
                title: format!(
                    "full session {number} of {job}, which is excluded, will empty its tables"
                ),
                evidence: filled,
                effect: "the register has none of this data when it is offline".to_owned(),
                fix: Fix::new(Safety::Destructive, [Step::new(Stage::Clear, cancel)]),
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}
