//! How the engine's reports read.

mod run;
mod way;

pub(crate) use run::tally;
