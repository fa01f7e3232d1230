//! The reader of repositories.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod fuzz;
mod scripts;
mod spelling;
