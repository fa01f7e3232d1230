//! CDX403: nothing applies the uploads of a channel database group.

use crate::diagnosis::sources::UPLOAD_WARNINGS;
use crate::diagnosis::{Findings, Fix, Found, Header, Severity, Source, Subject, Unknown};
use crate::doctor::about::uploads::{Cause, cause, upload_jobs};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::GroupId;

const HEADER: Header = Header {
    code: "CDX403",
    name: "upload-schedule-broken",
    severity: Severity::Error,
    checks: "that each channel database group is on an active distribution schedule with the \
             upload job, and that the schedule is run by a recurring batch in a valid state that \
             is not on hold",
    why: "Uploads are applied by that batch alone. Without it sessions pile up in Uploaded, and \
          nobody is told as long as nobody looks.",
    how_to_fix: "Fix what the finding names.",
    since: "0.2.0",
    behaviours: &["U03"],
    sources: &[Source::documented(UPLOAD_WARNINGS)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let used = |id: GroupId| x.hq.channel_stores().any(|store| store.group_id == id);
    for job in upload_jobs(x)? {
        let mut told: Vec<Cause> = Vec::new();
        for group in x.hq.groups.iter().filter(|group| !group.dummy && used(group.id)) {
            let Some(cause) = cause(x, &job.id, &group.name)? else { continue };
            // A schedule that is broken is told once, whichever groups it serves.
            let same = |known: &Cause| known.schedule.is_some() && known.schedule == cause.schedule;
            if told.iter().any(same) {
                continue;
            }
            let key = cause.schedule.as_ref().or(cause.group.as_ref()).cloned().unwrap_or_default();
            findings.report(Found {
                subject: Subject::job(&job.id).with_key(&key),
                title: cause.warning.clone(),
                evidence: vec![format!("{} {}: group {}", job.id, job.name, group.name)],
                effect: "uploads of the group are not applied".to_owned(),
                fix: Fix::manual([cause.step.clone()]),
            });
            told.push(cause);
        }
    }
    Ok(())
}
