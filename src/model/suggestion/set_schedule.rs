//! A change of a distribution schedule, as a command is told to make it.

use crate::model::interval::Interval;

/// A change of a distribution schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SetSchedule {
    /// Its name; one that is not there is made.
    pub name: String,
    /// Whether it is active.
    pub(crate) active: Option<bool>,
    /// It gets a recurring batch.
    pub(crate) recurring: bool,
    /// Its batch waits for its next time.
    pub(crate) waiting: bool,
    /// How often that batch runs.
    pub(crate) every: Option<Interval>,
    /// Jobs that it runs and no others.
    pub(crate) jobs: Vec<String>,
    /// Jobs beside those that it runs.
    pub(crate) add_jobs: Vec<String>,
    /// Groups beside those that it serves.
    pub(crate) add_groups: Vec<String>,
}

impl SetSchedule {
    /// A change of the schedule of this name.
    pub(crate) fn of(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }
}
