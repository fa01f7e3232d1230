//! How the engine's reports read.

mod run;
