//! Capture files to conversations and observations, in one pass, over all cores, in bounded memory.
//!
//! ```text
//! file, pipe, memory -> decompressed -> records -> headers -> shards: flows -> streams -> dissectors -> facts
//! (input)               (decompress)    (pcap, pcapng) (source, batch)  (flow)   (stream, reassembly, recognise)
//! ```
//!
//! The caller's thread reads chunks, finds records and reads headers; a fixed number of shards, each for its pairs of hosts,
//! follow connections and ask the dissectors. The same packets give the same result on one thread and on many, within the
//! limits and beyond them.
//!
//! What is wrong with a source is told, not thrown: what was read before stays. No payload is ever kept, printed or part of
//! an error. Not here: what facts mean (`identify`), where they are kept (`store`), and any clock: the moment to judge
//! times at is given.

mod accounts;
mod agreement;
mod batch;
mod collector;
mod conversation;
mod decompress;
mod error;
mod excluded;
mod facts;
mod flow;
mod follow;
mod format;
mod fragments;
mod harvests;
mod hellos;
mod input;
mod joined;
mod lifetimes;
mod limits;
mod pcap;
mod pcapng;
mod points;
mod quiet;
mod reassembly;
mod recognise;
mod shard;
mod skips;
mod source;
mod stream;
mod workers;

use std::num::NonZeroUsize;

use foldhash::fast::RandomState;
use wardround_model::{Conversation, Coverage, Observation, Source, SourceIndex, Timestamp};

pub use collector::Collector;
pub use error::{CaptureError, EndedEarly, Fault, NothingRead};
pub use excluded::{InvalidPrefix, Prefix};
pub use follow::{Follower, Frame};
pub use harvests::Harvests;
pub use input::Input;
pub use limits::Limits;

use accounts::AccountTable;
use batch::Headers;
use input::Place;
use lifetimes::LifetimeTable;
use shard::{Dissectors, Findings, Shard};
use skips::Skips;
use source::Reading;

/// How to read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The moment that the round judges at: packets more than a day later cannot be.
    pub as_of: Timestamp,
    /// Threads, that of the caller included. The result does not depend on it.
    pub workers: NonZeroUsize,
    /// How much is followed and kept at once.
    pub limits: Limits,
    /// Networks that are left out: of packets from and to them, nothing but the addresses is looked at.
    pub excluded: Vec<Prefix>,
}

impl Options {
    /// One thread and the default limits.
    #[must_use]
    pub fn at(as_of: Timestamp) -> Self {
        Self { as_of, workers: NonZeroUsize::MIN, limits: Limits::default(), excluded: Vec::new() }
    }
}

/// What was read.
#[derive(Debug, Default)]
pub struct Captured {
    /// Each fact about a subject once, in the order of the first sightings.
    pub observations: Vec<Observation>,
    /// Each client and service once, in the order of the first packets.
    pub conversations: Vec<Conversation>,
    /// What was covered: one source for each input, whether it could be read or not.
    pub coverage: Coverage,
    /// Inputs of which nothing could be read; all others could, perhaps not to their end.
    pub failed: Vec<CaptureError>,
}

/// Is told how far the reading is.
pub trait Progress {
    /// So many bytes of the input with this number (from 0) were read, before decompression, of so many if that is known.
    /// Called about every MiB and at the end of each input, by the caller's thread.
    fn read(&self, source: usize, bytes: u64, of: Option<u64>);
}

/// Nobody is told.
impl Progress for () {
    fn read(&self, _source: usize, _bytes: u64, _of: Option<u64>) {}
}

/// Reads captures, one after the other.
///
/// # Errors
/// When no packet could be read from any of them, with the reason for each. A damaged source is no error as long as one packet
/// of it could be read ([`Source::ended_early`]), nor is one without packets beside others that have some.
pub fn read(inputs: &[Input], options: &Options, progress: &dyn Progress) -> Result<Captured, NothingRead> {
    let places: Vec<_> = inputs.iter().map(Place::Input).collect();
    read_places(&places, options, Dissectors::ALL, progress)
}

/// Reads a capture in memory, as if it were a file with this name.
///
/// # Errors
/// When nothing could be read from it.
pub fn read_bytes(name: &str, bytes: &[u8], options: &Options) -> Result<Captured, NothingRead> {
    read_places(&[Place::Memory { name, bytes }], options, Dissectors::ALL, &())
}

fn read_places(
    places: &[Place<'_>],
    options: &Options,
    dissectors: Dissectors,
    progress: &dyn Progress,
) -> Result<Captured, NothingRead> {
    quiet::install();
    let hasher = RandomState::default();
    let headers = Headers::new(hasher.clone(), options.excluded.clone());
    let mut reading = Reading::new(options.as_of, headers, progress);
    let mut failed = Vec::new();
    let shard = || Shard::new(&options.limits, dissectors, &hasher);
    let (sources, findings) = workers::run(options.workers.get(), shard, |crew| {
        let mut sources = Vec::new();
        for (number, place) in places.iter().enumerate() {
            let Ok(number) = u16::try_from(number) else {
                failed.push(CaptureError::TooMany(place.name()));
                break;
            };
            let (source, error) = reading.read(SourceIndex(number), *place, crew);
            sources.push(source);
            failed.extend(error);
        }
        sources
    });
    if sources.iter().all(|source| source.records == 0) {
        let silent = sources.iter().filter(|source| source.ended_early.is_none());
        failed.extend(silent.map(|source| CaptureError::NoPackets(source.name.clone())));
        return Err(NothingRead(failed));
    }
    reading.headers.finish(&mut reading.skips);
    let captured = put_together(sources, findings, reading.skips, options.as_of, &mut Lasting::default());
    Ok(Captured { failed, ..captured })
}

/// What is known of hosts from one harvest to the next.
#[derive(Debug, Default)]
struct Lasting {
    /// Who logs in by which account.
    accounts: AccountTable,
    /// Times to live of connections that addresses open.
    lifetimes: LifetimeTable,
}

/// What all shards found, in one order.
fn put_together(
    sources: Vec<Source>,
    findings: Vec<Findings>,
    mut skips: Skips,
    as_of: Timestamp,
    lasting: &mut Lasting,
) -> Captured {
    let mut tables = Vec::new();
    let mut observations = Vec::new();
    let mut values_not_allowed: u64 = 0;
    for found in findings {
        skips.merge(&found.skips);
        values_not_allowed = values_not_allowed.saturating_add(found.values_not_allowed);
        observations.extend(found.facts.into_observations());
        lasting.accounts.merge(found.accounts, &mut skips);
        lasting.lifetimes.merge(found.lifetimes, &mut skips);
        tables.push(found.conversations);
    }
    observations.extend(lasting.accounts.tell_shared());
    observations.extend(lasting.lifetimes.tell_mixed());
    let mut observations = facts::merge(observations);
    let mut conversations = conversation::merge(tables.into_iter());
    // Packets before the first possible time of their source have none of their own yet.
    let first_time = |source: SourceIndex| {
        sources.get(usize::from(source.0)).and_then(|source| source.first).unwrap_or(as_of)
    };
    let mend = |first: &mut wardround_model::Sighting, last: &mut Timestamp| {
        if first.at == Timestamp::EPOCH {
            first.at = first_time(first.evidence.source);
        }
        *last = (*last).max(first.at);
    };
    observations.iter_mut().for_each(|o| mend(&mut o.first, &mut o.last));
    for it in &mut conversations {
        mend(&mut it.first, &mut it.last);
        it.active.add(it.first.at);
        it.active.add(it.last);
    }
    let coverage = Coverage { sources, skipped: skips.list().collect(), values_not_allowed };
    Captured { observations, conversations, coverage, failed: Vec::new() }
}

#[cfg(test)]
mod tests;
