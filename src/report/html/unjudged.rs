//! What was not judged, and why: of that nothing is said to be well.

use maud::{Markup, html};

use super::piece::{self, wide, word};
use super::view::UnreadDatabase;
use crate::diagnosis::{Diagnosis, Outcome, State};
use crate::report::drawing::mark::Mark;

/// The anchor.
pub(super) const ID: &str = "not-judged";

/// So many reasons of one rule are told.
const MOST: usize = 12;

/// The section.
pub(super) fn section(diagnosis: &Diagnosis, unread: &[UnreadDatabase]) -> Markup {
    let rules: Vec<(&Outcome, Mark, &str)> =
        diagnosis.rules.iter().filter_map(|rule| unlooked(rule)).collect();
    let lead = html! {
        p { "Nothing is said of what stands here: neither that it is well, nor that it is not." }
    };
    let body = html! {
        @if rules.is_empty() && unread.is_empty() {
            p { (word(Mark::Done, "Everything was judged.")) }
        }
        @if !unread.is_empty() {
            h3 { "Databases that cannot be read" }
            ul.unread { @for one in unread {
                li { (word(Mark::Failed, &one.name)) p.message { (one.why) } }
            } }
        }
        @if !rules.is_empty() {
            h3 { "Rules" }
            (wide("Rules that could not look", table(&rules)))
        }
    };
    piece::section(ID, "Not judged", lead, body)
}

fn unlooked(rule: &Outcome) -> Option<(&Outcome, Mark, &'static str)> {
    match rule.state {
        State::Crashed => Some((rule, Mark::Failed, "crashed")),
        State::Skipped => Some((rule, Mark::Open, "skipped")),
        State::Passed | State::Failed if rule.reasons.is_empty() => None,
        State::Passed | State::Failed => Some((rule, Mark::Half, "looked only in part")),
    }
}

fn table(rules: &[(&Outcome, Mark, &str)]) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { "Rule" } th scope="col" { "How it ended" } th scope="col" { "Why" }
            } }
            tbody { @for (rule, mark, ended) in rules {
                tr {
                    th scope="row" { code { (rule.code) } " " (rule.name) }
                    td { (word(*mark, ended)) }
                    td {
                        ul.plain {
                            @for reason in rule.reasons.iter().take(MOST) { li { (reason) } }
                        }
                        @if rule.reasons.len() > MOST { "and " (rule.reasons.len() - MOST) " more" }
                    }
                }
            } }
        }
    }
}
