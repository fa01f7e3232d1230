//! What is known of one channel or offline database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnosis::{Known, Unknown};
use crate::exchange::error::Unset;
use crate::gates::plan::ChannelProgress;
use crate::model::drift::Drift;
use crate::model::ids::{DownloadId, JobId};
use crate::model::scale_unit::{Cached, Storefront, View};
use crate::model::schema::Tables;
use crate::model::topology::DataStore;
use crate::runtime::ChannelGround;
use crate::store::arrears::{Calls, Counters, UnreturnedCustomer};
use crate::store::extension::LateRows;
use crate::store::feature_rows::Half;
use crate::store::lineage::{Fit, LostCustomer};
use crate::store::lost::LostRows;
use crate::store::own_tables::ScriptState;

/// A database, and what is known of it.
#[derive(Debug)]
pub struct Channel {
    /// Which.
    pub(crate) store: DataStore,
    /// What was read, or why it could not be.
    pub(crate) facts: Result<ChannelFacts, Unreadable>,
}

/// What is known of the file of a database that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileState {
    /// It is gone.
    Missing,
    /// It is damaged, or no channel database.
    Broken,
    /// It is of an earlier version, which whatever writes brings up to date.
    Older,
    /// It may be whole: it is in use, of a later version, or may not be read.
    Unread,
    /// Nothing: what failed is headquarters.
    Unknown,
}

/// Why a database could not be read.
#[derive(Debug, Clone)]
pub(crate) struct Unreadable {
    /// What that says of its file.
    pub(crate) state: FileState,
    /// The reason.
    pub(crate) reason: Unknown,
}

/// What is known of one upload table of a channel.
#[derive(Debug)]
pub(crate) struct UploadFacts {
    /// The job that uploads it.
    pub(crate) job: JobId,
    /// The channel's table, as its file names it.
    pub(crate) table: String,
    /// How far it has come.
    pub(crate) counters: Known<Counters>,
    /// Rows that count as received and are not; none when rows were not read.
    pub(crate) lost: Option<Known<LostRows>>,
    /// Extension rows that came too late; none when rows were not read.
    pub(crate) late: Option<Known<Vec<LateRows>>>,
}

impl UploadFacts {
    /// The table as the product names it.
    pub(crate) fn dotted(&self) -> String {
        self.table.replacen('_', ".", 1)
    }
}

/// What was read of a database.
#[derive(Debug)]
pub(crate) struct ChannelFacts {
    /// Scripts that it has had and that differ now.
    pub(crate) scripts: Known<Vec<(String, ScriptState)>>,
    /// Whether its file is the one last seen.
    pub(crate) fit: Known<Fit>,
    /// Customers that it has and that headquarters has lost.
    pub(crate) gone: Vec<LostCustomer>,
    /// What it says now.
    pub(crate) now: View,
    /// What each instance of its scale unit holds, from the first; none that holds nothing.
    pub(crate) held: Vec<Option<Cached>>,
    /// What the e-commerce application before it holds; nothing where there is none.
    pub(crate) shop: Storefront,
    /// What operations rest on there.
    pub(crate) here: Known<ChannelGround>,
    /// How many of its customers headquarters does not have, and the first of them; none while
    /// somebody writes.
    pub(crate) unknown_customers: Option<Known<(u64, Vec<String>)>>,
    /// Failed sessions whose package can never be applied here: a value in it is too long.
    pub(crate) misfits: Known<BTreeSet<DownloadId>>,
    /// How far it has come with each listed feature, by slug; empty for offline databases.
    pub(crate) progress: BTreeMap<String, ChannelProgress>,
    /// Configurations without which a job that would publish a feature here is refused (G16).
    pub(crate) lacking: Vec<Unset>,
    /// Features with one of their two rows: the name, and which row is there.
    pub(crate) half_features: Vec<(String, Half)>,
    /// The real-time calls made, by operation and reason.
    pub(crate) calls: Vec<Calls>,
    /// Download sessions in the order they were applied.
    pub(crate) applied: Vec<DownloadId>,
    /// The last package it applied that headquarters does not know, by job that has not come whole
    /// since.
    pub(crate) unknown_packages: BTreeMap<JobId, String>,
    /// How far each upload table has come; none of offline databases.
    pub(crate) uploads: Vec<UploadFacts>,
    /// Customers whose account has not come back.
    pub(crate) unreturned: Vec<UnreturnedCustomer>,
    /// The database's tables.
    pub(crate) tables: Arc<Tables>,
    /// Rows in tables that are excluded from offline databases, by job and table.
    pub(crate) excluded: Vec<(JobId, String, u64)>,
    /// How each table differs from what its job has brought; none when rows were not read.
    pub(crate) drift: Option<Vec<(JobId, String, Known<Drift>)>>,
    /// What the integrity check says; none when rows were not read.
    pub(crate) integrity: Option<Known<Vec<String>>>,
}
