//! Records as flows, and flows as conversations, as those of captures.

use std::hash::BuildHasher as _;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use wardround_dissect::export::{Counts, FlowRecord, Initiator};
use wardround_dissect::packet::TcpFlags;
use wardround_model::{Evidence, Sighting, SkipReason, Timestamp, Volume};

use crate::accounts::AccountTable;
use crate::conversation::ConversationTable;
use crate::facts::FactTable;
use crate::flow::{Entered, Flow, FlowKey, FlowTable, Kind, Side, View};
use crate::lifetimes::LifetimeTable;
use crate::limits::Limits;
use crate::shard::Findings;
use crate::skips::Skips;
use crate::source::OLDEST;

/// IP protocols (IANA).
const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMPV6: u8 = 58;
/// Records may be of the moment that the exporter's clock shows: packets more than a day later cannot be.
const DAY: i64 = 24 * 3600 * 1_000_000_000;

/// Whether a record's time can be, for one that came at this moment.
pub(super) fn is_plausible(at: Timestamp, came: Timestamp) -> bool {
    at > OLDEST && at.since(came) <= DAY
}

/// Where a record comes from.
#[derive(Clone, Copy)]
pub(super) struct Origin {
    /// The exporter's number among the capture points.
    pub(super) point: u16,
    /// One packet in so many was looked at.
    pub(super) rate: u32,
}

/// The flows of all exporters.
#[derive(Debug)]
pub(super) struct Flows {
    flows: FlowTable,
    conversations: ConversationTable,
    facts: FactTable,
    hasher: RandomState,
}

impl Flows {
    pub(super) fn new(limits: &Limits, hasher: RandomState) -> Self {
        Self {
            flows: FlowTable::new(limits.flows, hasher.clone()),
            conversations: ConversationTable::new(limits.conversations),
            facts: FactTable::new(limits.fact_bytes, limits.cards),
            hasher,
        }
    }

    /// Takes a record with its first and last moment.
    pub(super) fn take(
        &mut self,
        record: &FlowRecord,
        origin: Origin,
        (first, last): (Timestamp, Timestamp),
        evidence: Evidence,
        skips: &mut Skips,
    ) {
        let (Some(source), Some(destination)) = (record.source, record.destination) else { return };
        let first = Sighting { evidence, at: first };
        if let Some(card) = record.card {
            self.facts.tell_card(card, source, first, skips);
        }
        let kind = match record.protocol {
            TCP => Kind::Tcp,
            UDP => Kind::Udp,
            ICMP | ICMPV6 => return,
            _ => {
                skips.count(SkipReason::OtherTransport, evidence);
                return;
            }
        };
        let view = View { point: origin.point, segment: 0 };
        let ends = ((source, record.source_port), (destination, record.destination_port));
        let (key, sender) = FlowKey::new(kind, ends.0, ends.1, view);
        let there = scaled(record.there, origin.rate, kind, source);
        let back = scaled(record.back, origin.rate, kind, source);
        let packets = record.there.packets.saturating_add(record.back.packets);
        let passed_over = packets.saturating_mul(u64::from(origin.rate.saturating_sub(1)));
        if passed_over > 0 {
            skips.count_many(SkipReason::Sampled, passed_over, evidence);
        }
        if there.packets == 0 && back.packets == 0 {
            // It tells that a flow began or was refused: what it counted comes in another record, if at all.
            return;
        }
        let part = Part { sender, there, back, first, last, is_sampled: origin.rate > 1 };
        let place = self.place_of(key, record, &part, skips);
        if let Some(flow) = place.and_then(|place| self.flows.get_mut(place)) {
            part.add_to(flow, record);
        }
    }

    /// Where the flow of a record stands, begun anew where the same ports opened another connection.
    fn place_of(&mut self, key: FlowKey, record: &FlowRecord, part: &Part, skips: &mut Skips) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        let new = || Flow::new(key, part.sender, part.first);
        let place = match self.flows.enter(hash, &key, new) {
            Entered::New(place) => place,
            Entered::Replaced(place, old) => {
                if !old.closed {
                    skips.count(SkipReason::TooManyFlows, old.first.evidence);
                }
                self.sum_up(&old, skips);
                place
            }
            Entered::Known(place) => {
                let known = self.flows.get_mut(place)?;
                if part.is_another(known, record) {
                    let old = std::mem::replace(known, Flow::new(key, part.sender, part.first));
                    self.sum_up(&old, skips);
                }
                place
            }
        };
        Some(place)
    }

    fn sum_up(&mut self, flow: &Flow, skips: &mut Skips) {
        if !flow.told || flow.has_news() {
            self.conversations.add(flow, skips);
        }
    }

    /// What was found since the last time; flows go on.
    pub(super) fn harvest(&mut self, mut skips: Skips) -> Findings {
        let Self { flows, conversations, facts, .. } = self;
        for flow in flows.all_mut() {
            if let Some(part) = flow.part() {
                conversations.add(&part, &mut skips);
            }
        }
        Findings {
            facts: facts.take(),
            accounts: AccountTable::default(),
            lifetimes: LifetimeTable::default(),
            conversations: conversations.take(),
            skips,
            values_not_allowed: 0,
        }
    }

    /// No more records will come.
    pub(super) fn finish(mut self, mut skips: Skips) -> Findings {
        let empty = FlowTable::new(0, RandomState::default());
        for flow in std::mem::replace(&mut self.flows, empty).into_flows() {
            self.sum_up(&flow, &mut skips);
        }
        let Self { facts, conversations, .. } = self;
        Findings {
            facts,
            accounts: AccountTable::default(),
            lifetimes: LifetimeTable::default(),
            conversations,
            skips,
            values_not_allowed: 0,
        }
    }
}

/// What a record adds to its flow.
struct Part {
    sender: Side,
    there: Volume,
    back: Volume,
    first: Sighting,
    last: Timestamp,
    is_sampled: bool,
}

impl Part {
    /// Whether it is of a later connection between the same ports: the sender opened one, and had sent in the one that is known.
    fn is_another(&self, known: &Flow, record: &FlowRecord) -> bool {
        let opens = record.flags.is_some_and(TcpFlags::syn);
        opens && known.has_sent(self.sender) && self.first.at > known.last
    }

    fn add_to(&self, flow: &mut Flow, record: &FlowRecord) {
        let is_first = !flow.has_sent(self.sender) && !flow.has_sent(self.sender.other());
        let both = [(self.sender, self.there), (self.sender.other(), self.back)];
        for (side, volume) in both.into_iter().filter(|(_, volume)| volume.packets > 0) {
            flow.sent(side);
            // An exporter may count the same packets as they come in and as they go out: one of both counts.
            if *flow.counted_at.of_mut(side).get_or_insert(record.direction) == record.direction {
                flow.add(side, volume, self.last);
            }
        }
        // Many exporters tell one time for both sides: then the lower address stands for the first.
        if (self.first.at, self.sender == Side::High) < (flow.first.at, flow.first_sender == Side::High) {
            flow.first_sender = self.sender;
        }
        flow.first.at = flow.first.at.min(self.first.at);
        flow.was_active(self.first.at, self.last);
        if flow.key.kind == Kind::Tcp {
            self.take_flags(flow, record, is_first);
        }
        match record.initiator {
            Initiator::Unknown => {}
            Initiator::Source => flow.told_client = Some(self.sender),
            Initiator::Destination => flow.told_client = Some(self.sender.other()),
        }
    }

    /// Flags are those of all packets together, so that only of a lone kind of packet it is known who sent it.
    fn take_flags(&self, flow: &mut Flow, record: &FlowRecord, is_first: bool) {
        let (there, back) = (record.flags, record.reverse_flags);
        let any = |wanted: fn(TcpFlags) -> bool| [there, back].into_iter().flatten().any(wanted);
        if let Some(flags) = there.filter(|flags| flags.0 != 0) {
            if any(TcpFlags::syn) {
                flow.already_open = false;
            } else if is_first && !flags.rst() && !self.is_sampled {
                flow.already_open = true;
            }
            if flags.syn() && !flags.ack() {
                flow.opened_by.get_or_insert(self.sender);
            }
        }
        *flow.fin.of_mut(self.sender) |= there.is_some_and(TcpFlags::fin);
        *flow.fin.of_mut(self.sender.other()) |= back.is_some_and(TcpFlags::fin);
        flow.closed |= any(TcpFlags::rst) || (flow.fin.low && flow.fin.high);
    }
}

/// How much went one way, as captures count it: payload without headers, and packets that were passed over with those that were not.
///
/// Exporters count IP packets whole. The headers of UDP are known; of TCP at least the smallest are taken off, and packets that are
/// no longer than a bare one with options count as bare.
fn scaled(counts: Counts, rate: u32, kind: Kind, ip: IpAddr) -> Volume {
    let packets = if counts.packets == 0 && counts.bytes > 0 { 1 } else { counts.packets };
    let ip_header = if ip.is_ipv4() { 20 } else { 40 };
    let (smallest, bare) = if kind == Kind::Tcp { (20, 40) } else { (8, 8) };
    let all = |each: u64| packets.saturating_mul(each + ip_header);
    let bytes = if counts.bytes <= all(bare) { 0 } else { counts.bytes.saturating_sub(all(smallest)) };
    let rate = u64::from(rate);
    Volume { packets: packets.saturating_mul(rate), bytes: bytes.saturating_mul(rate) }
}
