//! Where ways begin: the Internet, guests, people who read mail, makers who look after devices from afar.
//!
//! An entry is told from what was seen: a host of the Internet asked or was asked. Where nothing was seen, a workstation is
//! still taken to read mail, with more weight, since people do. What was not seen is no proof that there is no such way in.

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_model::{Asset, Conversation, DeviceClass};

use super::graph::{Graph, Node};
use super::step::Steps;
use crate::ssvc::exposure::{is_public, prefix};
use crate::ssvc::said::Said;

/// A kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// Hosts of the Internet that reach a device by themselves.
    Internet,
    /// A person at a workstation opens a mail or a page.
    Mail,
    /// A phone or tablet in a network that is mostly such: guests and visitors.
    Guest,
    /// A maker or supplier who looks after a device from afar.
    RemoteCare,
}

impl Entry {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Internet, Self::Mail, Self::Guest, Self::RemoteCare];

    /// Its name in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Internet => "internet",
            Self::Mail => "mail",
            Self::Guest => "guest-network",
            Self::RemoteCare => "remote-care",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Internet => "somebody on the Internet",
            Self::Mail => "a bad mail or web page that a person opens",
            Self::Guest => "a stranger's phone in the guest network",
            Self::RemoteCare => "a maker's or supplier's remote access that fell into wrong hands",
        }
    }

    /// Whether the first device must be weak. A person who opens a mail, a guest and a supplier are let in.
    pub(super) const fn needs_weakness(self) -> bool {
        matches!(self, Self::Internet)
    }
}

/// Nodes at which a way may begin: what that weighs, and the conversation that shows it.
type Begins = BTreeMap<Node, (u32, Option<usize>)>;

/// All entries.
pub(super) struct Entries([Begins; 4]);

impl Entries {
    pub(super) fn new(
        assets: &[&Asset],
        conversations: &[Conversation],
        said: &Said<'_>,
        graph: &Graph,
    ) -> Self {
        let mut entries = Self::default();
        for (node, asset) in (0..).zip(assets) {
            if said.class(asset) == DeviceClass::Workstation {
                entries.begin(Entry::Mail, node, 40, None);
            }
        }
        for (place, one) in conversations.iter().enumerate().filter(|(_, one)| !one.is_unanswered()) {
            let (client, server) = (graph.owner(one.client), graph.owner(one.server.ip));
            if let Some(node) = server.filter(|_| is_public(one.client)) {
                entries.begin(Entry::Internet, node, 0, Some(place));
            }
            let Some(node) = client.filter(|_| is_public(one.server.ip)) else { continue };
            let class =
                assets.get(super::graph::index(node)).map_or(DeviceClass::Unknown, |asset| said.class(asset));
            match class {
                DeviceClass::Workstation => entries.begin(Entry::Mail, node, 25, Some(place)),
                class if class.is_medical() => entries.begin(Entry::RemoteCare, node, 50, Some(place)),
                _ => {}
            }
        }
        for network in guest_networks(assets, said).into_iter().filter_map(|network| graph.network(network)) {
            entries.begin(Entry::Guest, network, 30, None);
        }
        entries
    }

    fn begin(&mut self, entry: Entry, node: Node, weight: u32, shown: Option<usize>) {
        if let Some(begins) = self.0.get_mut(entry as usize) {
            let known = begins.entry(node).or_insert((weight, shown));
            if weight < known.0 {
                *known = (weight, shown);
            }
        }
    }

    fn of(&self, entry: Entry) -> Option<&Begins> {
        self.0.get(entry as usize)
    }

    /// Where ways of this kind begin, and with which weight.
    pub(super) fn seeds(&self, entry: Entry, steps: &Steps) -> Vec<(Node, u32)> {
        let begins = self.of(entry).into_iter().flatten();
        let seed = |(node, (weight, _)): (&Node, &(u32, Option<usize>))| {
            let taken = if entry.needs_weakness() { steps.weight(*node)? } else { 0 };
            Some((*node, weight + taken))
        };
        begins.filter_map(seed).collect()
    }

    /// The place of the conversation that shows that ways begin here.
    pub(super) fn shown(&self, entry: Entry, node: Node) -> Option<usize> {
        self.of(entry)?.get(&node)?.1
    }
}

impl Default for Entries {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Begins::new()))
    }
}

/// Networks in which more than half of the known devices are phones and tablets, or that people say serve guests.
fn guest_networks(assets: &[&Asset], said: &Said<'_>) -> Vec<IpAddr> {
    let mut counts: BTreeMap<IpAddr, (usize, usize, bool)> = BTreeMap::new();
    for asset in assets {
        let is_mobile = said.class(asset) == DeviceClass::Mobile;
        let area = asset.care_area.as_ref().map(|area| area.value.to_lowercase());
        let for_guests = area.is_some_and(|area| area.contains("guest"));
        for ip in &asset.ips {
            let (mobiles, all, guests) = counts.entry(prefix(*ip)).or_default();
            *mobiles += usize::from(is_mobile);
            *all += 1;
            *guests |= for_guests;
        }
    }
    let is_guest = |(mobiles, all, guests): (usize, usize, bool)| guests || mobiles * 2 > all;
    counts.into_iter().filter(|(_, count)| is_guest(*count)).map(|(network, _)| network).collect()
}
