//! Names: what software, makers and packages call themselves, and what CPE and the ecosystems call them.
//!
//! The table is `data/aliases.tsv` (`Aliases`). A name that is not in it has no CPE name here: nothing is guessed from
//! likeness. Four ways lead to a `SeenProduct`: a banner (`products_in`), an entry of a list of installed software
//! (`Aliases::product`), a distribution's package (`Aliases::package`), a package URL (`Aliases::of_purl`).

mod aliases;
mod banner;
pub mod distribution;
mod installed;
mod purl;
#[cfg(test)]
mod tests;
mod windows;

use std::collections::BTreeMap;
use std::sync::Arc;

use compact_str::CompactString;

use crate::affected::SeenVersion;
use crate::cpe::Part;
use crate::index::{Index, Match};

pub use aliases::{Alias, AliasError, AliasKind, Aliases};
pub use banner::products_in;
pub use distribution::{Distribution, SeenPackage};
pub use purl::{InvalidPurl, Purl};
pub use windows::{WindowsRelease, windows};

/// A product as CPE names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CpeName {
    /// The part.
    pub part: Part,
    /// The vendor.
    pub vendor: CompactString,
    /// The product.
    pub product: CompactString,
}

/// A product that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenProduct {
    /// The name as it was written, at most 40 characters.
    pub name: CompactString,
    /// The upstream version.
    pub version: Option<CompactString>,
    /// The distribution, when it is named.
    pub distribution: Option<Distribution>,
    /// True when somebody else than its makers built it (a distribution, a fork): fixes are carried back, so the
    /// upstream version alone proves nothing.
    pub distribution_build: bool,
    /// The distribution's package, when it is known which one that is.
    pub package: Option<SeenPackage>,
    names: Arc<[CpeName]>,
    portable: bool,
}

/// What CPE calls a product that calls itself `name` (case does not matter); nothing when it is not in the table.
#[must_use]
pub fn cpe_names(name: &str) -> &'static [CpeName] {
    Aliases::builtin().on_network(name).map_or(&[], |alias| &alias.cpe)
}

/// The rows of the built-in table in which every word of the query stands: see `Aliases::search`.
#[must_use]
pub fn search(query: &str) -> Vec<&'static Alias> {
    Aliases::builtin().search(query)
}

impl SeenProduct {
    /// A product by a row of the table, built by its makers as far as is known.
    fn of(name: &str, alias: Option<&Alias>, version: Option<CompactString>) -> Self {
        Self {
            name: name.chars().take(40).collect(),
            version,
            distribution: None,
            distribution_build: alias.is_some_and(|alias| alias.has_style("rebuilt")),
            package: None,
            names: alias.map_or_else(|| Arc::from([]), |alias| Arc::clone(&alias.cpe)),
            portable: alias.is_some_and(|alias| alias.has_style("portable")),
        }
    }

    /// What CPE calls it.
    #[must_use]
    pub fn cpe_names(&self) -> &[CpeName] {
        &self.names
    }

    /// Its version, made ready for comparisons in its own style.
    #[must_use]
    pub fn seen_version(&self) -> SeenVersion {
        let version = SeenVersion::new(self.version.as_deref(), None);
        if self.portable { version.portable() } else { version }
    }
}

impl<'a> Index<'a> {
    /// The CVEs that a product has or may have by its upstream version, under all its CPE names; one answer a CVE. A
    /// distribution's build may have the fixes: see `SeenProduct::distribution_build`.
    #[must_use]
    pub fn vulnerabilities_of_product(&self, product: &SeenProduct) -> Vec<Match<'a>> {
        let seen = product.seen_version();
        let mut strongest: BTreeMap<_, Match<'a>> = BTreeMap::new();
        for name in product.cpe_names() {
            for found in self.vulnerabilities_of(Some(name.part), &name.vendor, &name.product, &seen) {
                let known = strongest.entry(found.cve()).or_insert(found);
                if found.is_stronger_than(known) {
                    *known = found;
                }
            }
        }
        strongest.into_values().collect()
    }
}
