//! CDX504: the P-job, the customer batch or 1010 has no recurring schedule.

use crate::diagnosis::sources::ASYNC_MODE;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::schedules::{
    Defect, SYNC_CUSTOMERS, broken, new_schedule, schedules_of, worded,
};
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::ids::JobId;

const HEADER: Header = Header {
    code: "CDX504",
    name: "recurring-jobs-missing",
    severity: Severity::Warning,
    checks: "that the P-job, \"Synchronize customers and channel requests\" and 1010 are each on \
             an active distribution schedule, and that the recurring batch that runs it is in a \
             valid state and not on hold",
    why: "A register that is offline, or cannot reach headquarters, creates customers \
          asynchronously even where creation is synchronous otherwise. Without all three they \
          never get an account.",
    how_to_fix: "Put the job on a schedule that recurs, or let the batch that runs it wait for its turn \
           again.",
    since: "0.2.0",
    behaviours: &["C07", "R06", "R07"],
    sources: &[Source::documented(ASYNC_MODE)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

/// The three, in the order they follow each other.
const NEEDED: &[&str] = &["P-0001", SYNC_CUSTOMERS, "1010"];

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for job in NEEDED.iter().copied().map(JobId::new) {
        let serving = schedules_of(x, &job)?;
        let (title, evidence, command) = if serving.is_empty() {
            (
                format!("{job} has no recurring schedule"),
                "on no schedule".to_owned(),
                new_schedule(x, &job),
            )
        } else {
            let Some((schedule, flaw)) = broken(&serving) else { continue };
            let title = match flaw.defect {
                Defect::Inactive | Defect::NotRecurring => {
                    format!("{job} has no recurring schedule")
                }
                Defect::State(_) => format!("the batch that runs {job} does not run"),
            };
            (title, worded(schedule, &flaw), flaw.command)
        };
        findings.report(Found {
            subject: Subject::job(&job),
            title,
            evidence: vec![evidence],
            effect: "customers that were created asynchronously never get an account".to_owned(),
            fix: Fix::manual([Step::new(Stage::Clear, command)]),
        });
    }
    Ok(())
}
