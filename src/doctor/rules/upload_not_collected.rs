//! CDX401: a channel has rows above the last collected counter that have been waiting.

use crate::diagnosis::sources::{CDX_COMMUNICATIONS, UPLOAD_WARNINGS};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::uploads::counted;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::run::Phase;
use crate::model::settings::UploadTopology;
use crate::model::suggestion::Run;
use crate::model::wording::count;

const HEADER: Header = Header {
    code: "CDX401",
    name: "upload-not-collected",
    severity: Severity::Warning,
    checks: "for rows of upload tables above the last collected counter that are older than \
             `stuck-after` of `cdx.toml`",
    why: "The P-job applies what the Async Client has collected, and collects nothing itself. When \
          nobody collects, running the P-job succeeds and uploads nothing.",
    how_to_fix: "Collect: the first phase of the upload. See when the database was last heard of.",
    since: "0.2.0",
    behaviours: &["U01", "U02"],
    sources: &[Source::documented(CDX_COMMUNICATIONS), Source::documented(UPLOAD_WARNINGS)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    x.tell_unplanned_uploads(findings)?;
    let threshold = x.hq.settings.doctor.stuck_after;
    for (channel, facts) in x.online().filter(|(channel, _)| !channel.store.paused) {
        let name = &channel.store.name;
        for (upload, counters) in counted(name, facts, findings) {
            let (job, table) = (&upload.job, upload.dotted());
            let oldest = counters.oldest.as_ref();
            // Rows that do not say when they were made are taken for old.
            let old = oldest.is_none_or(|oldest| x.hq.is_older(oldest, threshold));
            if counters.unsent == 0 || !old {
                continue;
            }
            let mut evidence = vec![format!(
                "{} above counter {}",
                count(counters.unsent, "row"),
                counters.received
            )];
            evidence.extend(oldest.map(|at| format!("the oldest of {}", x.hq.clock.show(at))));
            let heard = x.hq.connections.as_ref()?.get(&channel.store.id);
            evidence.push(match heard {
                Some(at) => format!("last connection {}", x.hq.clock.show(at)),
                None => "never connected".to_owned(),
            });
            let phase = match x.hq.settings.topology {
                UploadTopology::TwoPhase => Some(Phase::Collect),
                UploadTopology::OnePhase => None,
            };
            let run = Run { phase, ..Run::job(job).in_channel(name) };
            findings.report(Found {
                subject: Subject::channel(name).with_table(&table).with_job(job),
                title: format!("{table} has rows that nobody has collected"),
                evidence,
                effect: "headquarters does not hear of them".to_owned(),
                fix: Fix::safe([Step::in_channel(Stage::Upload, run)]),
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}
