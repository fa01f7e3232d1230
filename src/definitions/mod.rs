//! TOML into valid types: jobs, subjobs and settings, every problem at once.

mod check;
pub mod file;
mod merge;
pub mod problem;
pub mod script;
pub mod settings;
mod shipped;
pub(crate) mod walk;
pub mod which;

pub use check::load;
pub use problem::{Kind, Problem, Problems};
pub use shipped::{SourceFile, shipped};
