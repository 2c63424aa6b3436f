//! The fewest devices that cut every way, by as many augmenting searches as there are such devices.
//!
//! Each device that can be mended is split into a way in and a way out with room for one; all else has room for any
//! number. What the last search reaches tells the cut. Only where the graph is small enough to search so often.

use std::collections::VecDeque;

use super::super::Paths;
use super::super::entry::Entry;
use super::super::graph::{Node, index};

/// The most edges of a graph that is searched so.
const MOST_EDGES: usize = 200_000;

/// The most devices that are looked for.
const MOST: u64 = 16;

/// Room for any number.
const ANY: u32 = u32::MAX / 2;

/// What was found.
#[derive(Default)]
pub(super) struct Fewest {
    pub(super) at_least: u64,
    pub(super) nodes: Option<Vec<Node>>,
}

/// Arcs with room, each beside its reverse: arc `2 k` and arc `2 k + 1`.
struct Flow {
    first: Vec<Option<u32>>,
    next: Vec<Option<u32>>,
    to: Vec<u32>,
    room: Vec<u32>,
}

impl Flow {
    fn new(nodes: usize) -> Self {
        Self { first: vec![None; nodes], next: Vec::new(), to: Vec::new(), room: Vec::new() }
    }

    fn arc(&mut self, from: u32, to: u32, room: u32) {
        for (from, to, room) in [(from, to, room), (to, from, 0)] {
            let place = u32::try_from(self.to.len()).ok();
            self.to.push(to);
            self.room.push(room);
            let first = self.first.get_mut(index(from));
            self.next.push(first.and_then(|first| std::mem::replace(first, place)));
        }
    }

    fn arcs(&self, node: u32) -> impl Iterator<Item = u32> {
        let first = self.first.get(index(node)).copied().flatten();
        std::iter::successors(first, |arc| self.next.get(index(*arc)).copied().flatten())
    }

    fn has_room(&self, arc: u32) -> bool {
        self.room.get(index(arc)).is_some_and(|room| *room > 0)
    }

    /// By node, the arc by which a search from `source` reached it; the source itself has none.
    fn reach(&self, source: u32) -> Vec<Option<u32>> {
        let mut by = vec![None; self.first.len()];
        let mut open = VecDeque::from([source]);
        while let Some(node) = open.pop_front() {
            for arc in self.arcs(node).filter(|arc| self.has_room(*arc)) {
                let Some(to) = self.to.get(index(arc)).copied().filter(|to| *to != source) else { continue };
                if let Some(slot @ None) = by.get_mut(index(to)) {
                    *slot = Some(arc);
                    open.push_back(to);
                }
            }
        }
        by
    }

    /// Sends one along the way that a search found; each way passes some device with room for one.
    fn send(&mut self, by: &[Option<u32>], sink: u32) {
        let mut node = sink;
        while let Some(arc) = by.get(index(node)).copied().flatten() {
            if let Some(room) = self.room.get_mut(index(arc)) {
                *room -= 1;
            }
            if let Some(room) = self.room.get_mut(index(arc ^ 1)) {
                *room += 1;
            }
            node = self.to.get(index(arc ^ 1)).copied().unwrap_or(node);
        }
    }
}

impl Paths<'_> {
    /// The fewest devices that cut every way, and how many are needed at least.
    pub(super) fn fewest(&self) -> Fewest {
        if self.graph.edges() > MOST_EDGES {
            return Fewest::default();
        }
        let Ok(nodes) = u32::try_from(self.graph.nodes()) else { return Fewest::default() };
        let (source, sink) = (2 * nodes, 2 * nodes + 1);
        let mut flow = self.flow(nodes, source, sink);
        for found in 0..=MOST {
            let by = flow.reach(source);
            if by.get(index(sink)).copied().flatten().is_none() {
                let is_cut = |node: &Node| {
                    // What is not weak was never a step, so it is no cut either.
                    let inside = |node: u32| by.get(index(node)).copied().flatten().is_some();
                    self.steps.weight(*node).is_some() && inside(2 * node) && !inside(2 * node + 1)
                };
                return Fewest { at_least: found, nodes: Some((0..nodes).filter(is_cut).collect()) };
            }
            flow.send(&by, sink);
        }
        Fewest { at_least: MOST + 1, nodes: None }
    }

    /// Node `n` has its way in at `2 n` and its way out at `2 n + 1`.
    fn flow(&self, nodes: u32, source: u32, sink: u32) -> Flow {
        let mut flow = Flow::new(index(sink) + 1);
        for node in 0..nodes {
            let room = match (self.graph.is_asset(node), self.steps.weight(node)) {
                (true, Some(_)) => 1,
                (true, None) => 0,
                (false, _) => ANY,
            };
            flow.arc(2 * node, 2 * node + 1, room);
            for (to, ..) in self.graph.from(node) {
                flow.arc(2 * node + 1, 2 * to, ANY);
            }
        }
        for entry in Entry::ALL {
            for (node, _) in self.entries.seeds(*entry, &self.steps) {
                // Who is let in needs no weakness, so mending the first device does not help.
                let begins = if entry.needs_weakness() { 2 * node } else { 2 * node + 1 };
                flow.arc(source, begins, ANY);
            }
        }
        for goal in &self.goals {
            flow.arc(2 * goal + 1, sink, ANY);
        }
        flow
    }
}
