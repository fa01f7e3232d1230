//! How the engine's reports read.

mod run;

pub use run::tally;
