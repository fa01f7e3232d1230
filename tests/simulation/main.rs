//! Random histories of an environment, through the command layer in one process, against a model
//! of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod newer;
mod process;
mod program;
