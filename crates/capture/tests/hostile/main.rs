//! Captures that are damaged on purpose, ten thousand of them, and what has to hold for each.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

#[path = "../../src/tests/build.rs"]
#[expect(dead_code, reason = "these tests write pcap alone")]
mod build;
mod captures;
mod damage;
mod mutations;
mod overlaps;
mod pieces;
mod seeds;
