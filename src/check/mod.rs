//! What is wrong with a repository before it is deployed: its seed data, table metadata and channel
//! scripts, held against one another.
//!
//! A repository is read once, into facts; rules look at facts alone and change nothing.

mod examine;
pub mod facts;
mod near;
mod rule;
pub mod rules;
mod subjobs;
mod words;

pub use examine::{Examination, Request, examine};
pub use rule::Rule;
