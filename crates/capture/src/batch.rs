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
        }
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

    /// Reads the headers of a record. `bytes` is the whole chunk that the record lies in; `assembled` takes what it completes.
    pub(crate) fn decode(
        &mut self,
        record: &Record<'_>,
        found: Found,
        bytes: &[u8],
        assembled: &mut Vec<u8>,
        skips: &mut Skips,
    ) -> Option<Packet> {
        let headers = self.allowed(packet::parse(found.link, record.data, record.wire), found, skips)?;
        let (packet, payload) = self.packet(&headers, found, skips);
        if let Content::Ip(ip) = &headers.content
            && let Payload::Fragment(fragment) = &ip.payload
        {
            let view = View { point: found.point, segment: headers.segment };
            let seen = Sighting { evidence: found.evidence, at: found.time };
            let whole = self.fragments.take(ip, fragment, view, seen, skips);
            return whole.map_or(Some(packet), |whole| {
                let at = assembled.len();
                assembled.extend_from_slice(&whole.bytes);
                self.decode_whole(whole.continuation, found, at, assembled, skips)
            });
        }
        Some(placed(packet, payload, bytes))
    }

    /// Reads on in a packet that was put together and lies at the end of `assembled`. What is a fragment again, inside a tunnel
    /// that was itself cut into fragments, is only counted.
    fn decode_whole(
        &mut self,
        continuation: packet::Continuation,
        found: Found,
        at: usize,
        assembled: &[u8],
        skips: &mut Skips,
    ) -> Option<Packet> {
        let whole = assembled.get(at..).unwrap_or_default();
        let headers = self.allowed(continuation.parse(whole), found, skips)?;
        let (packet, payload) = self.packet(&headers, found, skips);
        if matches!(headers.content, Content::Ip(Ip { payload: Payload::Fragment(_), .. })) {
            skips.count(SkipReason::Fragment, found.evidence);
        }
        Some(Packet { is_assembled: true, ..placed(packet, payload, assembled) })
    }

    /// The headers, unless they could not be read or are of a network that is left out.
    fn allowed<'a>(
        &self,
        headers: Result<packet::Packet<'a>, SkipReason>,
        found: Found,
        skips: &mut Skips,
    ) -> Option<packet::Packet<'a>> {
        let excluded = |headers: &packet::Packet<'_>| !self.excluded.is_empty() && self.excludes(headers);
        let reason = match headers {
            Ok(headers) if !excluded(&headers) => return Some(headers),
            Ok(_) => SkipReason::Excluded,
            Err(reason) => reason,
        };
        skips.count(reason, found.evidence);
        None
    }

    /// Whether a packet is from or to a network that is left out; of ARP, whether it is from one.
    fn excludes(&self, headers: &packet::Packet<'_>) -> bool {
        let is_out = |ip: IpAddr| self.excluded.iter().any(|prefix| prefix.contains(ip));
        match headers.content {
            Content::Ip(ip) => is_out(ip.source) || is_out(ip.destination),
            Content::Arp(arp) => packet::arp::sender(arp).is_some_and(|ip| is_out(ip.into())),
        }
    }

    fn packet<'a>(
        &self,
        headers: &packet::Packet<'a>,
        found: Found,
        skips: &mut Skips,
    ) -> (Packet, &'a [u8]) {
        let view = View { point: found.point, segment: headers.segment };
        let (mut packet, payload, skipped) = match &headers.content {
            Content::Arp(arp) => (arp_packet(view), *arp, None),
            Content::Ip(ip) => ip_packet(ip, view),
        };
        packet.time = found.time;
        packet.nth = found.nth;
        packet.record = narrow(found.record);
        packet.card = headers.card;
        packet.shard = shard_of(&packet, headers.card);
        if matches!(packet.key.kind, Kind::Tcp | Kind::Udp) {
            packet.hash = self.hasher.hash_one(packet.key);
        }
        if let Some(reason) = skipped {
            skips.count(reason, found.evidence);
        }
        (packet, payload)
    }
}

/// A packet whose payload is this part of these bytes.
fn placed(packet: Packet, payload: &[u8], bytes: &[u8]) -> Packet {
    let data = narrow(payload.as_ptr().addr().saturating_sub(bytes.as_ptr().addr()));
    Packet { data, kept: narrow(payload.len()), ..packet }
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
        weight: 1,
        card: None,
        sender,
        shard: 0,
        is_assembled: false,
    }
}

fn ip_packet<'a>(ip: &Ip<'a>, view: View) -> (Packet, &'a [u8], Option<SkipReason>) {
    let new = |kind, from, to| {
        let mut packet = bare_packet(kind, (ip.source, from), (ip.destination, to), view);
        packet.hop_limit = ip.hop_limit;
        packet
    };
    match ip.payload {
        Payload::Tcp(tcp) => {
            let mut packet = new(Kind::Tcp, tcp.source, tcp.destination);
            packet.sequence = tcp.sequence;
            packet.flags = tcp.flags;
            packet.wire = narrow(tcp.length);
            (packet, tcp.data, None)
        }
        Payload::Udp(udp) => {
            let mut packet = new(Kind::Udp, udp.source, udp.destination);
            packet.wire = narrow(udp.length);
            (packet, udp.data, None)
        }
        Payload::Icmpv6(message) => (new(Kind::Icmpv6, 0, 0), message, None),
        Payload::Icmp | Payload::Fragment(_) => (new(Kind::OtherIp, 0, 0), &[], None),
        Payload::Other(_) => (new(Kind::OtherIp, 0, 0), &[], Some(SkipReason::OtherTransport)),
    }
}

impl Packet {
    /// The same as one that was chosen out of so many.
    pub(crate) fn standing_for(self, weight: u32) -> Self {
        Self { weight, ..self }
    }

    pub(crate) fn source(&self) -> IpAddr {
        self.key.ip(self.sender)
    }

    pub(crate) fn destination(&self) -> IpAddr {
        self.key.ip(self.sender.other())
    }
}
