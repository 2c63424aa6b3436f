//! Names to look up: an invented hospital's software, drawn from the index itself.

use wardround_intel::affected::{Bound, Range, SeenVersion, Versions};
use wardround_intel::cpe::Part;
use wardround_intel::index::{Changed, changed_since};
use wardround_intel::{Index, IndexBuilder};

/// A product by part, vendor and name.
pub(crate) type Name<'a> = (Part, &'a str, &'a str);

/// A component as an inventory tells it: a product and a version.
pub(crate) type Component<'a> = (Name<'a>, SeenVersion);

/// Everything that the index names.
pub(crate) fn everything<'a>(index: &Index<'a>, empty: &'a [u8]) -> Changed<'a> {
    changed_since(&Index::open(empty).expect("an index of nothing"), index)
}

/// The index of nothing.
pub(crate) fn empty() -> Vec<u8> {
    IndexBuilder::default().finish()
}

/// Different components: half of them of the 200 products with the most records, as on real computers, half of others.
/// Versions are those that records name.
pub(crate) fn components<'a>(index: &Index<'a>, products: &[Name<'a>], count: usize) -> Vec<Component<'a>> {
    let mut by_records: Vec<(usize, Name<'a>)> = products
        .iter()
        .map(|&name| (index.product_rows(Some(name.0), name.1, name.2).len(), name))
        .filter(|&(records, _)| records > 0)
        .collect();
    by_records.sort_by(|one, two| two.cmp(one));
    let (many, few) = by_records.split_at(200);
    let mut components = Vec::with_capacity(count);
    for at in 0..count / 2 {
        // Neighbours in the list share a product's name but not its version.
        for list in [many, few] {
            if let Some(&(_, name)) = list.get(at * 31 % list.len()) {
                components.push((name, version_of(index, name, at)));
            }
        }
    }
    components
}

/// The version that one of the product's records names.
fn version_of(index: &Index<'_>, (part, vendor, product): Name<'_>, at: usize) -> SeenVersion {
    let rows = index.product_rows(Some(part), vendor, product);
    let versions = rows.iter().filter_map(|row| match row.criterion.versions {
        Versions::Exactly(version) => Some(version),
        Versions::Range(Range { to: Some(Bound { version, .. }), .. }) => Some(version),
        _ => None,
    });
    let versions: Vec<&str> = versions.collect();
    let version = if versions.is_empty() { None } else { versions.get(at % versions.len()).copied() };
    SeenVersion::new(version.or(Some("1.0")), None)
}
