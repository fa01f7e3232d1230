//! What brings a channel what it lacks: the changes of a job, or all of it.

use std::collections::BTreeMap;

use super::brought::Brought;
use crate::exchange::group_run::active;
use crate::model::history::{History, Reached};
use crate::model::ids::{DataStoreId, JobId};
use crate::model::job::FIRST_JOBS;
use crate::model::schema::Table;
use crate::model::suggestion::{OfChannels, Run, Suggestion};
use crate::model::topology::{DataStore, Schedule};
use crate::store::drift::{Comparison, compare};
use crate::store::{Headquarters, StoreError, sessions, topology, tracking};

/// What is gathered while tables are compared.
pub(super) struct Next {
    history: History,
    schedules: Vec<Schedule>,
    /// From which row version on changes are known.
    tracked_from: i64,
    /// The runs that each database needs.
    needs: BTreeMap<DataStoreId, Needs>,
    not_run: Vec<String>,
}

/// The runs that a database needs, in the order in which jobs run.
#[derive(Default, PartialEq, Eq)]
struct Needs {
    changes: Vec<JobId>,
    all: Vec<JobId>,
    store: String,
    paused: bool,
}

impl Needs {
    fn same_runs(&self, other: &Self) -> bool {
        self.changes == other.changes && self.all == other.all
    }

    fn runs(&self) -> impl Iterator<Item = Run> {
        let changes = Run::jobs(&self.changes);
        let all = Run::jobs(&self.all).full();
        [all, changes].into_iter().filter(|run| !run.jobs.is_empty())
    }
}

impl Next {
    pub(super) fn read(hq: &Headquarters) -> Result<Self, StoreError> {
        Ok(Self {
            history: History::new(sessions::all(hq)?, &sessions::rebuilt(hq)?),
            schedules: topology::schedules(hq)?,
            tracked_from: tracking::min_valid(hq)?,
            needs: BTreeMap::new(),
            not_run: Vec::new(),
        })
    }

    /// Notes what brings a table that differs, the channel being attached.
    pub(super) fn add(
        &mut self,
        hq: &Headquarters,
        store: &DataStore,
        plans: &[&Brought],
        table: &Table,
    ) -> Result<(), StoreError> {
        let group = store.group_id;
        for brought in plans {
            let plan = &brought.plan;
            let now = Comparison { plan, table, group, reached: None, most: 0 };
            if plans.len() > 1 && compare(hq, now)?.is_none_or(|drift| drift.is_none()) {
                continue;
            }
            let Some(job) = self.job(store, brought) else { continue };
            let comes = match self.history.reached(store.id, &job) {
                Reached::Never => true,
                Reached::Version(version) if version < self.tracked_from => false,
                Reached::Version(version) => {
                    let then = Comparison { reached: Some(version), ..now };
                    compare(hq, then)?.is_none_or(|drift| drift.is_none())
                }
            };
            let needs = self.needs.entry(store.id).or_default();
            needs.store.clone_from(&store.name);
            needs.paused = store.paused;
            let jobs = if comes { &mut needs.changes } else { &mut needs.all };
            if !jobs.contains(&job) {
                jobs.push(job);
                jobs.sort_by_key(|job| {
                    let first = FIRST_JOBS.iter().position(|first| **first == **job);
                    (first.unwrap_or(FIRST_JOBS.len()), job.clone())
                });
            }
        }
        Ok(())
    }

    /// The job that brings it to a database, one that a schedule runs; why there is none is noted.
    fn job(&mut self, store: &DataStore, brought: &Brought) -> Option<JobId> {
        let mut why = None;
        for job in brought.jobs_of(store) {
            match active(&self.schedules, job, &store.group) {
                Ok(_) => return Some(job.clone()),
                Err(reason) => why = why.or(Some(reason)),
            }
        }
        let new = why.filter(|why| !self.not_run.contains(why));
        self.not_run.extend(new);
        None
    }

    /// The commands, in order, and why nothing brings the rest. Where all of `everywhere` need
    /// the same, it is one run for all.
    pub(super) fn commands(
        mut self,
        everywhere: Option<&[DataStore]>,
    ) -> (Vec<Suggestion>, Vec<String>) {
        for needs in self.needs.values_mut() {
            let Needs { changes, all, .. } = needs;
            changes.retain(|job| !all.contains(job));
        }
        let needs: Vec<&Needs> = self.needs.values().collect();
        let paused = needs.iter().filter(|needs| needs.paused);
        let mut commands: Vec<Suggestion> =
            paused.map(|needs| OfChannels::Resume(needs.store.clone()).into()).collect();
        let same = needs.first().is_some_and(|first| needs.iter().all(|one| one.same_runs(first)));
        let all = everywhere.is_some_and(|stores| stores.len() == needs.len());
        for (at, one) in needs.iter().enumerate() {
            let whole = same && all;
            if whole && at > 0 {
                break;
            }
            let placed = |run: Run| if whole { run } else { run.in_channel(&one.store) };
            commands.extend(one.runs().map(|run| Suggestion::from(placed(run))));
        }
        (commands, self.not_run)
    }
}
