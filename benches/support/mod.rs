//! What the benchmark is made of.

pub mod cdx;
pub mod plain;
pub mod read;
pub mod table;
