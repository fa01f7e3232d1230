//! The graph of gates in layers: what is needed stands to the left of what needs it.

use crate::gates::graph::{Demand, Edge, Graph};

/// Which gates stand where, by their places in the graph.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layers {
    /// Each layer from above; the first needs nothing.
    pub(super) layers: Vec<Vec<usize>>,
    /// Those that stand in no relation to another.
    pub(super) alone: Vec<usize>,
}

impl Layers {
    /// The layers of a graph. Its demands make no ring: the catalogue refuses one.
    pub(super) fn of(graph: &Graph) -> Self {
        let place = |slug: &str| graph.nodes.iter().position(|node| node.feature == slug);
        let needs = |edge: &&Edge| edge.kind == Demand::Requires;
        let pairs: Vec<(usize, usize)> = graph
            .edges
            .iter()
            .filter(needs)
            .filter_map(|edge| Some((place(&edge.to)?, place(&edge.from)?)))
            .collect();
        let mut depth = vec![0; graph.nodes.len()];
        // No way is longer than there are gates.
        for _ in &graph.nodes {
            for (needed, asking) in &pairs {
                depth[*asking] = depth[*asking].max(depth[*needed] + 1).min(graph.nodes.len());
            }
        }
        let related = |slug: &str| graph.edges.iter().any(|e| e.from == slug || e.to == slug);
        let mut layers: Vec<Vec<usize>> = Vec::new();
        let mut alone = Vec::new();
        for (at, node) in graph.nodes.iter().enumerate() {
            if !related(&node.feature) {
                alone.push(at);
                continue;
            }
            if layers.len() <= depth[at] {
                layers.resize(depth[at] + 1, Vec::new());
            }
            layers[depth[at]].push(at);
        }
        layers.retain(|layer| !layer.is_empty());
        untangle(&mut layers, &pairs);
        Self { layers, alone }
    }
}

/// Puts each gate beside those that it needs, so that few lines cross.
fn untangle(layers: &mut [Vec<usize>], pairs: &[(usize, usize)]) {
    let mut height: Vec<(usize, usize)> = Vec::new();
    for layer in layers {
        let middle = |gate: usize| {
            let needed = pairs.iter().filter(|(_, asking)| *asking == gate);
            let own = |of: usize| height.iter().find(|(known, _)| *known == of).map(|(_, at)| *at);
            let places: Vec<usize> = needed.filter_map(|(needed, _)| own(*needed)).collect();
            // In thousandths of a place.
            places.iter().sum::<usize>() * 1000 / places.len().max(1)
        };
        layer.sort_by_key(|gate| (middle(*gate), *gate));
        height.extend(layer.iter().enumerate().map(|(at, gate)| (*gate, at)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::graph::Node;
    use crate::gates::resolve::Status;

    fn graph(nodes: &[&str], edges: &[(&str, &str)]) -> Graph {
        let node = |slug: &&str| Node {
            feature: (*slug).to_owned(),
            name: (*slug).to_owned(),
            status: Status::NotEnabled,
        };
        let edge = |(from, to): &(&str, &str)| Edge {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
            kind: Demand::Requires,
            when: None,
        };
        Graph { nodes: nodes.iter().map(node).collect(), edges: edges.iter().map(edge).collect() }
    }

    #[test]
    fn each_gate_stands_behind_all_that_it_needs() {
        let graph =
            graph(&["a", "b", "c", "d", "e"], &[("c", "b"), ("c", "a"), ("b", "a"), ("d", "a")]);
        let layers = Layers::of(&graph);
        assert_eq!(layers.layers, [vec![0], vec![1, 3], vec![2]]);
        assert_eq!(layers.alone, [4]);
    }

    #[test]
    fn what_needs_the_upper_one_stands_above() {
        let graph = graph(&["a", "b", "x", "y"], &[("x", "b"), ("y", "a")]);
        assert_eq!(Layers::of(&graph).layers, [vec![0, 1], vec![3, 2]]);
    }

    #[test]
    fn a_ring_comes_to_an_end() {
        let layers = Layers::of(&graph(&["a", "b"], &[("a", "b"), ("b", "a")]));
        assert_eq!(layers.layers.concat().len(), 2);
    }
}
