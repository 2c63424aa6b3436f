//! Packets as they come, without an end: the same flows, streams and dissectors as for a file, on the caller's thread. What
//! was found is taken away again and again, while connections that are under way go on.

use foldhash::fast::RandomState;
use wardround_dissect::packet::LinkType;
use wardround_model::{Evidence, SkipReason, Source, SourceIndex, Timestamp};

use crate::batch::{Batch, Found, Headers};
use crate::excluded::Prefix;
use crate::format::Record;
use crate::limits::{CHUNK, Limits, MAX_PACKET};
use crate::shard::{Dissectors, Findings, SHARDS, Shard};
use crate::skips::Skips;
use crate::source::unread;
use crate::{Captured, Lasting, put_together, quiet};

/// One frame that an interface gave.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The number of its interface.
    pub interface: u16,
    /// When it was seen.
    pub time: Timestamp,
    /// How it is framed.
    pub link: LinkType,
    /// Its length on the wire.
    pub wire: usize,
    /// What was kept of it, in pieces that follow each other: a tag that the kernel took out is put back so.
    pub data: [&'a [u8]; 3],
    /// For how many frames it stands: 1, or more where a switch sampled.
    pub weight: u32,
}

/// Follows what interfaces give.
#[derive(Debug)]
pub struct Follower {
    shards: Vec<Shard>,
    headers: Headers,
    skips: Skips,
    /// What is known from the first harvest on.
    lasting: Lasting,
    batch: Batch,
    /// Bytes of the batch that are in use.
    used: usize,
    /// What was seen since the last harvest.
    source: Source,
    /// Frames and bytes before this harvest.
    before: (u64, u64),
}

impl Follower {
    /// Frames are counted on from `frames`, their bytes from `bytes`: what was told before keeps its numbers.
    #[must_use]
    pub fn new(limits: &Limits, excluded: &[Prefix], (frames, bytes): (u64, u64)) -> Self {
        quiet::install();
        let hasher = RandomState::default();
        let shards = (0..SHARDS).map(|_| Shard::new(limits, Dissectors::ALL, &hasher)).collect();
        let mut follower = Self {
            shards,
            headers: Headers::new(hasher, excluded.to_vec()),
            skips: Skips::default(),
            lasting: Lasting::default(),
            batch: Batch::with_room_for(CHUNK),
            used: 0,
            source: unread(String::new()),
            before: (frames, bytes),
        };
        follower.begin_batch();
        follower
    }

    /// Takes a frame: it is copied, and read with others behind it or by [`Self::read`].
    pub fn take(&mut self, frame: &Frame<'_>) {
        let kept: usize = frame.data.iter().map(|piece| piece.len()).sum();
        if self.batch.bytes.len().saturating_sub(self.used) < kept {
            self.read();
        }
        let (at, evidence) = (self.used, self.next_evidence());
        self.count_record(frame.time, frame.time);
        self.add_bytes(kept);
        let nth = self.source.records.saturating_sub(1).saturating_add(self.before.0);
        let nth = u32::try_from(nth.saturating_sub(self.batch.before)).unwrap_or(u32::MAX);
        if kept > MAX_PACKET || !self.copy(frame, kept) {
            self.skips.count(SkipReason::Malformed, evidence);
            return;
        }
        let Self { batch, headers, skips, .. } = self;
        let Batch { bytes, assembled, packets, .. } = batch;
        let data = bytes.get(at..at.saturating_add(kept)).unwrap_or_default();
        let record = Record {
            used: kept,
            interface: usize::from(frame.interface),
            time: None,
            data,
            wire: frame.wire,
        };
        let found =
            Found { nth, record: at, time: frame.time, point: frame.interface, link: frame.link, evidence };
        let before = packets.len();
        headers.decode(&record, &found, bytes, (assembled, packets), skips);
        packets.iter_mut().skip(before).for_each(|packet| packet.weight = frame.weight);
    }

    /// Counts a record of its source that is no frame, or one that is; where it stands.
    pub(crate) fn count_record(&mut self, first: Timestamp, last: Timestamp) -> Evidence {
        let evidence = self.next_evidence();
        let Source { records, first: earliest, last: latest, .. } = &mut self.source;
        *records = records.saturating_add(1);
        *earliest = Some(earliest.map_or(first, |known| known.min(first)));
        *latest = Some(latest.map_or(last, |known| known.max(last)));
        evidence
    }

    /// Counts bytes of its source.
    pub(crate) fn add_bytes(&mut self, bytes: usize) {
        self.source.bytes = self.source.bytes.saturating_add(bytes as u64);
    }

    /// The frame that comes next, as evidence.
    pub(crate) fn next_evidence(&self) -> Evidence {
        Evidence {
            source: SourceIndex(0),
            record: self.before.0.saturating_add(self.source.records).saturating_add(1),
            offset: self.before.1.saturating_add(self.source.bytes),
        }
    }

    fn copy(&mut self, frame: &Frame<'_>, kept: usize) -> bool {
        let end = self.used.saturating_add(kept);
        let Some(mut room) = self.batch.bytes.get_mut(self.used..end) else { return false };
        for piece in frame.data {
            let Some((place, rest)) = room.split_at_mut_checked(piece.len()) else { return false };
            place.copy_from_slice(piece);
            room = rest;
        }
        self.used = end;
        true
    }

    /// Reads the frames that were taken.
    pub fn read(&mut self) {
        for packet in &self.batch.packets {
            if let Some(shard) = self.shards.get_mut(usize::from(packet.shard)) {
                shard.take(packet, &self.batch);
            }
        }
        self.begin_batch();
    }

    fn begin_batch(&mut self) {
        self.batch.clear();
        self.batch.before = self.before.0.saturating_add(self.source.records);
        self.batch.start = self.before.1.saturating_add(self.source.bytes);
        self.used = 0;
    }

    /// The kernel dropped frames for want of room.
    pub fn dropped(&mut self, frames: u64) {
        if frames > 0 {
            self.skips.count_many(SkipReason::Dropped, frames, self.next_evidence());
        }
    }

    /// What was found since the last harvest, as of a source without a name; what is under way goes on.
    pub fn harvest(&mut self) -> Captured {
        self.harvest_beside(None)
    }

    /// The same, with what was found beside frames.
    pub(crate) fn harvest_beside(&mut self, more: Option<Findings>) -> Captured {
        self.read();
        let findings = self.shards.iter_mut().map(Shard::harvest).chain(more).collect();
        let source = std::mem::replace(&mut self.source, unread(String::new()));
        self.before.0 = self.before.0.saturating_add(source.records);
        self.before.1 = self.before.1.saturating_add(source.bytes);
        let as_of = source.last.unwrap_or(Timestamp::EPOCH);
        put_together(vec![source], findings, std::mem::take(&mut self.skips), as_of, &mut self.lasting)
    }

    /// The last harvest, with what still waited.
    #[must_use]
    pub fn finish(self) -> Captured {
        self.finish_beside(None)
    }

    /// The same, with what was found beside frames.
    pub(crate) fn finish_beside(mut self, more: Option<Findings>) -> Captured {
        self.read();
        self.headers.finish(&mut self.skips);
        let findings = self.shards.into_iter().map(Shard::finish).chain(more).collect();
        let as_of = self.source.last.unwrap_or(Timestamp::EPOCH);
        put_together(vec![self.source], findings, self.skips, as_of, &mut self.lasting)
    }
}
