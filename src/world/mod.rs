//! The only source of time, ids, randomness and faults, so that any run can be repeated.

pub(crate) mod clock;
pub(crate) mod crash;
pub(crate) mod fault;
pub mod ids;
pub(crate) mod interrupt;
pub(crate) mod machine;
mod place;
pub(crate) mod random;
pub(crate) mod today;

pub use clock::{Clock, ClockError};
pub use crash::CrashPoint;
pub use fault::{Fault, FaultError, FaultKind, Faults};
pub use machine::{Durability, Machine};
pub use place::{Spot, Work};

/// What the engine is handed instead of the machine's clock and chance.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// The environment's clock.
    pub(crate) clock: Clock,
    /// The environment's seed.
    pub(crate) seed: u64,
    /// The faults still to happen.
    pub(crate) faults: Faults,
}
