//! What tables tell: cards with their addresses, cards that are in use, and neighbours (LLDP), as lists of the same tables would.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use wardround_model::{Fact, FactKind, MacAddr, Subject};

use super::columns::{COLUMNS, Column};
use super::response::{Response, Row, messages};

/// `lldpRemChassisIdSubtype`: the identifier is a card.
const IS_CARD: u32 = 4;
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
            Column::Learned | Column::LearnedInVlan => {
                let octets = place.get(place.len().checked_sub(6)?..)?;
                let octets: Vec<u8> =
                    octets.iter().map(|octet| u8::try_from(*octet).ok()).collect::<Option<_>>()?;
                if row.number()? == IS_LEARNED {
                    self.in_use.insert(card(&octets)?);
                }
            }
        }
        Some(())
    }

    fn neighbour(&mut self, place: &[u32]) -> &mut Neighbour<'a> {
        self.neighbours.entry(place.to_vec()).or_default()
    }

    fn facts(self, switch: Ipv4Addr) -> Vec<(Subject, Fact)> {
        let mut found = Vec::new();
        let mut tell = |card: MacAddr, kind: FactKind, value: &[u8]| {
            found.extend(Fact::new(kind, value).ok().map(|fact| (Subject::Mac(card), fact)));
        };
        let mut owns = self.owns;
        owns.extend(self.own.iter().filter_map(|(ip, at)| Some((*self.cards.get(at)?, *ip))));
        for (place, neighbour) in &self.neighbours {
            let Some(card) = card(neighbour.id).filter(|_| neighbour.is_card) else { continue };
            owns.extend(neighbour.addresses.iter().map(|ip| (card, *ip)));
            tell(card, FactKind::LldpName, neighbour.name);
            tell(card, FactKind::LldpDescription, neighbour.description);
            if let Some(port) = place.get(1) {
                tell(card, FactKind::LldpNeighbourOf, format!("{switch},port-{port}").as_bytes());
            }
        }
        for (card, ip) in owns {
            if is_host(ip) {
                tell(card, FactKind::OwnsIp, IpAddr::V4(ip).to_string().as_bytes());
            }
        }
        for card in self.in_use {
            tell(card, FactKind::ListedState, b"in-use");
        }
        found
    }
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
