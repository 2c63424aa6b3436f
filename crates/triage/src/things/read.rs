//! Facts and banners to things: which package, which product a text names.

use std::collections::BTreeSet;

use wardround_intel::cpe::Cpe;
use wardround_intel::names::{Aliases, Purl, SeenProduct};
use wardround_model::FactKind;

use super::{Gap, Thing};
use crate::packages::Package;
use crate::products::Product;
use crate::scene::Seen;

/// What a banner shows: its distribution's package where the release is known, else the product.
pub(super) fn shown<'a>(product: &SeenProduct, release: Option<&str>) -> Option<Thing<'a>> {
    let package = product.package.as_ref().and_then(|package| Package::behind(package, release));
    package
        .map(Thing::Package)
        .or_else(|| Product::shown(product).map(|product| Thing::Product(Box::new(product))))
}

/// What a list names, or why nothing can be asked about it. `release` is the ecosystem of the asset's own system.
pub(super) fn listed<'a>(
    aliases: &Aliases,
    kind: FactKind,
    value: &'a str,
    release: Option<&str>,
) -> Result<Thing<'a>, Gap> {
    let boxed = |product: Product| Thing::Product(Box::new(product));
    match kind {
        FactKind::Package => package(aliases, value, release),
        FactKind::CpeName => {
            let cpe = value.parse::<Cpe>().ok();
            cpe.and_then(|cpe| Product::named(&cpe)).map(boxed).ok_or(Gap::NotInAnyList)
        }
        FactKind::InstalledSoftware => {
            let (name, version) = name_and_version(value);
            let product = aliases.product(name, None, version);
            product.as_ref().and_then(Product::shown).map(boxed).ok_or(Gap::NotInAnyList)
        }
        _ => Ok(Thing::Kernel(value)),
    }
}

/// `name version`: a last word that begins like a version is one.
fn name_and_version(value: &str) -> (&str, Option<&str>) {
    let numbered = |version: &str| {
        version.trim_start_matches(['v', 'V']).starts_with(|letter: char| letter.is_ascii_digit())
    };
    let split = value.rsplit_once(' ').filter(|(_, last)| numbered(last));
    split.map_or((value, None), |(name, version)| (name, Some(version)))
}

fn package<'a>(aliases: &Aliases, value: &str, release: Option<&str>) -> Result<Thing<'a>, Gap> {
    let purl: Purl = value.parse().map_err(|_| Gap::NotInAnyList)?;
    let version = purl.version.as_ref().map(ToString::to_string);
    if matches!(purl.kind.as_str(), "deb" | "rpm" | "apk") {
        let name = purl.source_name().to_string();
        let ecosystem = of_release(&purl, release).ok_or(Gap::ReleaseNotKnown)?;
        return Ok(Thing::Package(Package::new(ecosystem, name, version)));
    }
    if let Some(ecosystem) = purl.ecosystem() {
        let name = purl.package_name().to_string();
        return Ok(Thing::Package(Package::new(ecosystem.to_string(), name, version)));
    }
    let product = aliases.of_purl(&purl);
    let product = product.as_ref().and_then(Product::shown);
    product.map(|product| Thing::Product(Box::new(product))).ok_or(Gap::NotInAnyList)
}

/// The ecosystem with its release: by the URL itself, else by the system of the asset, where both are of one distribution.
fn of_release(purl: &Purl, release: Option<&str>) -> Option<String> {
    let told = purl.ecosystem();
    if let Some(told) = told.as_ref().filter(|told| told.contains(':')) {
        return Some(told.to_string());
    }
    let distribution = told.as_deref().or(purl.namespace.as_deref());
    let own = release.filter(|own| distribution.is_none_or(|told| own.split(':').next() == Some(told)));
    own.map(str::to_owned)
}

/// Names under which package URLs of an asset go, for comparison with CPE names.
pub(super) fn names_of_packages(packages: &[Seen<'_>]) -> BTreeSet<String> {
    let purls = packages.iter().filter_map(|seen| seen.value().parse::<Purl>().ok());
    purls.flat_map(|purl| [plain(&purl.name), plain(&purl.source_name())]).collect()
}

/// Whether a CPE name is of a component that a package URL of the same asset names too.
pub(super) fn is_named_by_package(cpe: &str, packages: &BTreeSet<String>) -> bool {
    let cpe = cpe.parse::<Cpe>().ok();
    let product = cpe.as_ref().and_then(|cpe| cpe.product.literal());
    product.is_some_and(|product| packages.contains(&plain(product)))
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

/// Whether a package is the kernel of a distribution.
pub(super) fn is_kernel(package: &Package) -> bool {
    matches!(package.name.as_str(), "linux" | "kernel" | "linux-signed-amd64" | "linux-lts" | "linux-virt")
        || package.name.starts_with("linux-image")
}

/// A component as people write it.
pub(super) fn label(value: &str) -> String {
    value.split(['?', '#']).next().unwrap_or(value).to_owned()
}
