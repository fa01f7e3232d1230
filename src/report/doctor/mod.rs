//! A diagnosis in the formats that build servers read: JUnit, SARIF and GitHub's commands.

mod github;
mod junit;
mod sarif;
mod sarif_log;
mod wording;

pub use github::github;
pub use junit::junit;
pub use sarif::sarif;
