//! Connections and pairs of ports: their key, what is counted of each, and the table that holds them within a hard limit.

use std::hash::{BuildHasher, Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use wardround_dissect::Following;
use wardround_model::{ActiveHours, Endpoint, Protocol, Sighting, Timestamp, Transport, Volume};

use crate::batch::Packet;

/// How many bytes may be recorded before the SYN that they follow.
const MAX_EARLY: u32 = 64 << 10;

/// One of the two hosts of a flow, by its place in the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Low,
    High,
}

impl Side {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Low => Self::High,
            Self::High => Self::Low,
        }
    }
}

/// A value for each side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Both<T> {
    pub(crate) low: T,
    pub(crate) high: T,
}

impl<T> Both<T> {
    pub(crate) fn of(&self, side: Side) -> &T {
        match side {
            Side::Low => &self.low,
            Side::High => &self.high,
        }
    }

    pub(crate) fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Low => &mut self.low,
            Side::High => &mut self.high,
        }
    }
}

/// An IP address in two words; an IPv4 address stands in the low half of the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct IpWords(pub(crate) u64, pub(crate) u64);

impl IpWords {
    #[inline]
    pub(crate) fn new(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(v4) => Self(0, u64::from(v4.to_bits())),
            IpAddr::V6(v6) => {
                let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = v6.octets();
                Self(
                    u64::from_be_bytes([a, b, c, d, e, f, g, h]),
                    u64::from_be_bytes([i, j, k, l, m, n, o, p]),
                )
            }
        }
    }

    fn to_ip(self, is_v6: bool) -> IpAddr {
        if is_v6 {
            return Ipv6Addr::from_bits((u128::from(self.0) << 64) | u128::from(self.1)).into();
        }
        let [_, _, _, _, a, b, c, d] = self.1.to_be_bytes();
        Ipv4Addr::new(a, b, c, d).into()
    }
}

/// A place where packets were recorded: an interface of a capture, and the segment on it. The same packet seen at two of
/// them is not read twice into one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct View {
    pub(crate) point: u16,
    pub(crate) segment: u32,
}

/// What a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Tcp,
    Udp,
    Arp,
    Lldp,
    Cdp,
    Stp,
    Icmpv6,
    /// An IP packet of which only the sender counts.
    OtherIp,
}

/// A flow: the same for both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FlowKey {
    low: IpWords,
    high: IpWords,
    low_port: u16,
    high_port: u16,
    segment: u32,
    point: u16,
    pub(crate) kind: Kind,
    is_v6: bool,
}

impl FlowKey {
    /// The key of a packet from `source` to `destination`, and which side sent it.
    #[inline]
    pub(crate) fn new(
        kind: Kind,
        source: (IpAddr, u16),
        destination: (IpAddr, u16),
        view: View,
    ) -> (Self, Side) {
        let from = (IpWords::new(source.0), source.1);
        let to = (IpWords::new(destination.0), destination.1);
        let (low, high, side) = if from <= to { (from, to, Side::Low) } else { (to, from, Side::High) };
        let key = Self {
            low: low.0,
            high: high.0,
            low_port: low.1,
            high_port: high.1,
            segment: view.segment,
            point: view.point,
            kind,
            is_v6: source.0.is_ipv6(),
        };
        (key, side)
    }

    pub(crate) fn ip(&self, side: Side) -> IpAddr {
        match side {
            Side::Low => self.low.to_ip(self.is_v6),
            Side::High => self.high.to_ip(self.is_v6),
        }
    }

    pub(crate) fn port(&self, side: Side) -> u16 {
        match side {
            Side::Low => self.low_port,
            Side::High => self.high_port,
        }
    }

    pub(crate) fn endpoint(&self, side: Side) -> Endpoint {
        let transport = if self.kind == Kind::Tcp { Transport::Tcp } else { Transport::Udp };
        Endpoint { ip: self.ip(side), transport, port: self.port(side) }
    }

    pub(crate) fn view(&self) -> View {
        View { point: self.point, segment: self.segment }
    }

    /// A number that only the two hosts decide, the same in every run: all that two hosts say is one shard's work. Each address is
    /// mixed by itself: hosts that differ in the same bits as others do would otherwise all meet in one shard.
    pub(crate) fn pair_number(&self) -> u64 {
        const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
        let one = (self.low.0.wrapping_mul(MIX) ^ self.low.1).wrapping_mul(MIX);
        let other = (self.high.0.wrapping_mul(MIX) ^ self.high.1).wrapping_mul(MIX);
        (one.rotate_left(23) ^ other).wrapping_mul(MIX)
    }
}

impl Hash for FlowKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.is_v6 {
            state.write_u64(self.low.0);
            state.write_u64(self.high.0);
            state.write_u64(self.low.1);
            state.write_u64(self.high.1);
        } else {
            state.write_u64((self.low.1 << 32) | self.high.1);
        }
        let ports = (u64::from(self.low_port) << 48) | (u64::from(self.high_port) << 32);
        state.write_u64(ports | u64::from(self.segment));
        let kind = u64::from(self.kind == Kind::Tcp) | (u64::from(self.is_v6) << 1);
        state.write_u64((u64::from(self.point) << 8) | kind);
    }
}

/// What is known of one flow.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub(crate) key: FlowKey,
    /// What each side sent.
    pub(crate) volume: Both<Volume>,
    pub(crate) first: Sighting,
    pub(crate) last: Timestamp,
    /// Hours with packets, but for those of `first` and `last` alone.
    active: ActiveHours,
    /// Who sent the first packet.
    pub(crate) first_sender: Side,
    /// Who opened it (TCP).
    pub(crate) opened_by: Option<Side>,
    /// Whose bytes say that it asks.
    pub(crate) told_client: Option<Side>,
    pub(crate) protocol: Option<Protocol>,
    /// Sequence number of each side's first segment (TCP).
    pub(crate) first_sequence: Both<Option<u32>>,
    /// Sequence number behind each side's SYN.
    pub(crate) behind_syn: Both<Option<u32>>,
    pub(crate) fin: Both<bool>,
    pub(crate) closed: bool,
    pub(crate) already_open: bool,
    /// Whether a side is not read any more.
    pub(crate) done: Both<bool>,
    /// Its place among the streams that are read.
    pub(crate) stream: Option<u32>,
    /// What each side sent, as far as it may be RTP (UDP).
    pub(crate) following: Both<Following>,
    /// Bytes of UDP that dissectors looked at.
    pub(crate) examined: u32,
    /// Whether a part of it was told already: it is the same connection again.
    pub(crate) told: bool,
    /// Where an exporter of flow records counted what a side sent: as it came in, or as it went out.
    pub(crate) counted_at: Both<Option<u8>>,
    /// Whether it had a packet since the table was last searched for one to let go.
    recent: bool,
}

impl Flow {
    pub(crate) fn new(key: FlowKey, first_sender: Side, first: Sighting) -> Self {
        Self {
            key,
            volume: Both::default(),
            first,
            last: first.at,
            active: ActiveHours::NONE,
            first_sender,
            opened_by: None,
            told_client: None,
            protocol: None,
            first_sequence: Both::default(),
            behind_syn: Both::default(),
            fin: Both::default(),
            closed: false,
            already_open: false,
            done: Both::default(),
            stream: None,
            following: Both::default(),
            examined: 0,
            told: false,
            counted_at: Both::default(),
            recent: true,
        }
    }

    /// Counts a packet.
    pub(crate) fn count(&mut self, side: Side, packet: &Packet) {
        let packets = u64::from(packet.weight);
        let more = Volume { packets, bytes: packets.saturating_mul(u64::from(packet.wire)) };
        self.first_sequence.of_mut(side).get_or_insert(packet.sequence);
        self.add(side, more, packet.time);
    }

    /// Adds what was counted of a side up to a moment.
    pub(crate) fn add(&mut self, side: Side, more: Volume, last: Timestamp) {
        let volume = self.volume.of_mut(side);
        volume.packets = volume.packets.saturating_add(more.packets);
        volume.bytes = volume.bytes.saturating_add(more.bytes);
        if !last.is_in_hour_of(self.last) {
            self.active.add(last);
            self.active.add(self.last);
        }
        self.last = self.last.max(last);
        self.recent = !self.closed;
    }

    /// Adds that it was there all the time between two moments.
    pub(crate) fn was_active(&mut self, first: Timestamp, last: Timestamp) {
        if !first.is_in_hour_of(last) {
            self.active.join(ActiveHours::between(first, last));
        }
    }

    /// The hours of the week in which it had packets.
    pub(crate) fn active(&self) -> ActiveHours {
        let mut active = self.active;
        // What was read before the first possible time of its source has none of its own.
        for moment in [self.first.at, self.last].into_iter().filter(|moment| *moment != Timestamp::EPOCH) {
            active.add(moment);
        }
        active
    }
}

impl Flow {
    /// What was counted since it was last told of, if anything, as a flow of its own; the counts begin again.
    pub(crate) fn part(&mut self) -> Option<Self> {
        let part = self.has_news().then(|| self.clone())?;
        self.told = true;
        self.volume = Both::default();
        self.active = ActiveHours::NONE;
        Some(part)
    }

    /// Whether it had a packet since it was last told of.
    pub(crate) fn has_news(&self) -> bool {
        self.volume.low.packets > 0 || self.volume.high.packets > 0
    }

    /// Notes that a side sent, where sequence numbers are not known.
    pub(crate) fn sent(&mut self, side: Side) {
        self.first_sequence.of_mut(side).get_or_insert(0);
    }

    /// Whether a side sent anything so far.
    pub(crate) fn has_sent(&self, side: Side) -> bool {
        self.first_sequence.of(side).is_some()
    }

    /// Whether this packet, already counted, is the one that ends the opening of a connection (TCP): who sends it was answered, so
    /// that its address is no invented one.
    pub(crate) fn is_opened_with(&self, packet: &Packet) -> bool {
        let side = packet.sender;
        !self.told
            && self.volume.of(side).packets == 2
            && self.opened_by == Some(side)
            && packet.weight == 1
            && !(packet.flags.syn() || packet.flags.rst())
            && self.has_sent(side.other())
    }

    /// Whether it is known who asks, or will never be: until then, its parts are not told.
    pub(crate) fn has_roles(&self) -> bool {
        self.opened_by.is_some() || self.told_client.is_some() || (self.done.low && self.done.high)
    }

    /// Whether a SYN with this number behind it opened the connection that a side's segments belong to: it is the same SYN, or
    /// one that was recorded shortly after the first segment.
    pub(crate) fn is_opened_by(&self, side: Side, behind: u32) -> bool {
        let early = || self.first_sequence.of(side).unwrap_or(0).wrapping_sub(behind) < MAX_EARLY;
        self.behind_syn.of(side).map_or_else(early, |known| known == behind)
    }
}

/// All flows of one shard, at most `limit` of them.
#[derive(Debug)]
pub(crate) struct FlowTable {
    flows: Vec<Flow>,
    places: HashTable<u32>,
    hasher: RandomState,
    limit: usize,
    /// Where the search for a quiet flow goes on.
    hand: usize,
}

/// Where a packet's flow stands.
pub(crate) enum Entered {
    Known(u32),
    New(u32),
    /// New, in the place of this flow, which was quiet longest.
    Replaced(u32, Box<Flow>),
}

impl FlowTable {
    pub(crate) fn new(limit: usize, hasher: RandomState) -> Self {
        let limit = limit.min(u32::MAX as usize);
        Self { flows: Vec::new(), places: HashTable::new(), hasher, limit, hand: 0 }
    }

    pub(crate) fn get_mut(&mut self, place: u32) -> Option<&mut Flow> {
        self.flows.get_mut(place as usize)
    }

    /// Finds the flow with this key, whose hash is given, or makes it.
    pub(crate) fn enter(&mut self, hash: u64, key: &FlowKey, new: impl FnOnce() -> Flow) -> Entered {
        let Self { flows, places, hasher, .. } = self;
        let is_it = |place: &u32| flows.get(*place as usize).is_some_and(|flow| flow.key == *key);
        if let Some(place) = places.find(hash, is_it) {
            return Entered::Known(*place);
        }
        if flows.len() < self.limit {
            let place = u32::try_from(flows.len()).unwrap_or(u32::MAX);
            flows.push(new());
            let rehash = |place: &u32| flows.get(*place as usize).map_or(0, |flow| hasher.hash_one(flow.key));
            places.insert_unique(hash, place, rehash);
            return Entered::New(place);
        }
        self.replace_quiet(hash, new())
    }

    /// Puts a flow in the place of one that had no packet lately ("second chance": every flow is passed once after each
    /// packet; closed ones are not).
    fn replace_quiet(&mut self, hash: u64, flow: Flow) -> Entered {
        while let Some(candidate) = self.flows.get_mut(self.hand)
            && candidate.recent
        {
            candidate.recent = false;
            self.hand = self.hand.saturating_add(1) % self.limit;
        }
        let place = u32::try_from(self.hand).unwrap_or(u32::MAX);
        self.hand = self.hand.saturating_add(1) % self.limit;
        let Some(slot) = self.flows.get_mut(place as usize) else { return Entered::New(place) };
        let old = std::mem::replace(slot, flow);
        let Self { flows, places, hasher, .. } = self;
        let old_hash = hasher.hash_one(old.key);
        if let Ok(entry) = places.find_entry(old_hash, |taken| *taken == place) {
            entry.remove();
        }
        let rehash = |place: &u32| flows.get(*place as usize).map_or(0, |flow| hasher.hash_one(flow.key));
        if let Entry::Vacant(vacant) = places.entry(hash, |taken| *taken == place, rehash) {
            vacant.insert(place);
        }
        Entered::Replaced(place, Box::new(old))
    }

    /// Memory that it holds.
    #[cfg(test)]
    pub(crate) fn memory(&self) -> usize {
        self.flows.capacity() * size_of::<Flow>() + self.places.allocation_size()
    }

    /// All flows, to be changed but for their keys.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Flow> {
        self.flows.iter_mut()
    }

    /// All flows, in the order of their places.
    pub(crate) fn into_flows(self) -> Vec<Flow> {
        self.flows
    }
}
