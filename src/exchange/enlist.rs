//! The commands that put jobs and groups on distribution schedules (D13, U03).

use crate::model::ids::JobId;
use crate::model::suggestion::{SetSchedule, Suggestion};
use crate::model::topology::Schedule;

/// The command that makes a schedule of its own for a job, serving these groups; it is the same
/// whoever names it, so that one is made and not several.
pub(crate) fn on_its_own(job: &JobId, groups: &[&str]) -> Suggestion {
    let change = SetSchedule::of(&format!("Job {job}"));
    SetSchedule { add_jobs: vec![job.to_string()], add_groups: owned(groups), ..change }.into()
}

/// The command that gives a group a job: it joins a schedule that runs the job, an active one
/// before others, and where there is none the job gets one of its own with the groups given.
pub(crate) fn group_with_job(
    schedules: &[Schedule],
    group: &str,
    job: &JobId,
    groups: &[&str],
) -> Suggestion {
    let mut running = schedules.iter().filter(|schedule| schedule.runs(job));
    let first = running.clone().next();
    let Some(schedule) = running.find(|schedule| schedule.active).or(first) else {
        return on_its_own(job, groups);
    };
    let active = (!schedule.active).then_some(true);
    let change = SetSchedule { active, ..SetSchedule::of(&schedule.name) };
    SetSchedule { add_groups: owned(&[group]), ..change }.into()
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
