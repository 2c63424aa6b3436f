//! Software against the published ranges of versions: what a banner shows, a list of installed software or a bill of
//! materials names.
//!
//! Blamed is a version that a range holds. Not blamed, but asked about: builds of a distribution whose package is not
//! known (`packages` judges those that are), the Linux kernel (device makers mend it too), hidden versions and records
//! without a version. Not here: which assets have which software (`things`).

mod platform;
mod records;
#[cfg(test)]
mod snapshot_tests;
#[cfg(test)]
pub(crate) mod tests;

use wardround_intel::Index;
use wardround_intel::affected::SeenVersion;
use wardround_intel::cpe::{Attribute, Cpe, Part};
use wardround_intel::names::{CpeName, Distribution, SeenProduct};
use wardround_model::CveId;

use crate::opinion::{Open, Opinion};
use crate::phrases;
use crate::support;
use crate::system::System;

/// A product in a version, by its names in the lists of published weaknesses.
#[derive(Clone, Debug)]
pub(crate) struct Product {
    /// What CPE calls it, the present name first; never empty.
    names: Vec<CpeName>,
    version: Option<String>,
    seen: SeenVersion,
    /// Somebody else than its makers built it.
    rebuilt: bool,
    distribution: Option<Distribution>,
    /// The software that it runs in, by its own CPE name.
    target: Option<String>,
}

impl Product {
    /// What a banner or a list shows; `None` for what the table of names has no name for.
    pub(crate) fn shown(product: &SeenProduct) -> Option<Self> {
        let names = product.cpe_names().to_vec();
        (!names.is_empty()).then(|| Self {
            names,
            version: product.version.as_ref().map(ToString::to_string),
            seen: product.seen_version(),
            rebuilt: product.distribution_build,
            distribution: product.distribution,
            target: None,
        })
    }

    /// The product that a CPE name is of; `None` where it names none.
    pub(crate) fn named(cpe: &Cpe) -> Option<Self> {
        let text = |attribute: &Attribute| attribute.literal().map(str::to_owned);
        let name = CpeName {
            part: cpe.part?,
            vendor: cpe.vendor.literal()?.into(),
            product: cpe.product.literal()?.into(),
        };
        let (version, update) = (text(&cpe.version), text(&cpe.update));
        let seen = SeenVersion::new(version.as_deref(), update.as_deref());
        let version = version.map(|version| match &update {
            Some(update) => format!("{version} {update}"),
            None => version,
        });
        Some(Self {
            names: vec![name],
            version,
            seen,
            rebuilt: false,
            distribution: None,
            target: text(&cpe.target_sw),
        })
    }

    /// `vendor:product` of its present name.
    pub(crate) fn code(&self) -> String {
        self.names.first().map(|name| format!("{}:{}", name.vendor, name.product)).unwrap_or_default()
    }

    /// What tells it apart from every other product, whatever the system.
    pub(crate) fn key(&self) -> String {
        let (version, target) =
            (self.version.as_deref().unwrap_or("?"), self.target.as_deref().unwrap_or("?"));
        let names: Vec<_> = self.names.iter().map(|one| format!("{one:?}")).collect();
        let built = (self.rebuilt, self.distribution);
        format!("product {} {version} {target} {built:?} {:?}", names.join(","), self.seen)
    }

    /// Its name and version, as people write them.
    pub(crate) fn name(&self) -> String {
        let name = phrases::product(&self.code());
        match &self.version {
            Some(version) => format!("{name} {version}"),
            None => name,
        }
    }

    pub(crate) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Vendor and product of each of its names.
    pub(crate) fn codes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|name| (name.vendor.as_str(), name.product.as_str()))
    }

    /// Whether any of its names is this one.
    pub(crate) fn is_called(&self, vendor: &str, product: &str) -> bool {
        self.codes().any(|name| name == (vendor, product))
    }
}

/// What the index says of a product on its system.
pub(crate) fn opinion(
    index: &Index<'_>,
    product: &Product,
    system: Option<&System>,
    as_of: wardround_model::Timestamp,
) -> Opinion {
    if product.version.is_none() && product.names.iter().all(|name| name.part == Part::Hardware) {
        // Hardware has no version; its firmware is named apart.
        return Opinion::default();
    }
    if product.version.is_none() {
        return Opinion::open(hidden(product));
    }
    if product.rebuilt || product.is_called("linux", "linux_kernel") {
        return Opinion::open(mended_elsewhere(product));
    }
    let mut opinion = records::of(index, product, system);
    support::of_product(index, product, as_of, &mut opinion);
    opinion
}

/// The opinion with what the records of these CVEs, in ascending order, say now, where nothing else changed.
pub(crate) fn again(
    index: &Index<'_>,
    product: &Product,
    system: Option<&System>,
    known: &Opinion,
    cves: &[CveId],
) -> Opinion {
    records::again(index, product, system, known, cves)
}

fn hidden(product: &Product) -> Open {
    let name = product.name();
    let text = format!(
        "It shows {name}, but not its version, so the known weaknesses of {name} could not be checked. Whoever runs \
         it can look the version up"
    );
    Open::to_owner(format!("version:{}", product.code()), text, format!("Which version of {name} runs here?"))
}

fn mended_elsewhere(product: &Product) -> Open {
    let name = product.name();
    let who = product.distribution.map_or("whoever builds it for this device", label);
    let text = format!(
        "It shows {name}, but {who} mends weaknesses without raising this number, so it could not be judged. A list of \
         the installed packages and their full versions would settle it"
    );
    let question = format!("Which package of {name} is installed, with its full version?");
    Open::to_owner(format!("package:{}", product.code()), text, question)
}

fn label(distribution: Distribution) -> &'static str {
    match distribution {
        Distribution::Debian => "Debian",
        Distribution::Ubuntu => "Ubuntu",
        Distribution::Raspbian => "Raspberry Pi OS",
        Distribution::RedHat => "Red Hat",
        Distribution::CentOs => "CentOS, Rocky or AlmaLinux",
        Distribution::Fedora => "Fedora",
        Distribution::Suse => "SUSE",
        Distribution::Amazon => "Amazon Linux",
        Distribution::Alpine => "Alpine",
        Distribution::FreeBsd => "FreeBSD",
    }
}
