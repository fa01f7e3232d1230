//! The only place that prints: text, JSON, errors and progress.

pub mod doctor;
pub mod error;
pub mod output;
pub mod page;
pub mod palette;
pub mod progress;
mod safe;
pub mod streams;
pub mod text;
mod tint;

pub use error::Failure;
pub use output::{Format, Output};
pub use page::{Page, Report};
pub use progress::Progress;
pub use streams::Streams;
