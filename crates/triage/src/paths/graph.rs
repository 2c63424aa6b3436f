//! Who can reach what, as arrays: for each node, where its edges begin and where they lead (compressed sparse rows).
//!
//! The first nodes are the assets, by id; behind them stands a node for each network, so that a network of many devices
//! needs two edges a device and not one for each pair.

use std::net::IpAddr;

use wardround_model::{Asset, Conversation, is_to_many};

use super::weights::SAME_NETWORK;
use crate::ssvc::exposure::prefix;

/// The place of a node.
pub(super) type Node = u32;

/// No conversation: the edge is only likely.
const LIKELY: u32 = u32::MAX;

/// An edge: where it leads, and the conversation that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    to: Node,
    shown: u32,
}

/// The graph.
pub(super) struct Graph {
    assets: usize,
    starts: Vec<u32>,
    edges: Vec<Edge>,
    /// The network of each node behind the assets, sorted.
    networks: Vec<IpAddr>,
    owners: Vec<(IpAddr, Node)>,
}

impl Graph {
    pub(super) fn new(assets: &[&Asset], conversations: &[Conversation]) -> Self {
        let mut owners: Vec<(IpAddr, Node)> =
            (0..).zip(assets).flat_map(|(node, asset)| asset.ips.iter().map(move |ip| (*ip, node))).collect();
        owners.sort_unstable();
        let mut networks: Vec<IpAddr> =
            owners.iter().filter(|(ip, _)| is_routed(*ip)).map(|(ip, _)| prefix(*ip)).collect();
        networks.sort_unstable();
        networks.dedup();
        let mut graph =
            Self { assets: assets.len(), starts: Vec::new(), edges: Vec::new(), networks, owners };
        let mut pairs = graph.seen(conversations);
        pairs.extend(graph.near());
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
            (from != to).then_some((from, Edge { to, shown }))
        };
        answered.filter_map(pair).collect()
    }

    /// Between each asset and its networks.
    fn near(&self) -> Vec<(Node, Edge)> {
        let routed = self.owners.iter().filter(|(ip, _)| is_routed(*ip));
        let pairs = routed.filter_map(|(ip, asset)| Some((*asset, self.network(prefix(*ip))?)));
        let both = |(asset, network)| {
            [(asset, Edge { to: network, shown: LIKELY }), (network, Edge { to: asset, shown: LIKELY })]
        };
        pairs.flat_map(both).collect()
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
        self.assets + self.networks.len()
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

    /// Where the edges of a node lead, what each weighs, and the place of the conversation that shows it.
    pub(super) fn from(&self, node: Node) -> impl Iterator<Item = (Node, u32, Option<usize>)> {
        let start = self.starts.get(index(node)).copied().map_or(0, index);
        let end = self.starts.get(index(node) + 1).copied().map_or(0, index);
        let edges = self.edges.get(start..end).unwrap_or_default();
        edges.iter().map(|edge| match edge.shown {
            LIKELY => (edge.to, if self.is_asset(edge.to) { 0 } else { SAME_NETWORK }, None),
            shown => (edge.to, 0, Some(index(shown))),
        })
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
