//! Tunnels that mirrors and networks wrap packets in: MPLS, GRE, ERSPAN, VXLAN.

use wardround_model::SkipReason;

use super::{Packet, Part, Walk, ip, link};

const ERSPAN_2: u16 = 0x88BE;
const ERSPAN_3: u16 = 0x22EB;
/// GRE (RFC 2784, RFC 2890): which optional fields of 4 bytes follow.
const GRE_CHECKSUM: u8 = 0x80;
const GRE_KEY: u8 = 0x20;
const GRE_SEQUENCE: u8 = 0x10;

/// MPLS label stack entry (RFC 3032): label (20 bits), class (3), bottom of stack (1), time to live (8).
pub(super) fn mpls<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[_, _, c, _], rest) = part.take::<4>()?;
    let walk = walk.deeper()?;
    if c & 1 == 0 {
        return mpls(rest, walk);
    }
    // What the stack carries is not said; the first half byte tells IP from a pseudowire (RFC 4928).
    match rest.bytes.first().map(|byte| byte >> 4) {
        Some(4) => ip::parse_v4(rest, walk),
        Some(6) => ip::parse_v6(rest, walk),
        // An Ethernet pseudowire with its control word (RFC 4448).
        Some(0) => link::ethernet(rest.skip(4)?, walk),
        Some(_) => Err(SkipReason::NotIp),
        None => rest.take::<1>().and(Err(SkipReason::NotIp)),
    }
}

/// GRE: flags (1), version (1), protocol (2), then checksum, key and sequence number where flagged.
pub(super) fn gre<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[flags, version, p1, p2], rest) = part.take::<4>()?;
    if version & 7 != 0 {
        return Err(SkipReason::OtherTransport);
    }
    let fields = (flags & (GRE_CHECKSUM | GRE_KEY | GRE_SEQUENCE)).count_ones() as usize;
    let rest = rest.skip(fields.saturating_mul(4))?;
    let walk = walk.deeper()?.without_card();
    match u16::from_be_bytes([p1, p2]) {
        // Type I has neither a sequence number nor a header of its own.
        ERSPAN_2 if flags & GRE_SEQUENCE == 0 => link::ethernet(rest, walk),
        ERSPAN_2 => erspan_2(rest, walk),
        ERSPAN_3 => erspan_3(rest, walk),
        number => link::ether_type(number, rest, walk),
    }
}

/// ERSPAN type II (draft-foschiano-erspan, 4.2): 8 bytes, session in the low 10 bits of the second 16.
fn erspan_2<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[_, _, s1, s2, ..], rest) = part.take::<8>()?;
    link::ethernet(rest, walk.in_segment(erspan_session(s1, s2)))
}

/// ERSPAN type III (4.3): 12 bytes, and 8 more when the last bit is set.
fn erspan_3<'a>(part: Part<'a>, walk: Walk) -> Result<Packet<'a>, SkipReason> {
    let (&[_, _, s1, s2, _, _, _, _, _, _, _, last], rest) = part.take::<12>()?;
    let rest = if last & 1 == 0 { rest } else { rest.skip(8)? };
    link::ethernet(rest, walk.in_segment(erspan_session(s1, s2)))
}

fn erspan_session(high: u8, low: u8) -> u32 {
    u32::from(u16::from_be_bytes([high, low]) & 0x03FF)
}

/// The frame inside a UDP payload, if it is VXLAN (RFC 7348): flags (1), reserved (3), network (3), reserved (1).
pub(super) fn vxlan<'a>(part: Part<'a>, walk: Walk) -> Option<Result<Packet<'a>, SkipReason>> {
    match part.take::<8>() {
        Ok((&[0x08, 0, 0, 0, a, b, c, 0], rest)) => {
            let network = u32::from_be_bytes([0, a, b, c]);
            Some(walk.deeper().and_then(|walk| link::ethernet(rest, walk.without_card().in_segment(network))))
        }
        _ => None,
    }
}
