//! One source from its first to its last byte: chunks are filled, records found in them, headers read, batches handed on.

use std::io::{self, Read};
use std::sync::atomic::Ordering;

use wardround_model::{Evidence, SkipReason, Source, SourceIndex, SourceKind, Timestamp, words};

use crate::Progress;
use crate::batch::{Batch, Found, Headers, Packet};
use crate::error::{CaptureError, EndedEarly, Fault};
use crate::format::{Format, Record, Step};
use crate::input::{Opened, Place, fill};
use crate::points::Points;
use crate::skips::Skips;
use crate::workers::Crew;

/// Bytes between two reports of progress: nearly two chunks.
const PROGRESS: u64 = 1_000_000;
/// 1990-01-01T00:00:00Z: no capture of packets is older; a clock that was never set says 1970.
pub(crate) const OLDEST: Timestamp = Timestamp::from_seconds(631_152_000);

/// What all sources of one reading have in common.
pub(crate) struct Reading<'a> {
    /// The latest time that is possible.
    latest: Timestamp,
    pub(crate) headers: Headers,
    progress: &'a dyn Progress,
    points: Points,
    pub(crate) skips: Skips,
}

/// A source while it is read.
struct Reader<'r, 'a> {
    reading: &'r mut Reading<'a>,
    opened: Opened<'a>,
    index: SourceIndex,
    source: Source,
    /// Bytes of the stream before the unread part.
    offset: u64,
    /// The latest plausible time so far.
    time: Timestamp,
    /// The capture point of each interface, once it had a packet.
    points: Vec<Option<u16>>,
    told: u64,
}

impl<'a> Reading<'a> {
    /// Packets later than a day after `as_of` cannot be.
    pub(crate) fn new(as_of: Timestamp, headers: Headers, progress: &'a dyn Progress) -> Self {
        let day = 24 * 60 * 60 * 1_000_000_000;
        let latest = Timestamp::from_nanoseconds(as_of.nanoseconds().saturating_add(day));
        Self { latest, headers, progress, points: Points::default(), skips: Skips::default() }
    }

    /// Reads a source and hands its batches to the crew. A source of which nothing could be read comes back as an error,
    /// and with what can be said of it for the coverage.
    pub(crate) fn read(
        &mut self,
        index: SourceIndex,
        place: Place<'a>,
        crew: &mut dyn Crew,
    ) -> (Source, Option<CaptureError>) {
        let source = unread(place.short_name());
        let opened = match place.open() {
            Ok(opened) => opened,
            Err(error) => {
                return (Source { ended_early: Some(error.to_string()), ..source }, Some(error));
            }
        };
        let offset = opened.head as u64;
        let time = Timestamp::EPOCH;
        let reader =
            Reader { reading: self, opened, index, source, offset, time, points: Vec::new(), told: 0 };
        reader.read(place, crew)
    }
}

impl Reader<'_, '_> {
    fn read(mut self, place: Place<'_>, crew: &mut dyn Crew) -> (Source, Option<CaptureError>) {
        let fault = self.read_chunks(crew);
        self.report();
        self.reading.points.end_source(&self.points, self.source.last);
        self.source.bytes = self.opened.bytes.load(Ordering::Relaxed);
        let dropped = self.opened.format.dropped();
        if dropped > 0 {
            let evidence = Evidence { source: self.index, record: self.source.records, offset: self.offset };
            self.reading.skips.count_many(SkipReason::Dropped, dropped, evidence);
        }
        let interfaces = self.opened.format.interfaces().iter();
        self.source.interfaces = match self.opened.format {
            Format::Pcap(_) => Vec::new(),
            Format::Pcapng(_) => interfaces
                .enumerate()
                .map(|(n, interface)| named(n, &words::mask(&interface.name, crate::pcapng::MAX_NAME)))
                .collect(),
        };
        let Some(fault) = fault else { return (self.source, None) };
        let ended =
            EndedEarly { name: place.name(), offset: self.offset, packets: self.source.records, fault };
        self.source.ended_early = Some(ended.to_string());
        let error = (self.source.records == 0).then_some(CaptureError::Damaged(ended));
        (self.source, error)
    }

    /// Reads all that can be read; answers why it stopped before the end.
    fn read_chunks(&mut self, crew: &mut dyn Crew) -> Option<Fault> {
        let mut rest = Vec::new();
        loop {
            let mut batch = crew.empty();
            let (filled, error) = self.fill(&mut batch, &rest);
            let start = batch.start;
            let is_full = filled == batch.bytes.len();
            let Searched { used, fault } = self.search(&mut batch, filled);
            rest.clear();
            rest.extend_from_slice(batch.bytes.get(used..filled).unwrap_or_default());
            crew.take(batch);
            self.report_sometimes();
            if let Some(fault) = fault.or_else(|| error.map(Fault::from_read)) {
                return Some(fault);
            }
            let beyond = used.saturating_sub(filled);
            if let Err(fault) = self.pass(beyond as u64) {
                return Some(fault);
            }
            if !is_full && beyond == 0 {
                return (!rest.is_empty()).then_some(Fault::CutOff);
            }
            self.offset = start.saturating_add(used as u64);
        }
    }

    /// Fills a batch with what was left of the one before, and what follows it.
    fn fill(&mut self, batch: &mut Batch, rest: &[u8]) -> (usize, Option<io::Error>) {
        batch.source = self.index;
        batch.start = self.offset;
        batch.before = self.source.records;
        batch.clear();
        let place = rest.len().min(batch.bytes.len());
        let (before, after) = batch.bytes.split_at_mut(place);
        before.copy_from_slice(rest);
        let (filled, error) = fill(&mut *self.opened.stream, after);
        (rest.len().saturating_add(filled), error)
    }

    /// Finds the records in the first `filled` bytes of a batch.
    fn search(&mut self, batch: &mut Batch, filled: usize) -> Searched {
        let Batch { bytes, assembled, packets, start, .. } = batch;
        let bytes = bytes.get(..filled).unwrap_or_default();
        let (mut used, mut nth) = (0usize, 0);
        let mut fault = None;
        while let Some(unread) = bytes.get(used..) {
            self.offset = start.saturating_add(used as u64);
            match self.opened.format.next(unread) {
                Step::Packet(record) => {
                    let place = RecordPlace { nth, at: used };
                    self.take_record(&record, place, bytes, (assembled, packets));
                    used = used.saturating_add(record.used);
                    nth = nth.saturating_add(1);
                }
                Step::Pass(count) => used = used.saturating_add(usize::try_from(count).unwrap_or(usize::MAX)),
                Step::More => break,
                Step::Broken(broken) => {
                    fault = Some(broken);
                    break;
                }
            }
        }
        Searched { used, fault }
    }

    /// Passes over so many bytes of a block that nobody reads.
    fn pass(&mut self, count: u64) -> Result<(), Fault> {
        let passed = io::copy(&mut self.opened.stream.by_ref().take(count), &mut io::sink());
        match passed.map_err(Fault::from_read)? {
            passed if passed < count => Err(Fault::CutOff),
            _ => Ok(()),
        }
    }

    fn take_record(
        &mut self,
        record: &Record<'_>,
        place: RecordPlace,
        bytes: &[u8],
        into: (&mut Vec<u8>, &mut Vec<Packet>),
    ) {
        self.source.records = self.source.records.saturating_add(1);
        let evidence = Evidence { source: self.index, record: self.source.records, offset: self.offset };
        self.take_time(record.time, evidence);
        let Some(interface) = self.opened.format.interfaces().get(record.interface) else {
            self.reading.skips.count(SkipReason::Malformed, evidence);
            return;
        };
        let link = interface.link;
        let found = Found {
            nth: place.nth,
            record: place.at,
            time: self.time,
            point: self.point_of(record.interface),
            link,
            evidence,
        };
        let Reading { headers, skips, .. } = &mut *self.reading;
        headers.decode(record, &found, bytes, into, skips);
    }

    /// Uses a packet's time if it is possible.
    fn take_time(&mut self, time: Option<i64>, evidence: Evidence) {
        let Some(time) = time.map(Timestamp::from_nanoseconds) else { return };
        if time <= OLDEST || time > self.reading.latest {
            self.reading.skips.count(SkipReason::ImplausibleTime, evidence);
            return;
        }
        self.time = time;
        self.source.first = Some(self.source.first.map_or(time, |first| first.min(time)));
        self.source.last = Some(self.source.last.map_or(time, |last| last.max(time)));
    }

    /// The capture point of an interface that has a packet.
    fn point_of(&mut self, interface: usize) -> u16 {
        if let Some(Some(point)) = self.points.get(interface) {
            return *point;
        }
        let point = match self.opened.format.interfaces().get(interface) {
            Some(about) => self.reading.points.begin(interface, about, self.time),
            None => 0,
        };
        if self.points.len() <= interface {
            self.points.resize(interface.saturating_add(1), None);
        }
        if let Some(slot) = self.points.get_mut(interface) {
            *slot = Some(point);
        }
        point
    }

    fn report_sometimes(&mut self) {
        let bytes = self.opened.bytes.load(Ordering::Relaxed);
        if bytes.saturating_sub(self.told) >= PROGRESS {
            self.report();
        }
    }

    fn report(&mut self) {
        self.told = self.opened.bytes.load(Ordering::Relaxed);
        self.reading.progress.read(usize::from(self.index.0), self.told, self.opened.of);
    }
}

/// How far records were found in a batch.
struct Searched {
    /// Bytes that are done with, perhaps beyond the batch.
    used: usize,
    fault: Option<Fault>,
}

/// A record's place in its batch.
#[derive(Clone, Copy)]
struct RecordPlace {
    nth: u32,
    at: usize,
}

/// What people call an interface: its name, or its number.
fn named(number: usize, name: &str) -> String {
    if name.is_empty() { format!("interface {number}") } else { name.to_owned() }
}

/// A source of this name before anything of it was read.
pub(crate) const fn unread(name: String) -> Source {
    Source {
        kind: SourceKind::Capture,
        name,
        bytes: 0,
        records: 0,
        first: None,
        last: None,
        interfaces: Vec::new(),
        ended_early: None,
    }
}
