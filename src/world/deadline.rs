//! A time by which something must have ended, whatever the environment's clock says.

use std::time::{Duration, Instant};

/// A moment of the machine's own time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// The moment that is so far away.
    pub(crate) fn after(patience: Duration) -> Self {
        Self(Instant::now() + patience)
    }

    /// Whether it is behind us.
    pub(crate) fn has_passed(&self) -> bool {
        Instant::now() > self.0
    }
}
