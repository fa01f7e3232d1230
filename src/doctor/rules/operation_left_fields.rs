//! CDX506: an operation that came late left fields alone.

use std::time::Duration;

use crate::diagnosis::sources::FIDELITY;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::OfCustomers;
use crate::model::wording::count;

const HEADER: Header = Header {
    code: "CDX506",
    name: "operation-left-fields",
    severity: Severity::Info,
    checks: "for customer operations that came late within the last week and left fields alone, \
             since a newer operation or a person in headquarters had set them",
    why: "An upload that was cancelled and retried, a register that was long offline, or an \
          operation that failed and was corrected arrives after newer ones. What is newer goes by \
          the time at which people acted; within one channel, at one time, by the order of its \
          rows. A deactivation of an address is a field of its own: a late edit of an address \
          that was deactivated since leaves everything alone, and a late deactivation stands, \
          since no edit says that an address is in force.",
    how_to_fix: "Look at what was left with `cdx customers status show`. Where the older value is the \
           right one, set it in headquarters with `cdx customers edit`.",
    since: "0.3.0",
    behaviours: &["C09", "R19"],
    sources: &[Source::inferred(FIDELITY)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

/// How long an operation is told of.
const TOLD: Duration = Duration::from_hours(7 * 24);

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for operation in x.hq.late_operations.as_ref()? {
        if x.hq.is_older(&operation.processed, TOLD) {
            continue;
        }
        let id = operation.id.to_string();
        let evidence = operation.left.iter().map(|left| {
            format!("{} stays {:?}, not {:?}: {}", left.field, left.kept, left.value, left.newer)
        });
        let left = count(operation.left.len() as u64, "field");
        findings.report(Found {
            subject: Subject::channel(&operation.channel).with_key(&id),
            title: format!("operation {id} came late and left {left} alone"),
            evidence: evidence.collect(),
            effect: format!("customer {} keeps what is newer", operation.account),
            fix: Fix::manual([Step::new(Stage::Look, OfCustomers::Operation(id))]),
        });
    }
    Ok(())
}
