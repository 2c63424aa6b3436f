//! What advisories say of a product, found by the names of its maker and itself.

use wardround_model::CveId;

use super::layout::{ADVISORY_RECORD, Cursor, MAKER_RECORD, Section, u16_at, u32_at};
use super::{Index, nth};
use crate::affected::{Judgement, SeenVersion};
use crate::day::Day;
use crate::feed::csaf::{Remedies, Status};
use crate::tokens::{self, Words};

/// An advisory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advisory<'a> {
    /// Its id, such as `ICSMA-23-194-01`.
    pub id: &'a str,
    /// Who published it.
    pub publisher: &'a str,
    /// When it was last released.
    pub released: Option<Day>,
}

/// How well two names of a product agree. The first is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProductMatch {
    /// They have the same words.
    Same,
    /// The seen name has all words of the advisory's, and more.
    Model,
    /// The advisory's name has all words of the seen one, and more: the seen one may be another model of the family.
    Family,
}

/// Whether the seen version has what an advisory is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It has it.
    Affected,
    /// It does not.
    NotAffected,
    /// It cannot be said.
    Unknown,
}

/// A statement of an advisory that is about the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvisoryMatch<'a> {
    /// The advisory.
    pub advisory: Advisory<'a>,
    /// The maker, as the advisory names it.
    pub manufacturer: &'a str,
    /// The product, as the advisory names it.
    pub product: &'a str,
    /// The versions, as the advisory writes them; empty when it says nothing of versions.
    pub versions: &'a str,
    /// True when that text was understood.
    pub versions_understood: bool,
    /// What the advisory says of these versions.
    pub status: Status,
    /// How they can be helped.
    pub remedies: Remedies,
    /// How well the names of the product agree.
    pub names: ProductMatch,
    /// How the seen version stands to these versions.
    pub judgement: Judgement,
    /// The first version that has the fix, when the text says one.
    pub fixed_in: Option<&'a str>,
    /// The CVEs.
    pub cves: Vec<CveId>,
}

impl AdvisoryMatch<'_> {
    /// Whether the seen version has these CVEs; what is said of other versions only says nothing of this one.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (self.status, self.judgement) {
            (Status::UnderInvestigation, _) | (_, Judgement::Unknown) => Verdict::Unknown,
            (Status::Affected, Judgement::NotAffected) => Verdict::NotAffected,
            (Status::Affected, _) => Verdict::Affected,
            (Status::Fixed | Status::NotAffected, Judgement::NotAffected) => Verdict::Unknown,
            (Status::Fixed | Status::NotAffected, _) => Verdict::NotAffected,
        }
    }
}

/// A product of a maker, as an advisory names both.
struct Named<'a> {
    manufacturer: &'a str,
    name: &'a str,
}

impl<'a> Index<'a> {
    /// What advisories say of a product, given the texts that its maker and itself are called by on the network; the
    /// best agreeing names first, then by advisory.
    #[must_use]
    pub fn advisories_for(
        &self,
        manufacturer: &str,
        product: &str,
        seen: &SeenVersion,
    ) -> Vec<AdvisoryMatch<'a>> {
        let maker = tokens::of_maker(manufacturer);
        let words = tokens::of_product(product, &maker);
        let (maker, words) = (Words::of(&maker), Words::of(&words));
        let mut matches = Vec::new();
        for at in 0..self.section(Section::Makers).len() / MAKER_RECORD {
            // A damaged maker ends here and costs the others nothing.
            let _ = self.collect_of_maker(at, &maker, &words, seen, &mut matches);
        }
        matches.sort_by(|one, two| {
            let key =
                |found: &AdvisoryMatch<'a>| (found.names, found.advisory.id, found.product, found.versions);
            key(one).cmp(&key(two))
        });
        matches
    }

    /// All advisories, by id.
    pub fn advisories(&self) -> impl Iterator<Item = Advisory<'a>> + use<'a> {
        let index = *self;
        (0..self.advisory_count()).filter_map(move |at| index.advisory_at(at))
    }

    pub(super) fn advisory_count(&self) -> usize {
        self.section(Section::Advisories).len() / ADVISORY_RECORD
    }

    pub(super) fn advisory_at(&self, at: usize) -> Option<Advisory<'a>> {
        let record = nth(self.section(Section::Advisories), at, ADVISORY_RECORD)?;
        Some(Advisory {
            id: self.string(u32_at(record, 0)?)?,
            publisher: self.string(u32_at(record, 4)?)?,
            released: Some(u16_at(record, 8)?).filter(|&day| day != 0).map(Day::from_number),
        })
    }

    fn collect_of_maker(
        &self,
        at: usize,
        maker: &Words<'_>,
        words: &Words<'_>,
        seen: &SeenVersion,
        matches: &mut Vec<AdvisoryMatch<'a>>,
    ) -> Option<()> {
        let record = nth(self.section(Section::Makers), at, MAKER_RECORD)?;
        if !maker.may_be_maker(self.string(u32_at(record, 4)?)?) {
            return Some(());
        }
        let manufacturer = self.string(u32_at(record, 0)?)?;
        let mut cursor =
            Cursor::at(self.section(Section::Statements), usize::try_from(u32_at(record, 8)?).ok()?)?;
        for _ in 0..cursor.count()? {
            let (name, own) = (cursor.varint()?, self.string(cursor.varint()?)?);
            let mut statements = Cursor::at(self.section(Section::Statements), self.skip(&mut cursor)?)?;
            let Some(names) = agreement(words, own) else { continue };
            let name = self.string(name)?;
            let named = Named { manufacturer, name };
            for _ in 0..statements.count()? {
                matches.push(self.statement(&mut statements, &named, names, seen)?);
            }
        }
        Some(())
    }

    /// Reads the length of a product's statements, skips them, and gives their offset.
    fn skip(&self, cursor: &mut Cursor<'a>) -> Option<usize> {
        let length = cursor.count()?;
        let offset = self.section(Section::Statements).len().checked_sub(cursor.remaining())?;
        cursor.take(length)?;
        Some(offset)
    }

    fn statement(
        &self,
        cursor: &mut Cursor<'a>,
        named: &Named<'a>,
        names: ProductMatch,
        seen: &SeenVersion,
    ) -> Option<AdvisoryMatch<'a>> {
        let advisory = self.advisory_at(usize::try_from(cursor.varint()?).ok()?)?;
        let versions = self.string(cursor.varint()?)?;
        let (status, remedies) = status_of(cursor.byte()?)?;
        let stated = cursor.count()?;
        let mut judgement = if stated == 0 { seen.judge_text(versions) } else { Judgement::NotAffected };
        let mut fixed_in = None;
        for _ in 0..stated {
            let (criterion, _) = self.criterion(cursor)?;
            judgement = judgement.min(seen.judge(&criterion));
            fixed_in = fixed_in.or(criterion.fixed_in());
        }
        let cves = self.cve_list(cursor)?;
        Some(AdvisoryMatch {
            advisory,
            manufacturer: named.manufacturer,
            product: named.name,
            versions,
            versions_understood: stated > 0,
            status,
            remedies,
            names,
            judgement,
            fixed_in,
            cves,
        })
    }

    pub(super) fn cve_list(&self, cursor: &mut Cursor<'a>) -> Option<Vec<CveId>> {
        let mut at = 0u32;
        (0..cursor.count()?)
            .map(|_| {
                at = at.checked_add(cursor.varint()?)?;
                self.cve_id_at(at)
            })
            .collect()
    }

    /// Reads every statement; `None` when one cannot be read.
    pub(super) fn check_statements(&self) -> Option<()> {
        let seen = SeenVersion::new(None, None);
        for at in 0..self.section(Section::Makers).len() / MAKER_RECORD {
            let record = nth(self.section(Section::Makers), at, MAKER_RECORD)?;
            let (manufacturer, _) = (self.string(u32_at(record, 0)?)?, self.string(u32_at(record, 4)?)?);
            let start = usize::try_from(u32_at(record, 8)?).ok()?;
            let mut cursor = Cursor::at(self.section(Section::Statements), start)?;
            for _ in 0..cursor.count()? {
                let (name, _) = (self.string(cursor.varint()?)?, self.string(cursor.varint()?)?);
                let mut statements = Cursor::at(self.section(Section::Statements), self.skip(&mut cursor)?)?;
                for _ in 0..statements.count()? {
                    let named = Named { manufacturer, name };
                    self.statement(&mut statements, &named, ProductMatch::Same, &seen)?;
                }
            }
        }
        Some(())
    }
}

/// How well a seen name agrees with a stated one. What can be told at a glance is asked first: most names differ.
pub(super) fn agreement(seen: &Words<'_>, stated: &str) -> Option<ProductMatch> {
    if seen.are(stated) {
        return Some(ProductMatch::Same);
    }
    let (all_of_stated, all_of_seen) = (seen.have_all_of(stated), seen.are_all_in(stated));
    if all_of_stated && tokens::tells_product(stated) {
        Some(if all_of_seen { ProductMatch::Same } else { ProductMatch::Model })
    } else if all_of_seen && seen.tell_product() {
        Some(ProductMatch::Family)
    } else {
        None
    }
}

/// Status in the lowest two bits, remedies above.
pub(crate) fn status_byte(status: Status, remedies: Remedies) -> u8 {
    let status = match status {
        Status::Affected => 0,
        Status::Fixed => 1,
        Status::NotAffected => 2,
        Status::UnderInvestigation => 3,
    };
    let Remedies { vendor_fix, mitigation, workaround, none_available, no_fix_planned } = remedies;
    let flags = [vendor_fix, mitigation, workaround, none_available, no_fix_planned];
    flags.into_iter().zip(2..).fold(status, |byte, (flag, bit)| byte | u8::from(flag) << bit)
}

fn status_of(byte: u8) -> Option<(Status, Remedies)> {
    let statuses = [Status::Affected, Status::Fixed, Status::NotAffected, Status::UnderInvestigation];
    let has = |bit: u8| byte >> bit & 1 == 1;
    let remedies = Remedies {
        vendor_fix: has(2),
        mitigation: has(3),
        workaround: has(4),
        none_available: has(5),
        no_fix_planned: has(6),
    };
    statuses.get(usize::from(byte & 0b11)).map(|&status| (status, remedies))
}
