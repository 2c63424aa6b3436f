//! The switches of a round, and which device stands at which of them.
//!
//! A device stands where a switch's own table of neighbours has it (LLDP, read by a question). What else says that something is a switch
//! names a box, and tells nothing of who stands at it. Not here: tables of addresses, which switches fill with what passes through them,
//! too.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use wardround_model::{
    Asset, AssetId, DeviceClass, FactKind, MacAddr, Network, Observation, Round, Subject, Timestamp,
};

use super::recipe::{self, Recipe};

/// Texts in which a switch says what it is, or a list does.
const TEXTS: [FactKind; 8] = [
    FactKind::LldpDescription,
    FactKind::LldpModel,
    FactKind::CdpPlatform,
    FactKind::CdpSoftware,
    FactKind::SnmpSystemDescription,
    FactKind::ListedType,
    FactKind::ListedModel,
    FactKind::OperatingSystem,
];

/// Words of such a text that name a switch; Cisco names its own by series.
const NAMES_A_SWITCH: [&str; 3] = ["switch", "catalyst", "ws-c"];

/// Where a card stands, and since when that is known.
struct Place {
    told: Timestamp,
    switch: IpAddr,
    port: Option<u32>,
}

/// The switches, and who stands where.
pub(super) struct Switches<'a> {
    by_address: HashMap<IpAddr, &'a Asset>,
    places: HashMap<MacAddr, Place>,
    /// What each device says that matters here.
    texts: BTreeMap<AssetId, Vec<&'a str>>,
    /// Addresses of switches.
    switches: BTreeSet<IpAddr>,
}

impl<'a> Switches<'a> {
    pub(super) fn of(round: &'a Round) -> Self {
        let mut by_card: HashMap<MacAddr, &'a Asset> = HashMap::new();
        let mut by_address: HashMap<IpAddr, &'a Asset> = HashMap::new();
        for asset in &round.assets {
            for card in &asset.macs {
                by_card.entry(*card).or_insert(asset);
            }
            for ip in &asset.ips {
                by_address.entry(*ip).or_insert(asset);
            }
        }
        let mut said: BTreeMap<AssetId, (&'a Asset, Vec<&'a Observation>)> = BTreeMap::new();
        let mut places = HashMap::new();
        for it in round.observations.iter().filter(|it| matters(it)) {
            if it.fact.kind() == FactKind::LldpNeighbourOf {
                stand(&mut places, it);
                continue;
            }
            let asset = match it.subject {
                Subject::Mac(card) => by_card.get(&card),
                subject => subject.ip().and_then(|ip| by_address.get(&ip)),
            };
            if let Some(asset) = asset {
                said.entry(asset.id).or_insert((asset, Vec::new())).1.push(it);
            }
        }
        let mut found = Self { by_address, places, texts: BTreeMap::new(), switches: BTreeSet::new() };
        found.switches = found.places.values().map(|place| found.as_known(place.switch)).collect();
        for (id, (asset, said)) in said {
            if is_switch(asset, &said) {
                found.switches.extend(address(asset));
            }
            let texts = said.iter().filter(|it| TEXTS.contains(&it.fact.kind()));
            found.texts.insert(id, texts.map(|it| it.fact.value()).collect());
        }
        found
    }

    /// The switches at which a device stands, with its ports there.
    pub(super) fn at_which(&self, device: &Asset) -> BTreeMap<IpAddr, BTreeSet<u32>> {
        let mut at: BTreeMap<IpAddr, BTreeSet<u32>> = BTreeMap::new();
        for place in device.macs.iter().filter_map(|card| self.places.get(card)) {
            at.entry(self.as_known(place.switch)).or_default().extend(place.port);
        }
        at
    }

    /// The switches that have their address in a network.
    pub(super) fn with_address_in(&self, network: &str) -> impl Iterator<Item = IpAddr> {
        self.switches.iter().copied().filter(move |address| Network::prefix_of(*address) == network)
    }

    /// What is known of the switch with this address.
    pub(super) fn known(&self, address: IpAddr) -> Option<&'a Asset> {
        self.by_address.get(&address).copied()
    }

    /// How it mirrors ports.
    pub(super) fn recipes(&self, switch: &Asset) -> Vec<&'static Recipe> {
        let Some(maker) = &switch.maker else { return Vec::new() };
        let claims = [&switch.model, &switch.software, &switch.operating_system];
        let claims = claims.into_iter().flatten().map(|claim| claim.value.as_str());
        let products = switch.products.iter().map(|product| product.text.as_str());
        let said = self.texts.get(&switch.id).into_iter().flatten().copied();
        recipe::of(&maker.value, &claims.chain(products).chain(said).collect::<Vec<_>>())
    }

    /// A switch with several addresses is told by one.
    fn as_known(&self, ip: IpAddr) -> IpAddr {
        self.known(ip).and_then(address).unwrap_or(ip)
    }
}

fn matters(it: &Observation) -> bool {
    let kind = it.fact.kind();
    matches!(kind, FactKind::LldpNeighbourOf | FactKind::LldpWorksAs | FactKind::StpRole)
        || TEXTS.contains(&kind)
}

/// Takes in `10.20.1.2,port-7`. A card that was moved stands where it was told last.
fn stand(places: &mut HashMap<MacAddr, Place>, it: &Observation) {
    let Subject::Mac(card) = it.subject else { return };
    let (switch, port) = it.fact.value().split_once(',').unwrap_or((it.fact.value(), ""));
    let Ok(switch) = switch.parse() else { return };
    let port = port.strip_prefix("port-").and_then(|number| number.parse().ok());
    let place = Place { told: it.last, switch, port };
    if places.get(&card).is_none_or(|known| known.told < place.told) {
        places.insert(card, place);
    }
}

/// Telephones and access points pass frames on, too, and mirror nothing.
fn is_switch(asset: &Asset, said: &[&Observation]) -> bool {
    let works_as =
        |word: &str| said.iter().any(|it| it.fact.kind() == FactKind::LldpWorksAs && it.fact.value() == word);
    let names_one = |it: &&Observation| {
        let text = it.fact.value().to_lowercase();
        TEXTS.contains(&it.fact.kind()) && NAMES_A_SWITCH.iter().any(|word| text.contains(word))
    };
    let says_so = works_as("bridge")
        || said.iter().any(|it| it.fact.kind() == FactKind::StpRole)
        || said.iter().any(names_one);
    asset.class.value == DeviceClass::NetworkDevice
        && says_so
        && !works_as("telephone")
        && !works_as("access-point")
}

/// The address that people know it by.
fn address(asset: &Asset) -> Option<IpAddr> {
    asset.ips.iter().find(|ip| ip.is_ipv4()).or(asset.ips.first()).copied()
}
