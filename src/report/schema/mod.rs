//! JSON Schemas (draft 2020-12) of what is printed, and the page of their keys.

mod close;
mod output;
pub(crate) mod page;
mod shape;

pub(crate) use output::{OfType, of_output};
