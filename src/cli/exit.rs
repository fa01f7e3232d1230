//! Exit codes: a promise to scripts, the same for each command and format.

use crate::world::interrupt::INTERRUPTED;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done, and nothing is wrong.
    Done = 0,
    /// Done, and the answer is no: a gate refuses, a session failed, a finding at or above the
    /// threshold, a difference.
    No = 1,
    /// What was typed or given is wrong: usage, an unknown name, a definition that does not load.
    Wrong = 2,
    /// It could not be done: no environment, a database that is locked, damaged or newer, no
    /// disk, no permission.
    Impossible = 3,
    /// Ctrl-C stopped it, where everything is whole.
    Interrupted = INTERRUPTED as isize,
}

impl Exit {
    /// Every code that a command returns by itself.
    pub(crate) const ALL: &'static [Self] = &[Self::Done, Self::No, Self::Wrong, Self::Impossible];

    /// The number the process ends with.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    /// What it means, in a sentence.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Done => "done, nothing wrong",
            Self::No => {
                "the answer is no: a gate refuses, a session failed, a finding at or above the \
                 threshold, a difference"
            }
            Self::Wrong => {
                "what was typed or given is wrong: usage, an unknown job, feature or channel, a \
                 definition that does not load"
            }
            Self::Interrupted => INTERRUPTION,
            Self::Impossible => {
                "it could not be done: no environment, a headquarters database that is locked, \
                 damaged or newer, no disk, no permission"
            }
        }
    }
}

/// The code of a process that ended where it was asked to crash.
pub(crate) const CRASHED: u8 = 134;

/// What happens at Ctrl-C.
const INTERRUPTION: &str = "interrupted by Ctrl-C: what is done is said, and which command goes on; \
                            the second time it ends at once";

/// Codes that no command returns, and when a process ends with them anyway.
pub(crate) const OTHERS: &[(u8, &str)] = &[
    (101, "a panic: a defect of cdx, please report it"),
    (INTERRUPTED, INTERRUPTION),
    (CRASHED, "ended by `--fault crash=POINT`, as was asked"),
];

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
