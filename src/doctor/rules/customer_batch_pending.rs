//! CDX502: uploaded operations wait for the customer batch.

use crate::doctor::facts::Examination;
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::fix::{Fix, Stage, Step};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{ASYNC_FAQ, CONVERT, Source};
use crate::model::wording::count;

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX502",
    name: "customer-batch-pending",
    severity: Severity::Warning,
    checks: "for customer operations that the P-job has brought to headquarters and \"Synchronize \
             customers and channel requests\" has not processed",
    why: "The order is P-job, batch, 1010. Until the batch has run there is no account, so that \
          there is nothing for 1010 to bring back.",
    mend: "Run the batch, then 1010.",
    since: "0.2.0",
    behaviours: &["C01", "C02"],
    sources: &[Source::documented(ASYNC_FAQ), Source::documented(CONVERT)],
    depth: Depth::Quick,
    check,
};

const BATCH: &str = "sync-customers";

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for pending in x.hq.pending_operations.as_ref()? {
        findings.report(Found {
            subject: Subject::channel(&pending.channel).with_job(BATCH),
            title: "uploaded customer operations wait for the batch".to_owned(),
            evidence: vec![format!(
                "{}: {}, the oldest of {}",
                pending.channel,
                count(pending.count, "operation"),
                x.hq.clock.show(&pending.oldest)
            )],
            effect: "customers stay \"Pending sync\"".to_owned(),
            fix: Fix::safe([
                Step::new(Stage::Batch, format!("cdx run {BATCH}")),
                Step::new(Stage::Download, "cdx run 1010"),
            ]),
        });
    }
    Ok(())
}
