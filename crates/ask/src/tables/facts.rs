//! What tables tell: cards with their addresses, cards that are in use and at which port, and neighbours (LLDP), as lists of the same
//! tables would.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use wardround_model::{Fact, FactKind, MacAddr, Port, Subject, SwitchPort};

use super::columns::{COLUMNS, Column};
use super::response::{Response, Row, messages};

/// `lldpRemChassisIdSubtype`: the identifier is a card.
const IS_CARD: u32 = 4;
/// `lldpLocPortIdSubtype`: the identifier is the name of an interface. Others may be texts of the switch's owner.
const IS_INTERFACE_NAME: u32 = 5;
/// `dot1dTpFdbStatus`, `dot1qTpFdbStatus`: the switch learned it from traffic.
const IS_LEARNED: u32 = 3;
/// `ianaAddressFamilyNumbers`: IPv4.
const IPV4: u32 = 1;

/// A neighbour: its row in the table of LLDP, whose parts are time, local port and number.
#[derive(Default)]
struct Neighbour<'a> {
    is_card: bool,
    id: &'a [u8],
    name: &'a [u8],
    description: &'a [u8],
    addresses: Vec<Ipv4Addr>,
}

#[derive(Default)]
struct Read<'a> {
    /// Cards of the switch by the number of their interface, and its addresses with theirs.
    cards: BTreeMap<u32, MacAddr>,
    own: BTreeMap<Ipv4Addr, u32>,
    neighbours: BTreeMap<Vec<u32>, Neighbour<'a>>,
    owns: BTreeSet<(MacAddr, Ipv4Addr)>,
    in_use: BTreeSet<MacAddr>,
    /// Ports by their number in LLDP, as far as these are called by their interface.
    called_by_interface: BTreeSet<u32>,
    own_ports: BTreeMap<u32, Port>,
    /// Interfaces of the bridge's ports, and their names.
    interfaces: BTreeMap<u32, u32>,
    names: BTreeMap<u32, Port>,
    /// Numbers of the bridge's ports at which cards were learned.
    learned_at: BTreeSet<(MacAddr, u32)>,
}

/// The facts in the answers of one switch, which follow each other.
pub(crate) fn facts(bytes: &[u8], switch: Ipv4Addr) -> Vec<(Subject, Fact)> {
    let mut read = Read::default();
    for response in messages(bytes).filter_map(Response::read) {
        for row in &response.rows {
            let column = COLUMNS.iter().find(|column| row.name.is_below(&column.name()));
            let _ = column.and_then(|column| read.take(*column, row));
        }
    }
    read.facts(switch)
}

impl<'a> Read<'a> {
    fn take(&mut self, column: Column, row: &Row<'a>) -> Option<()> {
        let name = column.name();
        let place = row.name.row(&name)?;
        match column {
            Column::InterfaceCard => {
                self.cards.insert(*place.first()?, card(row.bytes()?)?);
            }
            Column::OwnAddress => {
                self.own.insert(address(place)?, row.number()?);
            }
            Column::NeighbourIdKind => self.neighbour(place).is_card = row.number()? == IS_CARD,
            Column::NeighbourId => self.neighbour(place).id = row.bytes()?,
            Column::NeighbourName => self.neighbour(place).name = row.bytes()?,
            Column::NeighbourDescription => self.neighbour(place).description = row.bytes()?,
            Column::NeighbourAddress => {
                let (neighbour, [IPV4, 4, address @ ..]) = place.split_at_checked(3)? else { return None };
                let address = self::address(address)?;
                self.neighbour(neighbour).addresses.push(address);
            }
            Column::Arp => {
                let (_, address) = place.split_first()?;
                self.owns.insert((card(row.bytes()?)?, self::address(address)?));
            }
            Column::OwnPortKind => {
                if row.number()? == IS_INTERFACE_NAME {
                    self.called_by_interface.insert(*place.first()?);
                }
            }
            Column::OwnPort => {
                self.own_ports.insert(*place.first()?, port(row.bytes()?)?);
            }
            Column::BridgePort => {
                self.interfaces.insert(*place.first()?, row.number()?);
            }
            Column::InterfaceName => {
                self.names.insert(*place.first()?, port(row.bytes()?)?);
            }
            Column::Learned | Column::LearnedInVlan => {
                let card = card_of_row(place)?;
                if row.number()? == IS_LEARNED {
                    self.in_use.insert(card);
                }
            }
            Column::LearnedAt | Column::LearnedInVlanAt => {
                // Port 0: it is not known where.
                let port = row.number().filter(|port| *port > 0)?;
                self.learned_at.insert((card_of_row(place)?, port));
            }
        }
        Some(())
    }

    fn neighbour(&mut self, place: &[u32]) -> &mut Neighbour<'a> {
        self.neighbours.entry(place.to_vec()).or_default()
    }

    /// The name of a port of the bridge.
    fn name(&self, port: u32) -> Option<&Port> {
        self.names.get(self.interfaces.get(&port)?)
    }

    /// The name of the one port at which a card was learned. Many agents count ports for LLDP in a way of their own.
    fn learned_where(&self, card: MacAddr) -> Option<&Port> {
        let mut ports = self.learned_at.range((card, 0)..=(card, u32::MAX)).map(|(_, port)| *port);
        let first = ports.next().filter(|_| ports.next().is_none())?;
        self.name(first)
    }

    fn facts(mut self, switch: Ipv4Addr) -> Vec<(Subject, Fact)> {
        let mut found = Vec::new();
        let mut tell = |card: MacAddr, kind: FactKind, value: &[u8]| {
            found.extend(Fact::new(kind, value).ok().map(|fact| (Subject::Mac(card), fact)));
        };
        let mut owns = std::mem::take(&mut self.owns);
        owns.extend(self.own.iter().filter_map(|(ip, at)| Some((*self.cards.get(at)?, *ip))));
        for (place, neighbour) in &self.neighbours {
            let Some(card) = card(neighbour.id).filter(|_| neighbour.is_card) else { continue };
            owns.extend(neighbour.addresses.iter().map(|ip| (card, *ip)));
            tell(card, FactKind::LldpName, neighbour.name);
            tell(card, FactKind::LldpDescription, neighbour.description);
            if let Some(port) = place.get(1) {
                let name = self.own_ports.get(port).filter(|_| self.called_by_interface.contains(port));
                let at = at(switch, name.or_else(|| self.learned_where(card)), *port);
                tell(card, FactKind::LldpNeighbourOf, at.as_bytes());
            }
        }
        for (card, ip) in owns {
            if is_host(ip) {
                tell(card, FactKind::OwnsIp, IpAddr::V4(ip).to_string().as_bytes());
            }
        }
        for (card, port) in self.learned_at.iter().filter(|(card, _)| self.in_use.contains(card)) {
            tell(*card, FactKind::SwitchPort, at(switch, self.name(*port), *port).as_bytes());
        }
        for card in &self.in_use {
            tell(*card, FactKind::ListedState, b"in-use");
        }
        found
    }
}

/// A port of the switch by its name, else by its number.
fn at(switch: Ipv4Addr, name: Option<&Port>, number: u32) -> String {
    let port = name.cloned().unwrap_or(Port::Numbered(number));
    SwitchPort { switch: IpAddr::V4(switch), port: Some(port) }.to_string()
}

fn port(name: &[u8]) -> Option<Port> {
    Port::named(std::str::from_utf8(name).ok()?)
}

/// The card that a row of a table of cards is of: the last six parts of its name.
fn card_of_row(place: &[u32]) -> Option<MacAddr> {
    let octets = place.get(place.len().checked_sub(6)?..)?;
    let octets: Vec<u8> = octets.iter().map(|octet| u8::try_from(*octet).ok()).collect::<Option<_>>()?;
    card(&octets)
}

/// A switch has addresses for itself alone.
fn is_host(ip: Ipv4Addr) -> bool {
    !ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast() && !ip.is_broadcast()
}

fn card(bytes: &[u8]) -> Option<MacAddr> {
    let octets: [u8; 6] = bytes.try_into().ok()?;
    Some(MacAddr(octets)).filter(|card| card.is_one_card())
}

fn address(parts: &[u32]) -> Option<Ipv4Addr> {
    let octets: [u32; 4] = parts.try_into().ok()?;
    let [a, b, c, d] = octets.map(|octet| u8::try_from(octet).ok());
    Some(Ipv4Addr::new(a?, b?, c?, d?))
}
