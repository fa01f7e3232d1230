//! What rules about distribution schedules share: what keeps one from running, and new ones.

use crate::diagnosis::Unknown;
use crate::doctor::facts::Examination;
use crate::exchange::enlist;
use crate::model::ids::{GroupId, JobId};
use crate::model::suggestion::{SetSchedule, Suggestion};
use crate::model::topology::{BatchState, Schedule};

/// What keeps a schedule from running its jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::doctor) enum Defect {
    /// It is not active.
    Inactive,
    /// No recurring batch runs it.
    NotRecurring,
    /// Its batch is in this state; none for a word that is no state.
    State(Option<BatchState>),
}

/// What is wrong with a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::doctor) struct Flaw {
    /// The first defect, in the order of the upload sessions page.
    pub(in crate::doctor) defect: Defect,
    /// The command that ends all its defects.
    pub(in crate::doctor) command: Suggestion,
}

/// The schedules that run a job.
pub(in crate::doctor) fn schedules_of<'a>(
    x: &'a Examination,
    job: &JobId,
) -> Result<Vec<&'a Schedule>, Unknown> {
    Ok(x.hq.schedules.as_ref()?.iter().filter(|schedule| schedule.runs(job)).collect())
}

/// What keeps a schedule from running its jobs; nothing when it runs them.
pub(in crate::doctor) fn flaw(schedule: &Schedule) -> Option<Flaw> {
    let state = schedule.batch_state;
    // A batch job that is made again recurs and waits.
    let gone = schedule.batch_id == 0;
    let recurring = gone || !schedule.recurring;
    let waiting = !gone && !state.is_some_and(BatchState::is_valid);
    let defects = [
        (!schedule.active, Defect::Inactive),
        (recurring, Defect::NotRecurring),
        (waiting, Defect::State(state)),
    ];
    let (_, defect) = defects.into_iter().find(|(holds, _)| *holds)?;
    let active = (!schedule.active).then_some(true);
    let change = SetSchedule { active, recurring, waiting, ..SetSchedule::of(&schedule.name) };
    Some(Flaw { defect, command: change.into() })
}

/// The schedule to fix among those that run a job, and what is wrong with it; nothing when one
/// of them works, or there is none.
pub(in crate::doctor) fn broken<'a>(serving: &[&'a Schedule]) -> Option<(&'a Schedule, Flaw)> {
    let found: Option<Vec<_>> =
        serving.iter().map(|schedule| flaw(schedule).map(|flaw| (*schedule, flaw))).collect();
    let found = found?;
    let active = found.iter().find(|(schedule, _)| schedule.active);
    active.or(found.first()).cloned()
}

/// A schedule's flaw in words, behind its name.
pub(in crate::doctor) fn worded(schedule: &Schedule, flaw: &Flaw) -> String {
    let name = &schedule.name;
    let batch = batch(schedule);
    match flaw.defect {
        Defect::Inactive => format!("{name}: not active"),
        Defect::NotRecurring => format!("{name}: no recurring batch"),
        Defect::State(Some(state)) => {
            format!("{name}: run by {batch}, which is in state '{}'", state.as_str())
        }
        Defect::State(None) => format!("{name}: run by {batch}, which is in no known state"),
    }
}

/// The batch job behind a schedule, as the upload sessions page calls it.
pub(in crate::doctor) fn batch(schedule: &Schedule) -> String {
    format!("Batch job '{}' ({})", schedule.batch_id, schedule.batch)
}

/// The groups with databases in them that are no place to park them.
pub(in crate::doctor) fn used_groups(x: &Examination) -> Vec<&str> {
    let used = |id: GroupId| x.hq.stores.iter().any(|store| store.group_id == id);
    let groups = x.hq.groups.iter().filter(|group| !group.dummy && used(group.id));
    groups.map(|group| group.name.as_str()).collect()
}

/// The command that gives a job that is on no schedule one of its own.
pub(in crate::doctor) fn new_schedule(x: &Examination, job: &JobId) -> Suggestion {
    // A batch inside headquarters serves no groups.
    let groups = if job == SYNC_CUSTOMERS { Vec::new() } else { used_groups(x) };
    enlist::on_its_own(job, &groups)
}

/// "Synchronize customers and channel requests".
pub(in crate::doctor) const SYNC_CUSTOMERS: &str = "sync-customers";
