//! The published feeds: which file is which, and one reader each.
//!
//! Every reader takes any `Read`, holds one record at a time, skips and counts what it cannot use, and returns a typed
//! error when the file as a whole cannot be used. Archives and compression are undone by the caller.

pub mod csaf;
pub mod cve_record;
pub mod epss;
mod input;
mod json;
pub mod kev;
pub mod nvd;
pub mod oui;
mod report;
#[cfg(test)]
mod tests;

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
}

/// How many bytes of a file `FeedKind::recognise` looks at, at most.
pub const RECOGNISED_FROM: usize = 16 * 1024;

impl FeedKind {
    /// Which feed a file is, from its name and its first bytes (uncompressed); `None` when it is none that we read.
    #[must_use]
    pub fn recognise(file_name: &str, first_bytes: &[u8]) -> Option<Self> {
        let looked_at = first_bytes.get(..RECOGNISED_FROM).unwrap_or(first_bytes);
        let text = String::from_utf8_lossy(looked_at);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('{') { recognise_json(file_name, text) } else { recognise_table(text) }
    }
}

fn recognise_table(text: &str) -> Option<FeedKind> {
    if text.starts_with("#model_version") || text.starts_with("cve,epss") {
        Some(FeedKind::Epss)
    } else if text.starts_with("Registry,Assignment,") {
        Some(FeedKind::Oui)
    } else {
        None
    }
}

fn recognise_json(file_name: &str, text: &str) -> Option<FeedKind> {
    let has = |key: &str| text.contains(key);
    let first_line = text.lines().next().unwrap_or_default();
    let lines = first_line.ends_with('}') || file_name.contains(".jsonl");
    if has("\"NVD_CVE\"") {
        Some(FeedKind::Nvd)
    } else if has("\"catalogVersion\"") && has("\"vulnerabilities\"") && !has("\"properties\"") {
        Some(FeedKind::Kev)
    } else if has("\"CVE_RECORD\"") {
        Some(FeedKind::CveRecord)
    } else if lines && first_line.contains("\"ssvc\"") {
        Some(FeedKind::SsvcLines)
    } else if has("\"csaf_version\"") || first_key(text) == Some("document") {
        Some(FeedKind::Csaf)
    } else {
        None
    }
}

fn first_key(text: &str) -> Option<&str> {
    text.strip_prefix('{')?.trim_start().strip_prefix('"')?.split('"').next()
}
