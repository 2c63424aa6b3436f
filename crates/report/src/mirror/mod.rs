//! Where the next mirror port would add most: networks in which devices are known that were not heard on their own link, and the switches at
//! which these stand. Counts of what is known, and no guess at what is not. Not here: the words for it (`page`, `json`, `tell`), and how a
//! switch mirrors a port (docs/mirror-ports.md).

mod recipe;
mod switches;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use wardround_model::words::MASK;
use wardround_model::{Asset, AssetId, Network, Port, Round};

use crate::page::Traffic;
pub use recipe::Recipe;
use switches::Switches;

/// What a mirror port in a network would add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorAdvice {
    /// The network, as `10.20.4.0/24`.
    pub network: String,
    /// Devices that are known there and were not heard on their own link: from lists and answers, or seen through a router.
    pub unheard: u64,
    /// Those of them that take part in care.
    pub medical: u64,
    /// Conversations of which what is sent from there is missing.
    pub one_way: u64,
    /// The switches at which such devices stand, the one with most first; then those that have an address in the network.
    pub switches: Vec<MirrorSwitch>,
}

/// A switch, and what mirroring it would add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorSwitch {
    /// Its id in the round; none where the round knows no more of it than its address.
    pub asset: Option<AssetId>,
    /// What it calls itself, masked where that may name a person.
    pub name: Option<String>,
    /// Its address.
    pub address: IpAddr,
    /// Who made it.
    pub maker: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// How switches of this maker mirror ports; several where what is known of it leaves more than one open.
    pub recipes: Vec<&'static Recipe>,
    /// The unheard devices of the network that stand at it.
    pub devices: u64,
    /// Those of them that take part in care.
    pub medical: u64,
    /// Where they stand: its ports by their names, or by the numbers by which it counts them.
    pub ports: Vec<Port>,
    /// The unheard devices of all networks that stand at it.
    pub devices_in_all: u64,
    /// Those of them that take part in care.
    pub medical_in_all: u64,
}

/// What is missing in one network.
#[derive(Default)]
struct Gap<'a> {
    devices: Vec<&'a Asset>,
    one_way: u64,
}

/// Devices that stand at one switch.
#[derive(Default)]
struct Stand {
    devices: u64,
    medical: u64,
    ports: BTreeSet<Port>,
}

impl Stand {
    fn add(&mut self, device: &Asset, ports: BTreeSet<Port>) {
        self.devices = self.devices.saturating_add(1);
        self.medical = self.medical.saturating_add(u64::from(device.class.value.is_medical()));
        self.ports.extend(ports);
    }
}

/// The networks with something missing, the most useful first.
#[must_use]
pub fn advice(round: &Round) -> Vec<MirrorAdvice> {
    let traffic = Traffic::of(round);
    let is_heard = |asset: &Asset| asset.seen_directly && traffic.shows(asset);
    let unheard: Vec<&Asset> = round.assets.iter().filter(|asset| !is_heard(asset)).collect();
    let switches = Switches::of(round);
    let in_all = stands(&unheard, &switches);
    let mut all: Vec<MirrorAdvice> = gaps(round, &unheard)
        .into_iter()
        .map(|(network, gap)| MirrorAdvice {
            switches: at_switches(&network, &gap, &switches, &in_all),
            network,
            unheard: size(gap.devices.len()),
            medical: size(gap.devices.iter().filter(|device| device.class.value.is_medical()).count()),
            one_way: gap.one_way,
        })
        .collect();
    // They come by network; of equals the first stays the first.
    all.sort_by_key(|one| Reverse((one.medical, one.unheard, one.one_way)));
    all
}

/// What is missing, by network of the hospital's own addresses.
fn gaps<'a>(round: &Round, unheard: &[&'a Asset]) -> BTreeMap<String, Gap<'a>> {
    let mut gaps: BTreeMap<String, Gap<'a>> = BTreeMap::new();
    for device in unheard {
        let networks: BTreeSet<String> = device.ips.iter().copied().filter_map(own_network).collect();
        for network in networks {
            gaps.entry(network).or_default().devices.push(device);
        }
    }
    for talk in round.conversations.iter().filter(|talk| talk.is_one_way()) {
        let silent = if talk.to_server.packets > 0 { talk.server.ip } else { talk.client };
        if let Some(network) = own_network(silent) {
            let gap = gaps.entry(network).or_default();
            gap.one_way = gap.one_way.saturating_add(1);
        }
    }
    gaps
}

/// The network of an address that a hospital gives out itself (RFC 1918, RFC 4193); no switch of ours stands elsewhere.
fn own_network(ip: IpAddr) -> Option<String> {
    let is_own = match ip {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.is_unique_local(),
    };
    is_own.then(|| Network::prefix_of(ip))
}

/// How many of these devices stand at which switch.
fn stands(devices: &[&Asset], switches: &Switches<'_>) -> BTreeMap<IpAddr, Stand> {
    let mut stands: BTreeMap<IpAddr, Stand> = BTreeMap::new();
    for device in devices {
        for (switch, ports) in switches.at_which(device) {
            stands.entry(switch).or_default().add(device, ports);
        }
    }
    stands
}

fn at_switches(
    network: &str,
    gap: &Gap<'_>,
    switches: &Switches<'_>,
    in_all: &BTreeMap<IpAddr, Stand>,
) -> Vec<MirrorSwitch> {
    let mut here = stands(&gap.devices, switches);
    for address in switches.with_address_in(network) {
        here.entry(address).or_default();
    }
    let mut told: Vec<MirrorSwitch> = here
        .into_iter()
        .map(|(address, stand)| {
            let known = switches.known(address);
            let all = in_all.get(&address);
            MirrorSwitch {
                asset: known.map(|asset| asset.id),
                name: known.and_then(name),
                address,
                maker: known.and_then(|asset| asset.maker.as_ref()).map(|maker| maker.value.clone()),
                model: known.and_then(|asset| asset.model.as_ref()).map(|model| model.value.clone()),
                recipes: known.map_or_else(Vec::new, |asset| switches.recipes(asset)),
                devices: stand.devices,
                medical: stand.medical,
                ports: stand.ports.into_iter().collect(),
                devices_in_all: all.map_or(0, |all| all.devices),
                medical_in_all: all.map_or(0, |all| all.medical),
            }
        })
        .collect();
    // They come by address; of equals the first stays the first.
    told.sort_by_key(|switch| Reverse((switch.devices, switch.medical)));
    told
}

/// Rather one that is told whole.
fn name(switch: &Asset) -> Option<String> {
    let whole = switch.names.iter().find(|name| !name.contains(MASK));
    whole.or(switch.names.first()).cloned()
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
