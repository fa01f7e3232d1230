//! Scheduler jobs and their subjobs, valid by construction (S01).

use super::named::named;
use crate::model::ids::JobId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::folding::meant;
use super::job_names;

/// The jobs without which nothing works in a channel, in the order the documentation lists them;
/// a first synchronization begins with them.
pub(crate) const FIRST_JOBS: &[&str] = &["1110", "1070", "1010"];

/// The column that separates companies; added to every company table by itself (S02).
pub(crate) const DATAAREAID: &str = "DATAAREAID";

named! {
    /// Which way a job moves rows.
    pub enum Direction {
        /// Headquarters to channel databases.
        Download = "download",
        /// Channel databases to headquarters (the P-job).
        Upload = "upload",
        /// A batch inside headquarters.
        Batch = "batch",
    }
}

/// A scheduler job: an ordered list of subjobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Job {
    /// The number or short id, at most 20 characters, as in `RetailConnSchedulerJobTable.jobId`.
    pub id: JobId,
    /// The name people know it by.
    pub(crate) name: String,
    /// Other spellings people type.
    pub(crate) aliases: Vec<String>,
    /// Which way it moves rows.
    pub(crate) direction: Direction,
    /// Excluded from offline databases (D09).
    pub(crate) exclude_offline: bool,
    /// The feature that must be on before initializing the scheduler makes it, by slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) feature: Option<String>,
    /// What the job itself rests on.
    pub(crate) evidence: Evidence,
    /// Its subjobs, in the order they run.
    pub(crate) lines: Vec<JobLine>,
    /// The file that declares it, relative to the environment, or `shipped`.
    pub(crate) origin: String,
}

/// A subjob's place in a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct JobLine {
    /// The subjob's id.
    pub(crate) subjob: String,
    /// A line that is switched off in headquarters is skipped.
    pub(crate) enabled: bool,
    /// Why we believe that the job carries it.
    pub(crate) evidence: Evidence,
}

/// One headquarters table, its channel tables, and how their columns map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Subjob {
    /// Its id, normally the headquarters table's name.
    pub(crate) id: String,
    /// Download or upload.
    pub(crate) direction: Direction,
    /// The headquarters table.
    pub(crate) table: String,
    /// The key on both sides, in headquarters' names, without DATAAREAID.
    pub(crate) key: Vec<String>,
    /// The primary target first, then extension tables (S06).
    pub(crate) targets: Vec<Target>,
    /// Limits rows to the channels of a group (D18).
    pub(crate) filter: Option<Filter>,
    /// The replication counter, for uploads (S05).
    pub(crate) counter: Option<String>,
    /// Excluded from offline databases (D09).
    pub(crate) exclude_offline: bool,
    /// What the mapping rests on.
    pub(crate) evidence: Evidence,
}

/// A channel table and the columns it gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Target {
    /// `ax` or `ext`.
    pub(crate) schema: String,
    /// The table's name without its schema.
    pub(crate) table: String,
    /// The mapped columns; DATAAREAID is not among them (S02).
    pub(crate) fields: Vec<FieldMap>,
}

impl Target {
    /// The table as people write it, `ax.CUSTTABLE`.
    pub(crate) fn dotted(&self) -> String {
        format!("{}.{}", self.schema, self.table)
    }

    /// The table as a channel file names it, `ax_CUSTTABLE`.
    pub(crate) fn file_name(&self) -> String {
        format!("{}_{}", self.schema, self.table)
    }
}

/// One mapped column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldMap {
    /// The headquarters column.
    pub from: String,
    /// The channel column.
    pub to: String,
}

/// How a row is tied to a channel: a chain of joins that ends in a column holding channel RECIDs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Filter {
    /// The joins, from the subjob's own table outwards; empty when the table names the channel.
    pub joins: Vec<Join>,
    /// The column of the last table that holds the channel's RECID.
    pub channel: String,
}

/// One step of a filter over several tables: `table.column = previous.on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Join {
    /// The joined headquarters table.
    pub(crate) table: String,
    /// Its column.
    pub(crate) column: String,
    /// The column of the previous table in the chain.
    pub(crate) on: String,
}

/// Every job and subjob of an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Definitions {
    /// Jobs, sorted by id.
    pub(crate) jobs: Vec<Job>,
    /// Subjobs, sorted by id.
    pub(crate) subjobs: Vec<Subjob>,
}

impl Job {
    /// Whether people call it so: by its id, its name or another spelling, in any case.
    pub(crate) fn is_called(&self, word: &str) -> bool {
        let wanted = meant(word);
        self.spellings().any(|name| meant(name) == wanted)
    }

    /// Every spelling people know it by.
    fn spellings(&self) -> impl Iterator<Item = &str> {
        let own = [&*self.id, self.name.as_str()].into_iter();
        let more = job_names::spellings(&self.id).into_iter().map(|name| -> &str { name });
        own.chain(self.aliases.iter().map(String::as_str)).chain(more)
    }
}

impl Definitions {
    /// The job with this id.
    pub(crate) fn job(&self, id: &JobId) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id == *id)
    }

    /// The subjob with exactly this id.
    pub(crate) fn subjob(&self, id: &str) -> Option<&Subjob> {
        self.subjobs.iter().find(|subjob| subjob.id == id)
    }

    /// The enabled subjobs of a job, in order.
    pub(crate) fn subjobs_of<'a>(&'a self, job: &'a Job) -> impl Iterator<Item = &'a Subjob> {
        job.lines.iter().filter(|line| line.enabled).filter_map(|line| self.subjob(&line.subjob))
    }

    /// The job a person means: by id, name or alias, in any case, or as `1110 (Global
    /// configuration)`, `Job 1110`.
    pub fn find_job(&self, word: &str) -> Option<&Job> {
        let mut ways = job_names::ways(word).into_iter();
        ways.find_map(|way| self.jobs.iter().find(|job| job.is_called(&way)))
    }

    /// Every spelling by which a job can be asked for, for suggestions.
    pub(crate) fn job_spellings(&self) -> Vec<&str> {
        let others = job_names::not_modelled_spellings().map(|name| -> &str { name });
        self.jobs.iter().flat_map(Job::spellings).chain(others).collect()
    }
}
