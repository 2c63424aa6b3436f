//! Which few devices, once mended, cut the most ways.
//!
//! Greedy: always the device that most of the shortest ways pass, then the ways are searched again, since an attacker
//! goes round. Where the graph is small, the fewest devices that cut every way are found too: as many as there are ways
//! that share no device (Menger, 1927), found by augmenting (Ford and Fulkerson, 1956). The two together say how good the
//! greedy answer is.

mod fewest;

use wardround_model::{AssetId, FindingId};

use super::Paths;
use super::entry::Entry;
use super::graph::{Node, index};
use super::search::Found;
use super::step::Steps;

/// A device to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Which.
    pub asset: AssetId,
    /// Its findings that are steps or may become one: all must be settled, sorted.
    pub findings: Vec<FindingId>,
    /// Ways that are left once it is mended, with those before it.
    pub ways_left: u64,
}

/// The devices that cut the most ways.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Ways now.
    pub ways: u64,
    /// Devices to mend, in this order.
    pub cuts: Vec<Cut>,
    /// The fewest devices that cut every way, where they could be found; sorted.
    pub all: Option<Vec<AssetId>>,
    /// At least so many devices must be mended to cut every way; 0 where that is not known.
    pub at_least: u64,
}

impl Paths<'_> {
    /// At most so many devices that cut the most ways.
    #[must_use]
    pub fn cuts(&self, most: usize) -> Cuts {
        let mut steps = self.steps.clone();
        let mut founds = self.by_entry(&steps);
        let ways = self.ways_in(&founds);
        let mut cuts = Vec::new();
        while cuts.len() < most
            && let Some(node) = self.most_passed(&founds)
        {
            steps.close(node);
            founds = self.by_entry(&steps);
            cuts.extend(self.cut(node, self.ways_in(&founds)));
        }
        let fewest = self.fewest();
        let ids =
            |nodes: Vec<Node>| nodes.into_iter().filter_map(|node| Some(self.asset(node)?.id)).collect();
        Cuts { ways, cuts, at_least: fewest.at_least, all: fewest.nodes.map(ids) }
    }

    fn ways_in(&self, founds: &[(Entry, Found)]) -> u64 {
        let ways = founds
            .iter()
            .flat_map(|(_, found)| self.goals.iter().filter(|goal| found.weight(**goal).is_some()));
        u64::try_from(ways.count()).unwrap_or(u64::MAX)
    }

    /// The device that most of the shortest ways pass and that can be mended.
    fn most_passed(&self, founds: &[(Entry, Found)]) -> Option<Node> {
        let mut passed = vec![0_u64; self.assets.len()];
        for (entry, found) in founds {
            let mut behind = vec![0_u64; self.graph.nodes()];
            for goal in self.goals.iter().filter(|goal| found.weight(**goal).is_some()) {
                add(&mut behind, *goal, 1);
            }
            // From the farthest to the nearest: what is behind a node is behind the one before it too.
            for node in found.order.iter().rev() {
                let ways = behind.get(index(*node)).copied().unwrap_or(0);
                let before = found.before(*node);
                if let Some((before, _)) = before {
                    add(&mut behind, before, ways);
                }
                if self.graph.is_asset(*node) && (before.is_some() || entry.needs_weakness()) {
                    add(&mut passed, *node, ways);
                }
            }
        }
        // Of those that as many ways pass, the one that is taken most easily.
        let key = |node: Node, ways: u64| (ways, std::cmp::Reverse((self.steps.weight(node), node)));
        let most = (0..).zip(&passed).max_by_key(|(node, ways)| key(*node, **ways));
        most.filter(|(_, ways)| **ways > 0).map(|(node, _)| node)
    }

    fn cut(&self, node: Node, ways_left: u64) -> Option<Cut> {
        let asset = self.asset(node)?.id;
        let own = self.findings.iter().filter(|finding| finding.asset == asset);
        let mut findings: Vec<_> =
            own.filter(|finding| Steps::is_step(finding)).map(|finding| finding.id).collect();
        findings.sort_unstable();
        Some(Cut { asset, findings, ways_left })
    }
}

fn add(counts: &mut [u64], node: Node, more: u64) {
    if let Some(count) = counts.get_mut(index(node)) {
        *count += more;
    }
}
