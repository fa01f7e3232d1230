//! Feature gates: the catalogue, and what may be turned on and off.

pub mod catalogue;
pub mod in_effect;
pub mod resolve;

pub use catalogue::{Catalogue, Gate};
