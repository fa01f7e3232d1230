//! Reads scripts: T-SQL as the Commerce SDK's channel projects have it, and SQLite's dialect.
//!
//! A tokenizer of others, and a reader of our own for what matters. It never fails on a file: what
//! it does not read is listed with its place.

mod change;
mod condition;
mod creation;
mod cursor;
mod read;
mod statement;
mod table;
mod token;

pub(super) use read::read;
