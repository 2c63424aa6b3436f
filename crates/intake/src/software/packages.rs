//! Package URLs of packages (<https://github.com/package-url/purl-spec>).

use std::fmt::Write;

use super::distribution::Distribution;

/// A package as a list names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Package<'t> {
    /// Its name.
    pub(super) name: &'t str,
    /// Its version, with its release; of Debian packages with its epoch.
    pub(super) version: &'t str,
    /// The epoch of an RPM package, where it is told and not 0.
    pub(super) epoch: Option<&'t str>,
    /// What it is built for, where told.
    pub(super) architecture: Option<&'t str>,
    /// Its source package, where told and not the same.
    pub(super) source: Option<&'t str>,
}

/// `pkg:deb/debian/openssh-server@1:9.2p1-2+deb12u7?arch=amd64&distro=debian-12`: of a kind, with what is known of its distribution.
pub(super) fn purl(kind: &str, package: &Package<'_>, distribution: Option<&Distribution>) -> String {
    let mut purl = format!("pkg:{kind}/");
    if let Some(distribution) = distribution {
        let _ = write!(purl, "{}/", distribution.namespace);
    }
    encode(&mut purl, package.name);
    purl.push('@');
    encode(&mut purl, package.version);
    let distro = distribution
        .and_then(|known| known.release.as_deref().map(|release| format!("{}-{release}", known.namespace)));
    let qualifiers = [
        ("arch", package.architecture),
        ("distro", distro.as_deref()),
        ("epoch", package.epoch),
        ("upstream", package.source.filter(|source| *source != package.name)),
    ];
    let mut mark = '?';
    for (key, value) in qualifiers {
        if let Some(value) = value {
            let _ = write!(purl, "{mark}{key}=");
            encode(&mut purl, value);
            mark = '&';
        }
    }
    purl
}

/// Everything but what a package URL may hold as it is becomes `%` and two digits.
fn encode(purl: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~:+".contains(&byte) {
            purl.push(char::from(byte));
        } else {
            let _ = write!(purl, "%{byte:02X}");
        }
    }
}
