//! The switches of a round, and which device stands at which of them.
//!
//! A device stands where a switch's own table of neighbours has it (LLDP). Medical devices seldom say that they are there, so else it stands
//! at the port through which a switch reaches its card, of all switches at the one with fewest cards: behind a port with many there is
//! another switch, whose own table would tell. What else says that something is a switch names a box, and tells nothing of who stands at
//! it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use wardround_model::{
    Asset, AssetId, DeviceClass, FactKind, MacAddr, Network, Observation, Port, Round, Subject, SwitchPort,
    Timestamp,
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

/// Behind a port with more cards than these stands a switch, or a host of virtual machines; with a telephone, the computer behind it and a
/// small switch in a room there may be some.
const MOST_AT_A_PORT: usize = 8;

/// Where a card stands, and since when that is known.
struct Place {
    told: Timestamp,
    at: SwitchPort,
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
        let mut reached: BTreeMap<SwitchPort, Vec<(MacAddr, Timestamp)>> = BTreeMap::new();
        for it in round.observations.iter().filter(|it| matters(it)) {
            if let Some((card, place)) = place(it) {
                match it.fact.kind() {
                    FactKind::SwitchPort => reached.entry(place.at).or_default().push((card, place.told)),
                    _ => stand(&mut places, card, place),
                }
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
        at_the_port_with_fewest(&mut places, reached);
        let mut found = Self { by_address, places, texts: BTreeMap::new(), switches: BTreeSet::new() };
        found.switches = found.places.values().map(|place| found.as_known(place.at.switch)).collect();
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
    pub(super) fn at_which(&self, device: &Asset) -> BTreeMap<IpAddr, BTreeSet<Port>> {
        let mut at: BTreeMap<IpAddr, BTreeSet<Port>> = BTreeMap::new();
        for place in device.macs.iter().filter_map(|card| self.places.get(card)) {
            at.entry(self.as_known(place.at.switch)).or_default().extend(place.at.port.clone());
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
    matches!(
        kind,
        FactKind::LldpNeighbourOf | FactKind::SwitchPort | FactKind::LldpWorksAs | FactKind::StpRole
    ) || TEXTS.contains(&kind)
}

/// Where a card stands or is reached, of a fact that tells it.
fn place(it: &Observation) -> Option<(MacAddr, Place)> {
    let tells = matches!(it.fact.kind(), FactKind::LldpNeighbourOf | FactKind::SwitchPort);
    let Subject::Mac(card) = it.subject else { return None };
    let at = it.fact.value().parse().ok().filter(|_| tells)?;
    Some((card, Place { told: it.last, at }))
}

/// A card that was moved stands where it was told last.
fn stand(places: &mut HashMap<MacAddr, Place>, card: MacAddr, place: Place) {
    if places.get(&card).is_none_or(|known| known.told < place.told) {
        places.insert(card, place);
    }
}

/// Cards of which no table of neighbours tells where they stand.
fn at_the_port_with_fewest(
    places: &mut HashMap<MacAddr, Place>,
    reached: BTreeMap<SwitchPort, Vec<(MacAddr, Timestamp)>>,
) {
    let mut fewest: HashMap<MacAddr, (usize, Place)> = HashMap::new();
    for (at, cards) in reached {
        let count = cards.len();
        for (card, told) in cards.into_iter().filter(|_| count <= MOST_AT_A_PORT || at.port.is_none()) {
            // Of a table without ports it is not known what stands between.
            let count = if at.port.is_none() { usize::MAX } else { count };
            let is_nearer =
                fewest.get(&card).is_none_or(|(other, known)| (count, known.told) < (*other, told));
            if is_nearer {
                fewest.insert(card, (count, Place { told, at: at.clone() }));
            }
        }
    }
    for (card, (_, place)) in fewest {
        places.entry(card).or_insert(place);
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
