//! `cdx` rehearses Dynamics 365 Commerce Data Exchange offline.
//!
//! The folders are the architecture; `ARCHITECTURE.md` tells the way through them. The library
//! is public so that tests and benchmarks drive the engine as the command line does.

pub mod check;
pub mod cli;
pub mod definitions;
pub mod diagnosis;
pub mod doctor;
pub mod exchange;
pub mod extension;
pub mod gates;
pub mod model;
pub mod report;
pub mod runtime;
pub mod scenario;
pub mod store;
pub mod world;
