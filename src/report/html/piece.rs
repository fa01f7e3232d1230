//! What sections are made of: a word beside its mark, a command, a table that scrolls by itself.

use maud::{Markup, html};

use crate::model::suggestion::Suggestion;
use crate::report::drawing::mark::Mark;

/// A word with its mark before it.
pub(super) fn word(mark: Mark, word: impl AsRef<str>) -> Markup {
    html! { span.word.(mark.as_str()) { (mark.shown()) (word.as_ref()) } }
}

/// A command; one click selects all of it.
pub(super) fn command(command: &Suggestion, env: Option<&str>) -> Markup {
    html! { code.command { (command.typed(env)) } }
}

/// A section of the page, with its anchor and its heading.
pub(super) fn section(id: &str, title: &str, lead: Markup, body: Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby={(id) "-heading"} {
            h2 id={(id) "-heading"} { a href={"#" (id)} { (title) } }
            div.lead { (lead) }
            (body)
        }
    }
}

/// What may be wider than the page, and scrolls by itself.
pub(super) fn wide(label: &str, body: Markup) -> Markup {
    html! { div.wide role="region" aria-label=(label) tabindex="0" { (body) } }
}

/// What the marks of a section mean.
pub(super) fn legend(words: &[(Mark, &str)]) -> Markup {
    html! {
        ul.legend aria-label="Legend" {
            @for (mark, meaning) in words { li { (word(*mark, meaning)) } }
        }
    }
}
