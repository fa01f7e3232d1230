//! A diagnosis as build servers read it, whatever was looked at; and what the texts have in common.

mod examiner;
mod github;
mod junit;
mod markdown;
mod one_line;
mod sarif;
mod sarif_log;
pub(super) mod totals;
mod verdict;
mod wording;

pub use github::github;
pub use junit::junit;
pub use markdown::markdown;
pub use one_line::one_line;
pub use sarif::sarif;
