//! How the engine's reports read.

mod run;

pub(crate) use run::tally;
