//! CDX406: rows that have not been uploaded are older than what a shift close purges.

use std::time::Duration;

use crate::diagnosis::sources::SCHEMA;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::uploads::counted;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::operation::OperationKind;
use crate::model::suggestion::{OfChannels, Run};
use crate::model::wording::count;

const HEADER: Header = Header {
    code: "CDX406",
    name: "purge-before-upload",
    severity: Severity::Error,
    checks: "for asynchronous rows that have not been collected and are older than \"Days \
             transactions exist\" of the channel's functionality profile",
    why: "Closing a shift deletes asynchronous customers and addresses of that age, uploaded or \
          not. When the P-job has stood still for longer than that, the next close loses them.",
    how_to_fix: "Upload before anybody closes a shift.",
    since: "0.2.0",
    behaviours: &["U06"],
    sources: &[Source::inferred(SCHEMA)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

const DAY: u64 = 24 * 60 * 60;

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    x.tell_unplanned_uploads(findings)?;
    for (channel, facts) in x.online() {
        let Some(own) = &facts.now.channel else { continue };
        let days = u64::try_from(own.days_transactions_exist).unwrap_or(0);
        let age = Duration::from_secs(days * DAY);
        let name = &channel.store.name;
        for (upload, counters) in counted(name, facts, findings) {
            let (job, table) = (&upload.job, upload.dotted());
            let purged = OperationKind::ALL
                .iter()
                .any(|kind| counters.table.eq_ignore_ascii_case(&format!("ax_{}", kind.table())));
            let Some(oldest) = counters.oldest.as_ref().filter(|_| purged) else { continue };
            if counters.unsent == 0 || !x.hq.is_older(oldest, age) {
                continue;
            }
            let run = Run::job(job).in_channel(name);
            let mut steps = Vec::new();
            if channel.store.paused {
                steps.push(Step::new(Stage::Clear, OfChannels::Resume(name.clone())));
            }
            steps.push(Step::in_channel(Stage::Upload, run));
            let fix = if channel.store.paused { Fix::manual(steps) } else { Fix::safe(steps) };
            findings.report(Found {
                subject: Subject::channel(name).with_table(&table).with_job(job),
                title: format!("the next shift close deletes uncollected rows of {table}"),
                evidence: vec![
                    format!("{} above the last collected counter", count(counters.unsent, "row")),
                    format!(
                        "the oldest of {}, kept for {}",
                        x.hq.clock.show(oldest),
                        count(days, "day")
                    ),
                ],
                effect: "customers that were created at the register are lost".to_owned(),
                fix,
            });
        }
    }
    x.tell_unreadable(findings);
    Ok(())
}
