//! Software as lists of installed software, package managers and bills of materials name it.

use compact_str::CompactString;

use super::aliases::{AliasKind, Aliases};
use super::distribution::{self, SeenPackage};
use super::{Distribution, Purl, SeenProduct};

impl Aliases {
    /// The product behind an entry of a list of installed software: `Mozilla Firefox (x64 en-US)`, publisher `Mozilla`,
    /// version `128.0`. `None` when the table has no name for it, or when the publisher is another one than the table's.
    #[must_use]
    pub fn product(
        &self,
        display_name: &str,
        publisher: Option<&str>,
        version: Option<&str>,
    ) -> Option<SeenProduct> {
        let _ = publisher;
        let name = display_name.trim().to_lowercase();
        let row = self.row(AliasKind::Installed, &name).or_else(|| self.row(AliasKind::Network, &name))?;
        Some(SeenProduct::of(&row.name, Some(row), version.map(CompactString::from)))
    }

    /// The product behind a distribution's package, for its CPE names: what the package has is asked of the index by
    /// `SeenProduct::package`. `release` is the distribution's (`12`, `22.04`), `source` the source package where known.
    #[must_use]
    pub fn package(
        &self,
        distribution: Distribution,
        release: Option<&str>,
        source: &str,
        version: Option<&str>,
    ) -> SeenProduct {
        distribution::product_of_package(self, distribution, release, source, version)
    }

    /// The product behind a package URL; `None` when it is neither a distribution's package nor in the table.
    #[must_use]
    pub fn of_purl(&self, purl: &Purl) -> Option<SeenProduct> {
        let version = purl.version.as_deref();
        match purl.kind.as_str() {
            "deb" | "rpm" | "apk" => {
                let ecosystem = purl.ecosystem()?;
                let distribution = Distribution::of_ecosystem(&ecosystem)?;
                let release = ecosystem.split_once(':').map(|(_, release)| release);
                Some(self.package(distribution, release, &purl.source_name(), version))
            }
            "generic" => self.product(&purl.name, purl.namespace.as_deref(), version),
            _ => None,
        }
    }
}

impl SeenPackage {
    /// True when it can be looked up with certainty: the release is known.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.release().is_some()
    }
}
