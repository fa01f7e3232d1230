//! A diagnosis in every format: text for people, and what build servers read.

mod github;
mod junit;
mod sarif;
mod sarif_log;
mod text;
mod wording;

pub use github::github;
pub use junit::junit;
pub use sarif::sarif;
pub use text::text;
