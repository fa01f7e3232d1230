//! CDX205: a channel database group is on no active schedule for a job.

use crate::diagnosis::sources::{CDX_COMMUNICATIONS, CDX_PRACTICES};
use crate::diagnosis::{
    Findings, Fix, Found, Header, Severity, Source, Stage, Step, Subject, Unknown,
};
use crate::doctor::about::schedules::used_groups;
use crate::doctor::facts::Examination;
use crate::doctor::rule::{Depth, Rule};
use crate::exchange::enlist;
use crate::model::ids::GroupId;
use crate::model::job::Direction;
use crate::model::suggestion::{Run, SetSchedule};
use crate::model::topology::Schedule;

const HEADER: Header = Header {
    code: "CDX205",
    name: "group-not-scheduled",
    severity: Severity::Warning,
    checks: "that every channel database group with databases in it is on an active distribution \
             schedule for each download job; a group marked as a dummy is exempt",
    why: "Headquarters generates nothing for a group that no active schedule serves. Running the \
          job by hand does not help either: there is nothing to run it from.",
    how_to_fix: "Activate the schedule, or put the group on one.",
    since: "0.2.0",
    behaviours: &["D13"],
    sources: &[Source::documented(CDX_COMMUNICATIONS), Source::documented(CDX_PRACTICES)],
};

pub(super) const RULE: Rule = Rule { header: HEADER, depth: Depth::Quick, check };

fn check(x: &Examination, findings: &mut Findings) -> Result<(), Unknown> {
    let schedules = x.hq.schedules.as_ref()?;
    let definitions = x.hq.definitions.as_ref()?;
    let used = |id: GroupId| x.hq.stores.iter().any(|store| store.group_id == id);
    for group in x.hq.groups.iter().filter(|group| !group.dummy && used(group.id)) {
        for job in definitions.jobs.iter().filter(|job| job.direction == Direction::Download) {
            let serves = |schedule: &&Schedule| schedule.serves(&job.id, &group.name);
            let serving: Vec<&Schedule> = schedules.iter().filter(serves).collect();
            if serving.iter().any(|schedule| schedule.active) {
                continue;
            }
            let (title, step) = match serving.first() {
                Some(schedule) => (
                    format!(
                        "channel database group {} is on no active schedule: {} is not active",
                        group.name, schedule.name
                    ),
                    SetSchedule { active: Some(true), ..SetSchedule::of(&schedule.name) }.into(),
                ),
                None => (
                    format!("channel database group {} is on no schedule for a job", group.name),
                    enlist::group_with_job(schedules, &group.name, &job.id, &used_groups(x)),
                ),
            };
            findings.report(Found {
                subject: Subject::job(&job.id).with_key(&group.name),
                title,
                evidence: vec![format!("{} {}: generates nothing", job.id, job.name)],
                effect: "headquarters makes no sessions for the group's databases".to_owned(),
                fix: Fix::manual([
                    Step::new(Stage::Clear, step),
                    Step::new(Stage::Download, Run::job(&job.id).in_group(&group.name)),
                ]),
            });
        }
    }
    Ok(())
}
