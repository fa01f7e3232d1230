//! CDX407: more than one schedule runs the upload job.

use crate::diagnosis::sources::CDX_PRACTICES;
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::schedules::schedules_of;
use crate::doctor::about::uploads::upload_jobs;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::model::suggestion::SetSchedule;

const HEADER: Header = Header {
    code: "CDX407",
    name: "parallel-upload",
    severity: Severity::Warning,
    checks: "that only one active distribution schedule runs each upload job",
    why: "One P-job at a time is supported. Two of them meet over the same sessions, and one ends \
          with an error that has nothing to do with the data.",
    how_to_fix: "Leave one schedule active, with all groups on it.",
    since: "0.2.0",
    behaviours: &["U04"],
    sources: &[Source::documented(CDX_PRACTICES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    for job in upload_jobs(x)? {
        let active: Vec<_> =
            schedules_of(x, &job.id)?.into_iter().filter(|schedule| schedule.active).collect();
        let Some((kept, others)) = active.split_first().filter(|(_, others)| !others.is_empty())
        else {
            continue;
        };
        let mut missing: Vec<&str> = Vec::new();
        for group in others.iter().flat_map(|schedule| &schedule.groups) {
            if !kept.groups.contains(group) && !missing.contains(&group.as_str()) {
                missing.push(group);
            }
        }
        let mut steps = Vec::new();
        if !missing.is_empty() {
            let add_groups = missing.into_iter().map(str::to_owned).collect();
            let change = SetSchedule { add_groups, ..SetSchedule::of(&kept.name) };
            steps.push(Step::new(Stage::Clear, change));
        }
        steps.extend(others.iter().map(|schedule| {
            let stop = SetSchedule { active: Some(false), ..SetSchedule::of(&schedule.name) };
            Step::new(Stage::Clear, stop)
        }));
        findings.report(Found {
            subject: Subject::job(&job.id),
            title: format!("{} active schedules run {}", active.len(), job.id),
            evidence: active
                .iter()
                .map(|schedule| format!("{}: groups {}", schedule.name, schedule.groups.join(", ")))
                .collect(),
            effect: "two P-jobs can run at the same time".to_owned(),
            fix: Fix::manual(steps),
        });
    }
    Ok(())
}
