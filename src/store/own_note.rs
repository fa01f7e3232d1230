//! What is worth knowing of what was read of a user's own.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::source::{Sources, Span};

/// Something that is worth knowing of a place in what was read: a part of a script that is not
/// done, a field that is taken on trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct SourceNote {
    /// `schema/hq/a.sql:3`.
    pub(crate) at: String,
    /// What, in a sentence without its end.
    pub(crate) what: String,
}

impl SourceNote {
    /// A note of a place.
    pub(super) fn of(sources: &Sources, span: Span, what: String) -> Self {
        let (file, line) = (sources.file(span), sources.position(span).line);
        Self { at: format!("{file}:{line}"), what }
    }
}
