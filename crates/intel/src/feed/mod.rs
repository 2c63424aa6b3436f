//! The published feeds: which file is which, and one reader each.
//!
//! Every reader takes any `Read`, holds one record at a time, skips and counts what it cannot use, and returns a typed
//! error when the file as a whole cannot be used. Archives and compression are undone by the caller.

pub mod csaf;
pub mod cve_record;
pub mod debian_changelog;
pub mod debian_tracker;
pub mod end_of_life;
pub mod epss;
mod input;
mod json;
pub mod kev;
pub mod nvd;
pub mod osv;
pub mod oui;
pub mod recalls;
mod recognise;
mod report;
pub mod rustsec;
#[cfg(test)]
mod tests;
mod yaml;

pub use input::{Input, MAX_FEED, MAX_RECORD};
pub use report::{FeedError, FeedReport, SkipReason, Skipped};

/// A format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedKind {
    /// NVD's JSON 2.0 feed of CVEs.
    Nvd,
    /// CISA's catalogue of known exploited vulnerabilities, JSON.
    Kev,
    /// FIRST's EPSS scores, CSV.
    Epss,
    /// One CVE record (JSON 5) with CISA's container of SSVC points.
    CveRecord,
    /// SSVC points and affected products, one JSON line a CVE.
    SsvcLines,
    /// One advisory, CSAF 2.0.
    Csaf,
    /// IEEE's table of address blocks (MA-L, MA-M, MA-S or IAB), CSV.
    Oui,
    /// One advisory about packages in OSV's form, JSON or YAML.
    Osv,
    /// One advisory of RustSec, TOML in Markdown.
    RustSec,
    /// Debian's security tracker, JSON.
    DebianTracker,
    /// The changelog of a Debian package.
    DebianChangelog,
    /// Dates of endoflife.date: an answer of its API (JSON), or one product's page (Markdown).
    EndOfLife,
    /// openFDA's recalls of medical devices, JSON.
    Recalls,
}

pub use recognise::RECOGNISED_FROM;
