//! Random histories of an environment, through the command layer in one process, against a model
//! of their own.
//!
//! `docs/reliability.md` says how the long run is started, and what a finding looks like.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod cases;
mod check;
mod draw;
mod end;
mod files;
mod history;
mod model;
mod newer;
mod process;
mod program;
mod random;
mod seeds;
mod shrink;
mod sight;
mod step;
#[allow(dead_code, reason = "histories need a part of it")]
mod truth;
