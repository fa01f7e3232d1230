//! The databases and files of an environment; the only place that knows SQLite.

pub mod apply;
mod apply_table;
pub mod catalogue;
pub mod channel_customers;
pub mod create;
pub mod db;
pub mod diagnose;
pub mod entity;
pub mod environment;
pub mod error;
pub mod features;
pub mod files;
pub mod hq_customers;
pub mod intents;
pub mod lock;
pub mod merge;
pub mod operations;
pub mod pack;
pub mod packages;
pub mod profiles;
pub mod rejection;
pub mod scale_unit;
pub mod scheduler;
pub mod schema;
pub mod seed;
pub mod sessions;
pub mod topology;
pub mod tracking;
pub mod upload_pack;
pub mod uploads;
pub mod world;

pub use db::{Access, ChannelDatabase, Db, Headquarters};
pub use environment::{Environment, Reader, Writer};
pub use error::StoreError;
