//! Fragments of IP packets put together (RFC 791, 3.2; RFC 8200, 4.5), within hard limits.
//!
//! Pieces that overlap spoil their packet, whichever came first (RFC 5722): two readers who choose differently would see two
//! packets, and an attacker chooses who. A piece that comes twice, byte for byte, is one piece: mirror ports copy packets twice.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;

use foldhash::fast::RandomState;
use wardround_dissect::packet::{Continuation, Fragment, Ip};
use wardround_model::{Sighting, SkipReason, Timestamp};

use crate::flow::View;
use crate::limits::{FRAGMENT_PATIENCE, MAX_FRAGMENT_BYTES, MAX_FRAGMENTED, MAX_PIECES};
use crate::skips::Skips;

/// The longest that a packet's content can be.
const LONGEST: usize = 65_535;
/// How long after the last piece the same one is a copy of it.
const COPY: i64 = 1_000_000_000;

/// Which packet a piece belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    source: IpAddr,
    destination: IpAddr,
    id: (u32, u8),
    view: View,
}

/// What is there of a packet.
#[derive(Debug)]
struct Waiting {
    /// Which of the packets that had this key.
    serial: u64,
    first: Sighting,
    /// Pieces that came, also those that were not kept.
    came: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Open(Pieces),
    /// Pieces overlapped: none of it is believed.
    Spoiled,
    /// It was put together; by this piece, at this time.
    Done {
        offset: usize,
        length: usize,
        at: Timestamp,
    },
}

#[derive(Debug, Default)]
struct Pieces {
    /// By their place in the packet.
    list: BTreeMap<usize, Vec<u8>>,
    bytes: usize,
    /// Where the packet ends, once its last piece is there.
    end: Option<usize>,
    continuation: Option<Continuation>,
}

/// A packet that is whole again.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) continuation: Continuation,
    pub(crate) bytes: Vec<u8>,
}

/// What became of a piece.
enum Added {
    Waits,
    /// It was there already.
    Copy,
    Overlaps,
    /// More pieces than any honest packet has.
    TooMany,
    Completes,
}

/// Pieces that wait for others.
#[derive(Debug)]
pub(crate) struct Fragments {
    waiting: HashMap<Key, Waiting, RandomState>,
    /// In the order in which they began; some are gone.
    order: VecDeque<(Key, u64)>,
    bytes: usize,
    begun: u64,
}

impl Fragments {
    pub(crate) fn new(hasher: RandomState) -> Self {
        Self { waiting: HashMap::with_hasher(hasher), order: VecDeque::new(), bytes: 0, begun: 0 }
    }

    /// Takes a piece; answers the whole packet when it is the last that was missing.
    pub(crate) fn take(
        &mut self,
        ip: &Ip<'_>,
        fragment: &Fragment<'_>,
        view: View,
        seen: Sighting,
        skips: &mut Skips,
    ) -> Option<Whole> {
        self.let_go(seen.at, skips);
        if let Some(reason) = refuse(fragment) {
            skips.count(reason, seen.evidence);
            return None;
        }
        let key = Key { source: ip.source, destination: ip.destination, id: fragment.id, view };
        if self.waiting.get(&key).is_some_and(|waiting| waiting.is_copy(fragment, seen.at)) {
            return None;
        }
        if self.waiting.get(&key).is_none_or(|waiting| matches!(waiting.state, State::Done { .. })) {
            self.begin(key, seen);
        }
        let waiting = self.waiting.get_mut(&key)?;
        let State::Open(pieces) = &mut waiting.state else {
            skips.count(SkipReason::OverlappingFragments, seen.evidence);
            return None;
        };
        let before = pieces.bytes;
        let added = pieces.add(fragment);
        self.bytes = self.bytes.saturating_add(pieces.bytes).saturating_sub(before);
        match added {
            Added::Copy => None,
            Added::Waits => {
                waiting.came = waiting.came.saturating_add(1);
                None
            }
            Added::Overlaps => self.spoil(key, SkipReason::OverlappingFragments, skips),
            Added::TooMany => self.spoil(key, SkipReason::Fragment, skips),
            Added::Completes => {
                let done = State::Done { offset: fragment.offset, length: fragment.bytes.len(), at: seen.at };
                let State::Open(pieces) = std::mem::replace(&mut waiting.state, done) else { return None };
                self.bytes = self.bytes.saturating_sub(pieces.bytes);
                pieces.into_whole()
            }
        }
    }

    fn begin(&mut self, key: Key, seen: Sighting) {
        self.begun = self.begun.saturating_add(1);
        let state = State::Open(Pieces::default());
        self.waiting.insert(key, Waiting { serial: self.begun, first: seen, came: 0, state });
        self.order.push_back((key, self.begun));
    }

    /// None of a packet is believed any more, nor what will come of it.
    fn spoil(&mut self, key: Key, reason: SkipReason, skips: &mut Skips) -> Option<Whole> {
        let waiting = self.waiting.get_mut(&key)?;
        skips.count_many(reason, waiting.came.saturating_add(1), waiting.first.evidence);
        if let State::Open(pieces) = std::mem::replace(&mut waiting.state, State::Spoiled) {
            self.bytes = self.bytes.saturating_sub(pieces.bytes);
        }
        None
    }

    /// Lets go of what waited too long, and of the oldest while there is too much.
    fn let_go(&mut self, now: Timestamp, skips: &mut Skips) {
        while let Some((key, serial)) = self.order.front().copied() {
            let is_full = self.waiting.len() >= MAX_FRAGMENTED
                || self.order.len() >= MAX_FRAGMENTED.saturating_mul(2)
                || self.bytes >= MAX_FRAGMENT_BYTES;
            let current = self.waiting.get(&key).filter(|waiting| waiting.serial == serial);
            // Clocks may jump back as well.
            if current
                .is_some_and(|it| now.since(it.first.at).saturating_abs() <= FRAGMENT_PATIENCE && !is_full)
            {
                return;
            }
            self.order.pop_front();
            if current.is_some()
                && let Some(gone) = self.waiting.remove(&key)
            {
                self.bytes = self.bytes.saturating_sub(gone.tell(skips));
            }
        }
    }

    /// No more will come: what waits is counted.
    pub(crate) fn finish(&mut self, skips: &mut Skips) {
        self.order.clear();
        self.bytes = 0;
        for (_, waiting) in self.waiting.drain() {
            waiting.tell(skips);
        }
    }
}

/// Why a piece cannot be one of a packet.
fn refuse(fragment: &Fragment<'_>) -> Option<SkipReason> {
    let Fragment { offset, more, bytes, wire, .. } = *fragment;
    if bytes.len() < wire {
        return Some(SkipReason::CutShort);
    }
    let is_odd = more && !bytes.len().is_multiple_of(8);
    (bytes.is_empty() || is_odd || offset.saturating_add(bytes.len()) > LONGEST)
        .then_some(SkipReason::Malformed)
}

impl Waiting {
    /// Whether this piece completed the packet already.
    fn is_copy(&self, fragment: &Fragment<'_>, now: Timestamp) -> bool {
        matches!(self.state, State::Done { offset, length, at }
            if offset == fragment.offset && length == fragment.bytes.len() && now.since(at).saturating_abs() <= COPY)
    }

    /// Counts what was never put together; answers its bytes.
    fn tell(self, skips: &mut Skips) -> usize {
        let State::Open(pieces) = self.state else { return 0 };
        skips.count_many(SkipReason::Fragment, self.came, self.first.evidence);
        pieces.bytes
    }
}

impl Pieces {
    fn add(&mut self, fragment: &Fragment<'_>) -> Added {
        let Fragment { offset, more, bytes, .. } = *fragment;
        let end = offset.saturating_add(bytes.len());
        let before = self.list.range(..=offset).next_back();
        if before.is_some_and(|(place, piece)| *place == offset && piece == bytes)
            && more == (self.end != Some(end))
        {
            return Added::Copy;
        }
        let reaches_in = before.is_some_and(|(place, piece)| place.saturating_add(piece.len()) > offset);
        let is_reached = self.list.range(offset..).next().is_some_and(|(place, _)| *place < end);
        if reaches_in || is_reached || self.contradicts(end, more) {
            return Added::Overlaps;
        }
        if self.list.len() >= MAX_PIECES {
            return Added::TooMany;
        }
        if !more {
            self.end = Some(end);
        }
        if offset == 0 {
            self.continuation = Some(fragment.continuation);
        }
        self.list.insert(offset, bytes.to_vec());
        self.bytes = self.bytes.saturating_add(bytes.len());
        // None overlap and none lies behind the end, so that as many bytes are all of them.
        if self.end == Some(self.bytes) { Added::Completes } else { Added::Waits }
    }

    /// Whether a piece that ends here does not fit with where the packet ends.
    fn contradicts(&self, end: usize, more: bool) -> bool {
        let last = self.list.last_key_value().map_or(0, |(place, piece)| place.saturating_add(piece.len()));
        match self.end {
            Some(known) => !more || end >= known,
            None => !more && last > end,
        }
    }

    fn into_whole(self) -> Option<Whole> {
        let continuation = self.continuation?;
        let bytes: Vec<u8> = self.list.into_values().flatten().collect();
        Some(Whole { continuation, bytes })
    }
}
