//! Feature gates: the catalogue, and what may be turned on and off.

pub(crate) mod after;
pub mod catalogue;
pub mod check;
pub(crate) mod diff;
pub mod due;
pub mod file;
pub(crate) mod form;
pub mod gate;
pub(crate) mod graph;
pub mod import;
pub(crate) mod in_effect;
mod known;
mod laws;
pub mod lifecycle;
pub(crate) mod matching;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod progress;
pub mod resolve;
pub(crate) mod script;
pub mod standing;
pub(crate) mod way;

pub use catalogue::Catalogue;
pub use gate::Gate;
pub use resolve::Features;
