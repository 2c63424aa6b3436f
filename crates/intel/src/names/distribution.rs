//! Distributions: who built a program, which release it belongs to, and which package it is.
//!
//! A distribution mends flaws without raising the upstream version; only its package version tells what is mended, and
//! only in that distribution's own order (`Scheme::Debian`, `Scheme::Rpm`).

use compact_str::{CompactString, format_compact};

use super::SeenProduct;
use super::aliases::{AliasKind, Aliases};
use crate::index::{PackageRef, PackageVersion};

/// Who built the software from its makers' source. Distributions mend flaws without raising the upstream version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distribution {
    /// Debian.
    Debian,
    /// Ubuntu.
    Ubuntu,
    /// Raspberry Pi OS.
    Raspbian,
    /// Red Hat Enterprise Linux.
    RedHat,
    /// CentOS, Rocky or AlmaLinux.
    CentOs,
    /// Fedora.
    Fedora,
    /// SUSE.
    Suse,
    /// Amazon Linux.
    Amazon,
    /// Alpine.
    Alpine,
    /// FreeBSD's base system or ports.
    FreeBsd,
}

impl Distribution {
    /// The ecosystem as OSV names it, without a release.
    #[must_use]
    pub fn ecosystem(self) -> Option<&'static str> {
        Some(match self {
            Self::Debian => "Debian",
            Self::Ubuntu => "Ubuntu",
            Self::Raspbian => "Raspbian",
            Self::RedHat => "Red Hat",
            Self::CentOs => "CentOS",
            Self::Fedora => "Fedora",
            Self::Suse => "SUSE",
            Self::Amazon => "Amazon Linux",
            Self::Alpine => "Alpine",
            Self::FreeBsd => return None,
        })
    }

    /// The distribution of an ecosystem as OSV names it, with or without a release.
    #[must_use]
    pub fn of_ecosystem(name: &str) -> Option<Self> {
        Some(match name.split(':').next().unwrap_or(name) {
            "Debian" | "Debian ELTS" => Self::Debian,
            "Ubuntu" => Self::Ubuntu,
            "Raspbian" => Self::Raspbian,
            "Red Hat" | "Oracle Linux" => Self::RedHat,
            "CentOS" | "Rocky Linux" | "AlmaLinux" => Self::CentOs,
            "Fedora" => Self::Fedora,
            "SUSE" | "openSUSE" => Self::Suse,
            "Amazon Linux" => Self::Amazon,
            "Alpine" => Self::Alpine,
            _ => return None,
        })
    }

    /// The kind of package in the table of names: `deb` or `rpm`.
    fn packaging(self) -> Option<&'static str> {
        match self {
            Self::Debian | Self::Ubuntu | Self::Raspbian => Some("deb"),
            Self::RedHat | Self::CentOs | Self::Fedora | Self::Suse | Self::Amazon => Some("rpm"),
            Self::Alpine => Some("apk"),
            Self::FreeBsd => None,
        }
    }
}

/// A distribution's package behind a product, as far as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenPackage {
    /// The ecosystem as OSV names it, with the release when it can be told: `Debian:12`, `Ubuntu:22.04`, `Debian`.
    pub ecosystem: CompactString,
    /// The source package: `openssh`, `apache2`.
    pub source: CompactString,
    /// The package's version: `9.2p1-2+deb12u7`; `None` when a banner tells only the upstream version.
    pub version: Option<CompactString>,
    /// True when the version may lack its epoch, as banners do.
    pub epoch_hidden: bool,
}

impl SeenPackage {
    /// The release, when it is known: `12`, `22.04`.
    #[must_use]
    pub fn release(&self) -> Option<&str> {
        self.ecosystem.split_once(':').map(|(_, release)| release)
    }

    /// What the index is asked about it.
    #[must_use]
    pub fn reference(&self) -> PackageRef<'_> {
        let version = match &self.version {
            None => PackageVersion::Unknown,
            Some(version) if self.epoch_hidden => PackageVersion::WithoutEpoch(version),
            Some(version) => PackageVersion::Full(version),
        };
        PackageRef { ecosystem: &self.ecosystem, name: &self.source, version }
    }
}

/// Debian's and Ubuntu's releases by their names.
pub(super) fn release_called(name: &str) -> Option<&'static str> {
    Some(match name {
        "squeeze" => "6",
        "wheezy" => "7",
        "jessie" => "8",
        "stretch" => "9",
        "buster" => "10",
        "bullseye" => "11",
        "bookworm" => "12",
        "trixie" => "13",
        "forky" => "14",
        "trusty" => "14.04",
        "xenial" => "16.04",
        "bionic" => "18.04",
        "focal" => "20.04",
        "jammy" => "22.04",
        "noble" => "24.04",
        _ => return None,
    })
}

/// The package of a distribution that a product is built from; `text` is the version as it was written with everything
/// the distribution added (`9.2p1-2+deb12u7`), `upstream` its part before.
pub(super) fn package_of(
    table: &Aliases,
    distribution: Distribution,
    product: &str,
    upstream: Option<&str>,
    text: Option<&str>,
) -> Option<SeenPackage> {
    let source = source_of(table, distribution, product, upstream)?;
    let release = text.and_then(|text| release_in(distribution, text));
    let known = || release_by_version(table, distribution, &source, text.or(upstream)?);
    let ecosystem = distribution.ecosystem()?;
    let ecosystem = match release.or_else(known) {
        Some(release) => format_compact!("{ecosystem}:{release}"),
        None => ecosystem.into(),
    };
    Some(SeenPackage { ecosystem, source, version: text.map(CompactString::from), epoch_hidden: true })
}

/// A product by its distribution's source package.
pub(super) fn product_of_package(
    table: &Aliases,
    distribution: Distribution,
    release: Option<&str>,
    source: &str,
    version: Option<&str>,
) -> SeenProduct {
    let row = distribution.packaging().and_then(|packaging| {
        let row = table.row(AliasKind::Package, &format!("{packaging}/{}", source.to_ascii_lowercase()))?;
        table.on_network(&row.means)
    });
    let mut product = SeenProduct::of(source, row, version.map(|text| upstream_of(text).into()));
    product.distribution = Some(distribution);
    product.distribution_build = true;
    product.package = distribution.ecosystem().map(|ecosystem| SeenPackage {
        ecosystem: release
            .map_or_else(|| ecosystem.into(), |release| format_compact!("{ecosystem}:{release}")),
        source: source.into(),
        version: version.map(CompactString::from),
        epoch_hidden: false,
    });
    product
}

/// `1:9.2p1-2+deb12u7` is upstream's `9.2p1`; `2.4.57+dfsg-1` is `2.4.57`.
fn upstream_of(version: &str) -> &str {
    let rest = match version.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => version,
    };
    let rest = rest.rsplit_once('-').map_or(rest, |(upstream, _)| upstream);
    let end = rest.find(['+', '~']).unwrap_or(rest.len());
    rest.get(..end).unwrap_or(rest)
}

/// The source package: of several (`mariadb`, `mariadb-10.3`) the one that carries the beginning of the version.
fn source_of(
    table: &Aliases,
    distribution: Distribution,
    product: &str,
    upstream: Option<&str>,
) -> Option<CompactString> {
    let start = format!("{}/", distribution.packaging()?);
    let product = product.to_ascii_lowercase();
    let mut plain = None;
    for row in table.beginning(AliasKind::Package, &start).filter(|row| row.means == product) {
        let source = row.name.get(start.len()..)?;
        match source.rsplit_once('-').filter(|(_, line)| line.starts_with(|l: char| l.is_ascii_digit())) {
            Some((_, line)) if upstream.is_some_and(|version| is_of_line(version, line)) => {
                return Some(source.into());
            }
            Some(_) => {}
            None => plain = plain.or(Some(source)),
        }
    }
    plain.map(CompactString::from)
}

/// `10.3.39` is of the line `10.3`.
fn is_of_line(version: &str, line: &str) -> bool {
    version.strip_prefix(line).is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_ascii_digit()))
}

/// What the version's own text says of the release: `+deb12u7`, `~deb11u1`, `ubuntu0.22.04.1`, `.el9_4`, `.fc38`.
fn release_in(distribution: Distribution, text: &str) -> Option<CompactString> {
    let lower = text.to_ascii_lowercase();
    let number_after = |mark: &str| {
        let (_, rest) = lower.rsplit_once(mark)?;
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..end).filter(|digits| !digits.is_empty()).map(CompactString::from)
    };
    match distribution {
        Distribution::Debian | Distribution::Raspbian => {
            number_after("+deb").or_else(|| number_after("~deb")).or_else(|| number_after("~bpo"))
        }
        Distribution::Ubuntu => ubuntu_release_in(&lower),
        Distribution::RedHat | Distribution::CentOs => number_after(".el"),
        Distribution::Fedora => number_after(".fc"),
        Distribution::Amazon => number_after("amzn"),
        _ => None,
    }
}

/// `0ubuntu0.22.04.1` of programs whose new upstream versions go to several releases.
fn ubuntu_release_in(text: &str) -> Option<CompactString> {
    let (_, rest) = text.rsplit_once("ubuntu")?;
    let mut numbers = rest.split('.').skip(1);
    let (year, month) = (numbers.next()?, numbers.next()?);
    let release = year.len() == 2 && matches!(month, "04" | "10");
    release.then(|| format_compact!("{year}.{month}"))
}

/// The release whose package alone begins with this version, by the table.
fn release_by_version(
    table: &Aliases,
    distribution: Distribution,
    source: &str,
    version: &str,
) -> Option<CompactString> {
    let packaging = distribution.packaging()?;
    let start = format!("{packaging}/{source}/");
    let wanted = match distribution {
        Distribution::Raspbian => "Debian",
        other => other.ecosystem()?,
    };
    let begins = |row: &&super::Alias| {
        let known = row.name.get(start.len()..).unwrap_or_default();
        version
            .strip_prefix(known)
            .is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_ascii_alphanumeric()))
    };
    let rows = table.beginning(AliasKind::Release, &start).filter(begins);
    let releases = rows.filter_map(|row| row.means.strip_prefix(wanted)?.strip_prefix(':'));
    releases.max_by_key(|release| release.len()).map(CompactString::from)
}
