//! The rules of `cdx check`, on repositories of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod fixtures;
mod harness;
