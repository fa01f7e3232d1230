//! The machine under the world, and what it does for what is written.

use std::any::Any;
use std::num::NonZero;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// What commands run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// A process of its own for each command, and a disk that is told to keep what is written.
    Real,
    /// Many commands in one process, one thread each, on a disk that nobody waits for: a
    /// simulation, which has no power to lose.
    Simulated,
}

/// Whether a command waits until what it wrote would outlive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It waits.
    Synced,
    /// It does not.
    Unsynced,
}

static SIMULATED: AtomicBool = AtomicBool::new(false);

impl Machine {
    /// What this process's commands run on.
    pub(crate) fn current() -> Self {
        if SIMULATED.load(Ordering::Relaxed) { Self::Simulated } else { Self::Real }
    }

    /// Makes this process a simulation, for good. Only tests do.
    pub fn simulate() {
        SIMULATED.store(true, Ordering::Relaxed);
    }

    /// Whether what is written is waited for.
    pub(crate) fn durability(self) -> Durability {
        match self {
            Self::Real => Durability::Synced,
            Self::Simulated => Durability::Unsynced,
        }
    }

    /// How many threads a command uses for things that it could do at once. A simulation uses
    /// one, so that what a crash meets does not hang on who was faster.
    pub(crate) fn threads(self) -> usize {
        match self {
            Self::Real => thread::available_parallelism().map_or(1, NonZero::get),
            Self::Simulated => 1,
        }
    }
}

/// What a thread came to; its crash or panic goes on in the thread that waited for it.
pub(crate) fn joined<T>(ended: Result<T, Box<dyn Any + Send>>) -> T {
    ended.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

/// Whether a command is ending without having come to its end, so that nothing is tidied up.
pub(crate) fn is_ending() -> bool {
    thread::panicking()
}
