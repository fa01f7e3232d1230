//! The gates, drawn in layers: what must be on first stands to the left.

use maud::{Markup, html};

use super::label::{short, two_lines};
use super::layers::Layers;
use super::mark::Mark;
use super::sheet::Sheet;
use crate::gates::graph::{Demand, Edge, Graph, Node};
use crate::gates::resolve::Status;

/// A gate's box, and the room between boxes.
const BOX: (u32, u32) = (220, 70);
const ACROSS: u32 = 150;
const DOWN: u32 = 20;
const EDGE: u32 = 14;

/// So many characters fit a box, and a line between two.
const MOST_NAME: usize = 25;
const MOST_FACT: usize = 24;

/// At least so many boxes stand beside each other.
const LEAST_COLUMNS: usize = 3;

/// The graph as a file of its own.
pub(crate) fn svg(graph: &Graph) -> String {
    drawn(graph).alone()
}

/// Where each gate's box stands.
struct Places {
    /// By the gate's place in the graph.
    corners: Vec<(u32, u32)>,
    /// Where those without relations begin, where there are some.
    apart: Option<u32>,
    /// The whole drawing.
    size: (u32, u32),
}

/// The graph on a sheet.
pub(in crate::report) fn drawn(graph: &Graph) -> Sheet {
    let places = Places::of(graph);
    let boxes = graph.nodes.iter().zip(&places.corners);
    Sheet {
        id: "graph",
        title: "Features and what they require",
        description: told(graph),
        size: places.size,
        body: html! {
            defs {
                marker #tip viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"
                    orient="auto" { path.tip d="M0 0 8 4 0 8z" {} }
            }
            @for edge in &graph.edges { (line(graph, &places, edge)) }
            @if let Some(top) = places.apart {
                text.small x=(EDGE) y=(top) { "Features that require none and that none requires" }
            }
            @for (node, corner) in boxes { (gate(node, *corner)) }
        },
    }
}

impl Places {
    fn of(graph: &Graph) -> Self {
        let Layers { layers, alone } = Layers::of(graph);
        let (width, height) = BOX;
        let mut corners = vec![(0, 0); graph.nodes.len()];
        let highest = layers.iter().map(Vec::len).max().unwrap_or(0) as u32;
        let tall = |count: u32| (count * (height + DOWN)).saturating_sub(DOWN);
        for (column, layer) in (0..).zip(&layers) {
            // Shorter layers stand in the middle.
            let top = EDGE + (tall(highest) - tall(layer.len() as u32)) / 2;
            for (row, at) in (0..).zip(layer) {
                corners[*at] = (EDGE + column * (width + ACROSS), top + row * (height + DOWN));
            }
        }
        let columns = layers.len().max(LEAST_COLUMNS) as u32;
        let mut bottom = EDGE + tall(highest);
        let apart = (!alone.is_empty()).then_some(bottom + if highest > 0 { 34 } else { 12 });
        if let Some(top) = apart {
            // They need no room for lines between them.
            let whole = columns * (width + ACROSS) - ACROSS;
            let own = ((whole + DOWN) / (width + DOWN)).max(1);
            for (place, at) in (0..).zip(&alone) {
                let (column, row) = (place % own, place / own);
                let (left, down) = (column * (width + DOWN), row * (height + DOWN));
                corners[*at] = (EDGE + left, top + 14 + down);
                bottom = top + 14 + down + height;
            }
        }
        let size = (columns * (width + ACROSS) - ACROSS + 2 * EDGE, bottom + EDGE);
        Self { corners, apart, size }
    }
}

/// The graph in sentences.
fn told(graph: &Graph) -> String {
    let name = |slug: &str| {
        let node = graph.nodes.iter().find(|node| node.feature == slug);
        node.map_or_else(|| slug.to_owned(), |node| node.name.clone())
    };
    let edge = |edge: &Edge| {
        let verb = match edge.kind {
            Demand::Requires => "requires",
            Demand::Excludes => "excludes",
        };
        let when = edge.when.as_ref().map(|fact| format!(", with {fact}")).unwrap_or_default();
        format!("{} {verb} {}{when}.", name(&edge.from), name(&edge.to))
    };
    let node = |node: &Node| format!("{}: {}.", node.name, node.status);
    let all = graph.nodes.iter().map(node).chain(graph.edges.iter().map(edge));
    all.collect::<Vec<_>>().join(" ")
}

fn gate(node: &Node, (left, top): (u32, u32)) -> Markup {
    let mark = Mark::from(node.status);
    let kind = match node.status {
        Status::Mandatory | Status::Enabled => "box box-done",
        Status::Scheduled => "box box-open",
        Status::CannotEnable | Status::NeedsConfirmation | Status::NotEnabled => "box",
    };
    html! {
        g {
            title { (node.name) " (" (node.feature) "): " (node.status) }
            rect class=(kind) x=(left) y=(top) width=(BOX.0) height=(BOX.1) rx="7" {}
            @for (at, line) in (0..).zip(two_lines(&node.name, MOST_NAME)) {
                text x=(left + 12) y=(top + 22 + 16 * at) { (line) }
            }
            use.(mark.as_str()) href={"#m-" (mark)} x=(left + 12) y=(top + BOX.1 - 22) width="14"
                height="14" {}
            text.small x=(left + 32) y=(top + BOX.1 - 11) { (node.status) }
        }
    }
}

/// A line from what is needed to what needs it.
fn line(graph: &Graph, places: &Places, edge: &Edge) -> Markup {
    let place = |slug: &str| {
        let at = graph.nodes.iter().position(|node| node.feature == slug)?;
        places.corners.get(at).copied()
    };
    let (Some(asking), Some(needed)) = (place(&edge.from), place(&edge.to)) else {
        return html! {};
    };
    let (width, half) = (BOX.0, BOX.1 / 2);
    let (from, to) = ((needed.0 + width, needed.1 + half), (asking.0, asking.1 + half));
    let middle = u32::midpoint(from.0, to.0);
    let when = edge.when.as_ref().map(|fact| format!("with {fact}"));
    let start = format!("M{} {}C{middle} {}", from.0, from.1, from.1);
    let end = format!(" {middle} {} {} {}", to.1, to.0, to.1);
    match edge.kind {
        Demand::Requires => html! {
            path.edge marker-end="url(#tip)" d={(start) (end)} {}
            @if let Some(when) = when {
                text.small.over x=(from.0 + 8) y=(from.1.saturating_sub(7)) {
                    title { (when) }
                    (short(&when, MOST_FACT))
                }
            }
        },
        Demand::Excludes => excludes(needed, asking),
    }
}

/// A line between two that cannot be on together, from the middle of one to that of the other.
fn excludes(one: (u32, u32), other: (u32, u32)) -> Markup {
    let (across, half) = (BOX.0 / 2, BOX.1 / 2);
    let middle = |corner: (u32, u32)| (corner.0 + across, corner.1 + half);
    let (from, to) = (middle(one), middle(other));
    let (x, y) = (u32::midpoint(from.0, to.0), u32::midpoint(from.1, to.1));
    html! {
        line.edge.excludes x1=(from.0) y1=(from.1) x2=(to.0) y2=(to.1) {}
        text.small.between.over x=(x) y=(y.saturating_sub(5)) { "excludes" }
    }
}
