//! The link: Ethernet and its tags, Linux cooked captures, PPP, raw IP, loopback.
//!
//! Numbers are those of the [link-layer header types](https://www.tcpdump.org/linktypes.html) registry and of IEEE 802.

use wardround_model::{MacAddr, SkipReason};

use super::{Content, Packet, Part, Walk, ip, tunnel};

/// How the packets of a capture are framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkType {
    /// Ethernet (1).
    Ethernet,
    /// IPv4 or IPv6 without a frame (12, 14, 101, 228, 229).
    RawIp,
    /// BSD loopback (0, 108): a 4-byte address family.
    Loopback,
    /// PPP (9), with or without the address and control of HDLC before it (RFC 1662, 3.1).
    Ppp,
    /// Linux "cooked" capture, version 1 (113).
    LinuxCooked,
    /// Linux "cooked" capture, version 2 (276).
    LinuxCooked2,
    /// Any other, by its number.
    Other(u16),
}

impl LinkType {
    /// The link type with this number in the registry.
    #[must_use]
    pub fn from_number(number: u16) -> Self {
        match number {
            1 => Self::Ethernet,
            12 | 14 | 101 | 228 | 229 => Self::RawIp,
            0 | 108 => Self::Loopback,
            9 => Self::Ppp,
            113 => Self::LinuxCooked,
            276 => Self::LinuxCooked2,
            other => Self::Other(other),
        }
    }
}

const IPV4: u16 = 0x0800;
const ARP: u16 = 0x0806;
const TRANSPARENT_ETHERNET: u16 = 0x6558;
const VLAN: u16 = 0x8100;
const IPV6: u16 = 0x86DD;
const MPLS: u16 = 0x8847;
const MPLS_UPSTREAM: u16 = 0x8848;
const SERVICE_VLAN: u16 = 0x88A8;
const LLDP: u16 = 0x88CC;
/// PPP over Ethernet, the session itself (RFC 2516, 4).
const PPPOE_SESSION: u16 = 0x8864;
/// The largest number that is a length and no type (IEEE 802.3, 3.2.6).
const LONGEST_FRAME: u16 = 1500;
/// LLC of a frame that names its type behind it (RFC 1042): two service access points, control, and no organisation.
const SNAP: [u8; 6] = [0xAA, 0xAA, 3, 0, 0, 0];
/// LLC of Cisco's discovery protocol: the same with Cisco as organisation, and the protocol's number.
const CDP_SNAP: [u8; 8] = [0xAA, 0xAA, 3, 0, 0, 0x0C, 0x20, 0];
/// LLC of the spanning tree (IEEE 802.1D-2004, 7.12.3), and of Cisco's trees of single VLANs.
const STP_LLC: [u8; 3] = [0x42, 0x42, 3];
const PVST_SNAP: [u8; 8] = [0xAA, 0xAA, 3, 0, 0, 0x0C, 0x01, 0x0B];
/// PPP's numbers of IPv4 and IPv6 (RFC 1332, RFC 5072).
const PPP_IPV4: u16 = 0x0021;
const PPP_IPV6: u16 = 0x0057;
/// QinQ as it was before IEEE 802.1ad.
const OLD_QINQ: [u16; 3] = [0x9100, 0x9200, 0x9300];
/// `ARPHRD_ETHER`: the cooked address is a MAC address.
const HARDWARE_ETHERNET: u16 = 1;

#[inline]
pub(super) fn parse<'a>(link: LinkType, part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    match link {
        LinkType::Ethernet => ethernet(part, walk),
        LinkType::RawIp => ip::parse_any(part, walk),
        LinkType::Loopback => ip::parse_any(part.take::<4>()?.1, walk),
        LinkType::Ppp => framed_ppp(part, walk),
        LinkType::LinuxCooked => cooked(part, walk),
        LinkType::LinuxCooked2 => cooked2(part, walk),
        LinkType::Other(_) => Err(SkipReason::UnknownLink),
    }
}

/// Destination (6), source (6), type (2).
#[inline]
pub(super) fn ethernet<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[_, _, _, _, _, _, a, b, c, d, e, f, high, low], rest) = part.take::<14>()?;
    let card = Some(MacAddr([a, b, c, d, e, f])).filter(|mac| mac.is_one_card());
    ether_type(u16::from_be_bytes([high, low]), rest, Walk { card, ..walk })
}

/// What follows an Ethernet type.
#[inline]
pub(super) fn ether_type<'a>(number: u16, part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    match number {
        IPV4 => ip::parse_v4(part, walk),
        IPV6 => ip::parse_v6(part, walk),
        ARP => Ok(Packet { card: walk.card, segment: walk.segment, content: Content::Arp(part.bytes) }),
        LLDP => Ok(Packet { card: walk.card, segment: walk.segment, content: Content::Lldp(part.bytes) }),
        VLAN | SERVICE_VLAN => vlan(part, walk),
        MPLS | MPLS_UPSTREAM => tunnel::mpls(part, walk),
        TRANSPARENT_ETHERNET => ethernet(part, walk.deeper()?),
        PPPOE_SESSION => pppoe(part, walk),
        length if length <= LONGEST_FRAME => snap(part.of_length(usize::from(length)), walk),
        old if OLD_QINQ.contains(&old) => vlan(part, walk),
        _ => Err(SkipReason::NotIp),
    }
}

/// A frame with its length in the place of its type: RFC 1042's header (6), then the type (2); Cisco's discovery protocol; or the
/// spanning tree.
fn snap<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    if let Some(frame) = part.bytes.strip_prefix(&CDP_SNAP) {
        return Ok(Packet { card: walk.card, segment: walk.segment, content: Content::Cdp(frame) });
    }
    let tree = part.bytes.strip_prefix(&STP_LLC).or_else(|| part.bytes.strip_prefix(&PVST_SNAP));
    if let Some(frame) = tree {
        return Ok(Packet { card: walk.card, segment: walk.segment, content: Content::Stp(frame) });
    }
    if !part.bytes.starts_with(&SNAP) {
        return Err(SkipReason::NotIp);
    }
    let (&[.., high, low], rest) = part.take::<8>()?;
    match u16::from_be_bytes([high, low]) {
        number if number > LONGEST_FRAME => ether_type(number, rest, walk.deeper()?),
        _ => Err(SkipReason::NotIp),
    }
}

/// RFC 2516, 4: version and code (2), session (2), length (2), then PPP's protocol (2).
fn pppoe<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[_, _, _, _, l1, l2], rest) = part.take::<6>()?;
    ppp(rest.of_length(usize::from(u16::from_be_bytes([l1, l2]))), walk)
}

/// PPP with its address and control where they were not left out (RFC 1662, 3.1).
fn framed_ppp<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let inside = if part.bytes.starts_with(&[0xFF, 3]) { part.skip(2)? } else { part };
    ppp(inside, walk)
}

/// PPP's protocol (2), and what it carries.
fn ppp<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[high, low], inside) = part.take::<2>()?;
    match u16::from_be_bytes([high, low]) {
        PPP_IPV4 => ip::parse_v4(inside, walk),
        PPP_IPV6 => ip::parse_v6(inside, walk),
        _ => Err(SkipReason::NotIp),
    }
}

/// IEEE 802.1Q: priority and identifier (2, identifier in the low 12 bits), type (2).
fn vlan<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[a, b, c, d], rest) = part.take::<4>()?;
    let identifier = u32::from(u16::from_be_bytes([a, b]) & 0x0FFF);
    ether_type(u16::from_be_bytes([c, d]), rest, walk.deeper()?.in_segment(identifier))
}

/// LINKTYPE_LINUX_SLL: packet type (2), hardware type (2), address length (2), address (8), protocol (2).
fn cooked<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[_, _, h1, h2, l1, l2, a, b, c, d, e, f, _, _, p1, p2], rest) = part.take::<16>()?;
    let card = cooked_card([h1, h2], u16::from_be_bytes([l1, l2]), [a, b, c, d, e, f]);
    ether_type(u16::from_be_bytes([p1, p2]), rest, Walk { card, ..walk })
}

/// LINKTYPE_LINUX_SLL2: protocol (2), reserved (2), interface (4), hardware type (2), packet type (1), address length (1),
/// address (8). The interface tells segments apart: a capture on "any" sees a forwarded packet once on each.
fn cooked2<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[p1, p2, _, _, i1, i2, i3, i4, h1, h2, _, length, a, b, c, d, e, f, _, _], rest) =
        part.take::<20>()?;
    let card = cooked_card([h1, h2], u16::from(length), [a, b, c, d, e, f]);
    let walk = Walk { card, ..walk }.in_segment(u32::from_be_bytes([i1, i2, i3, i4]));
    ether_type(u16::from_be_bytes([p1, p2]), rest, walk)
}

fn cooked_card(hardware: [u8; 2], length: u16, address: [u8; 6]) -> Option<MacAddr> {
    let is_mac = u16::from_be_bytes(hardware) == HARDWARE_ETHERNET && length == 6;
    is_mac.then_some(MacAddr(address)).filter(|mac| mac.is_one_card())
}
