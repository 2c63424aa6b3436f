//! A chunk of a capture with what the headers of its packets said: the piece of work that goes from the reader to the
//! shards. Buffers are used again and again, so that a packet costs no allocation.

use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv4Addr};

use foldhash::fast::RandomState;
use wardround_dissect::packet::{self, Content, Ip, LinkType, Payload, TcpFlags};
use wardround_model::{Evidence, MacAddr, Sighting, SkipReason, SourceIndex, Timestamp};

use crate::excluded::Prefix;
use crate::flow::{FlowKey, Kind, Side, View};
use crate::format::Record;
use crate::fragments::Fragments;
use crate::shard::SHARDS;
use crate::skips::Skips;

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
    /// For how many packets it stands: more than 1 where a switch sampled.
    pub(crate) weight: u32,
    pub(crate) card: Option<MacAddr>,
    pub(crate) sender: Side,
    pub(crate) shard: u8,
    /// Whether its payload lies among those that were put together from fragments.
    is_assembled: bool,
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
    /// Packets that were put together from fragments, one behind the other.
    pub(crate) assembled: Vec<u8>,
    pub(crate) packets: Vec<Packet>,
    /// The packets shard by shard, each shard's in the order of reading.
    order: Vec<u32>,
    /// Where each shard's end in `order`; they begin where those of the shard before end.
    ends: [usize; SHARDS],
}

impl Batch {
    pub(crate) fn with_room_for(bytes: usize) -> Self {
        Self {
            source: SourceIndex(0),
            start: 0,
            before: 0,
            bytes: vec![0; bytes],
            assembled: Vec::new(),
            packets: Vec::new(),
            order: Vec::new(),
            ends: [0; SHARDS],
        }
    }

    /// Deals its packets to the shards: counts those of each, and puts each in its place.
    pub(crate) fn deal(&mut self) {
        let mut next = [0usize; SHARDS];
        for packet in &self.packets {
            if let Some(count) = next.get_mut(usize::from(packet.shard)) {
                *count = count.saturating_add(1);
            }
        }
        let mut sum = 0usize;
        for (next, end) in next.iter_mut().zip(&mut self.ends) {
            let begin = sum;
            sum = sum.saturating_add(*next);
            (*next, *end) = (begin, sum);
        }
        self.order.clear();
        self.order.resize(self.packets.len(), 0);
        for (number, packet) in (0u32..).zip(&self.packets) {
            if let Some(next) = next.get_mut(usize::from(packet.shard))
                && let Some(place) = self.order.get_mut(*next)
            {
                *place = number;
                *next = next.saturating_add(1);
            }
        }
    }

    /// The packets of a shard, in the order of reading.
    pub(crate) fn of_shard(&self, shard: usize) -> impl Iterator<Item = &Packet> {
        let end_of = |shard: usize| self.ends.get(shard).copied().unwrap_or_default();
        let begin = shard.checked_sub(1).map_or(0, end_of);
        let places = self.order.get(begin..end_of(shard)).unwrap_or_default();
        places.iter().filter_map(|place| self.packets.get(*place as usize))
    }

    /// Forgets its packets.
    pub(crate) fn clear(&mut self) {
        self.packets.clear();
        self.assembled.clear();
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
        let bytes = if packet.is_assembled { &self.assembled } else { &self.bytes };
        bytes.get(start..start.saturating_add(packet.kept as usize)).unwrap_or_default()
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
    pub(crate) evidence: Evidence,
}

/// Reads the headers of records, and keeps what of them waits for others.
#[derive(Debug)]
pub(crate) struct Headers {
    hasher: RandomState,
    excluded: Vec<Prefix>,
    fragments: Fragments,
}

impl Headers {
    pub(crate) fn new(hasher: RandomState, excluded: Vec<Prefix>) -> Self {
        Self { fragments: Fragments::new(hasher.clone()), hasher, excluded }
    }

    /// No more records will come.
    pub(crate) fn finish(&mut self, skips: &mut Skips) {
        self.fragments.finish(skips);
    }

    /// Reads the headers of a record. `bytes` is the whole chunk that the record lies in; `assembled` takes what it completes, `packets` the
    /// packet.
    #[inline]
    pub(crate) fn decode(
        &mut self,
        record: &Record<'_>,
        found: &Found,
        bytes: &[u8],
        (assembled, packets): (&mut Vec<u8>, &mut Vec<Packet>),
        skips: &mut Skips,
    ) {
        let headers = packet::parse(found.link, record.data, record.wire);
        let Some(headers) = self.allowed(&headers, found, skips) else { return };
        if let Content::Ip(Ip { payload: Payload::Fragment(fragment), .. }) = &headers.content {
            packets.extend(self.decode_fragment(headers, fragment, found, assembled, skips));
        } else {
            packets.push(self.packet(headers, found, bytes, skips));
        }
    }

    /// A fragment counts for its sender alone; the last one that was missing stands for the whole.
    fn decode_fragment(
        &mut self,
        headers: &packet::Packet<'_>,
        fragment: &packet::Fragment<'_>,
        found: &Found,
        assembled: &mut Vec<u8>,
        skips: &mut Skips,
    ) -> Option<Packet> {
        let Content::Ip(ip) = &headers.content else { return None };
        let view = View { point: found.point, segment: headers.segment };
        let seen = Sighting { evidence: found.evidence, at: found.time };
        let Some(whole) = self.fragments.take(ip, fragment, view, seen, skips) else {
            return Some(self.packet(headers, found, &[], skips));
        };
        let at = assembled.len();
        assembled.extend_from_slice(&whole.bytes);
        self.decode_whole(whole.continuation, found, at, assembled, skips)
    }

    /// Reads on in a packet that was put together and lies at the end of `assembled`. What is a fragment again, inside a tunnel
    /// that was itself cut into fragments, is only counted.
    fn decode_whole(
        &mut self,
        continuation: packet::Continuation,
        found: &Found,
        at: usize,
        assembled: &[u8],
        skips: &mut Skips,
    ) -> Option<Packet> {
        let headers = continuation.parse(assembled.get(at..).unwrap_or_default());
        let headers = self.allowed(&headers, found, skips)?;
        if matches!(headers.content, Content::Ip(Ip { payload: Payload::Fragment(_), .. })) {
            skips.count(SkipReason::Fragment, found.evidence);
        }
        Some(Packet { is_assembled: true, ..self.packet(headers, found, assembled, skips) })
    }

    /// The headers, unless they could not be read or are of a network that is left out.
    #[inline]
    fn allowed<'h, 'a>(
        &self,
        headers: &'h Result<packet::Packet<'a>, SkipReason>,
        found: &Found,
        skips: &mut Skips,
    ) -> Option<&'h packet::Packet<'a>> {
        let reason = match headers {
            Ok(headers) if self.excluded.is_empty() || !self.excludes(headers) => return Some(headers),
            Ok(_) => SkipReason::Excluded,
            Err(reason) => *reason,
        };
        skips.count(reason, found.evidence);
        None
    }

    /// Whether a packet is from or to a network that is left out; of ARP, LLDP and CDP, whether it is from one.
    fn excludes(&self, headers: &packet::Packet<'_>) -> bool {
        let is_out = |ip: IpAddr| self.excluded.iter().any(|prefix| prefix.contains(ip));
        match headers.content {
            Content::Ip(ip) => is_out(ip.source) || is_out(ip.destination),
            Content::Arp(arp) => packet::arp::sender(arp).is_some_and(|ip| is_out(ip.into())),
            Content::Lldp(frame) => packet::lldp::address(frame).is_some_and(|ip| is_out(ip.into())),
            Content::Cdp(frame) => packet::cdp::address(frame).is_some_and(|ip| is_out(ip.into())),
            Content::Stp(_) => false,
        }
    }

    /// What a shard needs of a packet whose payload is a part of `bytes`.
    #[inline]
    fn packet(&self, headers: &packet::Packet<'_>, found: &Found, bytes: &[u8], skips: &mut Skips) -> Packet {
        let view = View { point: found.point, segment: headers.segment };
        let said = match &headers.content {
            Content::Arp(arp) => Said::frame(Kind::Arp, arp),
            Content::Lldp(frame) => Said::frame(Kind::Lldp, frame),
            Content::Cdp(frame) => Said::frame(Kind::Cdp, frame),
            Content::Stp(frame) => Said::frame(Kind::Stp, frame),
            Content::Ip(ip) => Said::ip(ip),
        };
        if matches!(&headers.content, Content::Ip(Ip { payload: Payload::Other(_), .. })) {
            skips.count(SkipReason::OtherTransport, found.evidence);
        }
        let (key, sender) = FlowKey::new(said.kind, said.source, said.destination, view);
        let is_flow = matches!(said.kind, Kind::Tcp | Kind::Udp);
        Packet {
            hash: if is_flow { self.hasher.hash_one(key) } else { 0 },
            time: found.time,
            nth: found.nth,
            record: narrow(found.record),
            data: narrow(said.data.as_ptr().addr().saturating_sub(bytes.as_ptr().addr())),
            kept: narrow(said.data.len()),
            wire: narrow(said.wire),
            sequence: said.sequence,
            flags: said.flags,
            hop_limit: said.hop_limit,
            weight: 1,
            card: headers.card,
            sender,
            shard: shard_of(&key, headers.card),
            is_assembled: false,
            key,
        }
    }
}

/// Lengths and places inside one chunk fit; one that a header made up is cut to the largest number.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[inline]
fn shard_of(key: &FlowKey, card: Option<MacAddr>) -> u8 {
    let number = match key.kind {
        Kind::Tcp | Kind::Udp => key.pair_number(),
        // What cards say of themselves: by card.
        _ => card.map_or(0, MacAddr::as_number).wrapping_mul(0x9E37_79B9_7F4A_7C15),
    };
    // The highest bits of a product are the best mixed ones.
    u8::try_from((number >> 32).wrapping_mul(SHARDS as u64) >> 32).unwrap_or(0)
}

/// What headers said of a packet.
struct Said<'a> {
    kind: Kind,
    source: (IpAddr, u16),
    destination: (IpAddr, u16),
    hop_limit: u8,
    sequence: u32,
    flags: TcpFlags,
    wire: usize,
    data: &'a [u8],
}

impl<'a> Said<'a> {
    fn frame(kind: Kind, data: &'a [u8]) -> Self {
        let nobody = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
        Self { data, ..Self::bare(kind, nobody, nobody) }
    }

    fn bare(kind: Kind, source: (IpAddr, u16), destination: (IpAddr, u16)) -> Self {
        let flags = TcpFlags::default();
        Self { kind, source, destination, hop_limit: 0, sequence: 0, flags, wire: 0, data: &[] }
    }

    #[inline]
    fn ip(ip: &Ip<'a>) -> Self {
        let new = |kind, from, to| Self {
            hop_limit: ip.hop_limit,
            ..Self::bare(kind, (ip.source, from), (ip.destination, to))
        };
        match ip.payload {
            Payload::Tcp(tcp) => Self {
                sequence: tcp.sequence,
                flags: tcp.flags,
                wire: tcp.length,
                data: tcp.data,
                ..new(Kind::Tcp, tcp.source, tcp.destination)
            },
            Payload::Udp(udp) => {
                Self { wire: udp.length, data: udp.data, ..new(Kind::Udp, udp.source, udp.destination) }
            }
            Payload::Icmpv6(message) => Self { data: message, ..new(Kind::Icmpv6, 0, 0) },
            Payload::Icmp | Payload::Fragment(_) | Payload::Other(_) => new(Kind::OtherIp, 0, 0),
        }
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
