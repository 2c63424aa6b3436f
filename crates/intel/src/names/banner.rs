//! Products in a banner: `OpenSSH_9.2p1 Debian-2+deb12u7`, `Apache/2.4.29 (Ubuntu) OpenSSL/1.0.2k`, `Linux 4.4.0`.
//!
//! Only names, versions and the distribution leave here: host names and other words of a banner do not.

use compact_str::CompactString;

use super::SeenProduct;
use super::aliases::{AliasKind, Aliases};
use super::distribution::{self, Distribution};

const MAX_BANNER: usize = 1024;
const MAX_WORDS: usize = 64;
/// Protocols that are written like products.
const PROTOCOLS: &[&str] = &[
    "http", "https", "rtsp", "sip", "ipp", "upnp", "dlnadoc", "tls", "ssl", "smtp", "esmtp", "mozilla", "ssh",
];

/// The products in a banner, in their order. Products that are not in the table of names are given when they are
/// written `name/version`.
#[must_use]
pub fn products_in(banner: &str) -> Vec<SeenProduct> {
    Aliases::builtin().products_in(banner)
}

impl Aliases {
    /// The products in a banner by this table: see `products_in`.
    #[must_use]
    pub fn products_in(&self, banner: &str) -> Vec<SeenProduct> {
        read(self, banner)
    }
}

fn read(table: &Aliases, banner: &str) -> Vec<SeenProduct> {
    let banner: String = banner.chars().take(MAX_BANNER).collect();
    let banner = strip_reply_code(strip_ssh(banner.trim()));
    let distribution = distribution_in(banner);
    let words: Vec<&str> =
        banner.split(is_separator).filter(|word| !word.is_empty()).take(MAX_WORDS).collect();
    let mut products = Vec::new();
    let mut at = 0;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let (found, taken) = product_at(table, rest);
        let before = at.checked_sub(1).and_then(|before| words.get(before)).copied();
        let itself = |(name, version): &Named<'_>| is_itself(table, name, version.is_some(), banner, before);
        if let Some((name, raw_version)) = found.filter(itself) {
            let raw_version = raw_version.or_else(|| cisco_version(name, banner));
            products.push(seen(table, name, raw_version, distribution, banner));
        }
        at += taken.max(1);
    }
    products
}

/// False for a name that is a part of another: `Apache` of `Apache TomEE`, `Linux` of `CentOS Linux 7.9`.
fn is_itself(table: &Aliases, name: &str, numbered: bool, banner: &str, before: Option<&str>) -> bool {
    let begins_word = |text: &str| text.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let lower = name.to_ascii_lowercase();
    if lower == "linux" {
        return !before.is_some_and(|word| begins_word(word) && !word.contains(['/', '.', ':']));
    }
    if !numbered && table.on_network(&lower).is_some_and(|row| row.has_style("alone")) {
        let banner = banner.to_ascii_lowercase();
        let after = banner.split_once(&format!("{lower} ")).map(|(_, after)| after);
        return !after.is_some_and(|after| begins_word(after) && !after.starts_with("server"));
    }
    true
}

/// `Cisco IOS Software, C2960 Software (…), Version 12.2(55)SE5, RELEASE SOFTWARE (fc1)`: brackets belong to the version.
fn cisco_version<'a>(name: &str, banner: &'a str) -> Option<&'a str> {
    let (_, after) = banner.split_once(", Version ").filter(|_| name.starts_with("cisco ios"))?;
    after.split([',', ' ']).next()
}

fn strip_ssh(banner: &str) -> &str {
    let after = banner.strip_prefix("SSH-").and_then(|rest| rest.split_once('-'));
    after.map_or(banner, |(_, software)| software)
}

/// `220 ` and `220-` of FTP and SMTP (RFC 959, 4.2; RFC 5321, 4.2).
fn strip_reply_code(banner: &str) -> &str {
    match banner.split_at_checked(3) {
        Some((code, rest)) if code.bytes().all(|byte| byte.is_ascii_digit()) => {
            rest.strip_prefix(['-', ' ']).unwrap_or(banner)
        }
        _ => banner,
    }
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '(' | ')' | '[' | ']' | ',' | ';' | '"')
}

/// A name and the raw text of its version.
type Named<'a> = (&'a str, Option<&'a str>);

/// The product that begins at the first word, and how many words it takes.
fn product_at<'a>(table: &'a Aliases, words: &[&'a str]) -> (Option<Named<'a>>, usize) {
    let Some(&first) = words.first() else { return (None, 0) };
    if let Some(named) = implementation_version_name(first).or_else(|| database_version(first)) {
        return (Some(named), 1);
    }
    if let Some((name, joined, taken)) = long_name(table, words) {
        let (version, more) = version_after(name, words.get(taken..).unwrap_or_default());
        return (Some((name, joined.or(version))), taken + if joined.is_some() { 0 } else { more });
    }
    if let Some((name, version)) = split_known(table, first) {
        return (Some((name, Some(version))), 1);
    }
    if is_known(table, first) {
        let (version, taken) = version_after(first, words.get(1..).unwrap_or_default());
        return (Some((first, version)), 1 + taken);
    }
    (split_unknown(first), 1)
}

fn is_known(table: &Aliases, name: &str) -> bool {
    table.on_network(name).is_some()
}

/// `nginx/1.10.3`, `OpenSSH_7.2p2`, `dnsmasq-2.90`: a known name, a joint, a digit.
fn split_known<'a>(table: &Aliases, word: &'a str) -> Option<(&'a str, &'a str)> {
    let joints = word.match_indices(['/', '_', '-']);
    joints.filter_map(|(at, joint)| Some((word.get(..at)?, word.get(at + joint.len()..)?))).find(
        |(name, version)| {
            let version = version.trim_start_matches(['v', 'V']);
            version.starts_with(|letter: char| letter.is_ascii_digit()) && is_known(table, name)
        },
    )
}

/// `Example/1.2` of a product that is not in the table.
fn split_unknown(word: &str) -> Option<Named<'_>> {
    let (name, version) = word.split_once('/')?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let named = name.starts_with(|letter: char| letter.is_ascii_alphabetic()) && name.chars().all(plain);
    let numbered = version.starts_with(|letter: char| letter.is_ascii_digit());
    let protocol = PROTOCOLS.contains(&name.to_ascii_lowercase().as_str());
    (named && numbered && !protocol && name.len() <= 40).then_some((name, Some(version)))
}

/// A known name of two to five words, with the version that may be joined to the last: `Apache Tomcat/8.5.5`.
fn long_name<'a>(table: &'a Aliases, words: &[&'a str]) -> Option<(&'a str, Option<&'a str>, usize)> {
    // Most words begin no long name.
    let start = format!("{} ", words.first()?.to_ascii_lowercase());
    table.beginning(AliasKind::Network, &start).next()?;
    [5, 4, 3, 2].into_iter().find_map(|taken| {
        let (last, before) = words.get(..taken)?.split_last()?;
        let (last, version) =
            last.split_once('/').map_or((*last, None), |(last, version)| (last, Some(version)));
        let joined = format!("{} {last}", before.join(" ")).to_ascii_lowercase();
        table.on_network(&joined).map(|row| (row.name.as_str(), version, taken))
    })
}

/// The version in the next words: `3.0.3`, `version 2.0.11`, `v1.2`; after `Linux` a host name may stand before it.
fn version_after<'a>(name: &str, words: &[&'a str]) -> (Option<&'a str>, usize) {
    let numbered =
        |word: &&str| word.trim_start_matches(['v', 'V']).starts_with(|letter: char| letter.is_ascii_digit());
    let kernel = name.eq_ignore_ascii_case("linux");
    match words {
        [first, ..] if numbered(first) && (!kernel || first.contains('.')) => (Some(first), 1),
        [said, second, ..] if numbered(second) && (kernel || is_version_word(said)) => (Some(second), 2),
        _ => (None, 0),
    }
}

fn is_version_word(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
        "version" | "version:" | "v" | "ver" | "release" | "server" | "smtpd"
    )
}

/// DICOM's implementation version name `OFFIS_DCMTK_367` (PS3.7, D.3.3.2) is DCMTK 3.6.7.
fn implementation_version_name(word: &str) -> Option<Named<'_>> {
    let digits = word.strip_prefix("OFFIS_DCMTK_")?;
    digits.starts_with(|letter: char| letter.is_ascii_digit()).then_some(("dcmtk", Some(digits)))
}

/// `5.5.5-10.3.39-MariaDB-0+deb10u1`: the first number is there for old clients only.
fn database_version(word: &str) -> Option<Named<'_>> {
    word.to_ascii_lowercase().find("-mariadb")?;
    Some(("mariadb", Some(word.strip_prefix("5.5.5-").unwrap_or(word))))
}

fn seen(
    table: &Aliases,
    name: &str,
    raw_version: Option<&str>,
    distribution: Option<Distribution>,
    banner: &str,
) -> SeenProduct {
    let row = table.on_network(name);
    let versionless = row.is_some_and(|row| row.has_style("versionless"));
    let raw = raw_version.filter(|_| !versionless).map(|raw| raw.trim_start_matches(['v', 'V']));
    let lower = name.to_ascii_lowercase();
    let version = raw.map(|raw| match lower.as_str() {
        "dcmtk" => dotted(raw),
        name if name.starts_with("cisco ios") => CompactString::from(raw),
        _ => CompactString::from(upstream(raw)),
    });
    let version = version.filter(|text| !text.is_empty());
    let own_build = raw.is_some_and(|raw| raw.contains("-fips") || lower == "linux" && raw.contains('-'));
    let mut product = SeenProduct::of(name, row, version);
    product.distribution = distribution;
    product.distribution_build |= distribution.is_some() || own_build;
    let text = product.version.as_deref().and_then(|version| package_version(version, raw?, banner));
    product.package = distribution.and_then(|by| {
        distribution::package_of(table, by, &lower, product.version.as_deref(), text.as_deref())
    });
    product
}

/// The version of the distribution's package, where the banner tells it: `9.2p1-2+deb12u7` of
/// `OpenSSH_9.2p1 Debian-2+deb12u7`, `9.18.28-1~deb12u2` of `9.18.28-1~deb12u2-Debian`.
fn package_version(version: &str, raw: &str, banner: &str) -> Option<CompactString> {
    let numbered = |text: &&str| text.starts_with(|letter: char| letter.is_ascii_digit());
    let apart = ["Debian-", "Ubuntu-", "Raspbian-"].into_iter().find_map(|mark| {
        let (_, after) = banner.split_once(&format!("{raw} {mark}"))?;
        after.split(|letter: char| letter.is_whitespace() || letter == ')').next().filter(numbered)
    });
    if let Some(revision) = apart.filter(|revision| revision.len() <= 40) {
        return Some(compact_str::format_compact!("{version}-{revision}"));
    }
    let named = ["-MariaDB-", "-Debian", "-Ubuntu"];
    let (before, after) = named.iter().find_map(|mark| raw.split_once(mark)).unwrap_or((raw, ""));
    let text = if after.is_empty() { before.to_owned() } else { format!("{before}-{after}") };
    let marked = ["+deb", "~deb", "~bpo", "ubuntu"].iter().any(|mark| text.contains(mark));
    (marked && text.starts_with(version) && text.len() <= 60).then(|| text.into())
}

/// `367` is 3.6.7; a version with dots stays.
fn dotted(raw: &str) -> CompactString {
    let digits = upstream(raw);
    if digits.contains('.') || digits.len() != 3 {
        return digits.into();
    }
    let letters: Vec<String> = digits.chars().map(String::from).collect();
    letters.join(".").into()
}

/// What the makers call the version: the text up to a distribution's addition (`-2+deb12u7`, `-Debian`, `-fips`).
fn upstream(raw: &str) -> &str {
    let raw = raw.get(..raw.len().min(40)).unwrap_or(raw);
    let end = raw.char_indices().find(|&(at, letter)| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' => false,
        '-' => !raw.get(at + 1..).is_some_and(begins_stage),
        _ => true,
    });
    let text = end.and_then(|(at, _)| raw.get(..at)).unwrap_or(raw);
    // Jetty adds the day: `9.4.11.v20180605`.
    let text = text.split_once(".v20").map_or(text, |(version, _)| version);
    text.trim_end_matches(['.', '_'])
}

fn begins_stage(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["alpha", "beta", "rc", "pre", "dev"].into_iter().any(|stage| text.starts_with(stage))
}

fn distribution_in(banner: &str) -> Option<Distribution> {
    let lower = banner.to_ascii_lowercase();
    let signs = [
        ("raspbian", Distribution::Raspbian),
        ("ubuntu", Distribution::Ubuntu),
        ("debian", Distribution::Debian),
        ("+deb", Distribution::Debian),
        ("~deb", Distribution::Debian),
        ("red hat", Distribution::RedHat),
        ("redhat", Distribution::RedHat),
        ("rhel", Distribution::RedHat),
        (".el", Distribution::RedHat),
        ("centos", Distribution::CentOs),
        ("rocky", Distribution::CentOs),
        ("almalinux", Distribution::CentOs),
        ("fedora", Distribution::Fedora),
        ("suse", Distribution::Suse),
        ("amzn", Distribution::Amazon),
        ("amazon linux", Distribution::Amazon),
        ("alpine", Distribution::Alpine),
        ("freebsd", Distribution::FreeBsd),
    ];
    // `.el7` is Red Hat's mark only before a number.
    let holds = |sign: &str| match lower.split_once(sign) {
        Some((_, rest)) => sign != ".el" || rest.starts_with(|letter: char| letter.is_ascii_digit()),
        None => false,
    };
    signs.into_iter().find(|(sign, _)| holds(sign)).map(|(_, distribution)| distribution)
}
