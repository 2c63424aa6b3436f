//! The segments of one direction of a TCP connection, put in order within fixed limits (RFC 9293, 3.4).
//!
//! Where two segments overlap, the bytes that came first win. What is missing for too long is given up: the reader is told
//! that there is a gap, and goes on behind it. Not here: what the bytes mean (`recognise`).

use std::collections::VecDeque;

use wardround_model::Sighting;

use crate::limits::{MAX_AHEAD, MAX_AHEAD_BYTES, WINDOW};

/// A segment that came too early.
#[derive(Debug)]
struct Ahead {
    sequence: u32,
    bytes: Vec<u8>,
    /// Its length on the wire; more than `bytes` where the capture cut it.
    wire: u32,
    seen: Sighting,
}

/// A segment as it was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    /// Sequence number of its first byte.
    pub(crate) sequence: u32,
    /// What the capture kept.
    pub(crate) bytes: &'a [u8],
    /// Its length on the wire.
    pub(crate) wire: u32,
    pub(crate) seen: Sighting,
}

/// Takes what is in order.
pub(crate) trait Sink {
    /// These bytes follow those before. Answers how many bytes behind them nobody needs.
    fn bytes(&mut self, bytes: &[u8], seen: Sighting) -> u32;

    /// What comes next does not follow what came before.
    fn gap(&mut self, seen: Sighting);
}

/// The order of one direction.
#[derive(Debug, Default)]
pub(crate) struct InOrder {
    /// The sequence number that comes next, once known.
    next: Option<u32>,
    /// How far before `next` bytes were passed over unread.
    passed: u32,
    /// Segments that came too early, by their distance from `next`, without overlap.
    ahead: VecDeque<Ahead>,
    ahead_bytes: usize,
}

/// How far `to` lies behind `from`; negative when before it.
fn distance(from: u32, to: u32) -> i64 {
    i64::from(to.wrapping_sub(from).cast_signed())
}

impl InOrder {
    /// An order that begins at this sequence number.
    pub(crate) fn starting_at(next: Option<u32>) -> Self {
        Self { next, ..Self::default() }
    }

    /// The sequence number that comes next, once known.
    pub(crate) fn next(&self) -> Option<u32> {
        self.next
    }

    /// Memory held for segments that came too early.
    pub(crate) fn held(&self) -> usize {
        self.ahead_bytes
    }

    /// Forgets the place: the next segment begins anew.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Passes over so many bytes more that nobody needs.
    pub(crate) fn pass(&mut self, count: u32) {
        if let Some(next) = self.next.as_mut().filter(|_| count > 0) {
            *next = next.wrapping_add(count);
            self.passed = count;
        }
    }

    /// Takes a segment with at least one byte on the wire.
    pub(crate) fn take(&mut self, segment: Segment<'_>, sink: &mut impl Sink) {
        let next = *self.next.get_or_insert(segment.sequence);
        let ahead = distance(next, segment.sequence);
        if ahead > i64::from(WINDOW) || ahead < -i64::from(WINDOW.saturating_add(self.passed)) {
            self.jump(segment, sink);
        } else if ahead <= 0 && !self.reaches_waiting(segment) {
            self.deliver(segment, sink);
            self.deliver_waiting(sink);
        } else if ahead <= 0 {
            let old = u32::try_from(ahead.saturating_neg()).unwrap_or(0);
            if let Some(new) = segment.behind(old) {
                self.hold(new);
            }
            self.deliver_waiting(sink);
        } else {
            self.hold(segment);
            if self.ahead.len() > MAX_AHEAD || self.ahead_bytes > MAX_AHEAD_BYTES {
                self.give_up_waiting(sink);
            }
        }
    }

    /// Whether bytes of a segment came before, in one that waits.
    fn reaches_waiting(&self, segment: Segment<'_>) -> bool {
        let reaches = |first: &Ahead| distance(segment.sequence, first.sequence) < i64::from(segment.wire);
        self.ahead.front().is_some_and(reaches)
    }

    /// Nothing more will come: reads what waits, gaps and all.
    pub(crate) fn flush(&mut self, sink: &mut impl Sink) {
        while !self.ahead.is_empty() {
            self.give_up_waiting(sink);
        }
    }

    /// A place so far off that it belongs to another connection, or that too much is missing.
    fn jump(&mut self, segment: Segment<'_>, sink: &mut impl Sink) {
        self.flush(sink);
        sink.gap(segment.seen);
        self.next = Some(segment.sequence);
        self.passed = 0;
        self.deliver(segment, sink);
    }

    /// Delivers the part of a segment, at or before the place, that is new.
    fn deliver(&mut self, segment: Segment<'_>, sink: &mut impl Sink) {
        let Some(next) = self.next else { return };
        let old = u32::try_from(distance(segment.sequence, next).max(0)).unwrap_or(0);
        let new = segment.wire.saturating_sub(old);
        if new == 0 {
            return;
        }
        let bytes = segment.bytes.get(old as usize..).unwrap_or_default();
        let unneeded = if bytes.is_empty() { 0 } else { sink.bytes(bytes, segment.seen) };
        let end = next.wrapping_add(new);
        // What the capture cut off is a gap, unless nobody needs it.
        let cut = new.saturating_sub(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        if cut > unneeded {
            sink.gap(segment.seen);
        }
        self.next = Some(end);
        self.pass(unneeded.saturating_sub(cut));
    }

    fn deliver_waiting(&mut self, sink: &mut impl Sink) {
        while let (Some(next), Some(first)) = (self.next, self.ahead.front()) {
            if distance(next, first.sequence) > 0 {
                return;
            }
            let Some(first) = self.pop_ahead() else { return };
            let Ahead { sequence, bytes, wire, seen } = first;
            self.deliver(Segment { sequence, bytes: &bytes, wire, seen }, sink);
        }
    }

    fn give_up_waiting(&mut self, sink: &mut impl Sink) {
        let Some(first) = self.ahead.front() else { return };
        sink.gap(first.seen);
        self.next = Some(first.sequence);
        self.passed = 0;
        self.deliver_waiting(sink);
    }

    fn pop_ahead(&mut self) -> Option<Ahead> {
        let first = self.ahead.pop_front()?;
        self.ahead_bytes = self.ahead_bytes.saturating_sub(first.bytes.len());
        Some(first)
    }

    /// Keeps the parts of a segment that no waiting one has.
    fn hold(&mut self, segment: Segment<'_>) {
        let mut rest = Some(segment);
        let mut place = 0;
        while let Some(part) = rest.take() {
            let Some(waiting) = self.ahead.get(place) else {
                self.keep(place, part);
                return;
            };
            let gap = distance(part.sequence, waiting.sequence);
            if gap >= i64::from(part.wire) {
                self.keep(place, part);
                return;
            }
            let waiting_end = waiting.sequence.wrapping_add(waiting.wire);
            let before = u32::try_from(gap.max(0)).unwrap_or(0);
            if before > 0 {
                self.keep(place, part.cut_to(before));
                place += 1;
            }
            let old = u32::try_from(distance(part.sequence, waiting_end).max(0)).unwrap_or(0);
            rest = part.behind(old);
            place += 1;
        }
    }

    fn keep(&mut self, place: usize, part: Segment<'_>) {
        let Segment { sequence, bytes, wire, seen } = part;
        self.ahead_bytes = self.ahead_bytes.saturating_add(bytes.len());
        self.ahead.insert(place, Ahead { sequence, bytes: bytes.to_vec(), wire, seen });
    }
}

impl Segment<'_> {
    /// Its first `wire` bytes.
    fn cut_to(self, wire: u32) -> Self {
        Self { bytes: self.bytes.get(..wire as usize).unwrap_or(self.bytes), wire, ..self }
    }

    /// What follows its first `count` bytes, if anything.
    fn behind(self, count: u32) -> Option<Self> {
        let wire = self.wire.checked_sub(count).filter(|wire| *wire > 0)?;
        let bytes = self.bytes.get(count as usize..).unwrap_or_default();
        Some(Self { sequence: self.sequence.wrapping_add(count), bytes, wire, ..self })
    }
}
