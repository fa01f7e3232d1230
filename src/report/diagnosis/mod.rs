//! A diagnosis as build servers read it, whatever was looked at; and what the texts have in common.

mod examiner;
mod github;
mod junit;
mod sarif;
mod sarif_log;
pub(super) mod totals;
mod wording;

pub use github::github;
pub use junit::junit;
pub use sarif::sarif;
