//! Which vulnerabilities a package has: of a language's registry or of a distribution's release, by that ecosystem's
//! own order of versions.
//!
//! What a distribution says of its own package counts, not what the upstream version looks like: `OpenSSH 9.2p1` of
//! Debian 12 may have been fixed without a new upstream version (`Index::distribution_verdict`).

mod judge;
mod verdict;

use wardround_model::CveId;

use super::layout::{Cursor, PACKAGE_RECORD, Section, u32_at, u64_at};
use super::{Index, nth, search};
pub use verdict::DistributionVerdict;

/// A package as an inventory or a bill of materials names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageRef<'p> {
    /// The ecosystem as OSV writes it, with the release where there is one: `PyPI`, `crates.io`, `Debian:12`,
    /// `Ubuntu:22.04`, `Alpine:v3.18`.
    pub ecosystem: &'p str,
    /// The name in that ecosystem; for Debian and Ubuntu that of the *source* package.
    pub name: &'p str,
    /// The version that is installed.
    pub version: PackageVersion<'p>,
}

/// The version of a package, and how much of it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageVersion<'p> {
    /// All of it, as the package manager tells it. In Debian's and RPM's order a missing epoch is 0.
    Full(&'p str),
    /// As a banner tells it: `9.2p1-2+deb12u7` may be `1:9.2p1-2+deb12u7`. Compared without epochs.
    WithoutEpoch(&'p str),
    /// Not known.
    Unknown,
}

/// How an installed version stands to a vulnerability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageVerdict {
    /// It has it; a later version does not, or which one is not said.
    Affected,
    /// It has it, and the publisher says that no version has the fix yet.
    NotFixedYet,
    /// It cannot be said: the version is not known, cannot be compared, or the publisher has not decided.
    CannotCompare,
    /// It had it, and this version has the fix.
    Fixed,
    /// It never had it.
    NotAffected,
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageSource {
    /// The distribution's own tracker of vulnerabilities, CVE by CVE.
    Tracker,
    /// A published advisory in OSV's form.
    Advisory,
    /// The changelog of the package.
    Changelog,
}

/// What a distribution plans to do about a vulnerability that it has not fixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Handling {
    /// Nothing is said.
    #[default]
    NotStated,
    /// It has no effect in how the package is built or used there (Debian: urgency `unimportant`).
    Unimportant,
    /// Too small for an advisory of its own; may come with a point release (Debian: `no-dsa`).
    NoAdvisory,
    /// Put off until a later fix (Debian: `postponed`).
    Postponed,
    /// Will not be fixed in this release (Debian: `ignored`).
    Ignored,
    /// The package is no longer supported in this release (Debian: `end-of-life`).
    EndOfLife,
}

/// A vulnerability that is stated of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageMatch<'a> {
    /// The record: an OSV id (`PYSEC-2022-247`, `ELA-1567-1`), or the tracker's (`CVE-…`, `TEMP-…`).
    pub id: &'a str,
    /// The CVEs that it is about, ascending; empty when it has none yet.
    pub cves: Vec<CveId>,
    /// Other ids of the same vulnerability that are no CVEs (`GHSA-…`), ascending: two records that share one are one.
    pub aliases: Vec<&'a str>,
    /// How the installed version stands to it.
    pub verdict: PackageVerdict,
    /// The first version that has the fix, on the branch of the installed one, when the record says one.
    pub fixed_in: Option<&'a str>,
    /// Who says so.
    pub source: PackageSource,
    /// What the distribution plans.
    pub handling: Handling,
}

/// A package that the index has statements about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName<'a> {
    /// The name.
    pub name: &'a str,
    /// The ecosystem.
    pub ecosystem: &'a str,
}

/// A record of `Section::Packages`.
#[derive(Clone, Copy)]
pub(super) struct PackageRecord<'a> {
    pub(super) name: PackageName<'a>,
    block: usize,
    pub(super) hash: u64,
}

/// A statement as it stands in a block.
pub(super) struct Statement<'a> {
    pub(super) id: &'a str,
    cves: Vec<CveId>,
    aliases: Vec<&'a str>,
    source: PackageSource,
    handling: Handling,
    /// The publisher has not decided.
    undecided: bool,
    ranges: Vec<PackageRange<'a>>,
    versions: Vec<&'a str>,
}

/// From a version (none: from the first on) to an end.
#[derive(Clone, Copy, Debug)]
struct PackageRange<'a> {
    introduced: Option<&'a str>,
    end: RangeEnd<'a>,
}

#[derive(Clone, Copy, Debug)]
enum RangeEnd<'a> {
    Open,
    Fixed(&'a str),
    LastAffected(&'a str),
}

impl<'a> Index<'a> {
    /// Everything that is stated of a package, by record id, also what it is fixed against or never had: the verdict
    /// tells. The ecosystem must be that of the release; `package_ecosystems` says which there are.
    #[must_use]
    pub fn package_vulnerabilities(&self, package: &PackageRef<'_>) -> Vec<PackageMatch<'a>> {
        let statements = self.package_statements(package.ecosystem, package.name);
        statements.into_iter().map(|one| one.judge(package.ecosystem, package.version)).collect()
    }

    /// The ecosystems in which a package of this name has statements, ascending.
    #[must_use]
    pub fn package_ecosystems(&self, name: &str) -> Vec<&'a str> {
        let from = self.first_package(|one| one.name < name);
        (from..self.package_count())
            .map_while(|at| self.package_at(at))
            .take_while(|record| record.name.name == name)
            .map(|record| record.name.ecosystem)
            .collect()
    }

    /// How many packages there are; one of two releases counts twice.
    #[must_use]
    pub fn package_count(&self) -> usize {
        self.section(Section::Packages).len() / PACKAGE_RECORD
    }

    pub(super) fn package_statements(&self, ecosystem: &str, name: &str) -> Vec<Statement<'a>> {
        let ecosystem = wanted_ecosystem(ecosystem);
        let wanted = PackageName { name, ecosystem };
        let found = search(self.package_count(), |at| Some(self.package_at(at)?.name.cmp(&wanted)));
        let record = found.and_then(|at| self.package_at(at));
        record.and_then(|record| self.package_block(&record)).unwrap_or_default()
    }

    /// The place of the first package that is not before what is looked for.
    fn first_package(&self, before: impl Fn(PackageName<'a>) -> bool) -> usize {
        let (mut low, mut high) = (0, self.package_count());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.package_at(middle).is_some_and(|record| before(record.name)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    pub(super) fn package_at(&self, at: usize) -> Option<PackageRecord<'a>> {
        let record = nth(self.section(Section::Packages), at, PACKAGE_RECORD)?;
        let name = PackageName {
            name: self.string(u32_at(record, 0)?)?,
            ecosystem: self.string(u32_at(record, 4)?)?,
        };
        Some(PackageRecord {
            name,
            block: usize::try_from(u32_at(record, 8)?).ok()?,
            hash: u64_at(record, 12)?,
        })
    }

    pub(super) fn package_block(&self, record: &PackageRecord<'a>) -> Option<Vec<Statement<'a>>> {
        let mut cursor = Cursor::at(self.section(Section::PackageBlocks), record.block)?;
        (0..cursor.count()?).map(|_| self.package_statement(&mut cursor)).collect()
    }

    fn package_statement(&self, cursor: &mut Cursor<'a>) -> Option<Statement<'a>> {
        let mut record = Cursor::at(self.section(Section::PackageRecords), place(cursor)?)?;
        let id = self.string(record.varint()?)?;
        let cves = self.cve_list(&mut record)?;
        let aliases = self.strings_of(&mut record)?;
        let (source, handling, undecided) = flags_of(cursor.byte()?)?;
        let ranges = (0..cursor.count()?).map(|_| self.package_range(cursor)).collect::<Option<_>>()?;
        let versions = self.strings_of(cursor)?;
        Some(Statement { id, cves, aliases, source, handling, undecided, ranges, versions })
    }

    fn strings_of(&self, cursor: &mut Cursor<'a>) -> Option<Vec<&'a str>> {
        (0..cursor.count()?).map(|_| self.string(cursor.varint()?)).collect()
    }

    fn package_range(&self, cursor: &mut Cursor<'a>) -> Option<PackageRange<'a>> {
        let introduced = self.string(cursor.varint()?)?;
        let end = match cursor.byte()? {
            0 => RangeEnd::Open,
            1 => RangeEnd::Fixed(self.string(cursor.varint()?)?),
            _ => RangeEnd::LastAffected(self.string(cursor.varint()?)?),
        };
        Some(PackageRange { introduced: Some(introduced).filter(|text| !text.is_empty()), end })
    }
}

fn place(cursor: &mut Cursor<'_>) -> Option<usize> {
    usize::try_from(cursor.varint()?).ok()
}

/// Ecosystems as the index writes them: Ubuntu's without the `:LTS` that OSV adds to some releases.
pub(crate) fn wanted_ecosystem(ecosystem: &str) -> &str {
    let ecosystem = ecosystem.trim();
    ecosystem.strip_suffix(":LTS").filter(|_| ecosystem.starts_with("Ubuntu:")).unwrap_or(ecosystem)
}

const SOURCES: [PackageSource; 3] =
    [PackageSource::Tracker, PackageSource::Advisory, PackageSource::Changelog];
const HANDLINGS: [Handling; 6] = [
    Handling::NotStated,
    Handling::Unimportant,
    Handling::NoAdvisory,
    Handling::Postponed,
    Handling::Ignored,
    Handling::EndOfLife,
];

/// Source in the lowest two bits, handling in the three above, then whether the publisher has not decided.
pub(crate) fn flags_byte(source: PackageSource, handling: Handling, undecided: bool) -> u8 {
    let place = |at: Option<usize>| at.and_then(|at| u8::try_from(at).ok()).unwrap_or_default();
    let source = place(SOURCES.iter().position(|&one| one == source));
    let handling = place(HANDLINGS.iter().position(|&one| one == handling));
    source | handling << 2 | u8::from(undecided) << 5
}

fn flags_of(byte: u8) -> Option<(PackageSource, Handling, bool)> {
    let source = *SOURCES.get(usize::from(byte & 0b11))?;
    let handling = *HANDLINGS.get(usize::from(byte >> 2 & 0b111))?;
    Some((source, handling, byte >> 5 & 1 == 1))
}
