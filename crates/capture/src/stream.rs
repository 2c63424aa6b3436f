//! TCP connections whose content is still being read, at most a fixed number of them at once.

use wardround_dissect::{Facts, Role, Start, StreamDissector};
use wardround_model::{Evidence, Protocol, Sighting};

use crate::agreement::Agreement;
use crate::flow::{Both, Side};
use crate::reassembly::{InOrder, Segment, Sink};
use crate::recognise::{Desk, Reader, State};

/// One connection that is being read.
#[derive(Debug)]
pub(crate) struct Stream {
    /// The flow that it belongs to.
    pub(crate) flow: u32,
    /// The dissector that recognised either direction.
    known: Option<usize>,
    agreement: Agreement,
    halves: Both<HalfStream>,
    recent: bool,
}

#[derive(Debug)]
struct HalfStream {
    order: InOrder,
    reader: Reader,
    lost: bool,
}

impl HalfStream {
    fn new(behind_syn: Option<u32>) -> Self {
        let start = if behind_syn.is_some() { Start::Opening } else { Start::Middle };
        Self { order: InOrder::starting_at(behind_syn), reader: Reader::new(start), lost: false }
    }

    fn held(&self) -> usize {
        self.order.held().saturating_add(self.reader.held())
    }
}

/// What reading a segment needs from outside.
pub(crate) struct Around<'a> {
    pub(crate) dissectors: &'static [StreamDissector],
    pub(crate) ports: Both<u16>,
    /// Who opened the connection, where that was seen.
    pub(crate) opened_by: Option<Side>,
    pub(crate) facts: &'a mut Facts,
    /// Takes the facts of an understood message: who sent it, and when.
    pub(crate) keep: &'a mut dyn FnMut(&mut Facts, Side, Sighting),
}

/// What came of reading.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What a side is, where a dissector said so.
    pub(crate) client: Option<Side>,
    /// The first packet behind a gap, once for each direction.
    pub(crate) gap: Option<Evidence>,
    /// Calls that ended in a bug of ours.
    pub(crate) failures: u64,
}

impl Stream {
    fn new(flow: u32, behind_syn: Both<Option<u32>>) -> Self {
        let halves = Both { low: HalfStream::new(behind_syn.low), high: HalfStream::new(behind_syn.high) };
        Self { flow, known: None, agreement: Agreement::default(), halves, recent: true }
    }

    /// What is spoken, once recognised.
    pub(crate) fn protocol(&self, dissectors: &[StreamDissector]) -> Option<Protocol> {
        self.known.and_then(|place| dissectors.get(place)).map(|dissector| dissector.protocol)
    }

    /// Whether each side is not read any more.
    pub(crate) fn done(&self) -> Both<bool> {
        let done = |half: &HalfStream| half.reader.state != State::Reading;
        Both { low: done(&self.halves.low), high: done(&self.halves.high) }
    }

    /// Memory held for segments and messages.
    pub(crate) fn held(&self) -> usize {
        self.halves.low.held().saturating_add(self.halves.high.held())
    }

    /// Takes a segment of one side.
    pub(crate) fn take(&mut self, side: Side, segment: Segment<'_>, around: &mut Around<'_>) -> Outcome {
        self.recent = true;
        let was_known = self.known.is_some();
        let mut outcome = self.with_side(side, around, |order, sink| order.take(segment, sink));
        if !was_known && self.known.is_some() {
            self.recognised(side.other(), segment.seen, around, &mut outcome);
        }
        outcome
    }

    /// Nothing more will come: reads what waits.
    pub(crate) fn flush(&mut self, around: &mut Around<'_>) -> [Outcome; 2] {
        [Side::Low, Side::High].map(|side| self.with_side(side, around, |order, sink| order.flush(sink)))
    }

    /// A side ended its direction at this sequence number.
    pub(crate) fn end(&mut self, side: Side, sequence: u32) {
        let half = self.halves.of_mut(side);
        if half.order.next() == Some(sequence) {
            half.reader.finish(State::Finished);
        }
    }

    /// One side told what is spoken: the other is read with the same dissector.
    fn recognised(&mut self, other: Side, seen: Sighting, around: &mut Around<'_>, outcome: &mut Outcome) {
        let half = self.halves.of_mut(other);
        if half.reader.state == State::Unknown {
            half.order.forget();
        }
        half.reader.try_again();
        if half.reader.held() > 0 {
            let more = self.with_side(other, around, |order, sink| {
                let pass = sink.read_kept(seen);
                order.pass(pass);
            });
            outcome.client = outcome.client.or(more.client);
            outcome.failures = outcome.failures.saturating_add(more.failures);
        }
    }

    fn with_side(
        &mut self,
        side: Side,
        around: &mut Around<'_>,
        work: impl FnOnce(&mut InOrder, &mut HalfSink<'_, '_>),
    ) -> Outcome {
        let HalfStream { order, reader, lost } = self.halves.of_mut(side);
        let mut sink = HalfSink {
            side,
            reader,
            known: &mut self.known,
            agreement: &mut self.agreement,
            around,
            outcome: Outcome::default(),
            role: Role::Unknown,
            lost,
        };
        work(order, &mut sink);
        let HalfSink { mut outcome, role, .. } = sink;
        outcome.client = match role {
            Role::Client => Some(side),
            Role::Server => Some(side.other()),
            Role::Unknown => None,
        };
        outcome
    }
}

/// Takes what is in order on one side to its reader.
struct HalfSink<'a, 'b> {
    side: Side,
    reader: &'a mut Reader,
    known: &'a mut Option<usize>,
    agreement: &'a mut Agreement,
    around: &'a mut Around<'b>,
    outcome: Outcome,
    role: Role,
    lost: &'a mut bool,
}

impl HalfSink<'_, '_> {
    fn read(
        &mut self,
        seen: Sighting,
        work: impl FnOnce(&mut Reader, &mut Option<usize>, &mut Desk<'_>) -> usize,
    ) -> u32 {
        let Around { dissectors, ports, opened_by, facts, keep } = &mut *self.around;
        let side = self.side;
        let opened = match opened_by {
            Some(client) if *client == side => Role::Client,
            Some(_) => Role::Server,
            None => Role::Unknown,
        };
        let mut desk = Desk {
            dissectors,
            sender_port: *ports.of(side),
            receiver_port: *ports.of(side.other()),
            opened,
            facts,
            keep: &mut |facts| keep(facts, side, seen),
            agreement: self.agreement,
            role: self.role,
            failures: 0,
        };
        let pass = work(self.reader, self.known, &mut desk);
        self.role = desk.role;
        self.outcome.failures = self.outcome.failures.saturating_add(desk.failures);
        u32::try_from(pass).unwrap_or(u32::MAX)
    }

    fn read_kept(&mut self, seen: Sighting) -> u32 {
        self.read(seen, |reader, known, desk| reader.read_kept(known, desk))
    }
}

impl Sink for HalfSink<'_, '_> {
    fn bytes(&mut self, bytes: &[u8], seen: Sighting) -> u32 {
        self.read(seen, |reader, known, desk| reader.take(bytes, known, desk))
    }

    fn gap(&mut self, seen: Sighting) {
        self.reader.lose_place();
        if !std::mem::replace(self.lost, true) {
            self.outcome.gap = Some(seen.evidence);
        }
    }
}

/// The streams of one shard.
#[derive(Debug)]
pub(crate) struct Streams {
    places: Vec<Option<Box<Stream>>>,
    free: Vec<u32>,
    limit: usize,
    /// Bytes that wait in all of them.
    held: usize,
    hand: usize,
}

impl Streams {
    pub(crate) fn new(limit: usize) -> Self {
        Self { places: Vec::new(), free: Vec::new(), limit: limit.min(u32::MAX as usize), held: 0, hand: 0 }
    }

    /// Whether another one needs the place of one that is quiet.
    pub(crate) fn is_full(&self) -> bool {
        self.free.is_empty() && self.places.len() >= self.limit
    }

    /// Bytes that wait in all of them.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Begins a stream of this flow; to be called when not full.
    pub(crate) fn begin(&mut self, flow: u32, behind_syn: Both<Option<u32>>) -> u32 {
        let stream = Some(Box::new(Stream::new(flow, behind_syn)));
        if let Some(place) = self.free.pop() {
            if let Some(slot) = self.places.get_mut(place as usize) {
                *slot = stream;
            }
            return place;
        }
        self.places.push(stream);
        u32::try_from(self.places.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Works on a stream, keeping count of what it holds.
    pub(crate) fn with<T>(&mut self, place: u32, work: impl FnOnce(&mut Stream) -> T) -> Option<T> {
        let stream = self.places.get_mut(place as usize)?.as_mut()?;
        let before = stream.held();
        let result = work(stream);
        self.held = self.held.saturating_sub(before).saturating_add(stream.held());
        Some(result)
    }

    /// Ends a stream.
    pub(crate) fn remove(&mut self, place: u32) -> Option<Box<Stream>> {
        let stream = self.places.get_mut(place as usize)?.take()?;
        self.held = self.held.saturating_sub(stream.held());
        self.free.push(place);
        Some(stream)
    }

    /// The next one, other than `except`, that had no segment since the last search; with its place.
    pub(crate) fn find_quiet(&mut self, except: Option<u32>) -> Option<u32> {
        // Twice around: the first time may only mark all of them as quiet.
        for _ in 0..self.places.len().saturating_mul(2) {
            let place = u32::try_from(self.hand).unwrap_or(u32::MAX);
            self.hand = self.hand.saturating_add(1) % self.places.len().max(1);
            let Some(Some(stream)) = self.places.get_mut(place as usize) else { continue };
            if !std::mem::replace(&mut stream.recent, false) && Some(place) != except {
                return Some(place);
            }
        }
        None
    }
}
