//! What is wrong with a repository before it is deployed: its seed data, table metadata and channel
//! scripts, held against one another.
//!
//! A repository is read once, into facts; rules look at facts alone and change nothing.

mod accept;
mod allow;
mod examine;
pub mod facts;
mod list;
mod near;
pub(crate) mod page;
mod rule;
pub mod rules;
mod subjobs;
mod words;

pub(crate) use accept::Settings;
pub use examine::{Folder, Request, examine};
pub(crate) use list::{find, headers};
pub use rule::Rule;
