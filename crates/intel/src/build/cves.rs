//! CVEs: what each source says of them, the newest version of each record.

use std::collections::BTreeMap;

use wardround_model::{CveId, Epss};

use super::products::RecordId;
use crate::day::Day;
use crate::feed::cve_record::{Enrichment, SsvcPoints};
use crate::feed::epss::EpssScore;
use crate::feed::kev::KevEntry;
use crate::feed::nvd::{CveRecord, Cvss};
use crate::index::layout::cve_key;

/// When a record was changed, and its digest: orders versions of one record.
type Version = (String, u64);

/// All that is known of a CVE.
#[derive(Clone, Debug, Default)]
pub(super) struct CveDraft {
    nvd: Option<Box<(Version, NvdPart)>>,
    enrichment: Option<Box<(Version, EnrichmentPart)>>,
    kev: Option<Box<KevEntry>>,
    epss: Option<(Option<Day>, Epss)>,
}

#[derive(Clone, Debug)]
struct NvdPart {
    withdrawn: bool,
    published: Option<Day>,
    cvss: Option<Cvss>,
    cwes: Vec<u16>,
    public_exploit: bool,
    rows: Option<RecordId>,
}

#[derive(Clone, Debug)]
struct EnrichmentPart {
    points: SsvcPoints,
    cvss: Option<Cvss>,
    cwes: Vec<u16>,
    public_exploit: bool,
    rows: Option<RecordId>,
}

impl CveDraft {
    fn nvd(&self) -> Option<&NvdPart> {
        self.nvd.as_ref().map(|known| &known.1)
    }

    fn enrichment(&self) -> Option<&EnrichmentPart> {
        self.enrichment.as_ref().map(|known| &known.1)
    }

    pub(super) fn is_withdrawn(&self) -> bool {
        self.nvd().is_some_and(|nvd| nvd.withdrawn)
    }

    /// The record whose rows count: NVD's, else CISA's.
    pub(super) fn rows(&self) -> Option<RecordId> {
        self.nvd().and_then(|nvd| nvd.rows).or(self.enrichment().and_then(|one| one.rows))
    }

    pub(super) fn is_exploited(&self) -> bool {
        self.kev.is_some()
    }

    pub(super) fn published(&self) -> Option<Day> {
        self.nvd().and_then(|nvd| nvd.published)
    }

    pub(super) fn cvss(&self) -> Option<&Cvss> {
        let nvd = self.nvd().and_then(|nvd| nvd.cvss.as_ref());
        nvd.or(self.enrichment().and_then(|one| one.cvss.as_ref()))
    }

    pub(super) fn points(&self) -> SsvcPoints {
        self.enrichment().map(|one| one.points).unwrap_or_default()
    }

    /// Whether NVD, the CNA or CISA knows of a public exploit.
    pub(super) fn has_public_exploit(&self) -> bool {
        self.nvd().is_some_and(|nvd| nvd.public_exploit)
            || self.enrichment().is_some_and(|one| one.public_exploit)
    }

    pub(super) fn kev(&self) -> Option<(Day, bool)> {
        self.kev.as_ref().map(|entry| (entry.added, entry.ransomware))
    }

    pub(super) fn epss(&self) -> Option<Epss> {
        self.epss.map(|(_, epss)| epss)
    }

    /// Its CWE numbers as a text: `79 200`.
    pub(super) fn cwes(&self) -> String {
        let nvd = self.nvd().into_iter().flat_map(|nvd| &nvd.cwes);
        let enrichment = self.enrichment().into_iter().flat_map(|one| &one.cwes);
        let mut numbers: Vec<u16> =
            nvd.chain(enrichment).chain(self.kev.iter().flat_map(|kev| &kev.cwes)).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let texts: Vec<String> = numbers.iter().map(u16::to_string).collect();
        texts.join(" ")
    }
}

/// All CVEs by id.
#[derive(Debug, Default)]
pub(super) struct Cves(BTreeMap<CveId, CveDraft>);

impl Cves {
    /// The CVE, when its number has room in an index.
    pub(super) fn entry(&mut self, id: CveId) -> Option<&mut CveDraft> {
        cve_key(id).map(|_| self.0.entry(id).or_default())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (CveId, &CveDraft)> {
        self.0.iter().map(|(&id, draft)| (id, draft))
    }

    pub(super) fn add_nvd(&mut self, record: CveRecord, rows: Option<RecordId>) {
        let CveRecord { id, published, modified, fingerprint, withdrawn, cvss, cwes, public_exploit, .. } =
            record;
        let Some(draft) = self.entry(id) else { return };
        replace(
            &mut draft.nvd,
            (modified, fingerprint),
            NvdPart { withdrawn, published, cvss, cwes, public_exploit, rows },
        );
    }

    pub(super) fn add_enrichment(&mut self, one: Enrichment, rows: Option<RecordId>) {
        let Enrichment { id, judged, fingerprint, points, cvss, cwes, public_exploit, .. } = one;
        let Some(draft) = self.entry(id) else { return };
        replace(
            &mut draft.enrichment,
            (judged, fingerprint),
            EnrichmentPart { points, cvss, cwes, public_exploit, rows },
        );
    }

    /// Two entries of one CVE: it was added on the earlier day.
    pub(super) fn add_kev(&mut self, entry: &KevEntry) {
        let Some(draft) = self.entry(entry.id) else { return };
        let known = draft.kev.get_or_insert_with(|| Box::new(entry.clone()));
        known.added = known.added.min(entry.added);
        known.ransomware |= entry.ransomware;
        known.cwes.extend(&entry.cwes);
    }

    pub(super) fn add_epss(&mut self, score: EpssScore, day: Option<Day>) {
        let Some(draft) = self.entry(score.id) else { return };
        draft.epss = draft.epss.max(Some((day, score.probability)));
    }
}

/// Keeps the newer of two versions of a record.
fn replace<T>(known: &mut Option<Box<(Version, T)>>, version: Version, value: T) {
    if known.as_ref().is_none_or(|known| known.0 < version) {
        *known = Some(Box::new((version, value)));
    }
}
