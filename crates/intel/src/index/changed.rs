//! What differs between two indexes, so that only what it touches is judged again.
//!
//! Both are walked once, in their order; what stands behind a product, package, maker or firm is compared by a hash of
//! its contents that was written with it, and does not depend on where texts lie.

use std::cmp::Ordering;

use wardround_model::CveId;

use super::Index;
use super::package::PackageName;
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
    /// CVEs whose own facts (scores, dates, SSVC points, EPSS, KEV) differ: what rests on them is decided again.
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
    Changed {
        cves: differing(
            old.cve_count(),
            |at| old.cve_at(at).map(|one| (one.id, one)),
            new.cve_count(),
            |at| new.cve_at(at).map(|one| (one.id, one)),
        ),
        ..Changed::default()
    }
}

/// The keys of what is on one side only, or differs, of two sides in ascending order.
fn differing<K: Ord + Copy, V: PartialEq>(
    old_count: usize,
    old: impl Fn(usize) -> Option<(K, V)>,
    new_count: usize,
    new: impl Fn(usize) -> Option<(K, V)>,
) -> Vec<K> {
    let mut olds = (0..old_count).filter_map(old).peekable();
    let mut news = (0..new_count).filter_map(new).peekable();
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
