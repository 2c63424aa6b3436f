//! Names: what software calls itself on the network, and what CPE calls it.
//!
//! The table is `data/aliases.txt`. A name that is not in it has no CPE name here: nothing is guessed from likeness.

mod banner;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::affected::SeenVersion;
use crate::cpe::Part;
use crate::index::{Index, Match};

pub use banner::{Distribution, SeenProduct, products_in};

/// A product as CPE names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CpeName {
    /// The part.
    pub part: Part,
    /// The vendor.
    pub vendor: &'static str,
    /// The product.
    pub product: &'static str,
}

#[derive(Debug)]
struct Alias {
    names: Vec<CpeName>,
    portable: bool,
    versionless: bool,
}

const ALIASES: &str = include_str!("../../data/aliases.txt");

fn aliases() -> &'static BTreeMap<&'static str, Alias> {
    static TABLE: OnceLock<BTreeMap<&'static str, Alias>> = OnceLock::new();
    TABLE.get_or_init(|| ALIASES.lines().filter_map(read_alias).collect())
}

fn read_alias(line: &'static str) -> Option<(&'static str, Alias)> {
    let mut columns = line.split('|').map(str::trim);
    let name = columns.next().filter(|name| !name.is_empty() && !name.starts_with('#'))?;
    let names = columns.next()?.split(',').filter_map(|text| read_name(text.trim())).collect();
    let styles = columns.next().unwrap_or_default();
    let (portable, versionless) = (styles.contains("portable"), styles.contains("versionless"));
    Some((name, Alias { names, portable, versionless }))
}

fn read_name(text: &'static str) -> Option<CpeName> {
    let mut parts = text.splitn(3, ':');
    let part = Part::from_letter(parts.next()?.chars().next()?)?;
    Some(CpeName { part, vendor: parts.next()?, product: parts.next()? })
}

/// What CPE calls a product that calls itself `name` (case does not matter); nothing when it is not in the table.
#[must_use]
pub fn cpe_names(name: &str) -> &'static [CpeName] {
    aliases().get(name.to_ascii_lowercase().as_str()).map_or(&[], |alias| &alias.names)
}

impl SeenProduct {
    /// What CPE calls it.
    #[must_use]
    pub fn cpe_names(&self) -> &'static [CpeName] {
        cpe_names(&self.name)
    }

    /// Its version, made ready for comparisons in its own style.
    #[must_use]
    pub fn seen_version(&self) -> SeenVersion {
        let version = SeenVersion::new(self.version.as_deref(), None);
        let portable =
            aliases().get(self.name.to_ascii_lowercase().as_str()).is_some_and(|alias| alias.portable);
        if portable { version.portable() } else { version }
    }
}

impl<'a> Index<'a> {
    /// The CVEs that a product from a banner has or may have by its upstream version, under all its CPE names; one
    /// answer a CVE. A distribution's build may have the fixes: see `SeenProduct::distribution_build`.
    #[must_use]
    pub fn vulnerabilities_of_product(&self, product: &SeenProduct) -> Vec<Match<'a>> {
        let seen = product.seen_version();
        let mut strongest: BTreeMap<_, Match<'a>> = BTreeMap::new();
        for name in product.cpe_names() {
            for found in self.vulnerabilities_of(Some(name.part), name.vendor, name.product, &seen) {
                let known = strongest.entry(found.cve()).or_insert(found);
                if found.is_stronger_than(known) {
                    *known = found;
                }
            }
        }
        strongest.into_values().collect()
    }
}
