//! A chunk of a capture with what the headers of its packets said: the piece of work that goes from the reader to the
//! shards. Buffers are used again and again, so that a packet costs no allocation.

use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv4Addr};

use foldhash::fast::RandomState;
use wardround_dissect::packet::{self, Content, Ip, LinkType, Payload, TcpFlags};
use wardround_model::{Evidence, MacAddr, Sighting, SkipReason, SourceIndex, Timestamp};

use crate::flow::{FlowKey, Kind, Side, View};
use crate::format::Record;
use crate::shard::SHARDS;

/// One packet, as its shard needs it.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    pub(crate) key: FlowKey,
    pub(crate) hash: u64,
    pub(crate) time: Timestamp,
    /// Packets before it in the batch.
    nth: u32,
    /// Where its record begins in the batch.
    record: u32,
    /// Where its payload begins in the batch, and how much of it was kept.
    data: u32,
    kept: u32,
    /// Length of the payload on the wire.
    pub(crate) wire: u32,
    /// TCP sequence number.
    pub(crate) sequence: u32,
    pub(crate) flags: TcpFlags,
    pub(crate) hop_limit: u8,
    pub(crate) card: Option<MacAddr>,
    pub(crate) sender: Side,
    pub(crate) first_fragment: bool,
    pub(crate) shard: u8,
}

/// A chunk and its packets.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) source: SourceIndex,
    /// Where `bytes` begins in the stream.
    pub(crate) start: u64,
    /// Packets of the source before this batch.
    pub(crate) before: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) packets: Vec<Packet>,
}

impl Batch {
    pub(crate) fn with_room_for(bytes: usize) -> Self {
        Self { source: SourceIndex(0), start: 0, before: 0, bytes: vec![0; bytes], packets: Vec::new() }
    }

    pub(crate) fn sighting(&self, packet: &Packet) -> Sighting {
        let evidence = Evidence {
            source: self.source,
            record: self.before.saturating_add(u64::from(packet.nth)).saturating_add(1),
            offset: self.start.saturating_add(u64::from(packet.record)),
        };
        Sighting { evidence, at: packet.time }
    }

    pub(crate) fn payload(&self, packet: &Packet) -> &[u8] {
        let start = packet.data as usize;
        self.bytes.get(start..start.saturating_add(packet.kept as usize)).unwrap_or_default()
    }
}

/// Where and when a record was found.
#[derive(Clone, Copy)]
pub(crate) struct Found {
    pub(crate) nth: u32,
    /// Where the record begins in the batch.
    pub(crate) record: usize,
    pub(crate) time: Timestamp,
    pub(crate) point: u16,
    pub(crate) link: LinkType,
}

/// Reads the headers of a record. `bytes` is the whole chunk that the record lies in.
///
/// What is only worth counting comes back as a reason beside the packet.
pub(crate) fn decode(
    record: &Record<'_>,
    found: Found,
    bytes: &[u8],
    hasher: &RandomState,
) -> (Option<Packet>, Option<SkipReason>) {
    let headers = match packet::parse(found.link, record.data, record.wire) {
        Ok(headers) => headers,
        Err(reason) => return (None, Some(reason)),
    };
    let view = View { point: found.point, segment: headers.segment };
    let (mut packet, payload, skipped) = match headers.content {
        Content::Arp(arp) => (arp_packet(view), arp, None),
        Content::Ip(ip) => ip_packet(&ip, view),
    };
    packet.time = found.time;
    packet.nth = found.nth;
    packet.record = narrow(found.record);
    packet.data = narrow(payload.as_ptr().addr().saturating_sub(bytes.as_ptr().addr()));
    packet.kept = narrow(payload.len());
    packet.card = headers.card;
    packet.shard = shard_of(&packet, headers.card);
    if matches!(packet.key.kind, Kind::Tcp | Kind::Udp) {
        packet.hash = hasher.hash_one(packet.key);
    }
    (Some(packet), skipped)
}

/// Lengths and places inside one chunk fit; one that a header made up is cut to the largest number.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn shard_of(packet: &Packet, card: Option<MacAddr>) -> u8 {
    let number = match packet.key.kind {
        Kind::Tcp | Kind::Udp => packet.key.pair_number(),
        // What cards say of themselves: by card.
        _ => card.map_or(0, MacAddr::as_number).wrapping_mul(0x9E37_79B9_7F4A_7C15),
    };
    // The highest bits of a product are the best mixed ones.
    u8::try_from((number >> 32).wrapping_mul(SHARDS as u64) >> 32).unwrap_or(0)
}

fn arp_packet(view: View) -> Packet {
    let nobody = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    bare_packet(Kind::Arp, nobody, nobody, view)
}

fn bare_packet(kind: Kind, source: (IpAddr, u16), destination: (IpAddr, u16), view: View) -> Packet {
    let (key, sender) = FlowKey::new(kind, source, destination, view);
    Packet {
        key,
        hash: 0,
        time: Timestamp::EPOCH,
        nth: 0,
        record: 0,
        data: 0,
        kept: 0,
        wire: 0,
        sequence: 0,
        flags: TcpFlags::default(),
        hop_limit: 0,
        card: None,
        sender,
        first_fragment: false,
        shard: 0,
    }
}

fn ip_packet<'a>(ip: &Ip<'a>, view: View) -> (Packet, &'a [u8], Option<SkipReason>) {
    let new = |kind, from, to| {
        let mut packet = bare_packet(kind, (ip.source, from), (ip.destination, to), view);
        packet.hop_limit = ip.hop_limit;
        packet.first_fragment = ip.first_fragment;
        packet
    };
    let fragment = ip.first_fragment.then_some(SkipReason::Fragment);
    match ip.payload {
        Payload::Tcp(tcp) => {
            let mut packet = new(Kind::Tcp, tcp.source, tcp.destination);
            packet.sequence = tcp.sequence;
            packet.flags = tcp.flags;
            packet.wire = narrow(tcp.length);
            (packet, tcp.data, fragment)
        }
        Payload::Udp(udp) => {
            let mut packet = new(Kind::Udp, udp.source, udp.destination);
            packet.wire = narrow(udp.length);
            (packet, udp.data, fragment)
        }
        Payload::Icmpv6(message) => (new(Kind::Icmpv6, 0, 0), message, fragment),
        Payload::Icmp => (new(Kind::OtherIp, 0, 0), &[], fragment),
        Payload::LaterFragment => (new(Kind::OtherIp, 0, 0), &[], Some(SkipReason::Fragment)),
        Payload::Other(_) => (new(Kind::OtherIp, 0, 0), &[], Some(SkipReason::OtherTransport)),
    }
}

impl Packet {
    pub(crate) fn source(&self) -> IpAddr {
        self.key.ip(self.sender)
    }

    pub(crate) fn destination(&self) -> IpAddr {
        self.key.ip(self.sender.other())
    }
}
