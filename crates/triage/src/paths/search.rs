//! The shortest ways from some nodes to all (Dijkstra, 1959), with ties broken by place.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::{Graph, Node, Shown, index};
use super::step::Steps;

const NEVER: u32 = u32::MAX;

/// What a search found: for each node, the weight of the shortest way and the node before it.
pub(super) struct Found {
    weights: Vec<u32>,
    before: Vec<Option<(Node, Shown)>>,
    /// Nodes in the order in which they were reached.
    pub(super) order: Vec<Node>,
}

impl Found {
    /// The weight of the shortest way to a node; `None`: there is none.
    pub(super) fn weight(&self, node: Node) -> Option<u32> {
        self.weights.get(index(node)).copied().filter(|weight| *weight != NEVER)
    }

    /// The node before, and what shows the edge from there; `None` where ways begin.
    pub(super) fn before(&self, node: Node) -> Option<(Node, Shown)> {
        self.before.get(index(node)).copied().flatten()
    }

    /// A way to this node that is shorter than all known ones; whether it was.
    fn improve(&mut self, node: Node, weight: u32, before: Option<(Node, Shown)>) -> bool {
        let Some(known) = self.weights.get_mut(index(node)).filter(|known| weight < **known) else {
            return false;
        };
        *known = weight;
        if let Some(slot) = self.before.get_mut(index(node)) {
            *slot = before;
        }
        true
    }
}

/// The shortest ways from these nodes, each with the weight that it begins with.
pub(super) fn search(graph: &Graph, steps: &Steps, seeds: &[(Node, u32)]) -> Found {
    let nodes = graph.nodes();
    let mut found = Found { weights: vec![NEVER; nodes], before: vec![None; nodes], order: Vec::new() };
    let mut open = BinaryHeap::new();
    for (node, weight) in seeds {
        if found.improve(*node, *weight, None) {
            open.push(Reverse((*weight, *node)));
        }
    }
    while let Some(Reverse((weight, node))) = open.pop() {
        if found.weight(node) != Some(weight) {
            continue;
        }
        found.order.push(node);
        for (to, edge, shown) in graph.from(node) {
            // A network is no device, so nothing has to be taken there.
            let taken = if graph.is_asset(to) { steps.weight(to) } else { Some(0) };
            let Some(taken) = taken else { continue };
            let with = weight.saturating_add(edge).saturating_add(taken);
            if found.improve(to, with, Some((node, shown))) {
                open.push(Reverse((with, to)));
            }
        }
    }
    found
}
