//! Every rule of `check`: those of repositories, and the one about suppressions, which the doctor
//! has too.

use super::rules::RULES;
use crate::diagnosis::{Header, is_called, suppress};
use crate::model::nearest::nearest;

/// Every rule, in the order of their codes.
pub(crate) fn headers() -> impl Iterator<Item = &'static Header> {
    RULES.iter().map(|rule| &rule.header).chain([&suppress::UNUSED])
}

/// The rule a word names.
///
/// # Errors
/// The nearest code or name, where one is near.
pub(crate) fn find(word: &str) -> Result<&'static Header, Option<&'static str>> {
    let found = headers().find(|header| is_called(header.code, header.name, word));
    found.ok_or_else(|| nearest(word, headers().flat_map(|header| [header.code, header.name])))
}
