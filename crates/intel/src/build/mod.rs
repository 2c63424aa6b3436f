//! Building an index from feeds.
//!
//! The same feeds give the same bytes, in whatever order they are read and however often: of two versions of a record
//! the newer counts, and everything is sorted before it is written.

mod advisories;
mod content;
mod criteria;
mod cves;
mod lifecycles;
mod packages;
mod plan;
mod products;
mod recalls;
#[cfg(test)]
pub(crate) mod samples;
mod strings;
#[cfg(test)]
mod tests;
mod write;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::Read;

use self::advisories::Advisories;
use self::cves::Cves;
use self::lifecycles::Lifecycles;
use self::packages::Packages;
use self::products::Products;
use self::recalls::Recalls;
use crate::feed::oui::OuiBlock;
use crate::feed::{
    FeedError, FeedKind, FeedReport, Input, SkipReason, csaf, cve_record, debian_changelog, debian_tracker,
    end_of_life, epss, kev, nvd, osv, oui, recalls as recall_feed, rustsec,
};
use crate::index::Source;

/// How much of what was read goes into the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// All of it: also the scores of CVEs that nothing on a network can be matched to by itself, which other tools'
    /// findings may name.
    #[default]
    Full,
    /// What the program carries with it: every CVE that names a product, that an advisory is about or that is on the
    /// list of exploited vulnerabilities. How many are left out is in `Stats::left_out`.
    Snapshot,
}

/// Collects feeds and writes an index.
#[derive(Debug, Default)]
pub struct IndexBuilder {
    profile: Profile,
    products: Products,
    cves: Cves,
    advisories: Advisories,
    packages: Packages,
    lifecycles: Lifecycles,
    recalls: Recalls,
    oui: BTreeMap<(u8, u64), String>,
    sources: BTreeMap<FeedKind, SourceDraft>,
}

#[derive(Debug, Default)]
struct SourceDraft {
    records: u64,
    skipped: u64,
    as_of: Option<crate::day::Day>,
    digests: Vec<[u8; 32]>,
}

impl IndexBuilder {
    /// An empty builder of this profile.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self { profile, ..Self::default() }
    }

    /// Reads one feed file (uncompressed).
    ///
    /// # Errors
    /// When the file cannot be used; what was read of it before stays.
    pub fn read(&mut self, kind: FeedKind, name: &str, reader: impl Read) -> Result<FeedReport, FeedError> {
        let mut input = Input::new(name, reader);
        let report = match kind {
            FeedKind::Nvd => self.read_nvd(&mut input),
            FeedKind::Kev => kev::read(&mut input, |entry| self.cves.add_kev(&entry)),
            FeedKind::Epss => self.read_epss(&mut input),
            FeedKind::CveRecord | FeedKind::SsvcLines => self.read_enrichments(kind, &mut input),
            FeedKind::Csaf => csaf::read(&mut input, |advisory| self.advisories.add(advisory)),
            FeedKind::Oui => oui::read(&mut input, |block| self.add_block(block)),
            FeedKind::Osv => osv::read(&mut input, |record| self.packages.add_record(record)),
            FeedKind::RustSec => rustsec::read(&mut input, |record| self.packages.add_record(record)),
            FeedKind::DebianTracker => {
                debian_tracker::read(&mut input, |entry| self.packages.add_tracker(entry))
            }
            FeedKind::DebianChangelog => {
                debian_changelog::read(&mut input, |entry| self.packages.add_changelog(entry))
            }
            FeedKind::EndOfLife => end_of_life::read(&mut input, |one| self.lifecycles.add(one)),
            FeedKind::Recalls => recall_feed::read(&mut input, |record| self.recalls.add(record)),
        }?;
        self.add_source(kind, &report);
        Ok(report)
    }

    fn read_nvd(&mut self, input: &mut Input<impl Read>) -> Result<FeedReport, FeedError> {
        let mut unnamed = 0;
        let report = nvd::read(input, |record| {
            let rows = self.products.add(&record.configurations, &mut unnamed);
            self.cves.add_nvd(record, rows);
        });
        report.map(|report| with_unnamed(report, unnamed))
    }

    fn read_enrichments(
        &mut self,
        kind: FeedKind,
        input: &mut Input<impl Read>,
    ) -> Result<FeedReport, FeedError> {
        let mut unnamed = 0;
        let mut add = |one: cve_record::Enrichment| {
            let rows = self.products.add(&one.configurations, &mut unnamed);
            self.cves.add_enrichment(one, rows);
        };
        let report = match kind {
            FeedKind::CveRecord => cve_record::read(input, &mut add),
            _ => cve_record::read_lines(input, &mut add),
        };
        report.map(|report| with_unnamed(report, unnamed))
    }

    /// The day of the scores is known only at the end.
    fn read_epss(&mut self, input: &mut Input<impl Read>) -> Result<FeedReport, FeedError> {
        let mut scores = Vec::new();
        let report = epss::read(input, |score| scores.push(score))?;
        for score in scores {
            self.cves.add_epss(score, report.as_of);
        }
        Ok(report)
    }

    /// Two names of one block: the first in the alphabet, whichever was read first.
    fn add_block(&mut self, block: OuiBlock) {
        let maker = self.oui.entry((block.bits, block.prefix)).or_insert_with(|| block.maker.clone());
        if block.maker < *maker {
            *maker = block.maker;
        }
    }

    /// A file that was read before counts once.
    fn add_source(&mut self, kind: FeedKind, report: &FeedReport) {
        let source = self.sources.entry(kind).or_default();
        if source.digests.contains(&report.digest) {
            return;
        }
        source.records += report.records;
        source.skipped += report.skipped_total();
        source.as_of = source.as_of.max(report.as_of);
        source.digests.push(report.digest);
    }

    fn sources(&self) -> Vec<Source> {
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let source = |(&kind, draft): (&FeedKind, &SourceDraft)| Source {
            kind,
            files: u32::try_from(draft.digests.len()).unwrap_or(u32::MAX),
            records: count(draft.records),
            skipped: count(draft.skipped),
            as_of: draft.as_of,
            digest: combined(&draft.digests),
        };
        self.sources.iter().map(source).collect()
    }

    /// The index.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        write::write(self)
    }
}

fn combined(digests: &[[u8; 32]]) -> [u8; 32] {
    let mut sorted = digests.to_vec();
    sorted.sort_unstable();
    *blake3::hash(sorted.as_flattened()).as_bytes()
}

fn with_unnamed(mut report: FeedReport, unnamed: u64) -> FeedReport {
    if unnamed > 0 {
        *report.skipped.entry(SkipReason::Cpe).or_default() += unnamed;
    }
    report
}

/// The place of each of `count` things in an order.
fn ranks(count: usize, compare: impl Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&one, &two| compare(one, two));
    let mut ranks = vec![0; count];
    for (rank, at) in (0..).zip(order) {
        if let Some(place) = ranks.get_mut(at) {
            *place = rank;
        }
    }
    ranks
}
