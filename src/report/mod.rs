//! The only place that prints: text, JSON, errors and progress.

pub(crate) mod check;
pub mod diagnosis;
pub(crate) mod doctor;
pub(crate) mod drawing;
pub(crate) mod error;
pub(crate) mod html;
mod markup;
pub(crate) mod output;
pub(crate) mod page;
pub(crate) mod pager;
pub(crate) mod palette;
pub(crate) mod progress;
pub(crate) mod scenario;
pub(crate) mod schema;
pub(crate) mod streams;
pub(crate) mod text;
mod tint;

pub use error::Failure;
pub use output::{Format, Output};
pub use page::{Page, Report};
pub use progress::Progress;
pub use streams::Streams;
