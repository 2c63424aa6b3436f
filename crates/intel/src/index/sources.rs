//! Where the facts come from, how old they are, and what was left out.

use super::Index;
use super::layout::{Cursor, Section, put_varint};
use crate::day::Day;
use crate::feed::FeedKind;

/// One source of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Which feed.
    pub kind: FeedKind,
    /// How many files were read.
    pub files: u32,
    /// How many records they hold.
    pub records: u32,
    /// How many records, or parts of one, were left out as unusable.
    pub skipped: u32,
    /// The day that the newest file is of, when it says one.
    pub as_of: Option<Day>,
    /// BLAKE3 over the digests of the files, in ascending order.
    pub digest: [u8; 32],
}

impl FeedKind {
    /// Every kind, in the order of an index.
    pub const ALL: [Self; 13] = [
        Self::Nvd,
        Self::Kev,
        Self::Epss,
        Self::CveRecord,
        Self::SsvcLines,
        Self::Csaf,
        Self::Oui,
        Self::Osv,
        Self::RustSec,
        Self::DebianTracker,
        Self::DebianChangelog,
        Self::EndOfLife,
        Self::Recalls,
    ];

    /// What the source is called, with the attribution that it asks for.
    #[must_use]
    pub fn source_name(self) -> &'static str {
        match self {
            Self::Nvd => "NVD (NIST National Vulnerability Database)",
            Self::Kev => "KEV (CISA Known Exploited Vulnerabilities)",
            Self::Epss => "EPSS (Exploit Prediction Scoring System, FIRST.org, first.org/epss)",
            Self::CveRecord => "CVE records with CISA's SSVC points",
            Self::SsvcLines => "SSVC points (CISA Vulnrichment)",
            Self::Csaf => "CSAF advisories (CISA and makers)",
            Self::Oui => "OUI (IEEE Registration Authority)",
            Self::Osv => "OSV records (PyPA, distributions and others)",
            Self::RustSec => "RustSec advisories",
            Self::DebianTracker => "Debian security tracker",
            Self::DebianChangelog => "changelogs of Debian packages",
            Self::EndOfLife => "endoflife.date",
            Self::Recalls => "openFDA device recalls (FDA; not for decisions on care)",
        }
    }
}

/// What was known but left out of the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// CVEs that no product, advisory or list of exploited vulnerabilities names.
    pub cves: u32,
    /// Records that their publisher withdrew.
    pub withdrawn: u32,
}

/// How much an index holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    /// CVEs.
    pub cves: usize,
    /// Products.
    pub products: usize,
    /// Advisories.
    pub advisories: usize,
    /// Blocks of addresses with a known maker.
    pub oui_blocks: usize,
    /// Packages; one of two releases counts twice.
    pub packages: usize,
    /// Products with dates of support.
    pub lifecycles: usize,
    /// Recalls of devices.
    pub recalls: usize,
    /// What was left out.
    pub left_out: LeftOut,
    /// Statements of advisories whose version text was not understood: they are `Unknown`, whatever version is seen.
    pub unread_version_texts: u32,
}

/// What `Section::Sources` holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourcesPart {
    pub(crate) left_out: LeftOut,
    pub(crate) unread_version_texts: u32,
    pub(crate) sources: Vec<Source>,
}

impl SourcesPart {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for value in [self.left_out.cves, self.left_out.withdrawn, self.unread_version_texts] {
            put_varint(&mut out, value);
        }
        put_varint(&mut out, u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        for source in &self.sources {
            let kind = FeedKind::ALL.iter().position(|&kind| kind == source.kind).unwrap_or_default();
            let day = source.as_of.map_or(0, |day| u32::from(day.number()));
            let kind = u32::try_from(kind).unwrap_or(u32::MAX);
            for value in [kind, source.files, source.records, source.skipped, day] {
                put_varint(&mut out, value);
            }
            out.extend_from_slice(&source.digest);
        }
        out
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::at(bytes, 0)?;
        let left_out = LeftOut { cves: cursor.varint()?, withdrawn: cursor.varint()? };
        let unread_version_texts = cursor.varint()?;
        let sources = (0..cursor.count()?).map(|_| read_source(&mut cursor)).collect::<Option<_>>()?;
        Some(Self { left_out, unread_version_texts, sources })
    }
}

fn read_source(cursor: &mut Cursor<'_>) -> Option<Source> {
    let kind = *FeedKind::ALL.get(usize::try_from(cursor.varint()?).ok()?)?;
    let (files, records, skipped) = (cursor.varint()?, cursor.varint()?, cursor.varint()?);
    let day = u16::try_from(cursor.varint()?).ok()?;
    let as_of = (day != 0).then(|| Day::from_number(day));
    let digest = *cursor.take(32)?.first_chunk()?;
    Some(Source { kind, files, records, skipped, as_of, digest })
}

impl Index<'_> {
    /// The sources, in the order of `FeedKind::ALL`.
    #[must_use]
    pub fn sources(&self) -> Vec<Source> {
        self.sources_part().unwrap_or_default().sources
    }

    /// How much there is.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let part = self.sources_part().unwrap_or_default();
        let blocks = |bits| self.oui_records(bits).unwrap_or_default().len() / super::layout::OUI_RECORD;
        Stats {
            cves: self.cve_count(),
            products: self.product_count(),
            advisories: self.advisory_count(),
            oui_blocks: blocks(24) + blocks(28) + blocks(36),
            packages: self.package_count(),
            lifecycles: self.lifecycle_count(),
            recalls: self.recall_count(),
            left_out: part.left_out,
            unread_version_texts: part.unread_version_texts,
        }
    }

    pub(super) fn sources_part(&self) -> Option<SourcesPart> {
        SourcesPart::read(self.section(Section::Sources))
    }
}
