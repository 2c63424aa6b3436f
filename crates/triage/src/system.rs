//! The operating system of an asset, as far as it is told: its family, a distribution's release, a release of Windows.
//!
//! It settles which ecosystem a package belongs to and whether a weakness that holds only on one system can be there.
//! Not here: whether the system itself is weak (`windows`, `support`).

use wardround_intel::affected::{Judgement, SeenVersion, Versions};
use wardround_intel::cpe::Part;
use wardround_intel::index::PlatformProduct;
use wardround_intel::names::{self, WindowsRelease};
use wardround_model::{Asset, Confidence, FactKind, Ground};

use crate::scene::Scene;

/// A name of a system has to be this sure before anything follows from it.
const SURE_ENOUGH: Confidence = Confidence::percent(70);

/// Name and, where it is told apart, full version of a system.
pub(crate) type Told<'a> = (&'a str, Option<&'a str>);

/// A kind of operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    Windows,
    Linux,
    Mac,
    Ios,
    Android,
    Bsd,
}

/// A distribution of Linux: what OSV and endoflife.date call it, and its release where that is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Release {
    pub(crate) ecosystem: &'static str,
    pub(crate) lifecycle: &'static str,
    pub(crate) number: Option<String>,
}

/// An operating system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct System {
    /// Its name as it was told.
    pub(crate) name: String,
    /// Its full version, where that was told beside the name.
    pub(crate) version: Option<String>,
    pub(crate) family: Option<Family>,
    pub(crate) release: Option<Release>,
    pub(crate) windows: Option<WindowsRelease>,
}

/// Words in a name, what OSV and endoflife.date call the distribution, and how many numbers make a release.
const DISTRIBUTIONS: &[(&str, &str, &str, usize)] = &[
    ("raspbian", "Raspbian", "raspberry-pi-os", 1),
    ("raspberry pi os", "Raspbian", "raspberry-pi-os", 1),
    ("ubuntu", "Ubuntu", "ubuntu", 2),
    ("debian", "Debian", "debian", 1),
    ("red hat enterprise", "Red Hat", "rhel", 1),
    ("rocky linux", "Rocky Linux", "rocky-linux", 1),
    ("almalinux", "AlmaLinux", "almalinux", 1),
    ("centos", "CentOS", "centos", 1),
    ("fedora", "Fedora", "fedora", 1),
    ("oracle linux", "Oracle Linux", "oracle-linux", 1),
    ("amazon linux", "Amazon Linux", "amazon-linux", 1),
    ("opensuse", "openSUSE", "opensuse", 2),
    ("suse linux enterprise", "SUSE", "sles", 1),
    ("alpine", "Alpine", "alpine", 2),
];

const FAMILIES: &[(&str, Family)] = &[
    ("windows", Family::Windows),
    ("linux", Family::Linux),
    ("macos", Family::Mac),
    ("mac os x", Family::Mac),
    ("iphone os", Family::Ios),
    ("ipados", Family::Ios),
    ("android", Family::Android),
    ("freebsd", Family::Bsd),
];

/// Name and version of the system of an asset, and what tells them; `None` where nothing does.
pub(crate) fn told<'a>(asset: &'a Asset, scene: &Scene<'a>) -> Option<(Told<'a>, Vec<Ground>)> {
    let told = scene.facts_of(asset.id, FactKind::OperatingSystem).next();
    let version = scene.facts_of(asset.id, FactKind::OperatingSystemVersion).next();
    let claim = asset.operating_system.as_ref().filter(|claim| claim.confidence >= SURE_ENOUGH);
    let name: &'a str = told.map(|seen| seen.value()).or(claim.map(|claim| claim.value.as_str()))?;
    let of_claim = claim.iter().flat_map(|claim| &claim.reasons).flat_map(|reason| reason.grounds.clone());
    let mut grounds: Vec<Ground> = match told {
        Some(seen) => vec![seen.ground()],
        None => of_claim.collect(),
    };
    grounds.extend(version.map(|seen| seen.ground()));
    Some(((name, version.map(|seen| seen.value())), grounds))
}

impl System {
    /// The system with this name and, where it is told apart, this version.
    pub(crate) fn read(name: &str, version: Option<&str>) -> Self {
        let lower = name.to_lowercase();
        let release = DISTRIBUTIONS.iter().find(|(word, ..)| lower.contains(word)).map(
            |(word, ecosystem, lifecycle, numbers)| Release {
                ecosystem,
                lifecycle,
                number: release_number(&lower, word, *numbers),
            },
        );
        let family = FAMILIES.iter().find(|(word, _)| lower.contains(word)).map(|(_, family)| *family);
        Self {
            name: name.to_owned(),
            version: version.map(str::to_owned),
            family: family.or(release.is_some().then_some(Family::Linux)),
            windows: (family == Some(Family::Windows)).then(|| windows(&lower, version)).flatten(),
            release,
        }
    }

    /// The ecosystem of its packages as OSV names it, with the release: `Debian:12`.
    pub(crate) fn ecosystem(&self) -> Option<String> {
        let release = self.release.as_ref()?;
        let number = release.number.as_ref()?;
        let mark = if release.ecosystem == "Alpine" { "v" } else { "" };
        Some(format!("{}:{mark}{number}", release.ecosystem))
    }

    /// Whether this is the system that a record asks for; `None` where that cannot be said.
    pub(crate) fn is(&self, wanted: &PlatformProduct<'_>) -> Option<bool> {
        if wanted.part != Part::OperatingSystem {
            return None;
        }
        let family = family_of(wanted.vendor, wanted.product)?;
        match self.family? {
            own if own != family => Some(false),
            Family::Windows => self.is_windows(wanted),
            _ => is_any_version(wanted).then_some(true).filter(|_| !names_a_distribution(wanted)),
        }
    }

    /// Whether it is of the family that a word of a record names (`windows`, `linux`); `None` where that cannot be said.
    pub(crate) fn is_of(&self, word: &str) -> Option<bool> {
        let word = word.replace('_', " ");
        let (_, family) = FAMILIES.iter().find(|(name, _)| word.starts_with(name))?;
        Some(self.family? == *family)
    }

    fn is_windows(&self, wanted: &PlatformProduct<'_>) -> Option<bool> {
        if wanted.product == "windows" {
            return is_any_version(wanted).then_some(true);
        }
        let own = self.windows.as_ref()?;
        if own.cpe.product == wanted.product {
            return self.has_version(wanted);
        }
        let more_general =
            own.cpe.product.strip_prefix(wanted.product).is_some_and(|rest| rest.starts_with('_'));
        if more_general { is_any_version(wanted).then_some(true) } else { Some(false) }
    }

    fn has_version(&self, wanted: &PlatformProduct<'_>) -> Option<bool> {
        if is_any_version(wanted) {
            return Some(true);
        }
        match SeenVersion::new(self.version.as_deref(), None).judge(&wanted.criterion) {
            Judgement::Unknown => None,
            judgement => Some(judgement != Judgement::NotAffected),
        }
    }
}

fn is_any_version(wanted: &PlatformProduct<'_>) -> bool {
    matches!(wanted.criterion.versions, Versions::Any | Versions::NotApplicable)
}

/// A name such as `debian_linux` asks for more than Linux.
fn names_a_distribution(wanted: &PlatformProduct<'_>) -> bool {
    (wanted.vendor, wanted.product) != ("linux", "linux_kernel")
        && family_of(wanted.vendor, wanted.product) == Some(Family::Linux)
}

fn family_of(vendor: &str, product: &str) -> Option<Family> {
    Some(match (vendor, product) {
        ("microsoft", name) if name.starts_with("windows") => Family::Windows,
        ("linux", "linux_kernel") => Family::Linux,
        (
            "debian" | "canonical" | "redhat" | "fedoraproject" | "suse" | "opensuse" | "centos" | "oracle",
            name,
        ) if ["linux", "fedora", "leap", "opensuse"].iter().any(|word| name.contains(word)) => Family::Linux,
        ("apple", "macos" | "mac_os_x" | "mac_os") => Family::Mac,
        ("apple", "iphone_os" | "ipados") => Family::Ios,
        ("google", "android") => Family::Android,
        ("freebsd", "freebsd") => Family::Bsd,
        _ => return None,
    })
}

/// The first number after the distribution's name, as many parts of it as make a release.
fn release_number(name: &str, word: &str, parts: usize) -> Option<String> {
    let (_, rest) = name.split_once(word)?;
    let start = rest.find(|letter: char| letter.is_ascii_digit())?;
    let digits: String =
        rest.get(start..)?.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
    let number: Vec<_> = digits.split('.').filter(|part| !part.is_empty()).take(parts).collect();
    Some(number.join("."))
}

/// The release of Windows by its name, or by name and build where the name tells no release (`Windows 10 Pro`).
fn windows(name: &str, version: Option<&str>) -> Option<WindowsRelease> {
    names::windows(name).or_else(|| names::windows(&format!("{name} {}", version?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_of_windows_are_told_by_name_or_build() {
        for (name, version, release) in [
            ("Windows 10 Pro", Some("10.0.19045.4651"), Some("windows 10 22h2")),
            ("Microsoft Windows 10 Enterprise 22H2", None, Some("windows 10 22h2")),
            ("Windows Server 2012 R2 Standard", Some("6.3.9600.20778"), Some("windows server 2012 r2")),
            ("Windows 10 Pro", None, None),
            ("Debian GNU/Linux 12", Some("10.0.19045"), None),
        ] {
            let system = System::read(name, version);
            let told = system.windows.map(|windows| windows.name.to_string());
            assert_eq!(told.as_deref(), release, "{name} {version:?}");
        }
    }

    #[test]
    fn names_of_systems_are_understood() {
        for (name, family, ecosystem) in [
            ("Debian GNU/Linux 12 (bookworm)", Some(Family::Linux), Some("Debian:12")),
            ("Ubuntu 22.04.3 LTS", Some(Family::Linux), Some("Ubuntu:22.04")),
            ("Red Hat Enterprise Linux 9.3 (Plow)", Some(Family::Linux), Some("Red Hat:9")),
            ("Alpine Linux v3.18.4", Some(Family::Linux), Some("Alpine:v3.18")),
            ("Debian GNU/Linux", Some(Family::Linux), None),
            ("Linux 4.4.0", Some(Family::Linux), None),
            ("Microsoft Windows 10 Pro 22H2", Some(Family::Windows), None),
            ("macOS 14.5", Some(Family::Mac), None),
            ("VxWorks 6.9", None, None),
        ] {
            let system = System::read(name, None);
            assert_eq!((system.family, system.ecosystem().as_deref()), (family, ecosystem), "{name}");
        }
    }
}
