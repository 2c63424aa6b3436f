//! The real program on real input: the demo capture against its truth, hostile files, stores in trouble.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod bad_files;
mod bad_stores;
mod canaries;
mod clinic;
mod dist;
mod intelligence;
mod kill;
mod program;
mod same_bytes;
mod truth;
mod walk;
