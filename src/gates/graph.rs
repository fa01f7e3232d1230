//! The graph of prerequisites, as a tree of text, for Mermaid and for Graphviz.

use std::collections::HashSet;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::named::named;
use crate::model::suggestion::Prose;

use super::gate::Gate;
use super::resolve::{Features, Status};

/// A gate in the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Node {
    /// The gate.
    pub(crate) feature: String,
    /// Its name.
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) status: Status,
}

named! {
    /// What a gate asks of another one.
    pub(crate) enum Demand {
        /// That it is on.
        Requires = "requires",
        /// That it is off.
        Excludes = "excludes",
    }
}

/// A demand between two gates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Edge {
    /// The gate that asks.
    pub(crate) from: String,
    /// The gate that is asked for.
    pub(crate) to: String,
    /// Which way it asks.
    pub(crate) kind: Demand,
    /// The fact it depends on.
    pub(crate) when: Option<String>,
}

/// The graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Graph {
    /// The gates, in the order of the catalogue.
    pub(crate) nodes: Vec<Node>,
    /// What they ask of each other.
    pub(crate) edges: Vec<Edge>,
}

/// The graph of all gates, or of one and what it leads to.
pub(crate) fn graph(features: Features<'_>, only: Option<&Gate>) -> Graph {
    let mut wanted: Vec<&str> = Vec::new();
    if let Some(gate) = only {
        wanted.push(&gate.slug);
        let mut at = 0;
        while at < wanted.len() {
            let gate = features.catalogue.get(wanted[at]);
            let more = gate.iter().flat_map(|gate| &gate.requires).map(|r| r.feature.as_str());
            wanted.extend(more.filter(|slug| !wanted.contains(slug)).collect::<Vec<_>>());
            at += 1;
        }
    }
    // Known features without demands stand in no relation to another.
    let asked: Vec<&str> = features.catalogue.with_files().flat_map(Gate::others).collect();
    let gates = || features.catalogue.gates.iter();
    let shown = |gate: &&Gate| match only {
        Some(_) => wanted.contains(&gate.slug.as_str()),
        None => !gate.known || asked.contains(&gate.slug.as_str()),
    };
    let node = |gate: &Gate| Node {
        feature: gate.slug.clone(),
        name: gate.name.clone(),
        status: features.status(gate),
    };
    let mut edges = Vec::new();
    for gate in gates().filter(shown) {
        edges.extend(gate.requires.iter().map(|needed| Edge {
            from: gate.slug.clone(),
            to: needed.feature.clone(),
            kind: Demand::Requires,
            when: needed.when.clone(),
        }));
        // An exclusion that both declare is drawn once.
        let drawn = |slug: &&String| {
            let other = features.catalogue.get(slug);
            other.is_none_or(|other| !other.excludes.contains(&gate.slug) || gate.slug < other.slug)
        };
        edges.extend(gate.excludes.iter().filter(drawn).map(|slug| Edge {
            from: gate.slug.clone(),
            to: slug.clone(),
            kind: Demand::Excludes,
            when: None,
        }));
    }
    Graph { nodes: gates().filter(shown).map(node).collect(), edges }
}

impl Graph {
    fn node(&self, slug: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.feature == slug)
    }

    /// A tree: what nothing asks for stands at the left, what it needs below it. What a feature
    /// needs is drawn once: drawn again and again it would have no end that anybody sees.
    pub(crate) fn tree(&self) -> Vec<Prose> {
        let asked = |node: &Node| {
            self.edges.iter().any(|edge| edge.kind == Demand::Requires && edge.to == node.feature)
        };
        let (mut lines, mut drawn) = (Vec::new(), HashSet::new());
        for node in self.nodes.iter().filter(|node| !asked(node)) {
            let feature = Prose::from(format!("{} (", node.feature));
            lines.push(feature.and_value(node.status.as_str(), node.status.tone()).and(")"));
            self.branches(&node.feature, "", &mut drawn, &mut lines);
        }
        lines
    }

    fn branches<'g>(
        &'g self,
        slug: &'g str,
        indent: &str,
        drawn: &mut HashSet<&'g str>,
        lines: &mut Vec<Prose>,
    ) {
        drawn.insert(slug);
        let edges: Vec<&Edge> = self.edges.iter().filter(|edge| edge.from == slug).collect();
        for (at, edge) in edges.iter().enumerate() {
            let last = at + 1 == edges.len();
            let (branch, below) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            let status = self.node(&edge.to).map(|node| node.status);
            let (word, tone) = status.map_or(("", None), |of| (of.as_str(), of.tone()));
            let when = edge.when.as_ref().map_or_else(String::new, |fact| format!(", with {fact}"));
            let excludes = if edge.kind == Demand::Excludes { "excludes " } else { "" };
            let again = edge.kind == Demand::Requires
                && drawn.contains(edge.to.as_str())
                && self.edges.iter().any(|further| further.from == edge.to);
            let above = if again { ", needs what stands above" } else { "" };
            let line = Prose::from(format!("{indent}{branch}{excludes}{} (", edge.to));
            lines.push(line.and_value(word, tone).and(format!("{when}{above})")));
            if edge.kind == Demand::Requires && !again {
                self.branches(&edge.to, &format!("{indent}{below}"), drawn, lines);
            }
        }
    }

    /// For Graphviz.
    pub(crate) fn dot(&self) -> String {
        let mut text = String::from(
            "digraph features {\n  rankdir = LR;\n  node [shape = box, style = filled];\n",
        );
        for node in &self.nodes {
            let name = node.name.replace('\\', "\\\\").replace('"', "\\\"");
            let color = fill(node.status);
            let _ = writeln!(
                text,
                "  \"{}\" [label = \"{name}\", fillcolor = \"{color}\"];",
                node.feature
            );
        }
        for edge in &self.edges {
            let style = match edge.kind {
                Demand::Excludes => {
                    " [style = dashed, dir = none, label = \"excludes\"]".to_owned()
                }
                Demand::Requires if edge.when.is_some() => {
                    format!(" [label = \"{}\"]", label(edge))
                }
                Demand::Requires => String::new(),
            };
            let _ = writeln!(text, "  \"{}\" -> \"{}\"{style};", edge.from, edge.to);
        }
        text.push_str("}\n");
        text
    }
}

fn label(edge: &Edge) -> String {
    edge.when.as_ref().map_or_else(String::new, |fact| format!("with {fact}"))
}

/// The colour of a state.
fn fill(status: Status) -> &'static str {
    match status {
        Status::Mandatory | Status::Enabled => "#b7e1cd",
        Status::Scheduled => "#cfe2f3",
        Status::CannotEnable => "#f4c7c3",
        Status::NeedsConfirmation => "#fce8b2",
        Status::NotEnabled => "#eeeeee",
    }
}
