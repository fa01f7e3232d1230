//! CDX504: the P-job, the customer batch or 1010 has no recurring schedule.

use crate::doctor::facts::Examination;
use crate::doctor::finding::{Found, Severity, Subject};
use crate::doctor::fix::{Fix, Stage, Step};
use crate::doctor::rule::{Depth, Findings, Rule, Unknown};
use crate::doctor::sources::{ASYNC_FAQ, Source};
use crate::gates::script::quoted;
use crate::model::topology::Schedule;

pub(in crate::doctor) const RULE: Rule = Rule {
    code: "CDX504",
    name: "recurring-jobs-missing",
    severity: Severity::Warning,
    checks: "that the P-job, \"Synchronize customers and channel requests\" and 1010 are each on \
             an active distribution schedule that a recurring batch runs",
    why: "A register that is offline, or cannot reach headquarters, creates customers \
          asynchronously even where creation is synchronous otherwise. Without all three they \
          never get an account.",
    mend: "Put the job on a schedule that recurs.",
    since: "0.2.0",
    behaviours: &["C07", "R06", "R07"],
    sources: &[Source::documented(ASYNC_FAQ)],
    depth: Depth::Quick,
    check,
};

/// The three, with the kind of schedule they belong to.
const NEEDED: &[&str] = &["P-0001", "sync-customers", "1010"];

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let schedules = x.hq.schedules.as_ref()?;
    for job in NEEDED {
        let runs = |schedule: &&Schedule| schedule.jobs.iter().any(|j| j.eq_ignore_ascii_case(job));
        let serving: Vec<&Schedule> = schedules.iter().filter(runs).collect();
        if serving.iter().any(|schedule| schedule.active && schedule.recurring) {
            continue;
        }
        let (evidence, command) = match serving.first() {
            Some(schedule) => (
                format!(
                    "{}: {}",
                    schedule.name,
                    if schedule.active { "no recurring batch" } else { "not active" }
                ),
                format!(
                    "cdx schedules set {} --active yes --recurring yes",
                    quoted(&schedule.name)
                ),
            ),
            None => (
                "on no schedule".to_owned(),
                format!("cdx schedules set 'Job {job}' --jobs {job}{}", groups(x, job)),
            ),
        };
        findings.report(Found {
            subject: Subject::job(job),
            title: format!("{job} has no recurring schedule"),
            evidence: vec![evidence],
            effect: "customers that were created asynchronously never get an account".to_owned(),
            fix: Fix::manual([Step::new(Stage::Clear, command)]),
        });
    }
    Ok(())
}

/// The groups a new schedule serves; a batch inside headquarters serves none.
fn groups(x: &Examination, job: &str) -> String {
    if job.eq_ignore_ascii_case("sync-customers") {
        return String::new();
    }
    let used = |id: i64| x.hq.stores.iter().any(|store| store.group_id == id);
    let names: Vec<String> =
        x.hq.groups
            .iter()
            .filter(|group| !group.dummy && used(group.id))
            .map(|group| quoted(&group.name))
            .collect();
    if names.is_empty() { String::new() } else { format!(" --groups {}", names.join(" ")) }
}
