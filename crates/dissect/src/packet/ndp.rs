//! Neighbour discovery for IPv6 (RFC 4861): which card owns an address, and which host is a router.

use std::net::{IpAddr, Ipv6Addr};

use wardround_model::{FactKind, MacAddr, Subject};

use super::Ip;
use crate::{About, Facts};

const ROUTER_SOLICITATION: u8 = 133;
const ROUTER_ADVERTISEMENT: u8 = 134;
const NEIGHBOUR_SOLICITATION: u8 = 135;
const NEIGHBOUR_ADVERTISEMENT: u8 = 136;
const SOURCE_CARD: u8 = 1;
const TARGET_CARD: u8 = 2;
/// The most options of one message.
const MAX_OPTIONS: usize = 16;

/// Tells what a neighbour discovery message says of its sender; other ICMPv6 messages tell nothing.
///
/// A hop limit of 255 proves that it came from this link (RFC 4861, 7.1); anything else is ignored.
pub fn tell(ip: &Ip<'_>, message: &[u8], facts: &mut Facts) {
    let Some((&[kind, code, _, _], rest)) = message.split_first_chunk::<4>() else { return };
    if ip.hop_limit != 255 || code != 0 {
        return;
    }
    match kind {
        ROUTER_SOLICITATION => tell_owner(ip.source, rest.get(4..), SOURCE_CARD, facts),
        ROUTER_ADVERTISEMENT => {
            facts.tell(About::Sender, FactKind::IsRouter, b"ndp");
            tell_owner(ip.source, rest.get(12..), SOURCE_CARD, facts);
        }
        NEIGHBOUR_SOLICITATION => tell_owner(ip.source, rest.get(20..), SOURCE_CARD, facts),
        NEIGHBOUR_ADVERTISEMENT => {
            let Some(target) = rest.get(4..).and_then(<[u8]>::first_chunk::<16>) else { return };
            tell_owner(Ipv6Addr::from(*target).into(), rest.get(20..), TARGET_CARD, facts);
        }
        _ => {}
    }
}

/// The card in the wanted option owns `address`.
fn tell_owner(address: IpAddr, options: Option<&[u8]>, wanted: u8, facts: &mut Facts) {
    let card = options.and_then(|options| card_in(options, wanted)).filter(|card| card.is_one_card());
    if let (Some(card), false) = (card, address.is_unspecified() || address.is_multicast()) {
        let about = About::Named(Subject::Mac(card));
        facts.tell(about, FactKind::OwnsIp, address.to_string().as_bytes());
    }
}

/// The MAC address in the option of this type: type (1), length in units of 8 bytes (1), address.
fn card_in(mut options: &[u8], wanted: u8) -> Option<MacAddr> {
    for _ in 0..MAX_OPTIONS {
        let (&[kind, units], _) = options.split_first_chunk::<2>()?;
        if kind == wanted && units == 1 {
            return options.get(2..8)?.first_chunk::<6>().map(|mac| MacAddr(*mac));
        }
        if units == 0 {
            return None;
        }
        options = options.get(usize::from(units).saturating_mul(8)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::Payload;

    const CARD: [u8; 8] = [SOURCE_CARD, 1, 0x00, 0x1B, 0x2C, 0x3D, 0x4E, 0x5F];

    fn facts_of(hop_limit: u8, source: &str, message: &[u8]) -> Vec<String> {
        let ip = Ip {
            source: source.parse().unwrap(),
            destination: "ff02::1".parse().unwrap(),
            hop_limit,
            payload: Payload::Icmpv6(message),
        };
        let mut facts = Facts::default();
        tell(&ip, message, &mut facts);
        facts.drain().map(|(about, fact)| format!("{about:?} {}", fact.value())).collect()
    }

    fn message(kind: u8, fixed: &[u8], option: [u8; 8]) -> Vec<u8> {
        [&[kind, 0, 0, 0], fixed, &option].concat()
    }

    #[test]
    fn a_router_advertisement_names_a_router_and_its_card() {
        let advertisement = message(ROUTER_ADVERTISEMENT, &[0; 12], CARD);
        let expected = ["Sender ndp", "Named(Mac(00:1b:2c:3d:4e:5f)) fe80::1"];
        assert_eq!(facts_of(255, "fe80::1", &advertisement), expected);
        assert!(facts_of(64, "fe80::1", &advertisement).is_empty(), "from beyond the link");
    }

    #[test]
    fn solicitations_name_the_sender_and_advertisements_the_target() {
        let solicitation = message(NEIGHBOUR_SOLICITATION, &[0; 20], CARD);
        assert_eq!(facts_of(255, "fe80::2", &solicitation), ["Named(Mac(00:1b:2c:3d:4e:5f)) fe80::2"]);
        assert!(facts_of(255, "::", &solicitation).is_empty(), "an address not owned yet");

        let target: Ipv6Addr = "fe80::77".parse().unwrap();
        let fixed = [&[0; 4], target.octets().as_slice()].concat();
        let mut option = CARD;
        option[0] = TARGET_CARD;
        let advertisement = message(NEIGHBOUR_ADVERTISEMENT, &fixed, option);
        assert_eq!(facts_of(255, "fe80::2", &advertisement), ["Named(Mac(00:1b:2c:3d:4e:5f)) fe80::77"]);
    }

    #[test]
    fn short_messages_and_options_without_length_tell_nothing() {
        let whole = message(NEIGHBOUR_SOLICITATION, &[0; 20], CARD);
        for length in 0..whole.len() {
            assert!(facts_of(255, "fe80::2", &whole[..length]).is_empty());
        }
        let endless = message(NEIGHBOUR_SOLICITATION, &[0; 20], [9, 0, 0, 0, 0, 0, 0, 0]);
        assert!(facts_of(255, "fe80::2", &endless).is_empty());
    }
}
