//! Blast radius: what is lost if a device, a network or an account directory falls into wrong hands.
//!
//! Whoever holds a directory holds whatever logs in through it, weak or not; so its users fall with it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_model::{Asset, AssetId, DeviceClass};

use super::Paths;
use super::graph::Node;
use super::search::search;
use crate::ssvc::exposure::prefix;

/// What falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallen {
    /// One device or system.
    Asset(AssetId),
    /// All devices of a network, given by any of its addresses: 24 bits of IPv4, 64 of IPv6.
    Network(IpAddr),
}

/// What is lost then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// What fell, sorted.
    pub fallen: Vec<AssetId>,
    /// What can be taken from there, step by step, by findings, or logs in through a directory that fell: the likeliest first.
    pub taken: Vec<AssetId>,
    /// Who was seen to use what fell, and would be without it; sorted.
    pub users: Vec<AssetId>,
    /// By class, the worst for care first: how many fell or can be taken, and how many would be without what they use.
    pub care: Vec<(DeviceClass, u64, u64)>,
}

impl Paths<'_> {
    /// What is lost if this falls.
    #[must_use]
    pub fn if_falls(&self, fallen: Fallen) -> Loss {
        let nodes: Vec<Node> = match fallen {
            Fallen::Asset(asset) => self.node(asset).into_iter().collect(),
            Fallen::Network(ip) => self.of_network(ip),
        };
        let directories: Vec<Node> = nodes.iter().copied().filter(|node| self.is_directory(*node)).collect();
        let seeds: Vec<_> = nodes.iter().chain(&self.users(&directories)).map(|node| (*node, 0)).collect();
        let found = search(&self.graph, &self.steps, &seeds);
        let is_fallen = |node: Node| nodes.binary_search(&node).is_ok();
        let taken: Vec<Node> = found
            .order
            .iter()
            .copied()
            .filter(|node| self.graph.is_asset(*node) && !is_fallen(*node))
            .collect();
        let mut users: Vec<Node> = self.users(&nodes);
        users.retain(|user| found.weight(*user).is_none());
        let ids =
            |nodes: &[Node]| nodes.iter().filter_map(|node| Some(self.asset(*node)?.id)).collect::<Vec<_>>();
        let care = self.care(nodes.iter().chain(&taken), users.iter());
        Loss { fallen: ids(&nodes), taken: ids(&taken), users: ids(&users), care }
    }

    fn is_directory(&self, node: Node) -> bool {
        self.asset(node).is_some_and(|asset| asset.class.value == DeviceClass::AccountDirectory)
    }

    fn of_network(&self, ip: IpAddr) -> Vec<Node> {
        let network = prefix(ip);
        let inside = |asset: &Asset| asset.ips.iter().any(|ip| prefix(*ip) == network);
        (0..).zip(&self.assets).filter(|(_, asset)| inside(asset)).map(|(node, _)| node).collect()
    }

    /// Clients of these nodes, sorted.
    fn users(&self, nodes: &[Node]) -> Vec<Node> {
        let is_one = |node: Option<Node>| node.is_some_and(|node| nodes.binary_search(&node).is_ok());
        let used = self
            .conversations
            .iter()
            .filter(|one| one.was_answered() && is_one(self.graph.owner(one.server.ip)));
        let mut users: Vec<Node> = used.filter_map(|one| self.graph.owner(one.client)).collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    fn care<'b>(
        &self,
        lost: impl Iterator<Item = &'b Node>,
        without: impl Iterator<Item = &'b Node>,
    ) -> Vec<(DeviceClass, u64, u64)> {
        let mut counts: BTreeMap<DeviceClass, (u64, u64)> = BTreeMap::new();
        for asset in lost.filter_map(|node| self.asset(*node)) {
            counts.entry(asset.class.value).or_default().0 += 1;
        }
        for asset in without.filter_map(|node| self.asset(*node)) {
            counts.entry(asset.class.value).or_default().1 += 1;
        }
        let mut care: Vec<_> =
            counts.into_iter().map(|(class, (lost, without))| (class, lost, without)).collect();
        care.sort_by_key(|(class, ..)| (class.care_role(), *class));
        care
    }
}
