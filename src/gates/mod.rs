//! Feature gates: the catalogue, and what may be turned on and off.

pub mod after;
pub mod catalogue;
pub mod check;
pub mod diff;
pub mod due;
pub mod file;
pub mod gate;
pub mod graph;
pub mod import;
pub mod in_effect;
mod laws;
pub mod lifecycle;
pub mod page;
pub mod plan;
pub mod progress;
pub mod resolve;
pub mod script;
pub mod standing;
pub mod way;

pub use catalogue::Catalogue;
pub use gate::Gate;
pub use resolve::Features;
