//! What download jobs bring to the channels, by the channel's table (D10).

use std::collections::BTreeMap;

use crate::exchange::chain::chain;
use crate::exchange::plan::plan_subjob;
use crate::exchange::request::Known;
use crate::model::ids::JobId;
use crate::model::job::{Direction, Job, Subjob};
use crate::model::plan::TablePlan;
use crate::model::topology::DataStore;

/// A channel table, and what brings rows to it.
#[derive(Debug, Default)]
pub(super) struct BroughtTable {
    /// The table as a channel's file names it.
    pub(super) target: String,
    /// Its subjobs.
    pub(super) by: Vec<Brought>,
    /// Why other subjobs do not bring it.
    pub(super) broken: Vec<String>,
    /// Other names that people know it by: those of headquarters' tables and of its subjobs.
    pub(super) names: Vec<String>,
    /// Every job that brings it.
    pub(super) jobs: Vec<JobId>,
}

/// What one subjob brings to a channel table.
#[derive(Debug)]
pub(super) struct Brought {
    /// How.
    pub(super) plan: TablePlan,
    /// The jobs that have the subjob, and whether each leaves out offline databases (D09).
    pub(super) jobs: Vec<(JobId, bool)>,
}

impl BroughtTable {
    /// The subjobs that bring the table to a database.
    pub(super) fn reaching(&self, store: &DataStore) -> impl Iterator<Item = &Brought> {
        self.by.iter().filter(|brought| brought.jobs_of(store).next().is_some())
    }
}

impl Brought {
    /// The jobs that bring it to a database.
    pub(super) fn jobs_of(&self, store: &DataStore) -> impl Iterator<Item = &JobId> {
        let offline = store.offline;
        self.jobs.iter().filter(move |(_, excluded)| !(offline && *excluded)).map(|(job, _)| job)
    }
}

/// Every table that a download job brings, by its name in a channel's file.
pub(super) fn brought(known: &Known) -> Vec<BroughtTable> {
    let mut tables: BTreeMap<String, BroughtTable> = BTreeMap::new();
    let downloads = |job: &&Job| job.direction == Direction::Download;
    for job in known.definitions.jobs.iter().filter(downloads) {
        for subjob in known.definitions.subjobs_of(job) {
            add(known, job, subjob, &mut tables);
        }
    }
    tables.into_values().collect()
}

fn add(known: &Known, job: &Job, subjob: &Subjob, tables: &mut BTreeMap<String, BroughtTable>) {
    let Known { definitions, hq, channel } = known;
    let plans = plan_subjob(definitions, job, subjob, hq, channel);
    for (at, target) in subjob.targets.iter().enumerate() {
        let table = tables.entry(target.file_name().to_ascii_uppercase()).or_default();
        if table.target.is_empty() {
            table.target = target.file_name();
        }
        for name in [&subjob.table, &subjob.id, &target.table] {
            if !table.names.contains(name) {
                table.names.push(name.clone());
            }
        }
        if !table.jobs.contains(&job.id) {
            table.jobs.push(job.id.clone());
        }
        let plan = match &plans {
            Ok(plans) => &plans[at],
            Err(why) => {
                table.broken.push(chain(why));
                continue;
            }
        };
        let of_job = (job.id.clone(), plan.exclude_offline);
        match table.by.iter_mut().find(|brought| brought.plan.subjob == subjob.id) {
            Some(brought) => brought.jobs.push(of_job),
            None => table.by.push(Brought { plan: plan.clone(), jobs: vec![of_job] }),
        }
    }
}
