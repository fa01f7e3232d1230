//! CDX402: upload sessions have been Uploaded for more than fifteen minutes.

use std::time::Duration;

use crate::diagnosis::sources::UPLOAD_WARNINGS;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::schedules::schedules_of;
use crate::doctor::about::uploads::cause;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::run::Phase;
use crate::model::settings::UploadTopology;
use crate::model::status::UploadStatus;
use crate::model::suggestion::Run;
use crate::model::topology::BatchState;
use crate::model::wording::count;

const HEADER: Header = Header {
    code: "CDX402",
    name: "upload-not-applied",
    severity: Severity::Error,
    checks: "for upload sessions that have been in Uploaded for more than 15 minutes, each with \
             the first cause of the documented ones: schedule not active, no recurring batch, \
             batch on hold or in a bad state, group on no upload schedule; a batch that is \
             executing is left to finish",
    why: "The rows have left the channel and are not in headquarters: customers have no account, \
          transactions are not posted, and nothing in the channel shows it.",
    how_to_fix: "Fix the cause, then apply: the second phase of the upload.",
    since: "0.2.0",
    behaviours: &["U02", "U03"],
    sources: &[Source::documented(UPLOAD_WARNINGS)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

/// The documented threshold.
const PATIENCE: Duration = Duration::from_mins(15);

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for session in x.hq.upload_sessions.as_ref()? {
        let since = session.uploaded.as_ref().unwrap_or(&session.created);
        if session.status != UploadStatus::Uploaded || !x.hq.is_older(since, PATIENCE) {
            continue;
        }
        let serving = schedules_of(x, &session.job)?;
        let executing = serving.iter().any(|schedule| {
            schedule.active
                && schedule.serves(&session.job, &session.group)
                && schedule.batch_state == Some(BatchState::Executing)
        });
        if executing {
            continue;
        }
        let cause = cause(x, &session.job, &session.group)?;
        let phase = match x.hq.settings.topology {
            UploadTopology::TwoPhase => Some(Phase::Apply),
            UploadTopology::OnePhase => None,
        };
        let apply = Run { phase, ..Run::job(&session.job).in_channel(&session.store) };
        let apply = Step::in_channel(Stage::Upload, apply);
        let (title, fix) = match cause {
            Some(cause) => (
                format!("an upload session is not applied: {}", cause.warning),
                Fix::manual([cause.step, apply]),
            ),
            None => (
                "an upload session is not applied: the P-job has not run since".to_owned(),
                Fix::safe([apply]),
            ),
        };
        findings.report(Found {
            subject: Subject::session(session.id)
                .with_channel(&session.store)
                .with_job(&session.job),
            title,
            evidence: vec![format!(
                "session {} of {}: Uploaded {}, {}",
                session.id,
                session.store,
                x.hq.clock.show(since),
                count(session.rows, "row")
            )],
            effect: "what was uploaded is not in headquarters".to_owned(),
            fix,
        });
    }
    Ok(())
}
