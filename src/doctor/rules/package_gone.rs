//! CDX209: the package of a session that is not yet applied is missing, altered or expired.

use crate::diagnosis::sources::{CDX_TROUBLE, FIDELITY};
use crate::diagnosis::{Findings, Fix, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::jobs::full;
use crate::doctor::facts::{Examination, PackageState};
use crate::doctor::rule::{Depth, Rule};

const HEADER: Header = Header {
    code: "CDX209",
    name: "package-gone",
    severity: Severity::Error,
    checks: "that the package of every session that is still to be applied is there, is within \
             its retention, and is as it was made; `--quick` looks at its size only",
    why: "A package past its retention is deleted, and the channel is told \"record not found\". \
          One that does not match its checksum is never applied. Then it does not help to try the \
          session again.",
    how_to_fix: "The job needs a full synchronization for that database; it takes the session's place.",
    since: "0.2.0",
    behaviours: &["D15", "D16"],
    sources: &[Source::documented(CDX_TROUBLE), Source::inferred(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let sessions = x.hq.sessions.as_ref()?;
    let packages = x.hq.packages.as_ref()?;
    let retention = x.hq.settings.package_retention;
    for store in &x.hq.stores {
        for (session, row) in sessions.of(store.id) {
            let Some(package) = session.package.as_ref().filter(|_| !row.status.is_final()) else {
                continue;
            };
            let expired = x.hq.is_older(&session.created, retention);
            let what = match packages.get(package) {
                Some(PackageState::Altered) => "is not what was made",
                Some(PackageState::Missing) if expired => "is past its retention and deleted",
                Some(PackageState::Missing) => "is missing",
                _ if expired => "is past its retention",
                _ => continue,
            };
            let (number, job) = (session.id, &session.job);
            findings.report(Found {
                subject: Subject::session(number).with_channel(&store.name).with_job(job),
                title: format!("the package of session {number} of {job} {what}"),
                evidence: vec![
                    format!("packages/{package}"),
                    format!(
                        "made {}, {} bytes, checksum {}",
                        x.hq.clock.show(&session.created),
                        session.bytes,
                        session.checksum.get(..12).unwrap_or(&session.checksum)
                    ),
                ],
                effect: "the session can never be applied".to_owned(),
                fix: Fix::safe([full(job, &store.name)]),
            });
        }
    }
    Ok(())
}
