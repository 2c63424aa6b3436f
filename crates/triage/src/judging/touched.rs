//! What a change of the index touches.

use std::collections::HashSet;

use wardround_intel::index::Changed;
use wardround_model::CveId;

use crate::opinion::Opinion;
use crate::system::System;
use crate::things::{Kept, Thing};

/// A change, laid out for look-ups.
pub(super) struct Touched<'c> {
    /// Ascending.
    cves: Vec<CveId>,
    /// A bit for each CVE, several with one bit: most look-ups end here.
    seen: Vec<bool>,
    products: HashSet<(&'c str, &'c str)>,
    packages: HashSet<(&'c str, &'c str)>,
    /// Makers go by several names, so a change about any of them touches every device.
    devices: bool,
    /// Dates of support go by several names too.
    lifecycles: bool,
}

impl<'c> Touched<'c> {
    pub(super) fn by(changed: &Changed<'c>) -> Self {
        let mut cves = changed.cves.clone();
        cves.sort_unstable();
        cves.dedup();
        let mut seen = vec![false; BITS];
        for cve in &cves {
            if let Some(bit) = seen.get_mut(bit(*cve)) {
                *bit = true;
            }
        }
        Self {
            cves,
            seen,
            products: changed.products.iter().map(|name| (name.vendor, name.product)).collect(),
            packages: changed.packages.iter().map(|name| (name.ecosystem, name.name)).collect(),
            devices: !(changed.advisories.is_empty()
                && changed.makers.is_empty()
                && changed.recalling_firms.is_empty()),
            lifecycles: !changed.lifecycles.is_empty(),
        }
    }

    pub(super) fn has_cve(&self, cve: CveId) -> bool {
        self.seen.get(bit(cve)).is_some_and(|is| *is) && self.cves.binary_search(&cve).is_ok()
    }

    pub(super) fn has_packages(&self) -> bool {
        !self.packages.is_empty()
    }

    /// The CVEs that were looked at for an opinion and are other now, ascending.
    pub(super) fn among(&self, known: &Opinion) -> Vec<CveId> {
        known.considered.iter().copied().filter(|cve| self.has_cve(*cve)).collect()
    }

    /// Whether what is stated of the thing itself is other now.
    pub(super) fn names(&self, kept: &Kept<'_>, system: Option<&System>) -> bool {
        match &kept.thing {
            Thing::Device(_) => self.devices,
            Thing::Product(product) => {
                self.lifecycles
                    || !self.products.is_empty() && product.codes().any(|name| self.products.contains(&name))
            }
            Thing::Package(package) => {
                let ecosystem = package.ecosystem.trim_end_matches(":LTS");
                self.packages.contains(&(ecosystem, package.name.as_str()))
            }
            Thing::System => {
                let release = system.and_then(|system| system.windows.as_ref());
                let name = release.map(|release| (release.cpe.vendor.as_str(), release.cpe.product.as_str()));
                self.lifecycles || name.is_some_and(|name| self.products.contains(&name))
            }
            Thing::Kernel(_) => false,
        }
    }
}

const BITS: usize = 1 << 16;

fn bit(cve: CveId) -> usize {
    let mixed = u32::from(cve.year()).wrapping_mul(40_503) ^ cve.number();
    usize::try_from(mixed).unwrap_or(0) % BITS
}
