//! Captures built byte by byte, read whole. The writer here shares no code with the readers.

pub(crate) mod build;
mod dialogues;
mod flows;
mod follow;
mod fragments;
mod hellos;
mod hostile;
mod million;
mod pieces;
mod readers;
mod real;
mod voice;

use std::num::NonZeroUsize;

use wardround_dissect::{Facts, Half, Role, StreamDissector, Verdict};
use wardround_model::{FactKind, Protocol, SkipReason, Timestamp};

use crate::input::Place;
use crate::shard::Dissectors;
use crate::{Captured, Limits, NothingRead, Options, read_places};

/// The moment that tests judge at: shortly after the packets that [`build`] writes.
fn options() -> Options {
    Options::at(Timestamp::from_seconds(build::START + 3600))
}

fn with_workers(workers: usize, limits: Limits) -> Options {
    Options { workers: NonZeroUsize::new(workers).unwrap(), limits, ..options() }
}

fn read_with(bytes: &[u8], options: &Options, dissectors: Dissectors) -> Result<Captured, NothingRead> {
    read_places(&[Place::Memory { name: "test.pcap", bytes }], options, dissectors, &())
}

/// Reads a capture with the protocol `NOTE` alone.
fn read_notes(bytes: &[u8], options: &Options) -> Captured {
    read_with(bytes, options, NOTES).unwrap()
}

/// A protocol for tests: `NOTE`, the length of a text in one byte, how many bytes behind it nobody needs in four, the text,
/// those bytes; `BYE.` ends it and `BUG.` shows what a bug of a dissector does.
fn dissect_note(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let magic = half.bytes.get(..4).unwrap_or(half.bytes);
    if magic == b"BYE." {
        return Verdict::Finished { sender: Role::Client };
    }
    assert_ne!(magic, b"BUG.", "a panic that repeats {:?}", half.bytes);
    if magic.len() < 4 && [b"NOTE", b"BYE.", b"BUG."].iter().any(|word| word.starts_with(magic)) {
        return Verdict::More { wanted: 4 };
    }
    if magic != b"NOTE" {
        return Verdict::NotThis;
    }
    let Some(&[_, _, _, _, text, a, b, c, d]) = half.bytes.first_chunk::<9>() else {
        return Verdict::More { wanted: 9 };
    };
    let end = 9 + usize::from(text);
    let Some(text) = half.bytes.get(9..end) else { return Verdict::More { wanted: end } };
    facts.tell(wardround_dissect::About::SenderService, FactKind::HttpServer, text);
    let unneeded = u32::from_be_bytes([a, b, c, d]) as usize;
    Verdict::Message { used: end + unneeded, sender: Role::Client }
}

const NOTES: Dissectors = Dissectors {
    streams: &[StreamDissector { protocol: Protocol::Hl7, dissect: dissect_note }],
    datagrams: &[],
};

fn note(text: &str, unneeded: usize) -> Vec<u8> {
    let length = [u8::try_from(text.len()).unwrap()];
    let behind = u32::try_from(unneeded).unwrap().to_be_bytes();
    [b"NOTE", length.as_slice(), &behind, text.as_bytes(), &vec![b'N'; unneeded]].concat()
}

/// The values of all facts of this kind, in the order of their first sightings.
fn values(captured: &Captured, kind: FactKind) -> Vec<String> {
    let observations = captured.observations.iter().filter(|o| o.fact.kind() == kind);
    observations.map(|o| o.fact.value().to_owned()).collect()
}

fn skipped(captured: &Captured, reason: SkipReason) -> u64 {
    captured.coverage.skipped.iter().find(|skip| skip.reason == reason).map_or(0, |skip| skip.count)
}

/// Two readings found the same.
#[track_caller]
fn assert_same(one: &Captured, other: &Captured) {
    assert_eq!(one.observations, other.observations);
    assert_eq!(one.conversations, other.conversations);
    assert_eq!(one.coverage, other.coverage);
}
