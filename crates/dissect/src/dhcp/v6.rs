//! DHCP for IPv6: what a client calls itself and its system, who gives out addresses, and which address a card was given.
//!
//! RFC 8415; RFC 4704 (fully qualified name), RFC 6939 (the client's card, which a relay adds).
//!
//! A client's own identifier names a card that it had when it was set up. Copies of one disk have the same, so it is believed only
//! where the client's own link-local address is made from that card (RFC 4291, A), or where a relay saw the card. Else what a client says
//! is about the address that it speaks from.
//!
//! Not here: identifiers of other kinds but for the maker's number in them, prefixes (IA_PD), routers, which DHCP for IPv6 does not name.

use std::net::{IpAddr, Ipv6Addr};

use wardround_model::{FactKind, MacAddr, Subject};

use super::{joined_labels, repeats};
use crate::reader::{Reader, is_text, unpadded};
use crate::{About, Datagram, Facts, Role};

/// The ports of clients and of servers (RFC 8415, 7.2).
pub(crate) const PORTS: &[u16] = &[546, 547];
/// `hardware type` of Ethernet.
const ETHERNET: u16 = 1;
/// The most relays that a message passes (RFC 8415, 7.6).
const MAX_RELAYS: usize = 8;

/// Options (RFC 8415, 21; 39: RFC 4704; 79: RFC 6939).
mod option {
    pub(super) const CLIENT: u16 = 1;
    pub(super) const SERVER: u16 = 2;
    pub(super) const ADDRESSES: u16 = 3;
    pub(super) const ADDRESS: u16 = 5;
    pub(super) const ASKED_FOR: u16 = 6;
    pub(super) const ELAPSED: u16 = 8;
    pub(super) const RELAYED: u16 = 9;
    pub(super) const STATUS: u16 = 13;
    pub(super) const USER_CLASS: u16 = 15;
    pub(super) const VENDOR_CLASS: u16 = 16;
    pub(super) const FULL_NAME: u16 = 39;
    pub(super) const CLIENT_CARD: u16 = 79;
}

/// Message types (RFC 8415, 7.3).
mod message_type {
    pub(super) const ADVERTISE: u8 = 2;
    pub(super) const REPLY: u8 = 7;
    pub(super) const RECONFIGURE: u8 = 10;
    pub(super) const INFORMATION: u8 = 11;
    pub(super) const RELAY_FORWARD: u8 = 12;
    pub(super) const RELAY_REPLY: u8 = 13;
}

/// Reads one DHCP message of IPv6.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let (IpAddr::V6(sender), IpAddr::V6(receiver)) = (datagram.sender.ip(), datagram.receiver.ip()) else {
        return None;
    };
    let message = Message::parse(datagram.payload, sender, receiver)?;
    match message.role {
        Role::Client => message.tell_client(facts),
        _ => message.tell_owner(facts),
    }
    Some(message.role)
}

/// A message out of the relays' wrapping.
struct Message<'a> {
    role: Role,
    kind: u8,
    /// The client's address as the client itself or the relay next to it uses it.
    client: Ipv6Addr,
    /// The card that the relay next to the client saw.
    seen_card: Option<MacAddr>,
    was_relayed: bool,
    options: &'a [u8],
}

impl<'a> Message<'a> {
    fn parse(payload: &'a [u8], sender: Ipv6Addr, receiver: Ipv6Addr) -> Option<Self> {
        let (mut payload, mut peer, mut seen_card) = (payload, None, None);
        for _ in 0..=MAX_RELAYS {
            let mut reader = Reader::new(payload);
            let kind = reader.u8()?;
            if !matches!(kind, message_type::RELAY_FORWARD | message_type::RELAY_REPLY) {
                reader.take(3)?;
                let role = role(kind)?;
                let client = peer.unwrap_or(if role == Role::Client { sender } else { receiver });
                let options = reader.rest();
                let message = Self { role, kind, client, seen_card, was_relayed: peer.is_some(), options };
                return message.is_whole().then_some(message);
            }
            // Hops, and the address of the link.
            reader.take(17)?;
            peer = Some(Ipv6Addr::from(reader.array::<16>()?));
            let options = reader.rest();
            seen_card = find(options, option::CLIENT_CARD).and_then(ethernet);
            payload = find(options, option::RELAYED)?;
        }
        None
    }

    /// Whether its options are those of its type: other bytes at these ports rarely have them.
    fn is_whole(&self) -> bool {
        let has = |code| find(self.options, code).is_some();
        match self.role {
            Role::Server => has(option::SERVER),
            // Who asks for no address need not say who it is (RFC 8415, 18.2.6).
            _ if self.kind == message_type::INFORMATION => {
                has(option::CLIENT) || has(option::ELAPSED) && has(option::ASKED_FOR)
            }
            _ => has(option::CLIENT),
        }
    }

    /// The client's card, as far as it is sure.
    fn card(&self) -> Option<MacAddr> {
        let own = find(self.options, option::CLIENT).and_then(card_of_identifier);
        let card = self.seen_card.or(own.filter(|card| is_made_from(self.client, *card)));
        card.filter(|card| card.is_one_card())
    }

    fn about(&self) -> Option<About> {
        let card = self.card().map(|card| About::Named(Subject::Mac(card)));
        card.or_else(|| (!self.was_relayed).then_some(About::Sender))
    }

    fn tell_client(&self, facts: &mut Facts) {
        let Some(about) = self.about() else { return };
        let name = find(self.options, option::FULL_NAME).and_then(|value| value.get(1..)).map(joined_labels);
        let name = name.unwrap_or_default();
        if !name.is_empty() {
            facts.tell(about, FactKind::DhcpHostName, &name);
        }
        let class = find(self.options, option::VENDOR_CLASS).and_then(<[u8]>::split_first_chunk::<4>);
        let identifier = find(self.options, option::CLIENT).and_then(maker_of_identifier);
        if let Some(maker) = class.map(|(maker, _)| *maker).or(identifier) {
            let number = u32::from_be_bytes(maker).to_string();
            facts.tell(about, FactKind::DhcpEnterprise, number.as_bytes());
        }
        let texts = |value: Option<&'a [u8]>| first_text(value?).map(unpadded).filter(|text| is_text(text));
        if let Some(text) = texts(class.map(|(_, texts)| texts)).filter(|text| !repeats(text, &name)) {
            facts.tell(about, FactKind::DhcpVendorClass, text);
        }
        if let Some(text) = texts(find(self.options, option::USER_CLASS)) {
            facts.tell_known(about, FactKind::DhcpUserClass, text);
        }
    }

    fn tell_owner(&self, facts: &mut Facts) {
        let (message_type::REPLY, Some(card)) = (self.kind, self.card()) else { return };
        for given in each(self.options, option::ADDRESSES).filter_map(|value| value.get(12..)) {
            for ip in each(given, option::ADDRESS).filter_map(leased) {
                facts.tell(About::Named(Subject::Mac(card)), FactKind::OwnsIp, ip.to_string().as_bytes());
            }
        }
    }
}

fn role(kind: u8) -> Option<Role> {
    match kind {
        message_type::ADVERTISE | message_type::REPLY | message_type::RECONFIGURE => Some(Role::Server),
        1 | 3..=6 | 8 | 9 | message_type::INFORMATION => Some(Role::Client),
        _ => None,
    }
}

/// The address of an IA_ADDR (RFC 8415, 21.6) that is valid for a while.
fn leased(value: &[u8]) -> Option<Ipv6Addr> {
    let mut reader = Reader::new(value);
    let ip = Ipv6Addr::from(reader.array::<16>()?);
    let _preferred = reader.u32()?;
    let valid = reader.u32()?;
    let refused = find(reader.rest(), option::STATUS).is_some_and(|status| !status.starts_with(&[0, 0]));
    let is_host =
        !(ip.is_unspecified() || ip.is_multicast() || ip.is_loopback() || ip.is_unicast_link_local());
    (valid > 0 && !refused && is_host).then_some(ip)
}

/// DUID-LLT and DUID-LL (RFC 8415, 11.2 and 11.4): kind (2), hardware (2), for the first a moment (4), the card.
fn card_of_identifier(identifier: &[u8]) -> Option<MacAddr> {
    let mut reader = Reader::new(identifier);
    let kind = reader.u16()?;
    let hardware = reader.u16()?;
    match kind {
        1 => reader.take(4)?,
        3 => &[],
        _ => return None,
    };
    let card: [u8; 6] = reader.rest().try_into().ok()?;
    (hardware == ETHERNET).then_some(MacAddr(card))
}

/// DUID-EN (RFC 8415, 11.3): kind (2), the maker's number (4).
fn maker_of_identifier(identifier: &[u8]) -> Option<[u8; 4]> {
    identifier.strip_prefix(&[0, 2])?.first_chunk().copied()
}

/// RFC 6939, 4: hardware (2), card.
fn ethernet(value: &[u8]) -> Option<MacAddr> {
    let card: [u8; 6] = value.strip_prefix(&ETHERNET.to_be_bytes())?.try_into().ok()?;
    Some(MacAddr(card))
}

/// Whether a link-local address is made from a card (RFC 4291, A).
fn is_made_from(ip: Ipv6Addr, card: MacAddr) -> bool {
    let [a, b, c, d, e, f] = card.0;
    ip.is_unicast_link_local() && ip.octets().get(8..) == Some(&[a ^ 2, b, c, 0xFF, 0xFE, d, e, f])
}

/// The first of several texts, each behind its length (2) (RFC 8415, 21.15 and 21.16).
fn first_text(value: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(value);
    let length = usize::from(reader.u16()?);
    reader.take(length)
}

/// The values of all options with this code, up to one that is cut short.
fn each(region: &[u8], code: u16) -> impl Iterator<Item = &[u8]> {
    let mut reader = Reader::new(region);
    std::iter::from_fn(move || {
        loop {
            let (found, length) = (reader.u16()?, usize::from(reader.u16()?));
            let value = reader.take(length)?;
            if found == code {
                return Some(value);
            }
        }
    })
}

fn find(region: &[u8], code: u16) -> Option<&[u8]> {
    each(region, code).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::SocketAddr;

    const CLIENT: &str = "[fe80::9058:7cff:fe46:6e9f]:546";
    const TO_ALL: &str = "[ff02::1:2]:547";
    const SERVER: &str = "[fe80::6c08:bbff:fee5:cf20]:547";
    /// A request of ISC dhclient 4.4.3 with a vendor class and a user class, and dnsmasq's answer to it, as recorded.
    const REQUEST: &str = "03e360550001000a0003000192587c466e9f0002000e00010001329cfa7f6e08bbe5cf20000600040017001800080002\
        0000000f0007000567656e69630010000e0000013700084d53465420352e3000270019000463742d3209726164696f6c6f6779076578616d\
        706c6500000300287c466e9f00000e100000151800050018fd0000200000000000000000000001e000001c2000001d4c";
    const REPLY: &str = "07e360550001000a0003000192587c466e9f0002000e00010001329cfa7f6e08bbe5cf20000300287c466e9f000007\
        0800000c4e00050018fd0000200000000000000000000001e000000e1000000e10000d00090000737563636573730027000600\
        0463742d32";

    fn bytes(hex: &str) -> Vec<u8> {
        let digit = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(digit).collect()
    }

    fn read(payload: &[u8], sender: &str, receiver: &str) -> (Option<Role>, Vec<String>) {
        let (sender, receiver): (SocketAddr, SocketAddr) =
            (sender.parse().unwrap(), receiver.parse().unwrap());
        let mut facts = Facts::default();
        let role = dissect(&Datagram { payload, sender, receiver }, &mut facts);
        let line = |(about, fact): (About, wardround_model::Fact)| {
            format!("{about:?} {}={}", fact.kind().code(), fact.value())
                .replace("Named(Mac(92:58:7c:46:6e:9f))", "card")
        };
        (role, facts.drain().map(line).collect())
    }

    fn option(code: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap();
        [&code.to_be_bytes()[..], &length.to_be_bytes(), value].concat()
    }

    fn relayed(kind: u8, peer: &str, options: &[Vec<u8>]) -> Vec<u8> {
        let peer: Ipv6Addr = peer.parse().unwrap();
        [&[kind, 0][..], &[0; 16], &peer.octets(), &options.concat()].concat()
    }

    #[test]
    fn a_real_client_tells_its_name_and_system_and_a_real_server_its_address() {
        let told =
            ["dhcp.host-name=CT-2.radiology.example", "dhcp.enterprise=311", "dhcp.vendor-class=MSFT 5.0"];
        let (role, facts) = read(&bytes(REQUEST), CLIENT, TO_ALL);
        let lower: Vec<_> = facts.iter().map(|fact| fact.replace("ct-2", "CT-2")).collect();
        assert_eq!((role, lower), (Some(Role::Client), told.map(|it| format!("card {it}")).to_vec()));
        let given = vec!["card address.owns=fd00:20::1e0".to_owned()];
        assert_eq!(read(&bytes(REPLY), SERVER, CLIENT), (Some(Role::Server), given));
    }

    #[test]
    fn an_identifier_of_another_card_is_about_the_address() {
        let (role, facts) = read(&bytes(REQUEST), "[fe80::77]:546", TO_ALL);
        assert_eq!(role, Some(Role::Client));
        assert!(facts.len() == 3 && facts.iter().all(|fact| fact.starts_with("Sender ")), "{facts:?}");
        assert_eq!(read(&bytes(REPLY), SERVER, "[fe80::77]:546"), (Some(Role::Server), vec![]));
    }

    #[test]
    fn through_relays_the_card_is_what_the_first_relay_saw() {
        let seen = option(79, &[0, 1, 0x92, 0x58, 0x7C, 0x46, 0x6E, 0x9F]);
        let first = relayed(12, "fe80::77", &[seen, option(9, &bytes(REQUEST))]);
        let second = relayed(12, "fd00:20::2", &[option(9, &first)]);
        for message in [&first, &second] {
            let (role, facts) = read(message, "[fd00:20::2]:547", "[fd00:1::1]:547");
            assert_eq!((role, facts.len()), (Some(Role::Client), 3));
            assert!(facts.iter().all(|fact| fact.starts_with("card ")), "{facts:?}");
        }
        let unseen = relayed(12, "fe80::77", &[option(9, &bytes(REQUEST))]);
        assert_eq!(read(&unseen, "[fd00:20::2]:547", "[fd00:1::1]:547"), (Some(Role::Client), vec![]));
        let answer = relayed(13, "fe80::9058:7cff:fe46:6e9f", &[option(9, &bytes(REPLY))]);
        let given = vec!["card address.owns=fd00:20::1e0".to_owned()];
        assert_eq!(read(&answer, "[fd00:1::1]:547", "[fd00:20::2]:547"), (Some(Role::Server), given));
        let mut deep = bytes(REQUEST);
        for _ in 0..9 {
            deep = relayed(12, "fe80::77", &[option(9, &deep)]);
        }
        assert_eq!(read(&deep, "[fd00:20::2]:547", "[fd00:1::1]:547"), (None, vec![]));
    }

    #[test]
    fn addresses_that_are_refused_or_over_are_nobodys() {
        let reply = bytes(REPLY);
        for (at, with) in [(76, [0, 0, 0, 0]), (56, [0xFE, 0x80, 0, 0])] {
            let mut other = reply.clone();
            other[at..at + 4].copy_from_slice(&with);
            assert_eq!(read(&other, SERVER, CLIENT), (Some(Role::Server), vec![]), "{at}");
        }
        let mut advertise = reply;
        advertise[0] = 2;
        assert_eq!(read(&advertise, SERVER, CLIENT), (Some(Role::Server), vec![]));
    }

    #[test]
    fn names_and_classes_that_may_be_of_people_are_masked() {
        let client = option(1, &[0, 2, 0, 0, 0xAB, 0x11, 1, 2, 3, 4]);
        let name = option(39, b"\0\x05erika\x06laptop");
        let class = option(16, b"\0\0\0\x09\0\x0cerika-laptop");
        let user = option(15, b"\0\x0aCANARYTOWN");
        let message = [&[1, 1, 2, 3][..], &client, &name, &user].concat();
        let expected = ["Sender dhcp.host-name=*.laptop", "Sender dhcp.enterprise=43793"];
        assert_eq!(read(&message, "[fe80::77]:546", TO_ALL).1, expected.map(str::to_owned));
        let message = [
            &[1, 1, 2, 3][..],
            &client,
            &option(39, b"\0\x0cerika-laptop"),
            &class,
            &option(15, b"\0\x09radiology"),
        ]
        .concat();
        let expected = [
            "Sender dhcp.host-name=*-laptop",
            "Sender dhcp.enterprise=9",
            "Sender dhcp.user-class=radiology",
        ];
        assert_eq!(read(&message, "[fe80::77]:546", TO_ALL).1, expected.map(str::to_owned));
    }

    #[test]
    fn what_lacks_its_options_is_none() {
        let client = option(1, &[0, 3, 0, 1, 1, 2, 3, 4, 5, 6]);
        for message in [
            vec![],
            vec![1, 2, 3],
            vec![1, 1, 2, 3],
            [&[7, 1, 2, 3][..], &client].concat(),
            [&[14, 1, 2, 3][..], &client].concat(),
            vec![11, 1, 2, 3],
            vec![12; 60],
        ] {
            assert_eq!(read(&message, CLIENT, TO_ALL), (None, vec![]), "{message:?}");
        }
        assert_eq!(read(&bytes(REQUEST), "10.1.1.1:546", "10.1.1.2:547").0, None);
        let information = [&[11, 1, 2, 3][..], &option(8, &[0, 0]), &option(6, &[0, 23])].concat();
        assert_eq!(read(&information, CLIENT, TO_ALL), (Some(Role::Client), vec![]));
        for length in 0..bytes(REPLY).len() {
            let (_, facts) = read(&bytes(REPLY)[..length], SERVER, CLIENT);
            assert!(facts.is_empty() || length >= 80, "{length}: {facts:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, kind in 0u8..16) {
            read(&bytes, CLIENT, TO_ALL);
            read(&[&[kind][..], &bytes].concat(), SERVER, CLIENT);
            read(&[&[kind, 1, 2, 3, 0, 1, 0, 2, 0, 9][..], &bytes].concat(), CLIENT, TO_ALL);
        }
    }
}
