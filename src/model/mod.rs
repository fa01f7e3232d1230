//! Plain types that everything else passes around; no I/O, no clock.

pub mod behaviour;
pub mod changed;
pub mod customer;
pub mod event;
pub mod evidence;
pub mod field_set;
pub mod folding;
pub mod job;
pub mod key;
pub mod named;
pub mod nearest;
pub mod operation;
pub mod parameters;
pub mod plan;
pub mod pos;
pub mod replaced;
pub mod run;
pub mod scale_unit;
pub mod schema;
pub mod session;
pub mod settings;
pub mod status;
pub mod suggestion;
pub mod topology;
pub mod version;
pub mod wording;
