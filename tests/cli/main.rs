//! The command line as its users meet it; one binary, modules named after what they test.

mod batch;
mod commands;
mod crash;
mod definitions;
mod docs;
mod download;
mod errors;
mod features;
mod harness;
mod runtime;
mod scope;
mod upload;
