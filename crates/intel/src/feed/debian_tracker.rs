//! Debian's security tracker: what Debian says of each CVE in each source package and release.
//! Format: <https://security-tracker.debian.org/tracker/data/json>, one JSON object of packages.

use std::collections::BTreeMap;
use std::io::Read;

use serde::Deserialize;
use wardround_model::CveId;

use super::{FeedError, FeedReport, Input, SkipReason, json};
use crate::index::Handling;

/// What Debian says of one vulnerability in one package of one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerEntry {
    /// The source package.
    pub package: String,
    /// The tracker's id: a CVE, or `TEMP-…` before there is one.
    pub id: String,
    /// The CVE, when it is one.
    pub cve: Option<CveId>,
    /// The release as an ecosystem: `Debian:12`; `Debian:sid`.
    pub ecosystem: String,
    /// Where it stands.
    pub status: TrackerStatus,
    /// What Debian plans.
    pub handling: Handling,
}

/// Where a vulnerability stands in a release. The later counts when two files disagree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrackerStatus {
    /// Not looked at yet.
    Undetermined,
    /// Not fixed.
    Open,
    /// This version and later ones have the fix; `0`: no version ever had it.
    Resolved(String),
}

/// Debian's releases by code name.
const RELEASES: [(&str, &str); 10] = [
    ("wheezy", "7"),
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
    ("sid", "sid"),
];

/// The ecosystem of a release: `bookworm` (also `bookworm-security`) as `Debian:12`.
pub(super) fn ecosystem_of(code_name: &str) -> Option<String> {
    let name = code_name.split('-').next().unwrap_or(code_name);
    RELEASES.iter().find(|(code, _)| *code == name).map(|(_, number)| format!("Debian:{number}"))
}

/// Reads the tracker's data, package by package.
///
/// # Errors
/// When the file breaks off or is not a JSON object of packages.
pub fn read<R: Read>(
    input: &mut Input<R>,
    mut each: impl FnMut(TrackerEntry),
) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport::default();
    json::each_field(input, "packages", &mut |package, raw| match serde_json::from_str::<
        BTreeMap<String, RawVulnerability>,
    >(raw)
    {
        Ok(vulnerabilities) => {
            for (id, vulnerability) in vulnerabilities {
                report.records += 1;
                vulnerability.read(package, &id, &mut report, &mut each);
            }
        }
        Err(error) => {
            report.records += 1;
            report.skip(SkipReason::Malformed, &format!("{package}: {error}"));
        }
    })?;
    input.finish(&mut report)?;
    Ok(report)
}

#[derive(Deserialize)]
struct RawVulnerability {
    #[serde(default)]
    releases: BTreeMap<String, RawRelease>,
}

#[derive(Deserialize)]
struct RawRelease {
    #[serde(default)]
    status: String,
    #[serde(default)]
    fixed_version: Option<String>,
    #[serde(default)]
    urgency: Option<String>,
    nodsa: Option<String>,
    nodsa_reason: Option<String>,
}

impl RawVulnerability {
    fn read(self, package: &str, id: &str, report: &mut FeedReport, each: &mut impl FnMut(TrackerEntry)) {
        let cve: Option<CveId> = id.parse().ok();
        if cve.is_none() && !id.starts_with("TEMP-") {
            return report.skip(SkipReason::CveId, id);
        }
        for (code_name, release) in self.releases {
            let Some(ecosystem) = ecosystem_of(&code_name) else {
                report.skip(SkipReason::Package, &format!("{id}: release {code_name}"));
                continue;
            };
            let Some(status) = release.status() else {
                report.skip(SkipReason::Value, &format!("{id}: status {}", release.status));
                continue;
            };
            let (package, id) = (package.to_owned(), id.to_owned());
            each(TrackerEntry { package, id, cve, ecosystem, status, handling: release.handling() });
        }
    }
}

impl RawRelease {
    fn status(&self) -> Option<TrackerStatus> {
        let fixed = self.fixed_version.as_deref().filter(|version| !version.is_empty());
        match (self.status.as_str(), fixed) {
            ("resolved", Some(version)) => Some(TrackerStatus::Resolved(version.to_owned())),
            ("open", _) => Some(TrackerStatus::Open),
            ("undetermined", _) => Some(TrackerStatus::Undetermined),
            _ => None,
        }
    }

    /// `unimportant**` and the like: stars say that the urgency was set by hand.
    fn handling(&self) -> Handling {
        let urgency = self.urgency.as_deref().unwrap_or_default().trim_end_matches('*');
        match (urgency, self.nodsa_reason.as_deref()) {
            ("unimportant", _) => Handling::Unimportant,
            ("end-of-life", _) => Handling::EndOfLife,
            (_, Some("ignored")) => Handling::Ignored,
            (_, Some("postponed")) => Handling::Postponed,
            _ if self.nodsa.is_some() => Handling::NoAdvisory,
            _ => Handling::NotStated,
        }
    }
}
