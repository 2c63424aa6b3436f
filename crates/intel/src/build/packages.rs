//! Packages: what advisories, trackers and changelogs say of them, the newest version of each.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use wardround_model::CveId;

use super::content::ContentHash;
use super::strings::{References, StrId, Strings};
use super::write::{count, put_ascending};
use crate::feed::debian_changelog::ChangelogEntry;
use crate::feed::debian_tracker::{TrackerEntry, TrackerStatus};
use crate::feed::osv::{OsvEnd, OsvPackage, OsvRange, OsvRecord};
use crate::index::layout::put_varint;
use crate::index::{Handling, PackageSource, flags_byte, order};

/// Package, ecosystem, id.
type TrackerKey = (String, String, String);

/// All that is stated of packages.
#[derive(Debug, Default)]
pub(super) struct Packages {
    records: BTreeMap<String, OsvRecord>,
    tracker: BTreeMap<TrackerKey, (TrackerStatus, Handling)>,
    changelogs: BTreeMap<(String, String, CveId), String>,
}

impl Packages {
    pub(super) fn add_record(&mut self, record: OsvRecord) {
        let version = |record: &OsvRecord| (record.modified.clone(), record.withdrawn, record.fingerprint);
        let known = self.records.get(&record.id);
        if known.is_none_or(|known| version(known) < version(&record)) {
            self.records.insert(record.id.clone(), record);
        }
    }

    /// Two files disagree: what is settled counts.
    pub(super) fn add_tracker(&mut self, entry: TrackerEntry) {
        let key = (entry.package, entry.ecosystem, entry.id);
        let stated = (entry.status, entry.handling);
        let known = self.tracker.entry(key).or_insert_with(|| stated.clone());
        if *known < stated {
            *known = stated;
        }
    }

    /// A CVE that several versions name was fixed whole by the newest of them.
    pub(super) fn add_changelog(&mut self, entry: ChangelogEntry) {
        let key = (entry.package, entry.ecosystem, entry.cve);
        let known = self.changelogs.entry(key).or_insert_with(|| entry.version.clone());
        let newer = order("Debian", known, &entry.version).unwrap_or_else(|| (*known).cmp(&entry.version));
        if newer == Ordering::Less || newer == Ordering::Equal && *known < entry.version {
            *known = entry.version;
        }
    }

    /// Withdrawn records.
    pub(super) fn withdrawn(&self) -> u32 {
        count(self.records.values().filter(|record| record.withdrawn).count())
    }

    pub(super) fn cves(&self) -> impl Iterator<Item = CveId> {
        let records = self.records.values().filter(|record| !record.withdrawn);
        let tracker = self.tracker.keys().filter_map(|(_, _, id)| id.parse().ok());
        let changelogs = self.changelogs.keys().map(|&(_, _, cve)| cve);
        records.flat_map(|record| record.cves.iter().copied()).chain(tracker).chain(changelogs)
    }

    /// Everything that will be written.
    pub(super) fn prepare(&self) -> PackagesPart {
        let mut part = PackagesPart::default();
        for record in self.records.values() {
            for package in &record.affected {
                part.add_advisory(record, package);
            }
        }
        for ((package, ecosystem, id), (status, handling)) in &self.tracker {
            part.add(package, ecosystem, of_tracker(id, status, *handling));
        }
        for ((package, ecosystem, cve), version) in &self.changelogs {
            part.add(package, ecosystem, of_changelog(*cve, version));
        }
        part.sort();
        part
    }
}

/// Id, CVEs, other ids.
type RecordKey = (String, Vec<CveId>, Vec<String>);

/// A statement of one record on one package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct StatementDraft {
    record: RecordKey,
    flags: u8,
    ranges: Vec<OsvRange>,
    versions: Vec<String>,
}

/// What will be written of packages: by name and ecosystem.
#[derive(Debug, Default)]
pub(super) struct PackagesPart {
    packages: BTreeMap<(String, String), Vec<StatementDraft>>,
}

fn of_tracker(id: &str, status: &TrackerStatus, handling: Handling) -> StatementDraft {
    let end = match status {
        TrackerStatus::Resolved(version) => OsvEnd::Fixed(version.clone()),
        TrackerStatus::Open | TrackerStatus::Undetermined => OsvEnd::Open,
    };
    let undecided = *status == TrackerStatus::Undetermined;
    StatementDraft {
        record: (id.to_owned(), id.parse().into_iter().collect(), Vec::new()),
        flags: flags_byte(PackageSource::Tracker, handling, undecided),
        ranges: vec![OsvRange { introduced: None, end }],
        versions: Vec::new(),
    }
}

fn of_changelog(cve: CveId, version: &str) -> StatementDraft {
    StatementDraft {
        record: (cve.to_string(), vec![cve], Vec::new()),
        flags: flags_byte(PackageSource::Changelog, Handling::NotStated, false),
        ranges: vec![OsvRange { introduced: None, end: OsvEnd::Fixed(version.to_owned()) }],
        versions: Vec::new(),
    }
}

/// Versions that are listed and in no range; the others say nothing more.
fn beyond_ranges(package: &OsvPackage) -> Vec<String> {
    let mut versions: Vec<String> =
        package.versions.iter().filter(|version| !in_ranges(package, version)).cloned().collect();
    versions.sort_unstable();
    versions.dedup();
    versions
}

fn in_ranges(package: &OsvPackage, version: &str) -> bool {
    let compare = |bound: &str| order(&package.ecosystem, version, bound);
    package.ranges.iter().any(|range| {
        let begun = range.introduced.as_deref().is_none_or(|from| compare(from).is_some_and(Ordering::is_ge));
        begun
            && match &range.end {
                OsvEnd::Open => true,
                OsvEnd::Fixed(fix) => compare(fix) == Some(Ordering::Less),
                OsvEnd::LastAffected(last) => compare(last).is_some_and(Ordering::is_le),
            }
    })
}

impl PackagesPart {
    fn add_advisory(&mut self, record: &OsvRecord, package: &OsvPackage) {
        let draft = StatementDraft {
            record: (record.id.clone(), record.cves.clone(), record.aliases.clone()),
            flags: flags_byte(PackageSource::Advisory, Handling::NotStated, false),
            ranges: package.ranges.clone(),
            versions: beyond_ranges(package),
        };
        self.add(&package.name, &package.ecosystem, draft);
    }

    fn add(&mut self, name: &str, ecosystem: &str, draft: StatementDraft) {
        self.packages.entry((name.to_owned(), ecosystem.to_owned())).or_default().push(draft);
    }

    fn sort(&mut self) {
        for drafts in self.packages.values_mut() {
            drafts.sort_unstable();
            drafts.dedup();
        }
    }

    /// Packages, their blocks, and the records that their statements are of.
    pub(super) fn write(
        &self,
        strings: &mut Strings,
        references: &mut References,
        cve_at: &BTreeMap<CveId, u32>,
    ) -> PackageSections {
        let mut out = PackageSections::default();
        let mut writer = Writer { strings, references, cve_at, records: BTreeMap::new() };
        for ((name, ecosystem), drafts) in &self.packages {
            for text in [name, ecosystem] {
                out.packages.extend_from_slice(&writer.references.wide(writer.strings.id(text)));
            }
            out.packages.extend_from_slice(&count(out.blocks.len()).to_le_bytes());
            out.packages.extend_from_slice(&content(drafts).to_le_bytes());
            put_varint(&mut out.blocks, count(drafts.len()));
            drafts.iter().for_each(|draft| writer.statement(draft, &mut out));
        }
        out
    }
}

/// What becomes sections of the index.
#[derive(Default)]
pub(super) struct PackageSections {
    pub(super) packages: Vec<u8>,
    pub(super) blocks: Vec<u8>,
    pub(super) records: Vec<u8>,
}

struct Writer<'w> {
    strings: &'w mut Strings,
    references: &'w mut References,
    cve_at: &'w BTreeMap<CveId, u32>,
    /// Where the records stand that were written.
    records: BTreeMap<&'w RecordKey, u32>,
}

impl<'w> Writer<'w> {
    fn text(&mut self, text: &str) -> u32 {
        let id: StrId = self.strings.id(text);
        self.references.of(id)
    }

    fn texts(&mut self, texts: &[String], out: &mut Vec<u8>) {
        put_varint(out, count(texts.len()));
        for text in texts {
            put_varint(out, self.text(text));
        }
    }

    fn statement(&mut self, draft: &'w StatementDraft, out: &mut PackageSections) {
        let record = self.record(&draft.record, &mut out.records);
        put_varint(&mut out.blocks, record);
        out.blocks.push(draft.flags);
        put_varint(&mut out.blocks, count(draft.ranges.len()));
        for range in &draft.ranges {
            let introduced = self.text(range.introduced.as_deref().unwrap_or_default());
            put_varint(&mut out.blocks, introduced);
            let (kind, version) = end(&range.end);
            out.blocks.push(kind);
            if let Some(version) = version {
                put_varint(&mut out.blocks, self.text(version));
            }
        }
        self.texts(&draft.versions, &mut out.blocks);
    }

    /// The place of a record, which is written when it is first met.
    fn record(&mut self, key: &'w RecordKey, out: &mut Vec<u8>) -> u32 {
        if let Some(&place) = self.records.get(key) {
            return place;
        }
        let place = count(out.len());
        self.records.insert(key, place);
        let (id, cves, aliases) = key;
        put_varint(out, self.text(id));
        let places: Vec<u32> = cves.iter().filter_map(|cve| self.cve_at.get(cve).copied()).collect();
        put_varint(out, count(places.len()));
        put_ascending(out, &places);
        self.texts(aliases, out);
        place
    }
}

fn end(end: &OsvEnd) -> (u8, Option<&String>) {
    match end {
        OsvEnd::Open => (0, None),
        OsvEnd::Fixed(version) => (1, Some(version)),
        OsvEnd::LastAffected(version) => (2, Some(version)),
    }
}

impl StatementDraft {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let (id, _, aliases) = &self.record;
        let ends = self.ranges.iter().filter_map(|range| end(&range.end).1);
        let starts = self.ranges.iter().filter_map(|range| range.introduced.as_ref());
        std::iter::once(id).chain(aliases).chain(ends).chain(starts).chain(&self.versions).map(String::as_str)
    }
}

fn content(drafts: &[StatementDraft]) -> u64 {
    let mut hash = ContentHash::default();
    for draft in drafts {
        hash.number(u64::from(draft.flags)).cves(&draft.record.1).length(draft.ranges.len());
        for range in &draft.ranges {
            hash.number(u64::from(range.introduced.is_some())).number(u64::from(end(&range.end).0));
        }
        hash.length(draft.texts().count());
        draft.texts().for_each(|text| {
            hash.text(text);
        });
    }
    hash.finish()
}
