//! What a change of the index touches.

use std::collections::HashSet;

use wardround_intel::index::Changed;
use wardround_model::CveId;

use crate::opinion::Opinion;
use crate::system::System;
use crate::things::{Kept, Thing};

/// A change, laid out for look-ups.
pub(super) struct Touched<'c> {
    cves: HashSet<CveId>,
    products: HashSet<(&'c str, &'c str)>,
    packages: HashSet<(&'c str, &'c str)>,
    /// Makers go by several names, so a change about any of them touches every device.
    devices: bool,
    /// Dates of support go by several names too.
    lifecycles: bool,
}

impl<'c> Touched<'c> {
    pub(super) fn by(changed: &Changed<'c>) -> Self {
        Self {
            cves: changed.cves.iter().copied().collect(),
            products: changed.products.iter().map(|name| (name.vendor, name.product)).collect(),
            packages: changed.packages.iter().map(|name| (name.ecosystem, name.name)).collect(),
            devices: !(changed.advisories.is_empty()
                && changed.makers.is_empty()
                && changed.recalling_firms.is_empty()),
            lifecycles: !changed.lifecycles.is_empty(),
        }
    }

    pub(super) fn has_cve(&self, cve: CveId) -> bool {
        self.cves.contains(&cve)
    }

    /// Whether what is said of a thing, or the decisions that follow from it, may be other now.
    pub(super) fn may_change(&self, kept: &Kept<'_>, system: Option<&System>, known: &Opinion) -> bool {
        let named = match &kept.thing {
            Thing::Device(_) => self.devices,
            Thing::Product(product) => {
                self.lifecycles || product.codes().any(|name| self.products.contains(&name))
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
        };
        named || !self.cves.is_empty() && known.considered.iter().any(|cve| self.cves.contains(cve))
    }
}
