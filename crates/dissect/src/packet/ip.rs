//! IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wardround_model::SkipReason;

use super::{Content, Fragment, Ip, Packet, Part, Payload, Walk, transport, tunnel};

const ICMP: u8 = 1;
const IPV4_INSIDE: u8 = 4;
const TCP: u8 = 6;
const UDP: u8 = 17;
const IPV6_INSIDE: u8 = 41;
const GRE: u8 = 47;
const ICMPV6: u8 = 58;

/// IPv6 extension headers (IANA, IPv6 Extension Header Types).
const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const AUTHENTICATION: u8 = 51;
const DESTINATION_OPTIONS: u8 = 60;
const MOBILITY: u8 = 135;
/// The most extension headers of one packet.
const MAX_EXTENSIONS: usize = 8;

/// What the IP header said, on the way to its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    source: IpAddr,
    destination: IpAddr,
    hop_limit: u8,
}

/// What the first fragment of a packet said of what they carry together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Continuation {
    protocol: u8,
    header: Header,
    walk: Walk,
}

impl Continuation {
    /// Reads on in what the fragments carry together.
    ///
    /// # Errors
    /// The reason why the headers in it could not be read.
    pub fn parse(self, whole: &[u8]) -> Result<Packet<'_>, SkipReason> {
        let Self { protocol, header, walk } = self;
        let part = Part::new(whole, whole.len());
        if header.source.is_ipv6() {
            extensions(protocol, header, part, walk)
        } else {
            payload(protocol, header, part, walk)
        }
    }
}

/// An IP packet whose version only its first half byte tells.
pub(super) fn parse_any<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    match part.bytes.first().map(|byte| byte >> 4) {
        Some(4) => parse_v4(part, walk),
        Some(6) => parse_v6(part, walk),
        Some(_) => Err(SkipReason::NotIp),
        None => part.take::<1>().and(Err(SkipReason::NotIp)),
    }
}

/// Version and header length (1), service (1), total length (2), identification (2), flags and offset (2), time to live (1),
/// protocol (1), checksum (2), source (4), destination (4), options.
#[inline]
pub(super) fn parse_v4<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[first, _, t1, t2, i1, i2, f1, f2, hop_limit, protocol, _, _, a, b, c, d, e, f, g, h], _) =
        part.take::<20>()?;
    let header_length = usize::from(first & 0x0F).saturating_mul(4);
    let total = match usize::from(u16::from_be_bytes([t1, t2])) {
        // Segmentation was left to the network card: the capture's length is the only one.
        0 => part.wire,
        total => total,
    };
    if first >> 4 != 4 || header_length < 20 || total < header_length {
        return Err(SkipReason::Malformed);
    }
    let offset = u16::from_be_bytes([f1, f2]);
    let header = Header {
        source: IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
        destination: IpAddr::V4(Ipv4Addr::new(e, f, g, h)),
        hop_limit,
    };
    let part = part.of_length(total).skip(header_length)?;
    let (offset, more) = (usize::from(offset & 0x1FFF).saturating_mul(8), offset & 0x2000 != 0);
    if offset == 0 && !more {
        return payload(protocol, header, part, walk);
    }
    let id = u32::from(u16::from_be_bytes([i1, i2]));
    // Identifications of IPv4 count for each protocol by themselves (RFC 791, 3.2).
    let fragment = Fragment {
        id: (id, protocol),
        offset,
        more,
        bytes: part.bytes,
        wire: part.wire,
        continuation: Continuation { protocol, header, walk },
    };
    Ok(packet(header, Payload::Fragment(fragment), walk))
}

/// Version, class and flow (4), payload length (2), next header (1), hop limit (1), source (16), destination (16).
pub(super) fn parse_v6<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[first, _, _, _, l1, l2, next, hop_limit], rest) = part.take::<8>()?;
    let (source, rest) = rest.take::<16>()?;
    let (destination, rest) = rest.take::<16>()?;
    if first >> 4 != 6 {
        return Err(SkipReason::Malformed);
    }
    let rest = match usize::from(u16::from_be_bytes([l1, l2])) {
        // A jumbogram (RFC 2675), or segmentation left to the network card.
        0 => rest,
        length => rest.of_length(length),
    };
    let header = Header {
        source: IpAddr::V6(Ipv6Addr::from(*source)),
        destination: IpAddr::V6(Ipv6Addr::from(*destination)),
        hop_limit,
    };
    extensions(next, header, rest, walk)
}

fn extensions<'a>(
    mut next: u8,
    header: Header,
    mut rest: Part<'a>,
    walk: Walk,
) -> Result<Packet<'a>, SkipReason> {
    for _ in 0..MAX_EXTENSIONS {
        let unit = match next {
            HOP_BY_HOP | ROUTING | DESTINATION_OPTIONS | MOBILITY | FRAGMENT => 8,
            AUTHENTICATION => 4,
            _ => return payload(next, header, rest, walk),
        };
        if next == FRAGMENT {
            let (&[following, _, o1, o2, i1, i2, i3, i4], inside) = rest.take::<8>()?;
            let field = u16::from_be_bytes([o1, o2]);
            let (offset, more) = (usize::from(field & 0xFFF8), field & 1 != 0);
            if offset != 0 || more {
                let id = (u32::from_be_bytes([i1, i2, i3, i4]), 0);
                let continuation = Continuation { protocol: following, header, walk };
                let (bytes, wire) = (inside.bytes, inside.wire);
                let fragment = Fragment { id, offset, more, bytes, wire, continuation };
                return Ok(packet(header, Payload::Fragment(fragment), walk));
            }
            // A fragment that is the whole (RFC 6946).
            (rest, next) = (inside, following);
            continue;
        }
        let (&[following, length, _, _], _) = rest.take::<4>()?;
        let length = match next {
            // The authentication header counts units of 4 bytes and leaves out two of them (RFC 4302, 2.2).
            AUTHENTICATION => usize::from(length).saturating_add(2).saturating_mul(unit),
            _ => usize::from(length).saturating_add(1).saturating_mul(unit),
        };
        rest = rest.skip(length)?;
        next = following;
    }
    Err(SkipReason::TooDeep)
}

#[inline]
fn payload<'a>(protocol: u8, header: Header, part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let payload = match protocol {
        TCP => Payload::Tcp(transport::tcp(part)?),
        UDP => {
            let (udp, inside) = transport::udp(part)?;
            if let Some(inner) = udp.may_be_vxlan().then(|| tunnel::vxlan(inside, walk)).flatten() {
                return inner;
            }
            Payload::Udp(udp)
        }
        ICMP => Payload::Icmp,
        ICMPV6 => Payload::Icmpv6(part.bytes),
        GRE => return tunnel::gre(part, walk),
        IPV4_INSIDE => return parse_v4(part, walk.deeper()?.without_card()),
        IPV6_INSIDE => return parse_v6(part, walk.deeper()?.without_card()),
        other => Payload::Other(other),
    };
    Ok(packet(header, payload, walk))
}

#[inline]
fn packet(header: Header, payload: Payload<'_>, walk: Walk) -> Packet<'_> {
    let Header { source, destination, hop_limit } = header;
    let ip = Ip { source, destination, hop_limit, payload };
    Packet { card: walk.card, segment: walk.segment, content: Content::Ip(ip) }
}
