//! The gate graph: what each feature requires, in layers.

use maud::{Markup, html};

use super::piece::{self, legend, wide};
use crate::gates::graph::Graph;
use crate::report::drawing::gates::drawn;
use crate::report::drawing::mark::Mark;

/// The anchor.
pub(super) const ID: &str = "gates";

/// The section.
pub(super) fn section(graph: &Graph) -> Markup {
    let lead = html! {
        p { "An arrow leads from what must be on first to what requires it." }
        (legend(&[
            (Mark::Done, "on in headquarters"),
            (Mark::Open, "scheduled"),
            (Mark::Off, "off in headquarters"),
        ]))
    };
    let body = wide("Features and what they require", drawn(graph).within());
    piece::section(ID, "Features and what they require", lead, body)
}
