//! Orders of versions: one scheme for each way in which version texts are ordered.
//!
//! `compare(scheme, one, two)` says which is newer, or `None` when the scheme has no answer: a text that is not a version
//! of it, or two that its rules do not tell apart. Nothing is guessed.
//!
//! Not here: which scheme an advisory means (the ecosystem says: `Scheme::of_ecosystem`), and ranges (`affected`).

mod alpine;
mod debian;
mod maven;
mod pypi;
mod rpm;
mod semver;
#[cfg(test)]
mod tests;
mod vendor;

use std::cmp::Ordering;

pub use vendor::{Extension, Version};

/// Longer texts are no versions; keeps every comparison small.
const MAX_LENGTH: usize = 256;

/// A way in which version texts are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// What nearly all makers agree on; a partial order (`Version`).
    Vendor,
    /// Debian, Ubuntu and their children: epoch, upstream version, revision (Debian Policy 5.6.12).
    Debian,
    /// RPM: epoch, version, release, with `~` and `^` (rpm-version(7)).
    Rpm,
    /// Alpine packages (apk-tools, "Package version").
    Alpine,
    /// Semantic Versioning 2.0.0: npm, crates.io, Go.
    Semver,
    /// Python packages (PEP 440).
    Pypi,
    /// Maven ("Version Order Specification" of the POM reference).
    Maven,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 7] =
        [Self::Vendor, Self::Debian, Self::Rpm, Self::Alpine, Self::Semver, Self::Pypi, Self::Maven];

    /// The scheme of an ecosystem as OSV names it, with or without a release (`Debian:12`, `PyPI`); `None` for
    /// ecosystems whose order is not known here. <https://ossf.github.io/osv-schema/#defined-ecosystems>
    #[must_use]
    pub fn of_ecosystem(name: &str) -> Option<Self> {
        let name = name.split(':').next().unwrap_or(name);
        Some(match name {
            "Debian" | "Ubuntu" | "Raspbian" | "Debian ELTS" | "Echo" => Self::Debian,
            "Red Hat" | "AlmaLinux" | "Rocky Linux" | "CentOS" | "Fedora" | "SUSE" | "openSUSE"
            | "Amazon Linux" | "Oracle Linux" | "Mageia" | "openEuler" | "Photon OS" | "Azure Linux" => {
                Self::Rpm
            }
            "Alpine" | "Alpaquita" | "BellSoft Hardened Containers" | "Chainguard" | "Wolfi" | "MinimOS" => {
                Self::Alpine
            }
            "npm" | "crates.io" | "Go" | "Hex" | "Pub" | "SwiftURL" => Self::Semver,
            "PyPI" => Self::Pypi,
            "Maven" => Self::Maven,
            _ => return None,
        })
    }

    /// The scheme of a package URL's type (`deb`, `rpm`, `npm` …); `None` for types whose order is not known here.
    #[must_use]
    pub fn of_purl_type(kind: &str) -> Option<Self> {
        Some(match kind {
            "deb" => Self::Debian,
            "rpm" => Self::Rpm,
            "apk" => Self::Alpine,
            "npm" | "cargo" | "golang" | "hex" | "pub" | "swift" => Self::Semver,
            "pypi" => Self::Pypi,
            "maven" => Self::Maven,
            "generic" => Self::Vendor,
            _ => return None,
        })
    }

    /// Which of two version texts is newer in this scheme; `None` when that cannot be said.
    #[must_use]
    pub fn compare(self, one: &str, two: &str) -> Option<Ordering> {
        let (one, two) = (one.trim(), two.trim());
        if one.len().max(two.len()) > MAX_LENGTH {
            return None;
        }
        match self {
            Self::Vendor => Version::read(one)?.compare(&Version::read(two)?),
            Self::Debian => debian::compare(one, two),
            Self::Rpm => rpm::compare(one, two),
            Self::Alpine => alpine::compare(one, two),
            Self::Semver => semver::compare(one, two),
            Self::Pypi => pypi::compare(one, two),
            Self::Maven => maven::compare(one, two),
        }
    }

    /// True when the text is a version of this scheme.
    #[must_use]
    pub fn reads(self, text: &str) -> bool {
        self.compare(text, text) == Some(Ordering::Equal)
    }
}

/// Which of two version texts is newer in a scheme; `None` when that cannot be said.
///
/// ```
/// use std::cmp::Ordering::{Greater, Less};
/// use wardround_intel::version::{Scheme, compare};
/// assert_eq!(compare(Scheme::Debian, "1:9.2p1-2+deb12u3", "1:9.2p1-2+deb12u10"), Some(Less));
/// assert_eq!(compare(Scheme::Debian, "1.0~rc1-1", "1.0-1"), Some(Less));
/// assert_eq!(compare(Scheme::Rpm, "8.7p1-38.el9_4.4", "8.7p1-38.el9"), Some(Greater));
/// assert_eq!(compare(Scheme::Pypi, "1.0.dev1", "1.0a1"), Some(Less));
/// assert_eq!(compare(Scheme::Vendor, "7.2p2", "7.3"), Some(Less));
/// assert_eq!(compare(Scheme::Semver, "latest", "1.0.0"), None);
/// ```
#[must_use]
pub fn compare(scheme: Scheme, one: &str, two: &str) -> Option<Ordering> {
    scheme.compare(one, two)
}

/// Compares two runs of digits of any length as numbers.
fn compare_digits(one: &str, two: &str) -> Ordering {
    let (one, two) = (one.trim_start_matches('0'), two.trim_start_matches('0'));
    one.len().cmp(&two.len()).then_with(|| one.cmp(two))
}

/// Takes the leading run for which `is` holds.
fn take_run<'a>(text: &mut &'a str, is: impl Fn(u8) -> bool) -> &'a str {
    let end = text.bytes().position(|byte| !is(byte)).unwrap_or(text.len());
    let (run, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    *text = rest;
    run
}
