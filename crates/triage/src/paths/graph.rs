//! Who can reach what, as arrays: for each node, where its edges begin and where they lead (compressed sparse rows).
//!
//! The first nodes are the assets, by id; behind them stands a node for each network, so that a network of many devices
//! needs two edges a device and not one for each pair. Behind these stand groups of devices that rules of firewalls treat alike.

use std::net::IpAddr;

use wardround_model::{Asset, Conversation, Observation, Sighting, is_to_many};

use super::rules::{LetThrough, Openings};
use super::weights::{ALLOWED, ALLOWED_PERHAPS, SAME_NETWORK};
use crate::ssvc::exposure::prefix;

/// The place of a node.
pub(super) type Node = u32;

/// What shows an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shown {
    /// The conversation at this place.
    Seen(u32),
    /// Nothing: it leads into a network or a group that rules treat alike, or out of it.
    Near,
    /// The rule at this place of those that let something through.
    Rule(u32),
}

/// An edge: where it leads, and what shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    to: Node,
    shown: Shown,
}

/// The graph.
pub(super) struct Graph {
    assets: usize,
    starts: Vec<u32>,
    edges: Vec<Edge>,
    /// The network of each node behind the assets, sorted.
    networks: Vec<IpAddr>,
    owners: Vec<(IpAddr, Node)>,
    /// Rules that let something through.
    allowed: Vec<LetThrough>,
    /// How many groups that rules treat alike stand behind the networks.
    groups: usize,
    /// Sets of rules that were too large to be held against the devices.
    left_out: Vec<Sighting>,
}

impl Graph {
    pub(super) fn new(
        assets: &[&Asset],
        conversations: &[Conversation],
        observations: &[Observation],
    ) -> Self {
        let mut owners: Vec<(IpAddr, Node)> =
            (0..).zip(assets).flat_map(|(node, asset)| asset.ips.iter().map(move |ip| (*ip, node))).collect();
        owners.sort_unstable();
        let mut networks: Vec<IpAddr> =
            owners.iter().filter(|(ip, _)| is_routed(*ip)).map(|(ip, _)| prefix(*ip)).collect();
        networks.sort_unstable();
        networks.dedup();
        let mut graph = Self {
            assets: assets.len(),
            starts: Vec::new(),
            edges: Vec::new(),
            networks,
            owners,
            allowed: Vec::new(),
            groups: 0,
            left_out: Vec::new(),
        };
        let mut pairs = graph.seen(conversations);
        pairs.extend(graph.near());
        let openings = Openings::of(observations, &graph.owners);
        pairs.extend(graph.open(&openings));
        graph.left_out = openings.left_out;
        pairs.sort_unstable();
        // Of several conversations between two assets, the first stands for all.
        pairs.dedup_by_key(|(from, edge)| (*from, edge.to));
        graph.fill(&pairs);
        graph
    }

    /// One pair for each answered conversation of two known assets.
    fn seen(&self, conversations: &[Conversation]) -> Vec<(Node, Edge)> {
        let answered =
            (0..).zip(conversations).filter(|(_, one)| !one.is_unanswered() && !is_to_many(one.server.ip));
        let pair = |(shown, one): (u32, &Conversation)| {
            let (from, to) = (self.owner(one.client)?, self.owner(one.server.ip)?);
            (from != to).then_some((from, Edge { to, shown: Shown::Seen(shown) }))
        };
        answered.filter_map(pair).collect()
    }

    /// Between each asset and its networks.
    fn near(&self) -> Vec<(Node, Edge)> {
        let routed = self.owners.iter().filter(|(ip, _)| is_routed(*ip));
        let pairs = routed.filter_map(|(ip, asset)| Some((*asset, self.network(prefix(*ip))?)));
        let both = |(asset, network)| {
            let edge = |to| Edge { to, shown: Shown::Near };
            [(asset, edge(network)), (network, edge(asset))]
        };
        pairs.flat_map(both).collect()
    }

    /// From devices to a node for all that rules treat like them, on to the nodes of what these reach, and out again.
    fn open(&mut self, openings: &Openings) -> Vec<(Node, Edge)> {
        let behind = self.assets + self.networks.len();
        let node = |group: usize| Node::try_from(behind.saturating_add(group)).unwrap_or(Node::MAX);
        let near = |to| Edge { to, shown: Shown::Near };
        let mut pairs = Vec::new();
        for (group, targets) in openings.targets.iter().enumerate() {
            pairs.extend(targets.iter().map(|target| (node(group), near(*target))));
        }
        let sources = openings.targets.len();
        for (group, opening) in (sources..).zip(&openings.openings) {
            pairs.extend(opening.from.iter().map(|from| (*from, near(node(group)))));
            for (to, allowed) in &opening.to {
                let place = u32::try_from(self.allowed.len()).unwrap_or(u32::MAX);
                self.allowed.push(*allowed);
                pairs.push((node(group), Edge { to: node(*to), shown: Shown::Rule(place) }));
            }
        }
        self.groups = sources + openings.openings.len();
        pairs
    }

    fn fill(&mut self, pairs: &[(Node, Edge)]) {
        let mut starts = vec![0_u32; self.nodes() + 1];
        for (from, _) in pairs {
            if let Some(count) = starts.get_mut(index(*from) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        self.starts = starts;
        self.edges = pairs.iter().map(|(_, edge)| *edge).collect();
    }

    /// How many nodes there are.
    pub(super) fn nodes(&self) -> usize {
        self.assets + self.networks.len() + self.groups
    }

    /// How many edges there are.
    pub(super) fn edges(&self) -> usize {
        self.edges.len()
    }

    /// Whether a node is an asset, not a network.
    pub(super) fn is_asset(&self, node: Node) -> bool {
        index(node) < self.assets
    }

    /// The asset that has this address.
    pub(super) fn owner(&self, ip: IpAddr) -> Option<Node> {
        let place = self.owners.binary_search_by_key(&ip, |(ip, _)| *ip).ok()?;
        self.owners.get(place).map(|(_, node)| *node)
    }

    /// The node of a network.
    pub(super) fn network(&self, network: IpAddr) -> Option<Node> {
        let place = self.networks.binary_search(&network).ok()?;
        Node::try_from(self.assets + place).ok()
    }

    /// The rule at this place.
    pub(super) fn allowed(&self, place: u32) -> Option<LetThrough> {
        self.allowed.get(index(place)).copied()
    }

    /// Sets of rules that were too large, by their first rule.
    pub(super) fn left_out(&self) -> &[Sighting] {
        &self.left_out
    }

    /// Where the edges of a node lead, what each weighs, and what shows it.
    pub(super) fn from(&self, node: Node) -> impl Iterator<Item = (Node, u32, Shown)> {
        let start = self.starts.get(index(node)).copied().map_or(0, index);
        let end = self.starts.get(index(node) + 1).copied().map_or(0, index);
        let edges = self.edges.get(start..end).unwrap_or_default();
        edges.iter().map(|edge| (edge.to, self.weight(edge), edge.shown))
    }

    fn weight(&self, edge: &Edge) -> u32 {
        let networks = self.assets..self.assets + self.networks.len();
        match edge.shown {
            Shown::Near if networks.contains(&index(edge.to)) => SAME_NETWORK,
            Shown::Rule(place) if self.allowed(place).is_some_and(|allowed| !allowed.is_sure) => {
                ALLOWED_PERHAPS
            }
            Shown::Rule(_) => ALLOWED,
            Shown::Seen(_) | Shown::Near => 0,
        }
    }
}

/// Whether an address says which network it is in: link-local addresses are the same in every network.
fn is_routed(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => !v4.is_link_local() && !v4.is_loopback(),
        IpAddr::V6(v6) => !v6.is_unicast_link_local() && !v6.is_loopback(),
    }
}

pub(super) fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}
