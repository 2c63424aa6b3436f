//! LLDP (IEEE 802.1AB): what a neighbour on the cable says of itself; the inventory of LLDP-MED (ANSI/TIA-1057).
//!
//! Switches, access points, telephones and some printers and medical carts send it by themselves every half minute. It is about the card
//! that names the chassis, so that a switch is one thing however many ports it has.
//! Not here: descriptions of ports, which people write; names of rooms (TIA-1057, 10.2.4); asset numbers.

use std::net::Ipv4Addr;

use wardround_model::{FactKind, MacAddr, Subject};

use crate::reader::{Reader, is_text, unpadded};
use crate::{About, Facts};

/// Kinds of entry (IEEE 802.1AB, table 8-1).
mod kind {
    pub(super) const END: u16 = 0;
    pub(super) const CHASSIS: u16 = 1;
    pub(super) const NAME: u16 = 5;
    pub(super) const DESCRIPTION: u16 = 6;
    pub(super) const CAPABILITIES: u16 = 7;
    pub(super) const ADDRESS: u16 = 8;
    pub(super) const OF_ORGANISATION: u16 = 127;
}
/// A chassis that is named by a card (8.5.2).
const CHASSIS_CARD: u8 = 4;
/// A management address of IPv4: length of kind and address, kind (8.5.9).
const IPV4: [u8; 2] = [5, 1];
/// The Telecommunications Industry Association.
const TIA: [u8; 3] = [0x00, 0x12, 0xBB];
/// What a device works as, by bits of its enabled capabilities (8.5.8).
const WORKS_AS: [(u16, &[u8]); 4] =
    [(1 << 2, b"bridge"), (1 << 3, b"access-point"), (1 << 4, b"router"), (1 << 5, b"telephone")];

/// The entries of a frame up to one that is cut short.
fn entries(frame: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut reader = Reader::new(frame);
    std::iter::from_fn(move || {
        let head = reader.u16()?;
        let value = reader.take(usize::from(head & 0x01FF))?;
        Some((head >> 9, value)).filter(|(kind, _)| *kind != kind::END)
    })
}

/// The address at which it is managed.
#[must_use]
pub fn address(frame: &[u8]) -> Option<Ipv4Addr> {
    let told = entries(frame).filter(|(kind, _)| *kind == kind::ADDRESS);
    let given = told.filter_map(|(_, value)| value.strip_prefix(&IPV4)?.first_chunk::<4>());
    given.map(|octets| Ipv4Addr::from(*octets)).find(|ip| is_host(*ip))
}

pub(super) fn is_host(ip: Ipv4Addr) -> bool {
    !ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast() && !ip.is_broadcast()
}

/// The card that names the chassis; the sender's where it is named by something else.
fn card(frame: &[u8], sender: Option<MacAddr>) -> Option<MacAddr> {
    let (first, chassis) = entries(frame).next()?;
    if first != kind::CHASSIS {
        return None;
    }
    let named = chassis.split_first().filter(|(by, _)| **by == CHASSIS_CARD);
    let named = named.and_then(|(_, card)| <[u8; 6]>::try_from(card).ok()).map(MacAddr);
    named.filter(|card| card.is_one_card()).or(sender)
}

/// Tells what a frame says of who sent it.
pub fn tell(frame: &[u8], sender: Option<MacAddr>, facts: &mut Facts) {
    let Some(card) = card(frame, sender) else { return };
    let about = About::Named(Subject::Mac(card));
    if let Some(ip) = address(frame) {
        facts.tell(about, FactKind::OwnsIp, ip.to_string().as_bytes());
    }
    for (kind, value) in entries(frame) {
        match kind {
            kind::NAME if is_text(unpadded(value)) && !unpadded(value).is_empty() => {
                facts.tell_known(about, FactKind::LldpName, unpadded(value));
            }
            kind::DESCRIPTION => text(about, FactKind::LldpDescription, value, facts),
            kind::CAPABILITIES => {
                let enabled =
                    value.get(2..).and_then(<[u8]>::first_chunk).map_or(0, |bits| u16::from_be_bytes(*bits));
                for (_, works_as) in WORKS_AS.iter().filter(|(bit, _)| enabled & bit != 0) {
                    facts.tell(about, FactKind::LldpWorksAs, works_as);
                }
            }
            kind::OF_ORGANISATION => {
                if let Some((kind, value)) = inventory(value).filter(|(_, value)| is_text(unpadded(value))) {
                    text(about, kind, value, facts);
                }
            }
            _ => {}
        }
    }
}

fn text(about: About, kind: FactKind, value: &[u8], facts: &mut Facts) {
    let value = unpadded(value);
    if !value.is_empty() {
        facts.tell(about, kind, value);
    }
}

/// An entry of the inventory (ANSI/TIA-1057, 10.2.6).
fn inventory(value: &[u8]) -> Option<(FactKind, &[u8])> {
    let (subtype, value) = value.strip_prefix(&TIA)?.split_first()?;
    let kind = match subtype {
        6 => FactKind::LldpFirmware,
        8 => FactKind::LldpSerial,
        9 => FactKind::LldpMaker,
        10 => FactKind::LldpModel,
        _ => return None,
    };
    Some((kind, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: u16, value: &[u8]) -> Vec<u8> {
        let head = kind << 9 | u16::try_from(value.len()).unwrap();
        [&head.to_be_bytes()[..], value].concat()
    }

    fn phone() -> Vec<u8> {
        [
            entry(1, &[5, 1, 10, 1, 5, 9]),
            entry(2, &[3, 0, 4, 19, 1, 2, 3]),
            entry(3, &[0, 120]),
            entry(4, b"Erika Canaryman's desk"),
            entry(5, b"snom-D735"),
            entry(6, b"snom;snomD735-SIP 10.1.73.16"),
            entry(7, &[0, 0x24, 0, 0x20]),
            entry(8, &[5, 1, 10, 1, 5, 9, 1, 0, 0, 0, 0, 0]),
            entry(127, b"\x00\x12\xbb\x06U-Boot 1.2"),
            entry(127, b"\x00\x12\xbb\x08000413A1B2C3"),
            entry(127, b"\x00\x12\xbb\x09snom technology"),
            entry(127, b"\x00\x12\xbb\x0aD735"),
            entry(127, b"\x00\x12\xbb\x0bCANARY-ASSET"),
            entry(0, &[]),
            entry(5, b"behind the end"),
        ]
        .concat()
    }

    fn told(frame: &[u8]) -> String {
        let mut facts = Facts::default();
        tell(frame, Some(MacAddr([0, 4, 19, 1, 2, 3])), &mut facts);
        let line = |(about, fact): (About, wardround_model::Fact)| {
            let About::Named(Subject::Mac(card)) = about else { panic!("{about:?}") };
            format!("{card} {}={}\n", fact.kind().code(), fact.value())
        };
        facts.drain().map(line).collect()
    }

    #[test]
    fn a_telephone_tells_its_address_product_and_inventory() {
        let expected = [
            "00:04:13:01:02:03 address.owns=10.1.5.9\n",
            "00:04:13:01:02:03 lldp.name=snom-*\n",
            "00:04:13:01:02:03 lldp.description=snom;snomD735-SIP 10.1.73.16\n",
            "00:04:13:01:02:03 lldp.works-as=telephone\n",
            "00:04:13:01:02:03 lldp.firmware=U-Boot 1.2\n",
            "00:04:13:01:02:03 lldp.serial=000413A1B2C3\n",
            "00:04:13:01:02:03 lldp.maker=snom technology\n",
            "00:04:13:01:02:03 lldp.model=D735\n",
        ];
        assert_eq!(told(&phone()), expected.concat());
        assert_eq!(address(&phone()), Some(Ipv4Addr::new(10, 1, 5, 9)));
    }

    #[test]
    fn a_switch_is_the_card_of_its_chassis() {
        let frame = [entry(1, &[4, 0, 0xA0, 0x57, 1, 2, 3]), entry(7, &[0, 0x14, 0, 0x14])].concat();
        assert_eq!(
            told(&frame),
            "00:a0:57:01:02:03 lldp.works-as=bridge\n00:a0:57:01:02:03 lldp.works-as=router\n"
        );
    }

    #[test]
    fn what_is_cut_short_or_another_thing_tells_no_more() {
        let whole = told(&phone());
        for length in 0..phone().len() {
            let cut = told(&phone()[..length]);
            // The address comes late and is told first.
            let cut = cut.replace("00:04:13:01:02:03 address.owns=10.1.5.9\n", "");
            assert!(whole.contains(&cut), "{length}: {cut}");
        }
        assert_eq!(told(&entry(2, &[4, 0, 0xA0, 0x57, 1, 2, 3])), "");
    }
}
