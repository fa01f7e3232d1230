//! The scale unit and the register: what an operation does, which way it goes, and why.

mod addresses;
pub mod cache;
mod customers;
mod decide;
pub mod features;
mod inquiries;
pub mod operation;
pub mod plan;
mod shift;
mod why;

pub use customers::NewCustomer;
pub use decide::{Circumstances, Decision, Kind, Switch, decide};
pub use operation::{PosError, Request, perform};
pub use why::is_on;
