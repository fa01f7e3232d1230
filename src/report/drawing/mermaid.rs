//! The same drawings as text for Mermaid. A name is only ever text there: all that Mermaid could
//! take for more is written as the number of the character.

use std::fmt::Write as _;

use super::lanes::titled;
use super::mark::Mark;
use crate::gates::graph::{Demand, Graph};
use crate::model::lane::Lane;
use crate::model::safe;
use crate::model::time::ShownTime;

/// How a mark's boxes look there: what stands inside them is dark, on any page.
const LOOKS: &[(Mark, &str)] = &[
    (Mark::Done, "fill:#d3eedd,stroke:#1a7443,color:#1e2124"),
    (Mark::Half, "fill:#fcefd2,stroke:#8a5600,color:#1e2124"),
    (Mark::Open, "fill:#fff8e8,stroke:#8a5600,color:#1e2124"),
    (Mark::Failed, "fill:#f9dcd9,stroke:#b3261e,color:#1e2124"),
    (Mark::Stopped, "fill:#f9dcd9,stroke:#b3261e,color:#1e2124"),
    (Mark::Off, "fill:#f2f3f4,stroke:#646a73,color:#1e2124"),
    (Mark::Idle, "fill:#ffffff,stroke:#c5c9cf,color:#1e2124"),
];

/// The graph of gates, each at the left of what needs it.
pub(crate) fn graph(graph: &Graph) -> String {
    let mut text = String::from("flowchart LR\n");
    let place = |slug: &str| graph.nodes.iter().position(|node| node.feature == slug);
    for (at, node) in graph.nodes.iter().enumerate() {
        let label = format!("{}: {}", node.name, node.status);
        box_of(&mut text, "  ", &format!("g{at}"), &label, node.status.into());
    }
    for edge in &graph.edges {
        let (Some(from), Some(to)) = (place(&edge.from), place(&edge.to)) else { continue };
        let _ = match (edge.kind, &edge.when) {
            (Demand::Excludes, _) => writeln!(text, "  g{to} -.-|\"excludes\"| g{from}"),
            (Demand::Requires, None) => writeln!(text, "  g{to} --> g{from}"),
            (Demand::Requires, Some(fact)) => {
                writeln!(text, "  g{to} -->|\"with {}\"| g{from}", plain(fact))
            }
        };
    }
    looks(&mut text);
    text
}

/// The lanes of channel databases, each session behind the one before it.
pub(crate) fn lanes(lanes: &[Lane<ShownTime>]) -> String {
    let mut text = String::from("flowchart TB\n");
    if lanes.is_empty() {
        box_of(&mut text, "  ", "none", "no sessions", Mark::Idle);
    }
    for (at, lane) in lanes.iter().enumerate() {
        let _ = writeln!(text, "  subgraph l{at}[\"{}\"]", plain(&lane.channel));
        text.push_str("    direction LR\n");
        if lane.sessions.is_empty() {
            box_of(&mut text, "    ", &format!("l{at}s0"), "no sessions", Mark::Idle);
        }
        for (session, one) in lane.sessions.iter().enumerate() {
            let id = format!("l{at}s{session}");
            box_of(&mut text, "    ", &id, &titled(one), one.into());
        }
        for session in 1..lane.sessions.len() {
            let _ = writeln!(text, "    l{at}s{} --> l{at}s{session}", session - 1);
        }
        text.push_str("  end\n");
    }
    looks(&mut text);
    text
}

// Writing to a string does not fail.
fn box_of(text: &mut String, indent: &str, id: &str, label: &str, mark: Mark) {
    let _ = writeln!(text, "{indent}{id}[\"{}\"]:::{}", plain(label), class(mark));
}

fn looks(text: &mut String) {
    for (mark, look) in LOOKS {
        let _ = writeln!(text, "  classDef {} {look}", class(*mark));
    }
}

/// A class's name; no word that Mermaid has a use for.
fn class(mark: Mark) -> String {
    format!("is-{mark}")
}

/// A text that Mermaid takes as it is, within quotes.
fn plain(text: &str) -> String {
    let mut safe = String::new();
    for c in safe::line(text).chars() {
        let kept = c.is_alphanumeric() || " .,:_()/-+'".contains(c) || !c.is_ascii();
        if kept {
            safe.push(c);
        } else {
            let _ = write!(safe, "#{};", u32::from(c));
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_only_ever_text() {
        assert_eq!(plain("houston: 3 rows"), "houston: 3 rows");
        assert_eq!(plain("a\"]%%{init}"), "a#34;#93;#37;#37;#123;init#125;");
        assert_eq!(plain("<b>#quot;`x`\\\n"), "#60;b#62;#35;quot#59;#96;x#96;#92;#92;n");
        assert_eq!(plain("ñ 日本"), "ñ 日本");
    }
}
