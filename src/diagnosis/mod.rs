//! What every diagnosis is made of: a rule's header, what a rule finds, what fixes it, what is
//! accepted or known, and how each rule ended.
//!
//! It knows neither environments nor repositories, and is built on `model` alone.

pub(crate) mod baseline;
pub(crate) mod causes;
mod finding;
mod findings;
pub(crate) mod fix;
pub(crate) mod group;
mod header;
mod outcome;
pub(crate) mod page;
mod severity;
pub(crate) mod sources;
mod subject;
pub(crate) mod suppress;

pub use finding::{Cause, Finding, Found, Related, Spot};
pub use findings::{Findings, Known, Unknown};
pub use fix::{Fix, Safety, Stage, Step};
pub use header::Header;
pub(crate) use header::is_called;
pub use outcome::{Checks, Diagnosis, Judged, Looked, NotJudged, Outcome, State, settle};
pub use severity::Severity;
pub use sources::Source;
pub use subject::Subject;
