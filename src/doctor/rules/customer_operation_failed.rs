//! CDX501: a customer operation failed in the batch.

use crate::diagnosis::sources::{ASYNC_FAQ, AUDIT};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::OfCustomers;
use crate::model::wording::count;

const HEADER: Header = Header {
    code: "CDX501",
    name: "customer-operation-failed",
    severity: Severity::Error,
    checks: "for customer operations that \"Synchronize customers and channel requests\" could not \
             process, with the last known error",
    why: "The customer has no account, or keeps the old values, and later operations of the same \
          customer wait behind the failed one. Other customers go on, so that nobody notices.",
    how_to_fix: "See what is wrong with it, correct the value with `cdx customers status edit`, and \
           synchronize it again.",
    since: "0.2.0",
    behaviours: &["C03", "C04"],
    sources: &[Source::documented(ASYNC_FAQ), Source::documented(AUDIT)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for operation in x.hq.failed_operations.as_ref()? {
        let id = operation.id.to_string();
        let mut evidence = vec![format!("customer {}: {}", operation.account, operation.error)];
        if operation.waiting > 0 {
            let later = count(operation.waiting, "later operation");
            evidence.push(format!("behind it: {later}"));
        }
        let steps = [
            Step::new(Stage::Batch, OfCustomers::Operation(id.clone())),
            Step::new(Stage::Batch, OfCustomers::Synchronize(id.clone())),
        ];
        findings.report(Found {
            subject: Subject::channel(&operation.channel).with_key(&id),
            title: format!("operation {id} failed: {}", operation.error),
            evidence,
            effect: "the customer is not in headquarters as the channel has it".to_owned(),
            fix: Fix::manual(steps),
        });
    }
    Ok(())
}
