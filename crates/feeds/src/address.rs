//! Addresses of the web (RFC 3986): joined, looked at, and judged fit to be asked. No request is made here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs as _};

use ureq::http::Uri;

use crate::error::FetchError;

/// The longest address that is asked.
const MAX_LENGTH: usize = 2_000;

/// An address that may be asked.
pub(crate) fn checked(url: &str, loopback_http: bool) -> Result<Uri, FetchError> {
    let insecure = || FetchError::Insecure { url: url.chars().take(200).collect() };
    if url.len() > MAX_LENGTH {
        return Err(insecure());
    }
    let uri: Uri = url.parse().map_err(|_| insecure())?;
    let authority = uri.authority().ok_or_else(insecure)?;
    if authority.as_str().contains('@') || authority.host().is_empty() {
        return Err(insecure());
    }
    let allowed = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => loopback_http && is_loopback(authority.host()),
        _ => false,
    };
    if allowed { Ok(uri) } else { Err(insecure()) }
}

/// Whether a host is this computer.
fn is_loopback(host: &str) -> bool {
    host == "localhost" || literal(host).is_some_and(|address| address.is_loopback())
}

fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether this address is over plain HTTP to this computer itself: a mirror or a tunnel that somebody runs here.
pub(crate) fn is_loopback_http(url: &str) -> bool {
    url.starts_with("http://") && checked(url, true).is_ok()
}

/// Who answers for names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// This computer looks them up.
    Here,
    /// The proxy does, and judges them.
    Proxy,
}

/// Whether somebody else's word (a redirect, a link in a publisher's list) may lead from one address to another: never from
/// TLS to no TLS, nowhere that could not be asked by itself, and not from outside into a private network.
pub(crate) fn step(from: &str, to: &str, loopback_http: bool, names: Names) -> Result<(), &'static str> {
    const NOT_HTTPS: &str = "that is not over https";
    if from.starts_with("https://") && !to.starts_with("https://") {
        return Err(NOT_HTTPS);
    }
    let target = checked(to, loopback_http).map_err(|_| NOT_HTTPS)?;
    let host = target.host().unwrap_or_default();
    let same = from.parse::<Uri>().is_ok_and(|from| from.host() == Some(host));
    if !same && leads_inside(host, names) {
        return Err("that is inside a private network, and a publisher's server has no say there");
    }
    Ok(())
}

fn leads_inside(host: &str, names: Names) -> bool {
    if host == "localhost" || host.ends_with(".localhost") {
        return true;
    }
    match (literal(host), names) {
        (Some(address), _) => is_private(address),
        (None, Names::Proxy) => false,
        // A name that is not found fails later, when it is asked.
        (None, Names::Here) => {
            (host, 443).to_socket_addrs().is_ok_and(|mut found| found.any(|found| is_private(found.ip())))
        }
    }
}

/// Whether an address is not of the public internet (RFC 6890): loopback, private, link-local, unspecified, shared.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || first == 0
        || first >= 240
        || (first == 100 && second & 0xc0 == 64)
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
}

/// Where a reference found at `base` points to (RFC 3986, section 5, without dot segments: servers understand those).
pub(crate) fn join(base: &str, reference: &str) -> String {
    let reference = reference.split('#').next().unwrap_or_default().trim();
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let has_scheme = reference.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    });
    if has_scheme {
        return reference.to_owned();
    }
    if let Some(other) = reference.strip_prefix("//") {
        return format!("{scheme}://{other}");
    }
    if reference.starts_with('/') {
        return format!("{scheme}://{host}{reference}");
    }
    let path = rest.get(host.len()..).unwrap_or_default().split(['?', '#']).next().unwrap_or_default();
    let folder = path.rfind('/').and_then(|slash| path.get(..=slash)).unwrap_or("/");
    format!("{scheme}://{host}{folder}{reference}")
}

/// The server of an address, for messages.
pub(crate) fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().chars().take(100).collect()
}

/// A file name made from an address: its last parts, in letters that every file system takes, never hidden.
pub(crate) fn file_name(url: &str, parts: usize) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').skip(1).filter(|segment| !segment.is_empty()).collect();
    let last = segments.get(segments.len().saturating_sub(parts)..).unwrap_or_default();
    let letter = |letter: char| {
        if letter.is_ascii_alphanumeric() || "-_.+".contains(letter) { letter } else { '-' }
    };
    let name: String = last.join("-").replace("%20", "-").chars().map(letter).collect();
    let name = name.trim_start_matches('.');
    let from = name.len().saturating_sub(150);
    let name = name.get(from..).unwrap_or_default().trim_start_matches('.');
    if name.is_empty() { "index".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_a_loopback_when_told() {
        for (url, loopback, fine) in [
            ("https://nvd.nist.gov/feeds", false, true),
            ("http://nvd.nist.gov/feeds", false, false),
            ("http://nvd.nist.gov/feeds", true, false),
            ("http://127.0.0.1:8080/x", true, true),
            ("http://127.0.0.1:8080/x", false, false),
            ("http://[::1]:8080/x", true, true),
            ("http://localhost/x", true, true),
            ("http://localhost.example.org/x", true, false),
            ("http://127.0.0.1@example.org/x", true, false),
            ("https://user:secret@example.org/x", true, false),
            ("file:///etc/passwd", true, false),
            ("ftp://h/x", true, false),
            ("/x", true, false),
            ("", true, false),
        ] {
            assert_eq!(checked(url, loopback).is_ok(), fine, "{url}");
        }
        assert!(checked(&format!("https://h/{}", "a".repeat(3000)), true).is_err());
    }

    #[test]
    fn a_publisher_leads_nobody_inside() {
        let step = |from: &str, to: &str| step(from, to, true, Names::Proxy);
        for (from, to, fine) in [
            ("https://a.example/x", "https://b.example/y", true),
            ("https://a.example/x", "http://a.example/x", false),
            ("https://a.example/x", "http://127.0.0.1/x", false),
            ("https://a.example/x", "https://127.0.0.1/x", false),
            ("https://a.example/x", "https://localhost/x", false),
            ("https://a.example/x", "https://10.1.2.3/x", false),
            ("https://a.example/x", "https://169.254.169.254/latest", false),
            ("https://a.example/x", "https://[fd00::1]/x", false),
            ("https://a.example/x", "https://[::ffff:192.168.0.1]/x", false),
            ("https://a.example/x", "https://100.64.0.1/x", false),
            ("https://a.example/x", "https://8.8.8.8/x", true),
            ("https://a.example/x", "file:///etc/passwd", false),
            ("https://mirror.example:8443/x", "https://mirror.example/y", true),
            ("https://10.0.0.5/x", "https://10.0.0.5/y", true),
            ("http://127.0.0.1:1/x", "http://127.0.0.1:2/y", true),
            ("http://127.0.0.1:1/x", "https://10.0.0.5/y", false),
        ] {
            assert_eq!(step(from, to).is_ok(), fine, "{from} -> {to}");
        }
        assert!(super::step("https://a.example", "https://localhost/x", false, Names::Here).is_err());
    }

    #[test]
    fn references_are_joined() {
        let base = "https://h:1/a/b.json?x=/y#z";
        for (reference, joined) in [
            ("c.json", "https://h:1/a/c.json"),
            ("2024/c.json", "https://h:1/a/2024/c.json"),
            ("/c.json", "https://h:1/c.json"),
            ("//other/c", "https://other/c"),
            ("http://other/c", "http://other/c"),
            ("c?u=http://other", "https://h:1/a/c?u=http://other"),
            ("c#part", "https://h:1/a/c"),
        ] {
            assert_eq!(join(base, reference), joined);
        }
        assert_eq!(join("https://h", "c"), "https://h/c");
    }

    #[test]
    fn names_of_files_cannot_leave_their_folder() {
        assert_eq!(file_name("https://h/osv/Rocky%20Linux/all.zip?x=1", 2), "Rocky-Linux-all.zip");
        assert_eq!(file_name("https://h/a/..%2f..%2fetc/passwd", 1), "passwd");
        assert_eq!(file_name("https://h/../../.bashrc", 3), "-..-.bashrc");
        assert_eq!(file_name("https://h/.state.json", 1), "state.json");
        assert_eq!(file_name("https://h/", 1), "index");
        for url in ["https://h/../..", "https://h/..", "https://h/a/..\\..\\b", "://", "é/ü/…"] {
            let name = file_name(url, 3);
            assert!(!name.contains(['/', '\\']) && !name.starts_with('.') && !name.is_empty(), "{name}");
        }
    }
}
