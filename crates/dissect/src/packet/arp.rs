//! ARP (RFC 826): a card says which address it owns. Gratuitous ARP (RFC 5227) is read the same way.

use std::net::Ipv4Addr;

use wardround_model::{FactKind, MacAddr, Subject};

use crate::{About, Facts};

/// Ethernet hardware (1), IPv4 protocol (0x0800), lengths 6 and 4.
const ETHERNET_IPV4: [u8; 6] = [0, 1, 8, 0, 6, 4];

/// The address that the sender says is its own.
#[must_use]
pub fn sender(packet: &[u8]) -> Option<Ipv4Addr> {
    let (kind, rest) = packet.split_first_chunk::<6>()?;
    let &[_, _, _, _, _, _, _, _, ref address @ ..] = rest.first_chunk::<12>()?;
    (*kind == ETHERNET_IPV4).then(|| Ipv4Addr::from(*address))
}

/// Tells what the sender says of itself. The target is only asked for, so nothing is told of it; a probe with the address
/// 0.0.0.0 says nothing either.
pub fn tell(packet: &[u8], facts: &mut Facts) {
    let Some((kind, rest)) = packet.split_first_chunk::<6>() else { return };
    // Operation (2), sender's card (6), sender's address (4).
    let Some(&[_, _, a, b, c, d, e, f, ref address @ ..]) = rest.first_chunk::<12>() else { return };
    let (card, address) = (MacAddr([a, b, c, d, e, f]), Ipv4Addr::from(*address));
    if *kind == ETHERNET_IPV4 && card.is_one_card() && !address.is_unspecified() {
        let about = About::Named(Subject::Mac(card));
        facts.tell(about, FactKind::OwnsIp, address.to_string().as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLY: [u8; 28] = [
        0, 1, 8, 0, 6, 4, 0, 2, 0x00, 0x1B, 0x2C, 0x3D, 0x4E, 0x5F, 10, 1, 2, 3, //
        0x00, 0x50, 0x56, 0, 0, 9, 10, 1, 2, 1,
    ];

    fn facts_of(packet: &[u8]) -> Vec<String> {
        let mut facts = Facts::default();
        tell(packet, &mut facts);
        facts.drain().map(|(about, fact)| format!("{about:?} {}", fact.value())).collect()
    }

    #[test]
    fn the_sender_owns_its_address() {
        assert_eq!(facts_of(&REPLY), ["Named(Mac(00:1b:2c:3d:4e:5f)) 10.1.2.3"]);
    }

    #[test]
    fn probes_group_addresses_and_other_hardware_tell_nothing() {
        for (place, value) in [(14, 0), (8, 1), (1, 6), (5, 16)] {
            let mut packet = REPLY;
            packet[place] = value;
            if place == 14 {
                packet[15..18].fill(0);
            }
            assert!(facts_of(&packet).is_empty(), "byte {place} = {value}");
        }
        for length in 0..18 {
            assert!(facts_of(&REPLY[..length]).is_empty());
        }
    }
}
