//! What differs between two indexes, so that only what it touches is judged again.
//!
//! Both are walked once, in their order; what stands behind a product, package, maker or firm is compared by a hash of
//! its contents that was written with it, and does not depend on where texts lie.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::HashMap;

use wardround_model::CveId;

use super::layout::{ADVISORY_RECORD, CVE_RECORD, MAKER_RECORD, Section, cve_of_key, u16_at, u32_at, u64_at};
use super::package::PackageName;
use super::{Index, nth};
use crate::cpe::Part;

/// A product by its CPE name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProductName<'a> {
    /// The vendor.
    pub vendor: &'a str,
    /// The product.
    pub product: &'a str,
    /// The part.
    pub part: Part,
}

/// What differs between two indexes: new, gone or changed, each in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed<'a> {
    /// CVEs whose own facts (scores, dates, SSVC points, public exploit, EPSS, KEV) differ: what rests on them is decided again.
    pub cves: Vec<CveId>,
    /// Products of which other CVEs or other versions are stated: judge these again.
    pub products: Vec<ProductName<'a>>,
    /// Packages with other statements.
    pub packages: Vec<PackageName<'a>>,
    /// Advisories that are new, gone or released again.
    pub advisories: Vec<&'a str>,
    /// Makers about whose products advisories state something else, as advisories name them: judge again what
    /// `Index::advisories_for` was asked with a name of theirs.
    pub makers: Vec<&'a str>,
    /// Products with other dates of support (keys of endoflife.date).
    pub lifecycles: Vec<&'a str>,
    /// Firms with other recalls.
    pub recalling_firms: Vec<&'a str>,
}

impl Changed<'_> {
    /// True when nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Changed::default()
    }
}

/// What differs between two indexes.
#[must_use]
pub fn changed_since<'a>(old: &Index<'a>, new: &Index<'a>) -> Changed<'a> {
    let (old_cves, new_cves) = Cves::of_both(old, new);
    Changed {
        cves: differing(&old_cves, &new_cves),
        products: differing(&Products(*old), &Products(*new)),
        packages: differing(&Packages(*old), &Packages(*new)),
        advisories: differing(&Advisories(*old), &Advisories(*new)),
        makers: names_of(differing(&Makers(*old, Section::Makers), &Makers(*new, Section::Makers))),
        lifecycles: differing(&Lifecycles(*old), &Lifecycles(*new)),
        recalling_firms: names_of(differing(
            &Makers(*old, Section::RecallFirms),
            &Makers(*new, Section::RecallFirms),
        )),
    }
}

/// Names, of pairs of words and name, in their own order.
fn names_of<'a>(pairs: Vec<(&'a str, &'a str)>) -> Vec<&'a str> {
    let mut names: Vec<&str> = pairs.into_iter().map(|(_, name)| name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Things in ascending order of their keys, each with what tells two versions of it apart.
trait Sorted {
    type Key: Ord + Copy;
    type Content: PartialEq;
    /// How many there are.
    fn count(&self) -> usize;
    /// The one at this place; `None` when it cannot be read.
    fn at(&self, place: usize) -> Option<(Self::Key, Self::Content)>;
}

/// The keys of what is on one side only, or differs.
fn differing<S: Sorted>(old: &S, new: &S) -> Vec<S::Key> {
    let mut olds = (0..old.count()).filter_map(|place| old.at(place)).peekable();
    let mut news = (0..new.count()).filter_map(|place| new.at(place)).peekable();
    let mut changed = Vec::new();
    loop {
        let order = match (olds.peek(), news.peek()) {
            (Some((one, _)), Some((two, _))) => one.cmp(two),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return changed,
        };
        let one = if order.is_le() { olds.next() } else { None };
        let two = if order.is_ge() { news.next() } else { None };
        match (one, two) {
            (Some((_, one)), Some((_, two))) if one == two => {}
            (Some((key, _)), _) | (None, Some((key, _))) => changed.push(key),
            (None, None) => {}
        }
    }
}

/// CVEs by id. Their records name texts of CVSS and CWE by numbers that differ from index to index: each text gets one number for
/// both, so that records are compared by numbers alone.
struct Cves<'a> {
    index: Index<'a>,
    vectors: Vec<u32>,
    cwe_sets: Vec<u32>,
}

impl<'a> Cves<'a> {
    /// Those of two indexes, to be compared with each other.
    fn of_both(old: &Index<'a>, new: &Index<'a>) -> (Self, Self) {
        let mut numbers = HashMap::new();
        let (old, new) = (Self::of(old, &mut numbers), Self::of(new, &mut numbers));
        (old, new)
    }

    fn of(index: &Index<'a>, numbers: &mut HashMap<&'a str, u32>) -> Self {
        let mut numbered = |section| {
            let mut number = |reference| {
                let text = u32_at(reference, 0).and_then(|at| index.string(at)).unwrap_or_default();
                // From 1: 0 is a record without a text.
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX).saturating_add(1);
                *numbers.entry(text).or_insert(next)
            };
            index.section(section).chunks_exact(4).map(&mut number).collect::<Vec<u32>>()
        };
        let (vectors, cwe_sets) = (numbered(Section::Vectors), numbered(Section::CweSets));
        Self { index: *index, vectors, cwe_sets }
    }
}

impl Sorted for Cves<'_> {
    type Key = CveId;
    type Content = (u32, u32, u32, u32);

    fn count(&self) -> usize {
        self.index.cve_count()
    }

    fn at(&self, place: usize) -> Option<(CveId, Self::Content)> {
        let record = nth(self.index.section(Section::Cves), place, CVE_RECORD)?;
        let text = |texts: &[u32], at: usize| {
            let place = usize::from(u16_at(record, at)?).checked_sub(1);
            Some(place.and_then(|place| texts.get(place)).copied().unwrap_or(0))
        };
        // Published, points, score; EPSS, KEV; vector; CWE set (`layout::Section::Cves`).
        let (own, others) = (u32_at(record, 4)?, u32_at(record, 10)?);
        let content = (own, others, text(&self.vectors, 8)?, text(&self.cwe_sets, 14)?);
        Some((cve_of_key(u32_at(record, 0)?)?, content))
    }
}

struct Products<'a>(Index<'a>);

impl<'a> Sorted for Products<'a> {
    type Key = ProductName<'a>;
    type Content = u64;

    fn count(&self) -> usize {
        self.0.product_count()
    }

    fn at(&self, place: usize) -> Option<(ProductName<'a>, u64)> {
        let record = self.0.product_at(place)?;
        Some((record.name(), record.hash))
    }
}

struct Packages<'a>(Index<'a>);

impl<'a> Sorted for Packages<'a> {
    type Key = PackageName<'a>;
    type Content = u64;

    fn count(&self) -> usize {
        self.0.package_count()
    }

    fn at(&self, place: usize) -> Option<(PackageName<'a>, u64)> {
        self.0.package_at(place).map(|record| (record.name, record.hash))
    }
}

struct Advisories<'a>(Index<'a>);

impl<'a> Sorted for Advisories<'a> {
    type Key = &'a str;
    type Content = u64;

    fn count(&self) -> usize {
        self.0.advisory_count()
    }

    fn at(&self, place: usize) -> Option<(&'a str, u64)> {
        let record = nth(self.0.section(Section::Advisories), place, ADVISORY_RECORD)?;
        Some((self.0.string(u32_at(record, 0)?)?, u64_at(record, 10)?))
    }
}

struct Lifecycles<'a>(Index<'a>);

impl<'a> Sorted for Lifecycles<'a> {
    type Key = &'a str;
    type Content = u64;

    fn count(&self) -> usize {
        self.0.lifecycle_count()
    }

    fn at(&self, place: usize) -> Option<(&'a str, u64)> {
        self.0.lifecycle_at(place).map(|record| (record.product, record.hash))
    }
}

/// Makers in advisories, or firms that recall: by words, then name.
struct Makers<'a>(Index<'a>, Section);

impl<'a> Sorted for Makers<'a> {
    type Key = (&'a str, &'a str);
    type Content = u64;

    fn count(&self) -> usize {
        self.0.section(self.1).len() / MAKER_RECORD
    }

    fn at(&self, place: usize) -> Option<(Self::Key, u64)> {
        let record = nth(self.0.section(self.1), place, MAKER_RECORD)?;
        let key = (self.0.string(u32_at(record, 4)?)?, self.0.string(u32_at(record, 0)?)?);
        Some((key, u64_at(record, 12)?))
    }
}
