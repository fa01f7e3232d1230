//! The machine under the world: what it does for what is written, and how a crash ends a command.

use std::any::Any;
use std::num::NonZero;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::fault::CrashPoint;

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

/// The code of a process that crashed as it was asked to.
const CODE: i32 = 134;

static SIMULATED: AtomicBool = AtomicBool::new(false);

/// The payload of a crash that was asked for; nobody else can make or meet one.
struct Crash(CrashPoint);

impl Machine {
    /// What this process's commands run on.
    pub fn current() -> Self {
        if SIMULATED.load(Ordering::Relaxed) { Self::Simulated } else { Self::Real }
    }

    /// Makes this process a simulation, for good. Only tests do.
    pub fn simulate() {
        SIMULATED.store(true, Ordering::Relaxed);
    }

    /// Whether what is written is waited for.
    pub fn durability(self) -> Durability {
        match self {
            Self::Real => Durability::Synced,
            Self::Simulated => Durability::Unsynced,
        }
    }

    /// How many threads a command uses for things that it could do at once. A simulation uses
    /// one, so that what a crash meets does not hang on who was faster.
    pub fn threads(self) -> usize {
        match self {
            Self::Real => thread::available_parallelism().map_or(1, NonZero::get),
            Self::Simulated => 1,
        }
    }

    /// Ends the command as if the machine took its process away. In a simulation the stack is
    /// unwound to [`until_crash`], and open databases are left as they are.
    pub(super) fn crash(self, point: CrashPoint) -> ! {
        match self {
            #[allow(clippy::exit, reason = "a crash is what was asked for; 134 is documented")]
            Self::Real => std::process::exit(CODE),
            Self::Simulated => panic::resume_unwind(Box::new(Crash(point))),
        }
    }
}

/// Does some work; the point at which it crashed, where that was asked for in a simulation.
pub fn until_crash<T>(work: impl FnOnce() -> T) -> Result<T, CrashPoint> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => Ok(done),
        Err(payload) => match payload.downcast::<Crash>() {
            Ok(crash) => Err(crash.0),
            Err(defect) => panic::resume_unwind(defect),
        },
    }
}

/// What a thread came to; its crash or panic goes on in the thread that waited for it.
pub fn joined<T>(ended: Result<T, Box<dyn Any + Send>>) -> T {
    ended.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

/// Whether a command is ending without having come to its end, so that nothing is tidied up.
pub fn is_ending() -> bool {
    thread::panicking()
}
