//! Pictures of sessions and of gates: SVG for the report and by itself, and Mermaid.

pub(crate) mod gates;
pub(in crate::report) mod label;
pub(crate) mod lanes;
mod layers;
pub(in crate::report) mod mark;
pub(crate) mod mermaid;
mod sheet;
pub(in crate::report) mod strips;

pub(in crate::report) use sheet::STYLE;
