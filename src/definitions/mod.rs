//! TOML into valid types: jobs, subjobs and settings, every problem at once.

mod check;
mod file;
mod file_form;
pub(crate) mod form;
mod merge;
pub(crate) mod problem;
mod reading;
pub mod scenario;
pub(crate) mod schemas;
pub(crate) mod script;
mod seed;
pub(crate) mod settings;
mod settings_form;
mod shipped;
pub(crate) mod walk;
pub(crate) mod which;

pub use check::load;
pub(crate) use check::load_whole;
pub use problem::{Kind, Problem, Problems};
pub use reading::job_ids;
pub use shipped::{SourceFile, shipped};
