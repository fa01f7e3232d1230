//! Why an operation of the customer batch did not go through.

use crate::store::StoreError;

/// Why an operation did not go through.
#[derive(Debug)]
pub(super) enum Failure {
    /// The last known error, as the status shows it (C03).
    Told(String),
    /// The database failed; the batch stops.
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            // What an operation names and headquarters does not have is that operation's failure.
            StoreError::Unknown { what, name, .. } => {
                Self::Told(format!("unknown {what} {name:?}"))
            }
            // So is what its columns do not take (C12).
            StoreError::TooLong { column, length, limit, .. } => {
                Self::Told(format!("{column} has {length} characters, headquarters takes {limit}"))
            }
            StoreError::EmptyName { .. } => Self::Told(error.to_string()),
            // And what a constraint or a trigger of headquarters, be it somebody else's, refuses.
            other => match other.constraint() {
                Some(told) => Self::Told(format!("headquarters refused it: {told}")),
                None => Self::Store(other),
            },
        }
    }
}
