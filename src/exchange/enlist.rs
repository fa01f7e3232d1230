//! The commands that put jobs and groups on distribution schedules (D13, U03).

use crate::gates::script::quoted;
use crate::model::topology::Schedule;

/// The command that makes a schedule of its own for a job, serving these groups; it is the same
/// whoever names it, so that one is made and not several.
pub fn on_its_own(job: &str, groups: &[&str]) -> String {
    let schedule = quoted(&format!("Job {job}"));
    let mut command = format!("cdx schedules set {schedule} --add-jobs {}", quoted(job));
    if !groups.is_empty() {
        command.push_str(&with_groups(groups));
    }
    command
}

/// The command that gives a group a job: it joins a schedule that runs the job, an active one
/// before others, and where there is none the job gets one of its own with the groups given.
pub fn group_with_job(schedules: &[Schedule], group: &str, job: &str, groups: &[&str]) -> String {
    let runs =
        |schedule: &&Schedule| schedule.jobs.iter().any(|known| known.eq_ignore_ascii_case(job));
    let mut running = schedules.iter().filter(runs);
    let first = running.clone().next();
    let Some(schedule) = running.find(|schedule| schedule.active).or(first) else {
        return on_its_own(job, groups);
    };
    let active = if schedule.active { "" } else { " --active yes" };
    let name = quoted(&schedule.name);
    format!("cdx schedules set {name}{active}{}", with_groups(&[group]))
}

/// The option that puts groups on a schedule beside those it has.
pub fn with_groups(groups: &[&str]) -> String {
    let names: Vec<String> = groups.iter().map(|name| quoted(name)).collect();
    format!(" --add-groups {}", names.join(" "))
}
