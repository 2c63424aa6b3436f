//! Advisories in OSV's form: which versions of which packages have a vulnerability.
//! Format: <https://ossf.github.io/osv-schema/> (1.7), one record a file, in JSON or (PyPA's database) in YAML.

use std::cmp::Ordering;
use std::io::Read;

use serde::Deserialize;
use serde_json::Value;
use wardround_model::CveId;

use super::nvd::fingerprint;
use super::{FeedError, FeedReport, Input, SkipReason, json, yaml};
use crate::index::wanted_ecosystem;
use crate::version::{Scheme, compare};

/// The most bytes of a record in YAML: the largest known has 20,000.
const MAX_YAML: usize = 1 << 20;

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OsvRecord {
    /// Its id: `PYSEC-2022-247`, `GHSA-…`, `DSA-…`.
    pub id: String,
    /// When it was changed, as written; orders two versions.
    pub modified: String,
    /// A digest of the record as written; orders two versions that were changed at the same time.
    pub fingerprint: u64,
    /// Its publisher withdrew it.
    pub withdrawn: bool,
    /// The CVEs that it is about, ascending.
    pub cves: Vec<CveId>,
    /// Other ids of the same vulnerability, ascending.
    pub aliases: Vec<String>,
    /// What is affected; empty when it was withdrawn.
    pub affected: Vec<OsvPackage>,
}

/// A package, and which versions of it are affected: those in any range, and those that are listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OsvPackage {
    /// The ecosystem, with its release: `Debian:12`.
    pub ecosystem: String,
    /// The package's name there.
    pub name: String,
    /// Ranges in the ecosystem's order.
    pub ranges: Vec<OsvRange>,
    /// Single versions.
    pub versions: Vec<String>,
}

/// Versions from one on (none: from the first) to an end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OsvRange {
    /// The oldest.
    pub introduced: Option<String>,
    /// The end.
    pub end: OsvEnd,
}

/// The end of a range.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OsvEnd {
    /// There is none: no version has the fix.
    Open,
    /// The first version that has the fix.
    Fixed(String),
    /// The last version that is affected.
    LastAffected(String),
}

/// Reads one record, in JSON or YAML.
///
/// # Errors
/// When the file is not such a record.
pub fn read<R: Read>(input: &mut Input<R>, mut each: impl FnMut(OsvRecord)) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport { records: 1, ..FeedReport::default() };
    let bytes = input.read_whole()?;
    let raw: Raw = if bytes.trim_ascii_start().starts_with(b"{") {
        serde_json::from_slice(&bytes).map_err(|error| input.json_error("the record".into(), error))?
    } else {
        from_yaml(&bytes, input)?
    };
    raw.read(&bytes, &mut report, &mut each);
    input.finish(&mut report)?;
    Ok(report)
}

fn from_yaml<R: Read>(bytes: &[u8], input: &Input<R>) -> Result<Raw, FeedError> {
    let value = yaml_value(bytes, MAX_YAML, input)?;
    serde_json::from_value(value).map_err(|error| input.malformed("the record", 1, &error.to_string()))
}

/// The value of a text in YAML that is no longer than `limit`.
pub(super) fn yaml_value<R: Read>(bytes: &[u8], limit: usize, input: &Input<R>) -> Result<Value, FeedError> {
    if bytes.len() > limit {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        return Err(FeedError::TooLarge { file: input.name().into(), part: "the record".into(), limit });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| input.malformed("the record", 1, "it is not UTF-8"))?;
    yaml::read(text).map_err(|error| input.malformed("the record", error.line, error.reason))
}

#[derive(Deserialize)]
struct Raw {
    id: String,
    #[serde(default)]
    modified: Option<String>,
    #[serde(default)]
    withdrawn: Option<String>,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    #[serde(default)]
    upstream: Option<Vec<String>>,
    #[serde(default)]
    related: Option<Vec<String>>,
    #[serde(default)]
    affected: Option<Vec<RawAffected>>,
}

#[derive(Deserialize)]
struct RawAffected {
    package: Option<RawPackage>,
    /// Some publishers write the only one without the list around it.
    #[serde(default, deserialize_with = "json::one_or_many")]
    ranges: Vec<RawRange>,
    #[serde(default)]
    versions: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RawPackage {
    #[serde(default)]
    ecosystem: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct RawRange {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    events: Vec<RawEvent>,
}

#[derive(Default, Deserialize)]
struct RawEvent {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
}

impl Raw {
    fn read(self, bytes: &[u8], report: &mut FeedReport, each: &mut impl FnMut(OsvRecord)) {
        let id = self.id.trim().to_owned();
        if id.is_empty() || id.len() > 100 {
            return report.skip(SkipReason::Malformed, "a record without a usable id");
        }
        let modified = self.modified.unwrap_or_default();
        report.saw_day(&modified);
        let withdrawn = self.withdrawn.is_some();
        if withdrawn {
            report.skip(SkipReason::Withdrawn, &id);
        }
        let affected = self.affected.filter(|_| !withdrawn).unwrap_or_default();
        let affected: Vec<OsvPackage> =
            affected.into_iter().filter_map(|one| one.read(&id, report)).collect();
        let related = self.related.filter(|_| of_distributions(&affected)).unwrap_or_default();
        let named = [self.aliases.unwrap_or_default(), self.upstream.unwrap_or_default(), related].concat();
        let (cves, aliases) = told_apart(&id, named);
        let fingerprint = fingerprint(bytes);
        each(OsvRecord { id, modified, fingerprint, withdrawn, cves, aliases, affected });
    }
}

/// A distribution's advisory is about the CVEs that it is related to; another's is merely like them.
fn of_distributions(affected: &[OsvPackage]) -> bool {
    let distribution = |one: &OsvPackage| {
        matches!(Scheme::of_ecosystem(&one.ecosystem), Some(Scheme::Debian | Scheme::Rpm | Scheme::Alpine))
    };
    !affected.is_empty() && affected.iter().all(distribution)
}

/// The CVEs among the names of a vulnerability, and its other names; each once, in order.
pub(super) fn told_apart(id: &str, named: Vec<String>) -> (Vec<CveId>, Vec<String>) {
    let mut cves: Vec<CveId> = named.iter().filter_map(|name| cve_in(name)).chain(cve_in(id)).collect();
    let mut aliases: Vec<String> = named
        .into_iter()
        .filter(|name| cve_in(name).is_none() && name.len() <= 100 && !name.is_empty())
        .collect();
    cves.sort_unstable();
    cves.dedup();
    aliases.sort_unstable();
    aliases.dedup();
    (cves, aliases)
}

/// `CVE-2024-1`, or with a distribution's prefix: `DEBIAN-CVE-…`, `UBUNTU-CVE-…`, `ALPINE-CVE-…`.
fn cve_in(name: &str) -> Option<CveId> {
    let at = name.find("CVE-")?;
    let prefix = name.get(..at)?;
    let known = prefix.is_empty() || prefix.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
    name.get(at..).filter(|_| known)?.parse().ok()
}

impl RawAffected {
    fn read(self, id: &str, report: &mut FeedReport) -> Option<OsvPackage> {
        let package =
            self.package.filter(|one| !one.ecosystem.trim().is_empty() && !one.name.trim().is_empty());
        let Some(RawPackage { ecosystem, name }) = package else {
            report.skip(SkipReason::Package, id);
            return None;
        };
        let ranges = self.ranges.iter().filter(|range| matches!(range.kind.as_str(), "ECOSYSTEM" | "SEMVER"));
        let read = |range: &RawRange| read_events(&ecosystem, &range.events);
        let ranges: Vec<OsvRange> = ranges.flat_map(read).collect();
        let versions = self.versions.unwrap_or_default();
        if ranges.is_empty() && versions.is_empty() {
            report.skip(SkipReason::Value, &format!("{id}: no versions of {name}"));
            return None;
        }
        let ecosystem = wanted_ecosystem(&ecosystem).to_owned();
        Some(OsvPackage { ecosystem, name: name.trim().to_owned(), ranges, versions })
    }
}

/// Pairs what introduces a vulnerability with what ends it, as OSV evaluates them: by version, whatever the order in
/// the record. What ends nothing, or begins twice, says nothing.
fn read_events(ecosystem: &str, events: &[RawEvent]) -> Vec<OsvRange> {
    let mut ranges: Vec<OsvRange> = Vec::new();
    let mut begun: Option<&str> = None;
    for (version, event) in sorted_events(ecosystem, events) {
        let end = match event {
            Event::Introduced => {
                begun = begun.or(Some(version));
                continue;
            }
            Event::Fixed => OsvEnd::Fixed(version.to_owned()),
            Event::LastAffected => OsvEnd::LastAffected(version.to_owned()),
        };
        ranges.extend(begun.take().map(|from| OsvRange { introduced: from_first(from), end }));
    }
    ranges.extend(begun.map(|from| OsvRange { introduced: from_first(from), end: OsvEnd::Open }));
    ranges
}

/// `0` stands before every version.
fn from_first(version: &str) -> Option<String> {
    (version != "0").then(|| version.to_owned())
}

/// What happens at a version.
#[derive(Clone, Copy)]
enum Event {
    Introduced,
    Fixed,
    LastAffected,
}

/// By version when all of them can be compared, else as they stand.
fn sorted_events<'e>(ecosystem: &str, events: &'e [RawEvent]) -> Vec<(&'e str, Event)> {
    let mut sorted: Vec<(&str, Event)> = Vec::new();
    for RawEvent { introduced, fixed, last_affected } in events {
        let kinds = [Event::Introduced, Event::Fixed, Event::LastAffected];
        let versions = [introduced, fixed, last_affected].into_iter().zip(kinds);
        sorted.extend(versions.filter_map(|(version, kind)| Some((version.as_deref()?.trim(), kind))));
    }
    let Some(scheme) = Scheme::of_ecosystem(ecosystem) else { return sorted };
    if sorted.iter().all(|&(version, _)| version == "0" || scheme.reads(version)) {
        sorted.sort_by(|&(one, _), &(two, _)| {
            let first = (two == "0").cmp(&(one == "0"));
            first.then_with(|| compare(scheme, one, two).unwrap_or(Ordering::Equal))
        });
    }
    sorted
}
