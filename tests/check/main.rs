//! The rules of `cdx check`, on repositories of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod columns;
mod fixtures;
mod generated;
mod harness;
mod keys;
mod lengths;
mod model;
mod scripts;
mod seeds;
