//! What is written of a rule: `cdx explain CDX704` and `docs/check.md`.

use super::headers;
use crate::diagnosis::{Header, page};

/// What stands over the rules.
const INTRODUCTION: &str = include_str!("introduction.md");

/// A rule's page in Markdown, without its heading.
pub(crate) fn body(header: &Header) -> String {
    page::body(header, "", "")
}

/// The page `docs/check.md`.
pub(crate) fn markdown() -> String {
    let rules: Vec<_> = headers().map(|header| (header, body(header))).collect();
    format!("{INTRODUCTION}\n{}", page::markdown(&rules))
}
