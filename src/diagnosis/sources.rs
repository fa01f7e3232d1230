//! Where what the rules say was read.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::evidence::Grade;
use crate::model::source_pages::SourcePage;
pub(crate) use crate::model::source_pages::{
    ASYNC_FAQ, ASYNC_MODE, AUDIT, CDX_COMMUNICATIONS, CDX_EXTENSIBILITY, CDX_IMPLEMENTATION,
    CDX_PRACTICES, CDX_TROUBLE, CHANNEL_EXTENSIONS, CONVERT, CUSTOMERS_IN_STORES,
    DATA_ACTION_CACHE, FEATURES, FIDELITY, SCHEMA, UPLOAD_WARNINGS,
};

/// A page, and how well it supports a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Source {
    /// The page.
    #[serde(flatten)]
    pub(crate) page: SourcePage,
    /// documented, inferred or assumed.
    pub(crate) grade: Grade,
}

impl Source {
    /// The page says it.
    pub(crate) const fn documented(page: SourcePage) -> Self {
        Self { page, grade: Grade::Documented }
    }

    /// It follows from the page.
    pub(crate) const fn inferred(page: SourcePage) -> Self {
        Self { page, grade: Grade::Inferred }
    }

    /// No public source says it; the page is the nearest.
    pub(crate) const fn assumed(page: SourcePage) -> Self {
        Self { page, grade: Grade::Assumed }
    }
}
