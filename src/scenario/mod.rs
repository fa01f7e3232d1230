//! Scenarios that are played: each in an environment of its own, each step a process, each outcome
//! held against what is expected.

mod at_once;
mod child;
mod judge;
pub(crate) mod outcome;
mod play;
pub(crate) mod rehearsal;

pub(crate) use at_once::play_all;
pub(crate) use child::Program;
pub(crate) use play::Stage;
