//! Channel databases, their groups and the distribution schedules that serve them.

use serde::Serialize;

/// A channel database group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its RECID.
    #[serde(skip)]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Marked as a place to park databases, without schedules.
    pub dummy: bool,
}

/// A channel database, or a register's offline database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataStore {
    /// Its RECID.
    #[serde(skip)]
    pub id: i64,
    /// Its name, which is also its file's: `houston`, `houston.offline`.
    pub name: String,
    /// The RECID of its group.
    #[serde(skip)]
    pub group_id: i64,
    /// Its group's name.
    pub group: String,
    /// Whether it is a register's offline database.
    pub offline: bool,
    /// The register of an offline database; empty otherwise.
    pub terminal: String,
    /// "Pause data synchronization" (D13).
    pub paused: bool,
}

/// The end of an offline database's name.
pub const OFFLINE_SUFFIX: &str = ".offline";

impl DataStore {
    /// The channel it belongs to: its own name, without the mark of an offline database.
    pub fn channel(&self) -> &str {
        self.name.strip_suffix(OFFLINE_SUFFIX).unwrap_or(&self.name)
    }
}

/// A distribution schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// Its RECID.
    #[serde(skip)]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// An inactive schedule generates nothing (D13).
    pub active: bool,
    /// The jobs it runs.
    pub jobs: Vec<String>,
    /// The groups it serves.
    pub groups: Vec<String>,
    /// Whether a recurring batch runs it.
    pub recurring: bool,
}
