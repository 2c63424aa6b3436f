//! What is known of one CVE.

use wardround_model::{Automatable, CveId, CvssScore, Epss, Exploitation, TechnicalImpact};

use super::layout::{CVE_RECORD, NO_EPSS, NO_SCORE, Section, cve_key, cve_of_key, u16_at, u32_at};
use super::{Index, nth, search};
use crate::day::Day;
use crate::feed::cve_record::SsvcPoints;

/// The facts of one CVE. What no source says is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CveFacts<'a> {
    /// Its id.
    pub id: CveId,
    /// When it was published.
    pub published: Option<Day>,
    /// Its CVSS base score and vector.
    pub cvss: Option<CvssFacts<'a>>,
    /// Its EPSS probability.
    pub epss: Option<Epss>,
    /// When CISA put it on its list of exploited vulnerabilities.
    pub kev: Option<Day>,
    /// Is it known to be used in ransomware campaigns (from the same list)?
    pub ransomware: bool,
    /// Does a reference of its record lead to a public exploit (NVD's and the CVE records' tag `exploit`)?
    pub public_exploit: bool,
    /// SSVC: exploitation, as CISA judged it.
    pub exploitation: Option<Exploitation>,
    /// SSVC: automatable, as CISA judged it.
    pub automatable: Option<Automatable>,
    /// SSVC: technical impact, as CISA judged it.
    pub technical_impact: Option<TechnicalImpact>,
    cwes: &'a str,
}

/// A CVSS base score with its vector; a vector without a prefix is version 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CvssFacts<'a> {
    /// The base score.
    pub score: CvssScore,
    /// The vector.
    pub vector: &'a str,
}

impl<'a> CveFacts<'a> {
    /// The numbers of its CWE ids, ascending.
    pub fn cwes(&self) -> impl Iterator<Item = u16> + 'a {
        self.cwes.split(' ').filter_map(|number| number.parse().ok())
    }
}

/// Looks up one CVE after the other, from where the last one stood.
#[derive(Clone, Copy, Debug)]
pub struct CveLookup<'a> {
    index: Index<'a>,
    /// Where the last one stood, or would stand.
    at: usize,
}

impl<'a> CveLookup<'a> {
    /// What is known of a CVE; `None` when nothing is.
    pub fn facts(&mut self, id: CveId) -> Option<CveFacts<'a>> {
        let wanted = cve_key(id)?;
        let records = self.index.section(Section::Cves);
        let count = records.len() / CVE_RECORD;
        let is_before = |at: usize| {
            nth(records, at, CVE_RECORD).and_then(|record| u32_at(record, 0)).is_some_and(|key| key < wanted)
        };
        // In growing steps past it, then by halves between the last two.
        let (mut low, mut step) = (if is_before(self.at) { self.at } else { 0 }, 1usize);
        while low.saturating_add(step) < count && is_before(low.saturating_add(step)) {
            low = low.saturating_add(step);
            step = step.saturating_mul(2);
        }
        let mut high = low.saturating_add(step).min(count);
        while low < high {
            let middle = low.midpoint(high);
            if is_before(middle) { low = middle.saturating_add(1) } else { high = middle }
        }
        self.at = low;
        self.index.cve_at(low).filter(|facts| facts.id == id)
    }
}

impl<'a> Index<'a> {
    /// What is known of a CVE; `None` when nothing is.
    #[must_use]
    pub fn cve(&self, id: CveId) -> Option<CveFacts<'a>> {
        let wanted = cve_key(id)?;
        let records = self.section(Section::Cves);
        let at = search(records.len() / CVE_RECORD, |at| {
            Some(u32_at(nth(records, at, CVE_RECORD)?, 0)?.cmp(&wanted))
        })?;
        self.cve_at(at)
    }

    /// Looks CVEs up one after the other; quick where they come in ascending order, as those of a product do.
    #[must_use]
    pub fn cve_lookup(&self) -> CveLookup<'a> {
        CveLookup { index: *self, at: 0 }
    }

    /// All CVEs, by id.
    pub fn cves(&self) -> impl Iterator<Item = CveFacts<'a>> + use<'a> {
        let index = *self;
        (0..self.cve_count()).filter_map(move |at| index.cve_at(at))
    }

    /// How many CVEs there are.
    #[must_use]
    pub fn cve_count(&self) -> usize {
        self.section(Section::Cves).len() / CVE_RECORD
    }

    /// The id of the CVE number `at`.
    pub(super) fn cve_id_at(&self, at: u32) -> Option<CveId> {
        let record = nth(self.section(Section::Cves), usize::try_from(at).ok()?, CVE_RECORD)?;
        cve_of_key(u32_at(record, 0)?)
    }

    pub(super) fn cve_at(&self, at: usize) -> Option<CveFacts<'a>> {
        let record = nth(self.section(Section::Cves), at, CVE_RECORD)?;
        let points = *record.get(6)?;
        let kev = u16_at(record, 12)?;
        let epss = u16_at(record, 10)?;
        Some(CveFacts {
            id: cve_of_key(u32_at(record, 0)?)?,
            published: Some(u16_at(record, 4)?).filter(|&day| day != 0).map(Day::from_number),
            cvss: self.cvss(*record.get(7)?, u16_at(record, 8)?),
            epss: (epss != NO_EPSS).then(|| Epss::from_ten_thousandths(epss)).flatten(),
            kev: (kev != 0).then(|| Day::from_number(kev)),
            ransomware: points & RANSOMWARE != 0,
            public_exploit: points & PUBLIC_EXPLOIT != 0,
            exploitation: exploitation(points & 0b11),
            automatable: automatable(points >> 2 & 0b11),
            technical_impact: technical_impact(points >> 4 & 0b11),
            cwes: self.text_in(Section::CweSets, u16_at(record, 14)?).unwrap_or_default(),
        })
    }

    fn cvss(&self, tenths: u8, vector: u16) -> Option<CvssFacts<'a>> {
        let score = (tenths != NO_SCORE).then(|| CvssScore::from_tenths(tenths)).flatten()?;
        Some(CvssFacts { score, vector: self.text_in(Section::Vectors, vector).unwrap_or_default() })
    }

    /// The text number `at` (from 1) of a section of references.
    fn text_in(&self, section: Section, at: u16) -> Option<&'a str> {
        let at = usize::from(at.checked_sub(1)?);
        self.string(u32_at(self.section(section), at * 4)?)
    }
}

const RANSOMWARE: u8 = 0x40;
const PUBLIC_EXPLOIT: u8 = 0x80;

/// The two bits of each point: 0 not known, then its values in their order. Then one bit each for ransomware and a
/// public exploit.
pub(crate) fn points_byte(points: &SsvcPoints, ransomware: bool, public_exploit: bool) -> u8 {
    let exploitation = match points.exploitation {
        None => 0,
        Some(Exploitation::None) => 1,
        Some(Exploitation::PublicPoc) => 2,
        Some(Exploitation::Active) => 3,
    };
    let automatable = match points.automatable {
        None => 0,
        Some(Automatable::No) => 1,
        Some(Automatable::Yes) => 2,
    };
    let technical_impact = match points.technical_impact {
        None => 0,
        Some(TechnicalImpact::Partial) => 1,
        Some(TechnicalImpact::Total) => 2,
    };
    let marks = [(ransomware, RANSOMWARE), (public_exploit, PUBLIC_EXPLOIT)];
    let marks: u8 = marks.into_iter().filter(|(is, _)| *is).map(|(_, bit)| bit).sum();
    exploitation | automatable << 2 | technical_impact << 4 | marks
}

fn exploitation(bits: u8) -> Option<Exploitation> {
    [None, Some(Exploitation::None), Some(Exploitation::PublicPoc), Some(Exploitation::Active)]
        .get(usize::from(bits))
        .copied()
        .flatten()
}

fn automatable(bits: u8) -> Option<Automatable> {
    [None, Some(Automatable::No), Some(Automatable::Yes)].get(usize::from(bits)).copied().flatten()
}

fn technical_impact(bits: u8) -> Option<TechnicalImpact> {
    [None, Some(TechnicalImpact::Partial), Some(TechnicalImpact::Total)]
        .get(usize::from(bits))
        .copied()
        .flatten()
}
