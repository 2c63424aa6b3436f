//! Package URLs: `pkg:deb/debian/openssh-server@1:9.2p1-2+deb12u7?distro=debian-12`
//! (<https://github.com/package-url/purl-spec>, "How to parse a purl string in its components").
//!
//! Not here: whether a package of that name exists, or which vulnerabilities it has (`index`).

use std::collections::BTreeMap;
use std::str::FromStr;

use compact_str::{CompactString, format_compact};

use crate::version::Scheme;

const MAX_LENGTH: usize = 2048;
const MAX_QUALIFIERS: usize = 32;

/// A package URL, taken apart and decoded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl {
    /// The type: `deb`, `npm`, `pypi`; in lower case.
    pub kind: CompactString,
    /// The namespace: `debian`, `@angular`, `org.apache.logging.log4j`; segments joined by `/`.
    pub namespace: Option<CompactString>,
    /// The name.
    pub name: CompactString,
    /// The version.
    pub version: Option<CompactString>,
    /// Qualifiers such as `arch` and `distro`, by their names in lower case.
    pub qualifiers: BTreeMap<CompactString, CompactString>,
    /// The path inside the package.
    pub subpath: Option<CompactString>,
}

/// A text that is not a package URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a package URL ({reason}); one looks like pkg:deb/debian/openssl@3.0.11-1?distro=debian-12"
)]
pub struct InvalidPurl {
    /// The beginning of the text.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl FromStr for Purl {
    type Err = InvalidPurl;

    fn from_str(text: &str) -> Result<Self, InvalidPurl> {
        read(text).map_err(|reason| InvalidPurl { text: text.chars().take(120).collect(), reason })
    }
}

fn read(text: &str) -> Result<Purl, &'static str> {
    if text.len() > MAX_LENGTH {
        return Err("longer than 2048 bytes");
    }
    let (rest, subpath) = split_last(text, '#');
    let (rest, qualifiers) = split_last(rest, '?');
    let (scheme, rest) = rest.split_once(':').ok_or("does not begin with pkg:")?;
    if !scheme.eq_ignore_ascii_case("pkg") {
        return Err("does not begin with pkg:");
    }
    let rest = rest.trim_matches('/');
    let (kind, rest) = rest.split_once('/').ok_or("has no name")?;
    let kind = read_kind(kind)?;
    // An @ before the last slash belongs to a namespace such as npm's @angular.
    let (path, version) = match rest.rsplit_once('@') {
        Some((path, version)) if !path.is_empty() && !path.ends_with('/') && !version.contains('/') => {
            (path, Some(version))
        }
        _ => (rest, None),
    };
    let (namespace, name) =
        path.trim_end_matches('/').rsplit_once('/').map_or((None, path), |(n, name)| (Some(n), name));
    let name = decode(name)?;
    // `maven/@1.3.4`: what should be the name is a version.
    if name.is_empty() || path.starts_with('@') && !path.contains('/') {
        return Err("has no name");
    }
    let version = version.filter(|text| !text.is_empty()).map(decode).transpose()?;
    let purl = Purl {
        namespace: namespace.map(read_segments).transpose()?.filter(|text| !text.is_empty()),
        name,
        version,
        qualifiers: read_qualifiers(qualifiers.unwrap_or_default())?,
        subpath: subpath.map(read_segments).transpose()?.filter(|text| !text.is_empty()),
        kind,
    };
    Ok(purl.normalised())
}

fn split_last(text: &str, mark: char) -> (&str, Option<&str>) {
    text.rsplit_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn read_kind(kind: &str) -> Result<CompactString, &'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".+-".contains(&byte);
    let begins = kind.starts_with(|letter: char| letter.is_ascii_alphabetic());
    if begins && kind.bytes().all(allowed) {
        Ok(kind.to_ascii_lowercase().into())
    } else {
        Err("the type has characters other than letters, digits, '.', '+' and '-', or begins with none")
    }
}

/// Decoded segments without empty ones, `.` and `..`.
fn read_segments(text: &str) -> Result<CompactString, &'static str> {
    let segments = text.split('/').filter(|segment| !matches!(*segment, "" | "." | ".."));
    let decoded = segments.map(decode).collect::<Result<Vec<_>, _>>()?;
    Ok(decoded.join("/").into())
}

fn read_qualifiers(text: &str) -> Result<BTreeMap<CompactString, CompactString>, &'static str> {
    let mut qualifiers = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or("a qualifier without =")?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if !key.starts_with(|letter: char| letter.is_ascii_alphabetic()) || !key.bytes().all(allowed) {
            return Err("a qualifier whose name has other characters than letters, digits, '.', '-' and '_'");
        }
        if value.is_empty() {
            continue;
        }
        if qualifiers.len() >= MAX_QUALIFIERS
            || qualifiers.insert(key.to_ascii_lowercase().into(), decode(value)?).is_some()
        {
            return Err("a qualifier twice, or more than 32 of them");
        }
    }
    Ok(qualifiers)
}

/// Percent-decoding (RFC 3986, 2.1).
fn decode(text: &str) -> Result<CompactString, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
                    return Err("a percent sign without two hexadecimal digits");
                };
                u8::try_from(high * 16 + low).unwrap_or_default()
            }
            byte => byte,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| "text that is not UTF-8")?;
    if text.chars().any(char::is_control) { Err("a control character") } else { Ok(text.into()) }
}

impl Purl {
    /// The rules of single types: names that are not case-sensitive are in lower case; PyPI's `_` is `-`.
    fn normalised(mut self) -> Self {
        let lower = |text: &CompactString| text.to_lowercase();
        let kind = self.kind.clone();
        if matches!(
            kind.as_str(),
            "deb" | "apk" | "alpm" | "bitbucket" | "github" | "golang" | "composer" | "hex" | "pypi"
        ) {
            self.name = lower(&self.name);
        }
        if kind == "pypi" {
            self.name = self.name.replace(['_', '.'], "-").into();
        }
        if matches!(
            kind.as_str(),
            "deb" | "rpm" | "apk" | "alpm" | "bitbucket" | "github" | "golang" | "composer" | "hex"
        ) {
            self.namespace = self.namespace.as_ref().map(lower);
        }
        self
    }

    /// How versions of this package are ordered; `None` when that is not known here.
    #[must_use]
    pub fn scheme(&self) -> Option<Scheme> {
        Scheme::of_purl_type(&self.kind)
    }

    /// The ecosystem as OSV names it, with the release when `distro` tells it (`Debian:12`, `PyPI`); `None` for types
    /// that OSV has no ecosystem for.
    #[must_use]
    pub fn ecosystem(&self) -> Option<CompactString> {
        let plain = match self.kind.as_str() {
            "deb" | "rpm" | "apk" => return self.distribution_ecosystem(),
            "npm" => "npm",
            "cargo" => "crates.io",
            "golang" => "Go",
            "pypi" => "PyPI",
            "maven" => "Maven",
            "gem" => "RubyGems",
            "nuget" => "NuGet",
            "composer" => "Packagist",
            "hex" => "Hex",
            "pub" => "Pub",
            "cran" => "CRAN",
            _ => return None,
        };
        Some(plain.into())
    }

    /// The name as OSV writes it in that ecosystem: `group:artifact` for Maven, `@scope/name` for npm.
    #[must_use]
    pub fn package_name(&self) -> CompactString {
        match (&self.namespace, self.kind.as_str()) {
            (Some(namespace), "maven") => format_compact!("{namespace}:{}", self.name),
            (Some(namespace), "npm" | "golang" | "composer") => format_compact!("{namespace}/{}", self.name),
            _ => self.name.clone(),
        }
    }

    /// A distribution's source package: `upstream` (`openssh@1:9.2p1-2`) or `source` where the name is a binary one.
    #[must_use]
    pub fn source_name(&self) -> CompactString {
        let told = ["upstream", "source"].iter().find_map(|key| self.qualifiers.get(*key));
        let name = told.map(|text| text.split('@').next().unwrap_or(text));
        name.map_or_else(|| self.name.clone(), |name| name.trim_end_matches(".src.rpm").into())
    }

    fn distribution_ecosystem(&self) -> Option<CompactString> {
        let name = match self.namespace.as_deref()? {
            "debian" => "Debian",
            "ubuntu" => "Ubuntu",
            "raspbian" => "Raspbian",
            "redhat" | "rhel" => "Red Hat",
            "centos" => "CentOS",
            "rocky" | "rocky-linux" | "rockylinux" => "Rocky Linux",
            "almalinux" => "AlmaLinux",
            "fedora" => "Fedora",
            "suse" | "sles" => "SUSE",
            "opensuse" => "openSUSE",
            "amzn" | "amazon" => "Amazon Linux",
            "oracle" | "oraclelinux" | "ol" => "Oracle Linux",
            "alpine" => "Alpine",
            "wolfi" => "Wolfi",
            "chainguard" => "Chainguard",
            _ => return None,
        };
        Some(match self.release() {
            Some(release) if name == "Alpine" => format_compact!("Alpine:v{}", release_line(&release)),
            Some(release) => format_compact!("{name}:{release}"),
            None => name.into(),
        })
    }

    /// The release in `distro=`: `debian-12`, `12`, `bookworm`, `ubuntu-22.04`, `alpine-3.18.4`.
    fn release(&self) -> Option<CompactString> {
        let distro = self.qualifiers.get("distro")?.to_ascii_lowercase();
        let last = distro.rsplit('-').next().unwrap_or(&distro);
        if last.starts_with(|letter: char| letter.is_ascii_digit()) {
            return Some(last.into());
        }
        super::distribution::release_called(last).map(CompactString::from)
    }
}

/// `3.18.4` belongs to `3.18`.
fn release_line(release: &str) -> &str {
    let end = release.match_indices('.').nth(1).map_or(release.len(), |(at, _)| at);
    release.get(..end).unwrap_or(release)
}
