//! Reads what a team keeps in its repository: seed-data XML, table metadata and channel scripts,
//! each with its places. It never runs anything of it.

pub mod base;
pub mod dacpac;
mod decode;
pub(crate) mod earlier;
mod files;
pub mod hq;
mod metadata;
mod read;
pub mod repository;
pub mod schema;
pub mod script;
mod seed_data;
mod sql;
mod xml;

pub(crate) use files::shown as shown_path;
