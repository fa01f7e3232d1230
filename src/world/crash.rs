//! A crash that is asked for: where it can be, and how it ends a command.

use std::panic::{self, AssertUnwindSafe};

use super::machine::Machine;
use super::place::placed;

placed! {
    /// A step that commits; `--fault crash=POINT` ends the process there at once. In the order of
    /// the pipeline; a test kills a process at each.
    pub enum CrashPoint {
        PackBeforeStart = "pack.before-start", Download at Job;
        PackAfterStart = "pack.after-start", Download at Job;
        PackBeforeRename = "pack.before-rename", Download at Job;
        PackBeforeAvailable = "pack.before-available", Download at Job;
        PackAfterAvailable = "pack.after-available", Download at Job;
        ApplyAfterRequested = "apply.after-requested", Download at Job;
        ApplyBeforeCommit = "apply.before-commit", Download at Database;
        ApplyAfterCommit = "apply.after-commit", Download at Database;
        ApplyAfterOutcome = "apply.after-outcome", Download at Job;
        CollectAfterIntent = "collect.after-intent", Collect at Channel;
        CollectBeforeCommit = "collect.before-commit", Collect at Channel;
        CollectAfterCommit = "collect.after-commit", Collect at Channel;
        CollectAfterUploaded = "collect.after-uploaded", Collect at Channel;
        UploadBeforeCommit = "upload.before-commit", Receive at Channel;
        UploadAfterCommit = "upload.after-commit", Receive at Channel;
        BatchBeforeCommit = "batch.before-commit", Batch at Nowhere;
        BatchAfterCommit = "batch.after-commit", Batch at Nowhere;
        RtsAfterHeadquarters = "rts.after-headquarters", Operation at OwnDatabase;
        RtsBeforeCommit = "rts.before-commit", Operation at OwnDatabase;
        RtsAfterCommit = "rts.after-commit", Operation at OwnDatabase;
        ReconnectAfterIntent = "reconnect.after-intent", Operation at OwnDatabase;
        ReconnectBeforeCommit = "reconnect.before-commit", Operation at OwnDatabase;
        ReconnectAfterCommit = "reconnect.after-commit", Operation at OwnDatabase;
        ChannelAfterIntent = "channel.after-intent", File at OwnDatabase;
        ChannelAfterFile = "channel.after-file", File at OwnDatabase;
        RebuildAfterIntent = "rebuild.after-intent", File at OwnDatabase;
        RebuildAfterAside = "rebuild.after-aside", File at OwnDatabase;
        RebuildAfterFile = "rebuild.after-file", File at OwnDatabase;
        ReplacedAfterHeadquarters = "replaced.after-headquarters", Anything at Known;
    }
}

/// The code of a process that crashed as it was asked to.
const CODE: i32 = 134;

/// The payload of a crash that was asked for; nobody else can make or meet one.
struct Crash(CrashPoint);

/// Ends the command as if the machine took its process away. In a simulation the stack is unwound
/// to [`until_crash`], and open databases are left as they are.
pub(super) fn crash(point: CrashPoint) -> ! {
    match Machine::current() {
        #[allow(clippy::exit, reason = "a crash is what was asked for; 134 is documented")]
        Machine::Real => std::process::exit(CODE),
        Machine::Simulated => panic::resume_unwind(Box::new(Crash(point))),
    }
}

/// Does some work; the point at which it crashed, where that was asked for in a simulation.
pub(crate) fn until_crash<T>(work: impl FnOnce() -> T) -> Result<T, CrashPoint> {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => Ok(done),
        Err(payload) => match payload.downcast::<Crash>() {
            Ok(crash) => Err(crash.0),
            Err(defect) => panic::resume_unwind(defect),
        },
    }
}
