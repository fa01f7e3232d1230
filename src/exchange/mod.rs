//! The engine: moves rows between headquarters and channels, emits events, returns reports.

pub mod apply;
pub mod arming;
pub mod batch;
mod batch_fields;
mod batch_operation;
pub mod channels;
mod collect;
pub mod download;
pub mod dry_run;
mod ending;
pub mod enlist;
pub mod error;
mod fetch;
pub mod gate;
pub mod generate;
mod held;
pub mod init;
pub mod initialize;
pub mod intents;
pub mod manage;
pub mod notice;
pub mod plan;
pub mod reconnect;
pub mod recover;
pub mod relay;
pub mod report;
pub mod run;
pub mod tick;
pub mod upgrade;
pub mod upload;
mod way_out;

pub use arming::{Asked, tell_unmet};
pub use error::ExchangeError;
pub use generate::chain;
pub use recover::{CALM, begin, not_tidied};
pub use run::{Phase, RunRequest, run};
