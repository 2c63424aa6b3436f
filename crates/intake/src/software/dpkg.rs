//! Packages of Debian and its relatives: `dpkg -l`, `dpkg-query -W` with any of its usual formats, `apt list --installed`, and names of
//! package files.

use wardround_model::FactKind;

use super::distribution::Distribution;
use super::host::Host;
use super::packages::{Package, purl};
use crate::table::{decode, decode_beginning};
use crate::{ImportError, Request, Row, Rows};

/// Whether a text looks like such a list.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    let text = decode_beginning(bytes, 1 << 15);
    if text.contains("\n||/ Name") || text.starts_with("||/ Name") {
        return true;
    }
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(60).collect();
    let mut host = Host::default();
    let others: Vec<&&str> = lines.iter().filter(|line| !host.read(Row(0), line)).collect();
    let read = others.iter().filter(|line| package_of(line).is_some_and(|p| is_telling(&p))).count();
    // Half of the packages of a host have a version that no other list has.
    read >= 1 && read.saturating_mul(3) >= others.len() && others.iter().all(|line| is_line(line))
}

fn is_line(line: &str) -> bool {
    package_of(line).is_some() || line.starts_with("Listing...") || line.starts_with("WARNING")
}

/// Whether a version is Debian's: a revision behind a hyphen.
fn is_telling(package: &Package<'_>) -> bool {
    let revision = package.version.rsplit_once('-').map(|(_, revision)| revision);
    let is_rpm = package.version.contains(".el") || package.version.contains(".fc");
    revision.is_some_and(|revision| revision.starts_with(|c: char| c.is_ascii_digit())) && !is_rpm
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let text = decode(request.bytes);
    let (mut host, mut table) = (Host::default(), None);
    let mut packages = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let row = Row(number);
        if packages.len() >= Rows::MOST_HELD {
            rows.error(row, None, "and the rows behind it are not read: split the list by hosts");
            break;
        }
        if line.starts_with("+++-") {
            table = Some(Widths::of(line));
            continue;
        }
        if line.trim().is_empty() || is_heading(line) || host.read(row, line) {
            continue;
        }
        rows.count_row();
        match (&table, package_of(line)) {
            (Some(widths), None) if is_state(line) => match widths.package(line) {
                Entry::Installed(package) => packages.push((row, package)),
                Entry::NotInstalled => {}
                Entry::Cut => rows.error(
                    row,
                    None,
                    "may be cut off: list with COLUMNS=300 dpkg -l, or with dpkg-query -W",
                ),
            },
            (_, Some(package)) => packages.push((row, package)),
            (_, None) => {
                rows.error(row, None, "names no package: each line is a package, a space and its version")
            }
        }
    }
    tell(rows, &host, &packages)
}

fn tell(rows: &mut Rows<'_>, host: &Host<'_>, packages: &[(Row, Package<'_>)]) -> Result<(), ImportError> {
    let subject = host.subject(rows)?;
    let of_host = host.distribution().or_else(|| common(packages));
    for (row, package) in packages {
        let own = Distribution::of_deb_version(package.version);
        // A package without a mark of its own is of the host's distribution; a host of an unknown one says nothing of it.
        let distribution = of_host.as_ref().or(own.as_ref());
        rows.fact(*row, subject, FactKind::Package, &purl("deb", package, distribution));
    }
    Ok(())
}

/// What the packages say of their host: the package of the base system first, else what all marks agree on.
fn common(packages: &[(Row, Package<'_>)]) -> Option<Distribution> {
    let base = packages.iter().find(|(_, package)| package.name == "base-files");
    let of_base = base.and_then(|(_, package)| Distribution::of_deb_version(package.version));
    if of_base.as_ref().is_some_and(|known| known.release.is_some()) {
        return of_base;
    }
    let mut marks = packages.iter().filter_map(|(_, package)| Distribution::of_deb_version(package.version));
    let mut common = marks.next()?;
    for mark in marks {
        if mark.namespace != common.namespace {
            return None;
        }
        match (&common.release, &mark.release) {
            (Some(known), Some(new)) if known != new => {
                return Some(Distribution { release: None, ..common });
            }
            (None, Some(_)) => common = mark,
            _ => {}
        }
    }
    Some(common)
}

fn is_heading(line: &str) -> bool {
    const BEGINNINGS: [&str; 8] =
        ["Desired=", "| Status=", "|/ Err?=", "||/ Name", "Gewünscht=", "Souhait=", "Listing...", "WARNING:"];
    BEGINNINGS.iter().any(|beginning| line.starts_with(beginning)) || line.starts_with('|')
}

/// `ii `, `rc `: two or three letters of a state, and a space.
fn is_state(line: &str) -> bool {
    let state = line.split(' ').next().unwrap_or_default();
    matches!(state.len(), 2 | 3) && state.bytes().all(|b| b.is_ascii_alphabetic())
}

enum Entry<'t> {
    Installed(Package<'t>),
    NotInstalled,
    /// A column is filled to its end, where programs cut.
    Cut,
}

/// The widths of the columns of `dpkg -l`.
struct Widths {
    name: usize,
    version: usize,
    /// Narrow as a terminal, so that texts may have been cut.
    may_cut: bool,
}

impl Widths {
    fn of(line: &str) -> Self {
        let mut widths = line.split('-').skip(1).map(str::len);
        let (name, version) = (widths.next().unwrap_or(0), widths.next().unwrap_or(0));
        Self { name, version, may_cut: line.trim_end().len() <= 132 }
    }

    fn package<'t>(&self, line: &'t str) -> Entry<'t> {
        let mut words = line.split_whitespace();
        let (state, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (version, architecture) = (words.next().unwrap_or_default(), words.next());
        let is_installed = matches!(state.as_bytes().get(1), Some(b'i' | b't' | b'W'));
        if !is_installed {
            return Entry::NotInstalled;
        }
        let is_cut = self.may_cut && (name.len() >= self.name || version.len() >= self.version);
        let name = name.split(':').next().unwrap_or(name);
        if is_cut || !is_name(name) || !is_version(version) {
            return Entry::Cut;
        }
        let architecture = architecture.filter(|text| is_architecture(text));
        Entry::Installed(Package { name, version, architecture, ..Package::default() })
    }
}

/// A package of a line that is none of a table: `name version [architecture [source]]` with any separator, `name/stable,now version
/// architecture [installed]`, or `name_version_architecture.deb`.
fn package_of(line: &str) -> Option<Package<'_>> {
    let line = line.trim();
    if let Some(file) = line.rsplit('/').next().and_then(|name| name.strip_suffix(".deb")) {
        let mut parts = file.split('_');
        let (name, version, architecture) = (parts.next()?, parts.next()?, parts.next());
        return is_name(name).then_some(Package { name, version, architecture, ..Package::default() });
    }
    let mut words = line.split(['\t', ' ', ',', ';', '|', '=']).filter(|word| !word.is_empty());
    let (first, mut version) = (words.next()?, words.next()?);
    let (name, suite) = first.split_once('/').map_or((first, false), |(name, _)| (name, true));
    if suite {
        // `stable,now` and `stable-security,now`: the version follows the last of them.
        while !version.starts_with(|c: char| c.is_ascii_digit()) {
            version = words.next()?;
        }
    }
    let (name, of_name) = name.split_once(':').map_or((name, None), |(name, own)| (name, Some(own)));
    let rest = words.next();
    let architecture = rest.filter(|text| is_architecture(text)).or(of_name);
    let source = words.next().filter(|text| is_name(text) && architecture.is_some() && !suite);
    let is_package = is_name(name) && is_version(version) && (rest.is_none() || architecture.is_some());
    is_package.then_some(Package { name, version, architecture, source, ..Package::default() })
}

/// Debian Policy, 5.6.7.
fn is_name(text: &str) -> bool {
    text.len() >= 2
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b))
        && text.bytes().any(|b| b.is_ascii_lowercase())
}

/// Debian Policy, 5.6.12.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".+-:~".contains(&b))
}

fn is_architecture(text: &str) -> bool {
    const ALL: [&str; 13] = [
        "all", "amd64", "i386", "arm64", "armhf", "armel", "ppc64el", "s390x", "mips64el", "mipsel",
        "riscv64", "any", "x32",
    ];
    ALL.contains(&text)
}
