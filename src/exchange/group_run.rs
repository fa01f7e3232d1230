//! One group's part in a run, and the schedule that serves it.

use super::request::RunRequest;
use crate::model::ids::JobId;
use crate::model::job::Job;
use crate::model::plan::TablePlan;
use crate::model::topology::{DataStore, Group, Schedule};
use crate::store::{Headquarters, StoreError, topology};

/// One group's part in a run.
pub(super) struct GroupRun<'a> {
    pub(super) job: &'a Job,
    pub(super) plans: &'a [TablePlan],
    pub(super) group: Group,
    /// Every database of the group.
    pub(super) stores: Vec<DataStore>,
    /// The one database asked for.
    pub(super) only: Option<DataStore>,
    pub(super) full: bool,
}

impl GroupRun<'_> {
    /// Whether this run looks after a database.
    pub(super) fn wants(&self, store: &DataStore) -> bool {
        self.only.as_ref().is_none_or(|only| only.id == store.id)
    }
}

/// The groups a run goes through; dummy ones only when they are named.
pub(super) fn group_runs<'a>(
    hq: &Headquarters,
    job: &'a Job,
    plans: &'a [TablePlan],
    request: &RunRequest,
) -> Result<Vec<GroupRun<'a>>, StoreError> {
    let only = match &request.channel {
        Some(name) => Some(topology::find_store(hq, name)?),
        None => None,
    };
    let named = match &request.group {
        Some(name) => Some(topology::find_group(hq, name)?),
        None => None,
    };
    let stores = topology::data_stores(hq)?;
    let runs = topology::groups(hq)?
        .into_iter()
        .filter(|group| match (&only, &named) {
            (Some(store), _) => store.group_id == group.id,
            (None, Some(named)) => named.id == group.id,
            (None, None) => !group.dummy,
        })
        .map(|group| {
            let of_group = |store: &&DataStore| store.group_id == group.id;
            GroupRun {
                job,
                plans,
                stores: stores.iter().filter(of_group).cloned().collect(),
                only: only.clone(),
                full: request.full,
                group,
            }
        })
        .filter(|run| !run.stores.is_empty());
    Ok(runs.collect())
}

/// The schedules that run a job for a group, active or not.
pub(super) fn serving<'a>(
    schedules: &'a [Schedule],
    job: &JobId,
    group: &str,
) -> impl Iterator<Item = &'a Schedule> {
    schedules.iter().filter(move |schedule| schedule.serves(job, group))
}

/// The active schedule that runs this job for this group, or why there is none (D13).
pub(super) fn generating_schedule(
    schedules: &[Schedule],
    run: &GroupRun<'_>,
) -> Result<i64, String> {
    active(schedules, &run.job.id, &run.group.name)
}

/// The active schedule that runs a job for a group, or why there is none.
pub(super) fn active(schedules: &[Schedule], job: &JobId, group: &str) -> Result<i64, String> {
    let mut serving = serving(schedules, job, group).peekable();
    let Some(first) = serving.peek() else {
        return Err(format!(
            "channel database group {group} is on no distribution schedule with job {job}"
        ));
    };
    let inactive = format!("distribution schedule {} is not active", first.name);
    serving.find(|schedule| schedule.active).map(|schedule| schedule.id).ok_or(inactive)
}

/// Why nothing is done for a paused database (D13).
pub(super) fn is_paused(database: &str) -> String {
    format!("channel database {database} is paused")
}
