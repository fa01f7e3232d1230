//! What is wrong with a repository before it is deployed: its seed data, table metadata and channel
//! scripts, held against one another.
//!
//! A repository is read once, into facts; rules look at facts alone and change nothing.

pub mod facts;
mod rule;
mod subjobs;

pub use rule::Rule;
