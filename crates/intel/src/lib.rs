//! What is known of vulnerabilities: one index over a byte slice, its builder, and the feeds that it is built from.
//!
//! In: bytes of published feeds (NVD, CISA KEV, EPSS, CISA's SSVC points, CSAF advisories, IEEE address blocks).
//! Out: an index of facts (ids, names, version ranges, scores, dates; no prose) and answers about products.
//! Not here: files, the network, the clock (`feeds` and the binary own these), or which asset has what (`triage`).

pub mod affected;
mod build;
pub mod cpe;
pub mod cvss;
mod day;
pub mod feed;
pub mod index;
pub mod names;
mod tokens;
pub mod version;

pub use build::{IndexBuilder, Profile};
pub use day::{Day, InvalidDay};
pub use index::Index;

static SNAPSHOT: &[u8] = include_bytes!("../data/snapshot.wri");

/// The index that the program carries with it: facts only, made from public feeds by `wardround intel build`.
/// How old each part is: `Index::sources`.
#[must_use]
pub fn snapshot() -> &'static [u8] {
    SNAPSHOT
}
