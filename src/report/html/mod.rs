//! The report of an environment: one page of HTML that needs nothing beside it, one file a section.

mod calls;
mod customer;
mod gates;
mod list;
mod page;
mod piece;
mod rollout;
mod rollout_many;
mod rollout_words;
mod sessions;
#[cfg(test)]
mod tests;
mod unjudged;
mod verdict;
pub(crate) mod view;

pub(crate) use page::{is_page, page};
