//! The only source of time, ids, randomness and faults, so that any run can be repeated.

pub mod clock;
pub mod crash;
pub mod deadline;
pub mod fault;
pub mod ids;
pub mod machine;
mod place;
pub mod random;

pub use clock::{Clock, ClockError};
pub use crash::CrashPoint;
pub use fault::{Fault, FaultError, FaultKind, Faults};
pub use machine::{Durability, Machine};
pub use place::{Spot, Work};

/// What the engine is handed instead of the machine's clock and chance.
#[derive(Debug, Clone)]
pub struct World {
    /// The environment's clock.
    pub clock: Clock,
    /// The environment's seed.
    pub seed: u64,
    /// The faults still to happen.
    pub faults: Faults,
}
