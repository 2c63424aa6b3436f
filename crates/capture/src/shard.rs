//! One of a fixed number of parts of the work: all that a pair of hosts says. A shard sees its packets in the order of
//! reading whatever the number of threads, and has its own share of every limit, so results never depend on either.

use foldhash::fast::RandomState;
use wardround_dissect::packet::{Ip, Payload, arp, cdp, lldp, ndp, stp};
use wardround_dissect::{
    About, DATAGRAM_DISSECTORS, Datagram, DatagramDissector, Facts, Role, STREAM_DISSECTORS, StreamDissector,
};
use wardround_model::{Evidence, Protocol, Sighting, SkipReason, Subject};

use crate::accounts::AccountTable;
use crate::batch::{Batch, Packet};
use crate::conversation::ConversationTable;
use crate::facts::FactTable;
use crate::flow::{Both, Entered, Flow, FlowKey, FlowTable, Kind, Side};
use crate::hellos::Hellos;
use crate::lifetimes::LifetimeTable;
use crate::limits::{Limits, MAX_EXAMINED_DATAGRAMS};
use crate::quiet;
use crate::reassembly::Segment;
use crate::recognise::forget;
use crate::skips::Skips;
use crate::stream::{Around, Outcome, Stream, Streams};

/// How many shards there are, whatever the number of threads.
pub(crate) const SHARDS: usize = 16;

/// Bytes of a datagram that are looked at to follow what a side sends.
const FOLLOWED: u32 = 16;

/// How long a connection is not told of while nobody knows who asks.
const ROLES_AWAITED: i64 = 60 * 1_000_000_000;

/// The protocols that are recognised.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dissectors {
    pub(crate) streams: &'static [StreamDissector],
    pub(crate) datagrams: &'static [DatagramDissector],
}

impl Dissectors {
    pub(crate) const ALL: Self = Self { streams: STREAM_DISSECTORS, datagrams: DATAGRAM_DISSECTORS };
}

/// What becomes of the facts of a call.
#[derive(Debug)]
struct Kept {
    facts: FactTable,
    accounts: AccountTable,
    lifetimes: LifetimeTable,
    skips: Skips,
    values_not_allowed: u64,
}

/// A shard.
#[derive(Debug)]
pub(crate) struct Shard {
    dissectors: Dissectors,
    flows: FlowTable,
    streams: Streams,
    hellos: Hellos,
    buffered_limit: usize,
    conversations: ConversationTable,
    kept: Kept,
    /// Room for the facts of one call.
    found: Facts,
}

/// What a shard found.
pub(crate) struct Findings {
    pub(crate) facts: FactTable,
    pub(crate) accounts: AccountTable,
    pub(crate) lifetimes: LifetimeTable,
    pub(crate) conversations: ConversationTable,
    pub(crate) skips: Skips,
    pub(crate) values_not_allowed: u64,
}

impl Shard {
    /// A shard with its share of the limits.
    pub(crate) fn new(limits: &Limits, dissectors: Dissectors, hasher: &RandomState) -> Self {
        let share = limits.per_shard(SHARDS);
        Self {
            dissectors,
            flows: FlowTable::new(share.flows, hasher.clone()),
            streams: Streams::new(share.streams),
            hellos: Hellos::new(share.streams),
            buffered_limit: share.buffered_bytes,
            conversations: ConversationTable::new(share.conversations),
            kept: Kept {
                facts: FactTable::new(share.fact_bytes, share.cards),
                accounts: AccountTable::new(SHARDS),
                lifetimes: LifetimeTable::new(SHARDS),
                skips: Skips::default(),
                values_not_allowed: 0,
            },
            found: Facts::remembering(),
        }
    }

    /// Takes the next packet.
    pub(crate) fn take(&mut self, packet: &Packet, batch: &Batch) {
        match packet.key.kind {
            Kind::Tcp | Kind::Udp => self.take_flow(packet, batch),
            Kind::Arp | Kind::Lldp | Kind::Cdp | Kind::Stp => {
                let (frame, found) = (batch.payload(packet), &mut self.found);
                match packet.key.kind {
                    Kind::Lldp => lldp::tell(frame, packet.card, found),
                    Kind::Cdp => cdp::tell(frame, packet.card, found),
                    Kind::Stp => stp::tell(frame, found),
                    _ => arp::tell(frame, found),
                }
                self.kept.keep(found, packet, batch.sighting(packet));
            }
            Kind::Icmpv6 => self.take_icmpv6(packet, batch),
            Kind::OtherIp => self.tell_card(packet, batch),
        }
    }

    fn take_icmpv6(&mut self, packet: &Packet, batch: &Batch) {
        self.tell_card(packet, batch);
        let message = batch.payload(packet);
        let ip = Ip {
            source: packet.source(),
            destination: packet.destination(),
            hop_limit: packet.hop_limit,
            payload: Payload::Icmpv6(message),
        };
        ndp::tell(&ip, message, &mut self.found);
        self.kept.keep(&mut self.found, packet, batch.sighting(packet));
    }

    fn tell_card(&mut self, packet: &Packet, batch: &Batch) {
        if let Some(card) = packet.card {
            let Kept { facts, skips, .. } = &mut self.kept;
            facts.tell_card(card, packet.source(), batch.sighting(packet), skips);
        }
    }

    fn take_flow(&mut self, packet: &Packet, batch: &Batch) {
        let new = || Flow::new(packet.key, packet.sender, batch.sighting(packet));
        let place = match self.flows.enter(packet.hash, &packet.key, new) {
            Entered::Known(place) => place,
            Entered::New(place) => {
                self.opened(place, packet);
                place
            }
            Entered::Replaced(place, old) => {
                if old.protocol == Some(Protocol::Quic) {
                    self.hellos.forget(place);
                }
                self.let_go(*old);
                self.opened(place, packet);
                place
            }
        };
        if packet.key.kind == Kind::Tcp && packet.flags.syn() {
            self.take_syn(place, packet, batch);
        }
        let Some(flow) = self.flows.get_mut(place) else { return };
        let is_first_of_side = flow.volume.of(packet.sender).packets == 0;
        flow.count(packet.sender, packet);
        if flow.is_opened_with(packet) && packet.card.is_some() {
            let Kept { lifetimes, skips, .. } = &mut self.kept;
            lifetimes.keep(packet.source(), packet.hop_limit, batch.sighting(packet), skips);
        }
        let is_read = packet.wire > 0 && !flow.done.of(packet.sender);
        if is_first_of_side {
            self.tell_card(packet, batch);
        }
        match packet.key.kind {
            Kind::Tcp => {
                if is_read {
                    self.take_data(place, packet, batch);
                }
                if packet.flags.fin() || packet.flags.rst() {
                    self.take_end(place, packet);
                }
            }
            _ if is_read => self.take_datagram(place, packet, batch),
            _ => {}
        }
    }

    /// A flow whose first packet this is.
    fn opened(&mut self, place: u32, packet: &Packet) {
        if let Some(flow) = self.flows.get_mut(place) {
            let flags = packet.flags;
            // Of a sample it is not known what came before it.
            let is_whole = packet.weight == 1;
            flow.already_open = packet.key.kind == Kind::Tcp && !flags.syn() && !flags.rst() && is_whole;
        }
    }

    /// Lets a flow go because of the limit.
    fn let_go(&mut self, flow: Flow) {
        if !flow.closed {
            self.kept.skips.count(SkipReason::TooManyFlows, flow.first.evidence);
        }
        self.sum_up(flow);
    }

    /// Adds a flow that is no longer followed to its conversation; what waits for a missing segment is read all the same.
    fn sum_up(&mut self, mut flow: Flow) {
        if let Some(stream) = flow.stream.take().and_then(|place| self.streams.remove(place)) {
            let (client, protocol) = self.end_stream(stream, &flow.key, flow.opened_by);
            flow.told_client = flow.told_client.or(client);
            flow.protocol = flow.protocol.or(protocol);
        }
        if !flow.told || flow.has_news() {
            self.conversations.add(&flow, &mut self.kept.skips);
        }
    }

    fn take_syn(&mut self, place: u32, packet: &Packet, batch: &Batch) {
        let Some(flow) = self.flows.get_mut(place) else { return };
        let (sender, behind) = (packet.sender, packet.sequence.wrapping_add(1));
        let had_packets = flow.first_sequence.of(sender).is_some();
        if !packet.flags.ack() && had_packets && !flow.is_opened_by(sender, behind) {
            self.begin_again(place, packet, batch);
        }
        let Some(flow) = self.flows.get_mut(place) else { return };
        let client = if packet.flags.ack() { sender.other() } else { sender };
        flow.already_open = false;
        flow.opened_by.get_or_insert(client);
        flow.behind_syn.of_mut(sender).get_or_insert(behind);
    }

    /// The same ports, but another connection.
    fn begin_again(&mut self, place: u32, packet: &Packet, batch: &Batch) {
        let Some(flow) = self.flows.get_mut(place) else { return };
        let new = Flow::new(packet.key, packet.sender, batch.sighting(packet));
        let old = std::mem::replace(flow, new);
        self.sum_up(old);
    }

    fn take_data(&mut self, place: u32, packet: &Packet, batch: &Batch) {
        let Some(stream) = self.stream_of(place) else { return };
        let syn = u32::from(packet.flags.syn());
        let segment = Segment {
            sequence: packet.sequence.wrapping_add(syn),
            bytes: batch.payload(packet),
            wire: packet.wire,
            seen: batch.sighting(packet),
        };
        let opened_by = self.flows.get_mut(place).and_then(|flow| flow.opened_by);
        let Self { streams, kept, found, dissectors, .. } = self;
        let mut keep = |facts: &mut Facts, side, seen| kept.keep_from(facts, &packet.key, side, seen);
        let mut around = Around {
            dissectors: dissectors.streams,
            ports: ports_of(&packet.key),
            opened_by,
            facts: found,
            keep: &mut keep,
        };
        let read = |stream: &mut Stream| {
            let outcome = stream.take(packet.sender, segment, &mut around);
            (outcome, stream.done(), stream.protocol(dissectors.streams))
        };
        let Some((outcome, done, protocol)) = streams.with(stream, read) else { return };
        if let Some(flow) = self.flows.get_mut(place) {
            flow.told_client = flow.told_client.or(outcome.client);
            flow.protocol = flow.protocol.or(protocol);
            flow.done = done;
        }
        if done.low && done.high {
            self.end_flow_stream(place);
        }
        self.kept.count(&outcome, packet_evidence(packet, batch));
        self.free_buffers(stream);
    }

    /// The stream of a flow, begun if there is none; one that is quiet gives way.
    fn stream_of(&mut self, place: u32) -> Option<u32> {
        let flow = self.flows.get_mut(place)?;
        if let Some(stream) = flow.stream {
            return Some(stream);
        }
        if self.streams.is_full() {
            let quiet = self.streams.find_quiet(None)?;
            self.give_up_stream(quiet);
        }
        let flow = self.flows.get_mut(place)?;
        let stream = self.streams.begin(place, flow.behind_syn);
        flow.stream = Some(stream);
        Some(stream)
    }

    /// Lets hellos of datagrams, and then quiet streams, go until what waits is within the limit.
    fn free_buffers(&mut self, current: u32) {
        self.free_hellos();
        while self.streams.held() > self.buffered_limit {
            let quiet = self.streams.find_quiet(Some(current)).unwrap_or(current);
            self.give_up_stream(quiet);
            if quiet == current {
                return;
            }
        }
    }

    /// Lets those hellos of datagrams go that waited longest, until what waits is within the limits.
    fn free_hellos(&mut self) {
        while self.hellos.are_too_many()
            || self.streams.held().saturating_add(self.hellos.held()) > self.buffered_limit
        {
            let Some(first) = self.hellos.let_go() else { return };
            self.kept.skips.count(SkipReason::TooManyFlows, first);
        }
    }

    /// A limit was reached: this connection is only counted from here on.
    fn give_up_stream(&mut self, place: u32) {
        let Some(stream) = self.streams.remove(place) else { return };
        if let Some(flow) = self.flows.get_mut(stream.flow) {
            flow.stream = None;
            flow.done = Both { low: true, high: true };
            self.kept.skips.count(SkipReason::TooManyFlows, flow.first.evidence);
        }
    }

    fn take_end(&mut self, place: u32, packet: &Packet) {
        let Some(flow) = self.flows.get_mut(place) else { return };
        *flow.fin.of_mut(packet.sender) |= packet.flags.fin();
        flow.closed |= packet.flags.rst() || (flow.fin.low && flow.fin.high);
        let Some(stream) = flow.stream else { return };
        let end = packet.sequence.wrapping_add(packet.wire).wrapping_add(u32::from(packet.flags.syn()));
        let ended = self.streams.with(stream, |stream| {
            stream.end(packet.sender, end);
            stream.done()
        });
        flow.done = ended.unwrap_or(flow.done);
        if packet.flags.rst() || (flow.done.low && flow.done.high) {
            self.end_flow_stream(place);
        }
    }

    /// Ends the stream of a flow that is still followed.
    fn end_flow_stream(&mut self, place: u32) {
        let Some(flow) = self.flows.get_mut(place) else { return };
        flow.done = Both { low: true, high: true };
        let (key, opened_by) = (flow.key, flow.opened_by);
        let Some(stream) = flow.stream.take().and_then(|stream| self.streams.remove(stream)) else { return };
        let (client, protocol) = self.end_stream(stream, &key, opened_by);
        if let Some(flow) = self.flows.get_mut(place) {
            flow.told_client = flow.told_client.or(client);
            flow.protocol = flow.protocol.or(protocol);
        }
    }

    /// Reads what waits in a stream; answers who asks and what is spoken, as far as is known at the end.
    fn end_stream(
        &mut self,
        mut stream: Box<Stream>,
        key: &FlowKey,
        opened_by: Option<Side>,
    ) -> (Option<Side>, Option<Protocol>) {
        let Self { kept, found, dissectors, .. } = self;
        let mut keep = |facts: &mut Facts, side, seen| kept.keep_from(facts, key, side, seen);
        let mut around = Around {
            dissectors: dissectors.streams,
            ports: ports_of(key),
            opened_by,
            facts: found,
            keep: &mut keep,
        };
        let outcomes = stream.flush(&mut around);
        for outcome in &outcomes {
            if let Some(gap) = outcome.gap {
                self.kept.count(outcome, gap);
            }
        }
        let [one, other] = outcomes;
        (one.client.or(other.client), stream.protocol(self.dissectors.streams))
    }

    fn take_datagram(&mut self, place: u32, packet: &Packet, batch: &Batch) {
        let (sender, receiver) = (packet.sender, packet.sender.other());
        let (from, to) = (packet.key.port(sender), packet.key.port(receiver));
        let at_port =
            |dissector: &&DatagramDissector| dissector.ports.iter().any(|port| *port == from || *port == to);
        let datagram = Datagram {
            payload: batch.payload(packet),
            sender: (packet.source(), from).into(),
            receiver: (packet.destination(), to).into(),
        };
        for dissector in self.dissectors.datagrams.iter().filter(at_port) {
            let found = &mut self.found;
            let role = quiet::call(|| match dissector.protocol {
                Protocol::Quic => {
                    self.hellos.dissect(place, &datagram, packet_evidence(packet, batch), found)
                }
                _ => (dissector.dissect)(&datagram, found),
            });
            self.free_hellos();
            if role.is_none() {
                self.kept.skips.count(SkipReason::DissectorFailed, packet_evidence(packet, batch));
            }
            let Some(flow) = self.flows.get_mut(place) else { return };
            flow.examined = flow.examined.saturating_add(packet.wire);
            if flow.examined > MAX_EXAMINED_DATAGRAMS {
                flow.done = Both { low: true, high: true };
            }
            if let Some(role) = role.flatten() {
                flow.protocol.get_or_insert(dissector.protocol);
                flow.told_client = flow.told_client.or(client_by(role, sender));
                self.kept.keep(&mut self.found, packet, batch.sighting(packet));
                return;
            }
            forget(&mut self.found);
        }
        if let Some(flow) = self.flows.get_mut(place) {
            follow(flow, sender, &datagram);
        }
    }

    /// What was found since the last time; what is under way goes on. A connection of which it is not known yet who asks is
    /// told of later, unless it has been there for a while.
    pub(crate) fn harvest(&mut self) -> Findings {
        let Self { flows, conversations, kept, .. } = self;
        for flow in flows.all_mut() {
            if (flow.has_roles() || flow.last.since(flow.first.at) > ROLES_AWAITED)
                && let Some(part) = flow.part()
            {
                conversations.add(&part, &mut kept.skips);
            }
        }
        Findings {
            facts: kept.facts.take(),
            accounts: kept.accounts.take(),
            lifetimes: kept.lifetimes.take(),
            conversations: conversations.take(),
            skips: std::mem::take(&mut kept.skips),
            values_not_allowed: std::mem::take(&mut kept.values_not_allowed),
        }
    }

    /// No more packets will come.
    pub(crate) fn finish(mut self) -> Findings {
        while let Some(first) = self.hellos.let_go() {
            self.kept.skips.count(SkipReason::MissingSegment, first);
        }
        let empty = FlowTable::new(0, RandomState::default());
        for flow in std::mem::replace(&mut self.flows, empty).into_flows() {
            self.sum_up(flow);
        }
        let Kept { facts, accounts, lifetimes, skips, values_not_allowed } = self.kept;
        let conversations = self.conversations;
        Findings { facts, accounts, lifetimes, conversations, skips, values_not_allowed }
    }
}

impl Kept {
    /// Keeps the facts of a packet's sender.
    fn keep(&mut self, found: &mut Facts, packet: &Packet, seen: Sighting) {
        self.keep_from(found, &packet.key, packet.sender, seen);
    }

    fn keep_from(&mut self, found: &mut Facts, key: &FlowKey, sender: Side, seen: Sighting) {
        self.values_not_allowed = self.values_not_allowed.saturating_add(found.take_not_allowed());
        let not_kept = found.take_not_kept();
        if not_kept > 0 {
            self.skips.count_many(SkipReason::TooManyFacts, not_kept, seen.evidence);
        }
        self.accounts.keep(found, (key, sender), seen, &mut self.skips);
        for (about, fact) in found.drain() {
            let subject = match about {
                About::Sender => Subject::Ip(key.ip(sender)),
                About::Receiver => Subject::Ip(key.ip(sender.other())),
                About::SenderService => Subject::Service(key.endpoint(sender)),
                About::ReceiverService => Subject::Service(key.endpoint(sender.other())),
                About::Named(subject) => subject,
            };
            self.facts.tell(subject, fact, seen, &mut self.skips);
        }
    }

    fn count(&mut self, outcome: &Outcome, evidence: Evidence) {
        if outcome.failures > 0 {
            self.skips.count_many(SkipReason::DissectorFailed, outcome.failures, evidence);
        }
        if let Some(gap) = outcome.gap {
            self.skips.count(SkipReason::MissingSegment, gap);
        }
    }
}

/// A flow that nobody knows may be RTP: no port tells it, nor a datagram by itself.
fn follow(flow: &mut Flow, sender: Side, datagram: &Datagram<'_>) {
    if flow.protocol.is_some() {
        return;
    }
    flow.examined = flow.examined.saturating_add(FOLLOWED);
    let following = flow.following.of_mut(sender);
    let is_rtp = quiet::call(|| following.take(datagram)).unwrap_or(false);
    if is_rtp {
        flow.protocol = Some(Protocol::Rtp);
    }
    if is_rtp || flow.examined > MAX_EXAMINED_DATAGRAMS {
        flow.done = Both { low: true, high: true };
    }
}

fn packet_evidence(packet: &Packet, batch: &Batch) -> Evidence {
    batch.sighting(packet).evidence
}

fn ports_of(key: &FlowKey) -> Both<u16> {
    Both { low: key.port(Side::Low), high: key.port(Side::High) }
}

fn client_by(role: Role, sender: Side) -> Option<Side> {
    match role {
        Role::Client => Some(sender),
        Role::Server => Some(sender.other()),
        Role::Unknown => None,
    }
}
