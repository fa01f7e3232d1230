//! The command that leads out when a channel database stands in the way of a job.

use crate::model::event::Event;
use crate::model::ids::JobId;
use crate::model::suggestion::{Doctor, OfChannels, Run, Suggestion};
use crate::store::rejection::{ApplyError, Rejection};
use crate::store::{Environment, StoreError};

/// What leads out of a failure to read or write a channel database; none where trying again does.
/// Only a file that is at fault is made again.
pub(super) fn of_file(env: &Environment, database: &str, error: &StoreError) -> Option<Suggestion> {
    let at_fault = matches!(
        error,
        StoreError::Missing { .. }
            | StoreError::NotADatabase { .. }
            | StoreError::WrongKind { .. }
            | StoreError::Damaged { .. }
            | StoreError::Unreadable { .. }
            | StoreError::Sqlite { .. }
    );
    let own = || error.file().and_then(|file| env.database_of(file));
    (at_fault && own().as_deref() == Some(database)).then(|| again(database))
}

/// What leads out when a channel database did not take a job's rows.
pub(super) fn of_rows(
    env: &Environment,
    database: &str,
    job: &JobId,
    error: &ApplyError,
) -> Option<Suggestion> {
    match error {
        ApplyError::Store(error) => of_file(env, database, error),
        ApplyError::Rejected(rejection) => Some(match rejection {
            Rejection::TooLong { .. } => {
                Doctor { only: Some("CDX210".to_owned()), ..Doctor::default() }.into()
            }
            Rejection::Duplicate { .. } => Run::job(job).full().in_channel(database).into(),
            Rejection::Constraint { .. }
            | Rejection::NoTable { .. }
            | Rejection::NoColumn { .. }
            | Rejection::NoKey { .. } => again(database),
        }),
    }
}

/// The command that makes a database's file again; it says what must come first.
fn again(database: &str) -> Suggestion {
    OfChannels::Rebuild { database: database.to_owned(), discard: false }.into()
}

/// The warning that goes with it.
pub(super) fn told(database: &str, job: &JobId, way_out: Suggestion) -> Event {
    let text = format!("{database} stands in the way of job {job}");
    Event::Warning { text, hint: Some(way_out) }
}
