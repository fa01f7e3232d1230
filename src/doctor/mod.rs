//! The doctor: what is wrong with an environment, on what evidence, and which command fixes it.
//!
//! It reads an environment once, into facts; rules look at facts alone and change nothing.

mod about;
pub(crate) mod causes;
pub mod examine;
pub(crate) mod facts;
pub(crate) mod page;
pub(crate) mod rule;
#[allow(clippy::unnecessary_wraps, reason = "every check has the signature the registry calls")]
pub mod rules;

pub use examine::{Request, examine};
pub use rule::Rule;
