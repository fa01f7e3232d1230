//! The real-time calls, by what kept them from being local.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::list::names;
use super::piece::{self, wide, word};
use super::view::CallsByReason;
use crate::model::pos::ReasonCode;
use crate::model::wording::{count, grouped};
use crate::report::drawing::mark::Mark;

/// The anchor.
pub(super) const ID: &str = "calls";

/// The section.
pub(super) fn section(calls: &[CallsByReason]) -> Markup {
    let all: u64 = calls.iter().map(|one| one.calls).sum();
    let failed: u64 = calls.iter().map(|one| one.failed).sum();
    let lead = html! {
        p {
            (count(all, "real-time call")) " to headquarters"
            @if failed > 0 { ", " (grouped(failed)) " of them without an answer" }
            ". Each is told by what kept it from being local."
        }
    };
    let body = html! {
        @if calls.is_empty() {
            p { (word(Mark::Idle, "No real-time call was made.")) }
        } @else {
            (wide("Real-time calls by reason", table(calls)))
        }
    };
    piece::section(ID, "Real-time calls by reason", lead, body)
}

/// Reasons, those of most calls first, and within each its operations.
fn table(calls: &[CallsByReason]) -> Markup {
    let mut reasons: BTreeMap<Option<ReasonCode>, Vec<&CallsByReason>> = BTreeMap::new();
    for one in calls {
        reasons.entry(one.reason).or_default().push(one);
    }
    let sum = |of: &[&CallsByReason]| of.iter().map(|one| one.calls).sum::<u64>();
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, of)| std::cmp::Reverse(sum(of)));
    let most = calls.iter().map(|one| one.calls).max().unwrap_or(1);
    html! {
        table.calls {
            thead { tr {
                th scope="col" { "Reason" } th scope="col" { "Operation" }
                th.number scope="col" { "Calls" } th.number scope="col" { "Failed" }
                th scope="col" { "Channels" } th scope="col" { "Last" }
            } }
            @for (reason, own) in &reasons {
                tbody { @for (at, one) in own.iter().enumerate() {
                    tr {
                        @if at == 0 {
                            th scope="rowgroup" rowspan=(own.len()) {
                                (reason.map_or("no reason given", ReasonCode::as_str))
                                span.status { (count(sum(own), "call")) }
                            }
                        }
                        td { (one.operation) }
                        td.number { (grouped(one.calls)) (bar(one.calls, most)) }
                        td.number {
                            @if one.failed > 0 { (word(Mark::Failed, grouped(one.failed))) }
                            @else { "0" }
                        }
                        td { (names(&one.channels)) }
                        td.time { (one.last) }
                    }
                } }
            }
        }
    }
}

/// A number as a length, beside the number.
fn bar(number: u64, most: u64) -> Markup {
    let width = (number * 100).div_ceil(most.max(1));
    html! {
        svg.bar width="100" height="6" viewBox="0 0 100 6" aria-hidden="true" {
            rect width=(width) height="6" rx="2" {}
        }
    }
}
