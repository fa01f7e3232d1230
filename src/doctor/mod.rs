//! The doctor: what is wrong with an environment, on what evidence, and which command fixes it.
//!
//! It reads an environment once, into facts; rules look at facts alone and change nothing.

mod about;
pub mod baseline;
pub mod causes;
pub mod examine;
pub mod facts;
pub mod finding;
pub mod fix;
pub mod group;
pub mod page;
pub mod rule;
#[allow(clippy::unnecessary_wraps, reason = "every check has the signature the registry calls")]
pub mod rules;
pub mod sources;
pub mod suppress;

pub use examine::{Diagnosis, Request, examine};
pub use finding::{Finding, Severity, Subject};
pub use rule::Rule;
