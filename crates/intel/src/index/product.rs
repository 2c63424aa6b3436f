//! Which CVEs a product has.

use std::ops::Range;

use wardround_model::CveId;

use super::layout::{
    ATTRIBUTES, Cursor, EXCLUSIVE, FIRST_ATTRIBUTE_BIT, INCLUSIVE, PRODUCT_RECORD, Section, kind, u16_at,
    u32_at,
};
use super::{Index, ProductName, nth, search};
use crate::affected::{self, Bound, Criterion, Judgement, SeenVersion, Versions};
use crate::cpe::Part;

/// The narrower attributes of a CPE name. `None` is CPE's `*`; `-` is its "not applicable".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Qualifiers<'a> {
    /// The software that it runs in: `windows`, `wordpress`.
    pub target_sw: Option<&'a str>,
    /// The instruction set that it runs on: `x64`.
    pub target_hw: Option<&'a str>,
    /// The edition; in old records often the platform.
    pub edition: Option<&'a str>,
    /// The software edition: `enterprise`, `lts`.
    pub sw_edition: Option<&'a str>,
    /// The language.
    pub language: Option<&'a str>,
    /// Anything else.
    pub other: Option<&'a str>,
}

impl Qualifiers<'_> {
    /// True when nothing is narrowed.
    #[must_use]
    pub fn is_any(&self) -> bool {
        *self == Qualifiers::default()
    }
}

/// One statement of a record: these versions of the product have this CVE.
#[derive(Clone, Copy, Debug)]
pub struct Applicability<'a> {
    /// The CVE.
    pub cve: CveId,
    /// Which part the name is of.
    pub part: Part,
    /// The versions.
    pub criterion: Criterion<'a>,
    /// What else the name asks for.
    pub qualifiers: Qualifiers<'a>,
    /// What must be there too ("running on"); the match is weaker while that is not known.
    pub platform: Option<Platform>,
}

/// A CVE that a product may have, with the strongest reason for it.
#[derive(Clone, Copy, Debug)]
pub struct Match<'a> {
    /// The strongest statement.
    pub statement: Applicability<'a>,
    /// How the seen version stands to it; never `NotAffected`.
    pub judgement: Judgement,
}

/// What records say of one version of a product.
#[derive(Clone, Debug, Default)]
pub struct Answers<'a> {
    /// One answer a CVE, with its strongest reason, by id.
    pub strongest: Vec<Match<'a>>,
    /// By CVE, of those whose strongest statement needs a platform: every statement that holds the version for sure.
    pub holding: Vec<Match<'a>>,
}

/// The strongest of each CVE, by id.
fn one_a_cve(mut matches: Vec<Match<'_>>) -> Vec<Match<'_>> {
    matches.sort_by_key(|found| (found.cve(), found.rank()));
    matches.dedup_by_key(|found| found.cve());
    matches
}

impl<'a> Match<'a> {
    /// The CVE.
    #[must_use]
    pub fn cve(&self) -> CveId {
        self.statement.cve
    }

    /// True when the match holds only on a platform or in a variant that the name does not tell.
    #[must_use]
    pub fn needs_platform(&self) -> bool {
        self.statement.platform.is_some() || !self.statement.qualifiers.is_any()
    }

    /// The first version that has the fix, when the record says one.
    #[must_use]
    pub fn fixed_in(&self) -> Option<&'a str> {
        self.statement.criterion.fixed_in()
    }

    /// True when this says more than `other` does.
    #[must_use]
    pub fn is_stronger_than(&self, other: &Self) -> bool {
        self.rank() < other.rank()
    }

    /// Lower is stronger.
    fn rank(&self) -> (Judgement, bool, bool) {
        (self.judgement, self.statement.platform.is_some(), !self.statement.qualifiers.is_any())
    }
}

/// What must be there too: one product of each choice. [`Index::choices`] reads it, of the index that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Platform {
    /// In the section of platforms. Small on purpose: statements are moved by the million.
    offset: usize,
}

/// A product of a platform.
#[derive(Clone, Copy, Debug)]
pub struct PlatformProduct<'a> {
    /// The part.
    pub part: Part,
    /// The vendor.
    pub vendor: &'a str,
    /// The product.
    pub product: &'a str,
    /// The versions.
    pub criterion: Criterion<'a>,
    /// What else the name asks for.
    pub qualifiers: Qualifiers<'a>,
}

/// A record of `Section::Products`.
#[derive(Clone, Copy)]
pub(super) struct ProductRecord<'a> {
    pub(super) part: Part,
    vendor: &'a str,
    product: &'a str,
    block: usize,
    /// Of what is said of it.
    pub(super) hash: u64,
}

impl<'a> ProductRecord<'a> {
    pub(super) fn name(&self) -> ProductName<'a> {
        let Self { vendor, product, part, .. } = *self;
        ProductName { vendor, product, part }
    }
}

/// A product's block, read: its criteria and its rows.
pub(super) struct Block<'a> {
    index: Index<'a>,
    part: Part,
    criteria: Vec<(Criterion<'a>, Qualifiers<'a>)>,
    rows: Vec<Row>,
    /// Runs of criteria of all rows: from one to before another.
    runs: Vec<Range<usize>>,
}

/// How a version stands to each criterion of a block, as far as it was looked at, and whether the criterion is qualified.
type JudgedCriteria = Vec<Option<(Judgement, bool)>>;

struct Row {
    cve: CveId,
    platform: Option<Platform>,
    /// Which of the runs are its own.
    runs: Range<usize>,
}

impl<'a> Index<'a> {
    /// How many products there are.
    #[must_use]
    pub fn product_count(&self) -> usize {
        self.section(Section::Products).len() / PRODUCT_RECORD
    }

    /// True when any record names this product.
    #[must_use]
    pub fn has_product(&self, part: Option<Part>, vendor: &str, product: &str) -> bool {
        self.products(part, vendor, product).next().is_some()
    }

    /// Everything that records say of a product, in the order of CVEs. Names are CPE's, in lower case.
    #[must_use]
    pub fn product_rows(&self, part: Option<Part>, vendor: &str, product: &str) -> Vec<Applicability<'a>> {
        let blocks = self.products(part, vendor, product).filter_map(|record| self.block(&record));
        let mut rows: Vec<_> = blocks.flat_map(|block| block.statements()).collect();
        rows.sort_by_key(|row| row.cve);
        rows
    }

    /// The same as [`Index::vulnerabilities_of`] for a product of several names, where of equal reasons that by the first name
    /// counts; of all CVEs, or of these in ascending order. Beside it every statement that holds the version for sure, of those
    /// CVEs whose strongest one needs a platform: another statement may name the platform that is there.
    #[must_use]
    pub fn answers_of<'n>(
        &self,
        names: impl IntoIterator<Item = ProductName<'n>>,
        seen: &SeenVersion,
        among: Option<&[CveId]>,
    ) -> Answers<'a> {
        let wanted = |cve: CveId| among.is_none_or(|cves| cves.binary_search(&cve).is_ok());
        let records =
            names.into_iter().flat_map(|name| self.products(Some(name.part), name.vendor, name.product));
        let blocks: Vec<_> = records.filter_map(|record| self.block(&record)).collect();
        let mut strongest = Vec::new();
        let judged: Vec<_> = blocks.iter().map(|block| block.matches(seen, wanted, &mut strongest)).collect();
        let strongest = one_a_cve(strongest);
        let open: Vec<CveId> = strongest.iter().filter(|one| one.needs_platform()).map(Match::cve).collect();
        let mut holding = Vec::new();
        if !open.is_empty() {
            for (block, judged) in blocks.iter().zip(judged) {
                block.holding(seen, judged, &open, &mut holding);
            }
            holding.sort_by_key(Match::cve);
        }
        Answers { strongest, holding }
    }

    /// The CVEs that a product of this version has or may have, by id; one answer a CVE, with its strongest reason.
    ///
    /// An update may be part of the version (`7.2p2`) or apart. Without a version, what is said of particular
    /// versions is `Judgement::Unknown`.
    #[must_use]
    pub fn vulnerabilities_of(
        &self,
        part: Option<Part>,
        vendor: &str,
        product: &str,
        seen: &SeenVersion,
    ) -> Vec<Match<'a>> {
        let mut matches = Vec::new();
        for block in self.products(part, vendor, product).filter_map(|record| self.block(&record)) {
            block.matches(seen, |_| true, &mut matches);
        }
        one_a_cve(matches)
    }

    /// The choices of a platform of this index; of each, one product must be there.
    #[must_use]
    pub fn choices(&self, platform: Platform) -> Vec<Vec<PlatformProduct<'a>>> {
        self.read_choices(platform).unwrap_or_default()
    }

    fn read_choices(&self, platform: Platform) -> Option<Vec<Vec<PlatformProduct<'a>>>> {
        let mut cursor = Cursor::at(self.section(Section::Platforms), platform.offset)?;
        let mut choices = Vec::new();
        for _ in 0..cursor.count()? {
            let mut products = Vec::new();
            for _ in 0..cursor.count()? {
                let name = self.product_at(usize::try_from(cursor.varint()?).ok()?)?;
                let (criterion, qualifiers) = self.criterion(&mut cursor)?;
                let ProductRecord { part, vendor, product, .. } = name;
                products.push(PlatformProduct { part, vendor, product, criterion, qualifiers });
            }
            choices.push(products);
        }
        Some(choices)
    }

    fn products(
        &self,
        part: Option<Part>,
        vendor: &str,
        product: &str,
    ) -> impl Iterator<Item = ProductRecord<'a>> {
        let at = search(self.product_count(), |at| {
            let record = self.product_at(at)?;
            Some((record.vendor, record.product).cmp(&(vendor, product)))
        });
        // One name has up to three parts, which stand together.
        let near = at.map_or(0..0, |at| at.saturating_sub(2)..at.saturating_add(3));
        near.filter_map(|at| self.product_at(at))
            .filter(move |record| part.is_none_or(|part| part == record.part))
            .filter(|record| (record.vendor, record.product) == (vendor, product))
            .collect::<Vec<_>>()
            .into_iter()
    }

    pub(super) fn product_at(&self, at: usize) -> Option<ProductRecord<'a>> {
        let record = nth(self.section(Section::Products), at, PRODUCT_RECORD)?;
        Some(ProductRecord {
            vendor: self.string(u32_at(record, 0)?)?,
            product: self.string(u32_at(record, 4)?)?,
            block: usize::try_from(u32_at(record, 8)?).ok()?,
            part: Part::from_letter(char::from(*record.get(12)?))?,
            hash: u64::from(u32_at(record, 13)?) | u64::from(u16_at(record, 17)?) << 32,
        })
    }

    pub(super) fn block(&self, product: &ProductRecord<'a>) -> Option<Block<'a>> {
        let mut cursor = Cursor::at(self.section(Section::Blocks), product.block)?;
        let count = cursor.count()?;
        let criteria = (0..count).map(|_| self.criterion(&mut cursor)).collect::<Option<Vec<_>>>()?;
        let mut block =
            Block { index: *self, part: product.part, criteria, rows: Vec::new(), runs: Vec::new() };
        let mut cve = 0u32;
        for _ in 0..cursor.count()? {
            cve = cve.checked_add(cursor.varint()?)?;
            block.read_row(&mut cursor, self.cve_id_at(cve)?)?;
        }
        Some(block)
    }

    pub(super) fn criterion(&self, cursor: &mut Cursor<'a>) -> Option<(Criterion<'a>, Qualifiers<'a>)> {
        let flags = cursor.varint()?;
        let versions = match flags & kind::MASK {
            kind::ANY => Versions::Any,
            kind::NOT_APPLICABLE => Versions::NotApplicable,
            kind::EXACTLY => Versions::Exactly(self.string(cursor.varint()?)?),
            kind::PATTERN => Versions::Pattern(self.string(cursor.varint()?)?),
            kind::RANGE => Versions::Range(self.range(cursor)?),
            _ => return None,
        };
        let mut attributes = [None; ATTRIBUTES];
        for (bit, attribute) in (FIRST_ATTRIBUTE_BIT..).zip(&mut attributes) {
            if flags >> bit & 1 == 1 {
                *attribute = Some(self.string(cursor.varint()?)?);
            }
        }
        let [update, target_sw, target_hw, edition, sw_edition, language, other] = attributes;
        let qualifiers = Qualifiers { target_sw, target_hw, edition, sw_edition, language, other };
        Some((Criterion { versions, update }, qualifiers))
    }

    fn range(&self, cursor: &mut Cursor<'a>) -> Option<affected::Range<'a>> {
        let bounds = u32::from(cursor.byte()?);
        let mut bound = |bits: u32| match bits & 0b11 {
            0 => Some(None),
            INCLUSIVE => Some(Some(Bound { version: self.string(cursor.varint()?)?, inclusive: true })),
            EXCLUSIVE => Some(Some(Bound { version: self.string(cursor.varint()?)?, inclusive: false })),
            _ => None,
        };
        Some(affected::Range { from: bound(bounds)?, to: bound(bounds >> 2)? })
    }
}

impl<'a> Block<'a> {
    fn read_row(&mut self, cursor: &mut Cursor<'a>, cve: CveId) -> Option<()> {
        let head = cursor.varint()?;
        let platform = match head & 1 {
            1 => Some(Platform { offset: usize::try_from(cursor.varint()?).ok()? }),
            _ => None,
        };
        let first = self.runs.len();
        let mut end = 0usize;
        for _ in 0..head >> 1 {
            let start = end.checked_add(usize::try_from(cursor.varint()?).ok()?)?;
            let length = usize::try_from(cursor.varint()?).ok()?.checked_add(1)?;
            end = start.checked_add(length).filter(|&end| end <= self.criteria.len())?;
            self.runs.push(start..end);
        }
        self.rows.push(Row { cve, platform, runs: first..self.runs.len() });
        Some(())
    }

    fn statements(&self) -> Vec<Applicability<'a>> {
        let of_row = |row| self.numbers(row).filter_map(move |at| self.statement(row, at));
        self.rows.iter().flat_map(of_row).collect()
    }

    /// Which criteria a row has.
    fn numbers(&self, row: &Row) -> impl Iterator<Item = usize> + use<'_> {
        self.runs.get(row.runs.clone()).unwrap_or_default().iter().cloned().flatten()
    }

    fn statement(&self, row: &Row, at: usize) -> Option<Applicability<'a>> {
        let &(criterion, qualifiers) = self.criteria.get(at)?;
        Some(Applicability { cve: row.cve, part: self.part, criterion, qualifiers, platform: row.platform })
    }

    /// Each criterion is judged once, however many CVEs share it; of each row the strongest counts.
    fn matches(
        &self,
        seen: &SeenVersion,
        wanted: impl Fn(CveId) -> bool,
        matches: &mut Vec<Match<'a>>,
    ) -> JudgedCriteria {
        let mut judged: JudgedCriteria = vec![None; self.criteria.len()];
        let mut strongest = Vec::new();
        for row in self.rows.iter().filter(|row| wanted(row.cve)) {
            let candidates = self.numbers(row).filter_map(|at| {
                let ((criterion, qualifiers), known) = self.criteria.get(at).zip(judged.get_mut(at))?;
                let judge = || (seen.judge(criterion), !qualifiers.is_any());
                let (judgement, qualified) = *known.get_or_insert_with(judge);
                (judgement != Judgement::NotAffected)
                    .then(|| (self.without_guess(row, at, judgement), qualified, at))
            });
            let of_row = candidates.min_by_key(|&(judgement, qualified, _)| (judgement, qualified));
            strongest.extend(of_row.map(|(judgement, _, at)| (row, at, judgement)));
        }
        // Statements are large, so they are laid out once it is known how many there are.
        matches.reserve(strongest.len());
        matches.extend(strongest.into_iter().filter_map(|(row, at, judgement)| {
            Some(Match { statement: self.statement(row, at)?, judgement })
        }));
        judged
    }

    /// Every statement of these CVEs, in ascending order, that holds the version for sure.
    fn holding(
        &self,
        seen: &SeenVersion,
        mut judged: JudgedCriteria,
        cves: &[CveId],
        holding: &mut Vec<Match<'a>>,
    ) {
        for row in self.rows.iter().filter(|row| cves.binary_search(&row.cve).is_ok()) {
            for at in self.numbers(row) {
                let Some(((criterion, qualifiers), known)) = self.criteria.get(at).zip(judged.get_mut(at))
                else {
                    continue;
                };
                let judge = || (seen.judge(criterion), !qualifiers.is_any());
                let (judgement, _) = *known.get_or_insert_with(judge);
                if judgement <= Judgement::InRange {
                    holding.extend(self.statement(row, at).map(|statement| Match { statement, judgement }));
                }
            }
        }
    }

    /// Takes back what a record may not have meant. One that lists `7.1` beside `7.1 p1` may mean only these two when
    /// it says `7.1`; one that lists versions beside "all" was often cut from "all up to …".
    fn without_guess(&self, row: &Row, at: usize, judgement: Judgement) -> Judgement {
        let Some((criterion, _)) = self.criteria.get(at) else { return judgement };
        let mut others =
            self.numbers(row).filter_map(|other| self.criteria.get(other)).map(|(other, _)| other);
        let doubtful = match judgement {
            Judgement::AnyUpdate => {
                others.any(|other| other.versions == criterion.versions && other.update.is_some())
            }
            Judgement::AllVersions => others.any(|other| other.versions != criterion.versions),
            _ => false,
        };
        if doubtful { Judgement::Unknown } else { judgement }
    }

    /// True when every platform that the rows name can be read.
    pub(super) fn has_whole_platforms(&self) -> bool {
        self.rows.iter().filter_map(|row| row.platform).all(|one| self.index.read_choices(one).is_some())
    }
}
