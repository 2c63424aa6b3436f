//! What proves an observation: where in which capture it was seen.

use crate::Timestamp;

/// The place of a source in the list that a round was given, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceIndex(pub u16);

/// One packet of one capture.
///
/// The order is that of reading: source, then packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// Which source.
    pub source: SourceIndex,
    /// The packet's number in it, from 1, as every packet analyser counts.
    pub packet: u64,
    /// Where the packet's record begins, in bytes from the start of the (decompressed) capture.
    pub offset: u64,
}

/// When something was seen, and what proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sighting {
    /// What proves it; first, because evidence orders sightings even when clocks are wrong.
    pub evidence: Evidence,
    /// The packet's own time.
    pub at: Timestamp,
}

/// A capture that a round read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file's name without its folder, or `standard input`.
    pub name: String,
    /// Bytes read from it, before decompression.
    pub bytes: u64,
    /// Packets read from it.
    pub packets: u64,
    /// The earliest packet time.
    pub first: Option<Timestamp>,
    /// The latest packet time.
    pub last: Option<Timestamp>,
    /// Names of the capture points in it (pcapng interfaces), in their order; empty when the format has none.
    pub interfaces: Vec<String>,
    /// Why reading ended early, in words for a person, if it did.
    pub ended_early: Option<String>,
}
