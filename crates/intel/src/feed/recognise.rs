//! Which feed a file is.

use super::{FeedKind, debian_changelog};

/// How many bytes of a file `FeedKind::recognise` looks at, at most.
pub const RECOGNISED_FROM: usize = 16 * 1024;

impl FeedKind {
    /// Which feed a file is, from its name and its first bytes (uncompressed); `None` when it is none that we read.
    #[must_use]
    pub fn recognise(file_name: &str, first_bytes: &[u8]) -> Option<Self> {
        let looked_at = first_bytes.get(..RECOGNISED_FROM).unwrap_or(first_bytes);
        let text = String::from_utf8_lossy(looked_at);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('{') { recognise_json(file_name, text) } else { recognise_text(text) }
    }
}

fn recognise_text(text: &str) -> Option<FeedKind> {
    let has = |key: &str| text.contains(key);
    if text.starts_with("```toml") && has("\nid = \"RUSTSEC-2") {
        Some(FeedKind::RustSec)
    } else if text.starts_with("---") && has("\npermalink: /") && has("\ncategory: ") {
        Some(FeedKind::EndOfLife)
    } else if text.starts_with("id: ") && ["\naffected:", "\naliases:", "\nmodified:"].into_iter().any(has) {
        Some(FeedKind::Osv)
    } else if debian_changelog::begins(text) {
        Some(FeedKind::DebianChangelog)
    } else {
        recognise_table(text)
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
        recognise_of_packages(text)
    }
}

/// What is about packages, dates of support or devices; a JSON schema is none of it.
fn recognise_of_packages(text: &str) -> Option<FeedKind> {
    let has = |key: &str| text.contains(key);
    if has("\"properties\"") {
        None
    } else if has("\"results\"") && (has("\"product_res_number\"") || has("\"recall_number\"")) {
        Some(FeedKind::Recalls)
    } else if has("\"result\"") && has("\"schema_version\"") && has("\"releases\"") {
        Some(FeedKind::EndOfLife)
    } else if has("\"releases\"") && has("\"status\"") && (has("\"urgency\"") || has("\"repositories\"")) {
        Some(FeedKind::DebianTracker)
    } else if has("\"id\"") && has("\"modified\"") && (has("\"affected\"") || has("\"schema_version\"")) {
        Some(FeedKind::Osv)
    } else {
        None
    }
}

fn first_key(text: &str) -> Option<&str> {
    text.strip_prefix('{')?.trim_start().strip_prefix('"')?.split('"').next()
}
