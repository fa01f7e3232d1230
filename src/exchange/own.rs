//! What an environment has of a user's own, for whoever makes a database.

use crate::store::own_schema::OwnSchema;
use crate::store::{StoreError, Writer, world};

/// The key under which headquarters keeps that what is broken was left out.
pub(super) const DESPITE: &str = "despite-errors";

/// What is to be made of a user's own: all of it, or, where the scheduler was initialized so, what
/// is whole.
///
/// # Errors
/// Everything that is broken, unless it is to be left out.
pub(super) fn own_schema(writer: &Writer) -> Result<OwnSchema, StoreError> {
    let (own, problems) = writer.env.own_schema_with(&[])?;
    let despite = world::find(&writer.hq, DESPITE)?.is_some_and(|kept| kept == "yes");
    if problems.is_empty() || despite { Ok(own) } else { Err(StoreError::Definitions(problems)) }
}
