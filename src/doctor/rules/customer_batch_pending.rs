//! CDX502: uploaded operations wait for the customer batch.

use crate::diagnosis::sources::{ASYNC_FAQ, CONVERT};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::schedules::{SYNC_CUSTOMERS, broken, schedules_of, worded};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::JobId;
use crate::model::suggestion::Run;
use crate::model::wording::count;

const HEADER: Header = Header {
    code: "CDX502",
    name: "customer-batch-pending",
    severity: Severity::Warning,
    checks: "for customer operations that the P-job has brought to headquarters and \"Synchronize \
             customers and channel requests\" has not processed, and for what stops the schedule \
             that runs it: not active, no recurring batch, a batch on hold or in a bad state",
    why: "The order is P-job, batch, 1010. Until the batch has run there is no account, so that \
          there is nothing for 1010 to bring back.",
    how_to_fix: "Fix the schedule that runs the batch if it is what stops it; then run the batch, \
           then 1010.",
    since: "0.2.0",
    behaviours: &["C01", "C02"],
    sources: &[Source::documented(ASYNC_FAQ), Source::documented(CONVERT)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    // Where schedules cannot be read that is told elsewhere; what waits is known anyway.
    let broken =
        schedules_of(x, &JobId::new(SYNC_CUSTOMERS)).ok().and_then(|serving| broken(&serving));
    for pending in x.hq.pending_operations.as_ref()? {
        let mut evidence = vec![format!(
            "{}: {}, the oldest of {}",
            pending.channel,
            count(pending.count, "operation"),
            x.hq.clock.show(&pending.oldest)
        )];
        let run = [
            Step::new(Stage::Batch, Run::job(SYNC_CUSTOMERS)),
            Step::new(Stage::Download, Run::job("1010")),
        ];
        let (title, fix) = match &broken {
            Some((schedule, flaw)) => {
                evidence.push(worded(schedule, flaw));
                let fix = Step::new(Stage::Clear, flaw.command.clone());
                (
                    "uploaded customer operations wait for the batch, which does not run by itself",
                    Fix::manual([fix].into_iter().chain(run)),
                )
            }
            None => ("uploaded customer operations wait for the batch", Fix::safe(run)),
        };
        findings.report(Found {
            subject: Subject::channel(&pending.channel).with_job(SYNC_CUSTOMERS),
            title: title.to_owned(),
            evidence,
            effect: "customers stay \"Pending sync\"".to_owned(),
            fix,
        });
    }
    Ok(())
}
