//! Packages of Red Hat's, SUSE's and related systems: `rpm -qa` and its usual query formats, and names of package files.

use wardround_model::FactKind;

use super::distribution::Distribution;
use super::host::Host;
use super::packages::{Package, purl};
use crate::table::{decode, decode_beginning};
use crate::{ImportError, Request, Row, Rows};

const ARCHITECTURES: [&str; 10] =
    ["x86_64", "noarch", "i686", "i586", "i386", "aarch64", "ppc64le", "s390x", "armv7hl", "src"];

/// Whether a text looks like such a list.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    let text = decode_beginning(bytes, 1 << 15);
    let mut host = Host::default();
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !host.read(Row(0), line)).take(60);
    let (mut read, mut telling, mut all) = (0_usize, 0_usize, 0_usize);
    for line in lines {
        all = all.saturating_add(1);
        let found = found_in(line);
        read = read.saturating_add(usize::from(found.is_some()));
        telling = telling.saturating_add(usize::from(found.is_some_and(|found| is_telling(&found))));
    }
    telling >= 1 && telling.saturating_mul(2) >= all && read.saturating_mul(10) >= all.saturating_mul(9)
}

/// Whether an architecture or the mark of a distribution tells it from Debian's.
fn is_telling(found: &Found<'_>) -> bool {
    let is_known = found.architecture.is_some_and(|text| ARCHITECTURES.contains(&text));
    is_known || [".el", ".fc", ".amzn", ".suse"].iter().any(|mark| found.release.contains(mark))
}

/// A package whose version and release stand apart.
struct Found<'t> {
    name: &'t str,
    epoch: Option<&'t str>,
    version: &'t str,
    release: &'t str,
    architecture: Option<&'t str>,
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let text = decode(request.bytes);
    let (mut host, mut packages) = (Host::default(), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        let row = Row(number);
        if packages.len() >= Rows::MOST_HELD {
            rows.error(row, None, "and the rows behind it are not read: split the list by hosts");
            break;
        }
        if line.trim().is_empty() || host.read(row, line) {
            continue;
        }
        rows.count_row();
        match found_in(line) {
            // Keys that sign packages are listed as if they were some.
            Some(found) if found.name == "gpg-pubkey" => {}
            Some(found) => packages.push((row, found)),
            None => rows.error(
                row,
                None,
                "names no package: each line is NAME-VERSION-RELEASE.ARCHITECTURE, as rpm -qa writes it",
            ),
        }
    }
    let subject = host.subject(rows)?;
    let by_package =
        || packages.iter().find_map(|(_, p)| Distribution::of_release_package(p.name, p.version));
    let of_host = host.distribution().or_else(by_package);
    for (row, found) in &packages {
        let own = Distribution::of_rpm_release(found.release);
        let version = format!("{}-{}", found.version, found.release);
        let package = Package {
            name: found.name,
            version: &version,
            epoch: found.epoch,
            architecture: found.architecture,
            source: None,
        };
        rows.fact(
            *row,
            subject,
            FactKind::Package,
            &purl("rpm", &package, of_host.as_ref().or(own.as_ref())),
        );
    }
    Ok(())
}

fn found_in(line: &str) -> Option<Found<'_>> {
    let mut words = line.split(['\t', ' ', ',', ';', '|']).filter(|word| !word.is_empty());
    let first = words.next()?;
    match (words.next(), words.next(), words.next(), words.next()) {
        (None, ..) => of_file_name(first),
        (Some(second), None, ..) if is_architecture(second) => {
            of_file_name(first).map(|found| Found { architecture: Some(second), ..found })
        }
        // NAME VERSION-RELEASE [ARCH], or NAME VERSION RELEASE [ARCH], or NAME EPOCH VERSION RELEASE ARCH.
        (Some(second), third, None, None) if second.contains('-') => {
            let (version, release) = second.rsplit_once('-')?;
            with_epoch(first, version, release, third)
        }
        (Some(version), Some(release), architecture, None) => {
            with_epoch(first, version, release, architecture)
        }
        (Some(epoch), Some(version), Some(release), architecture @ Some(_)) if is_epoch(epoch) => {
            checked(first, epoch_of(epoch), version, release, architecture)
        }
        _ => None,
    }
}

/// `name-[epoch:]version-release[.architecture][.rpm]`, or `epoch:name-version-release.architecture`.
fn of_file_name(text: &str) -> Option<Found<'_>> {
    let text = text.rsplit('/').next().unwrap_or(text);
    let text = text.strip_suffix(".rpm").unwrap_or(text);
    let (front, text) = match text.split_once(':') {
        Some((epoch, rest)) if is_epoch(epoch) => (epoch_of(epoch), rest),
        _ => (None, text),
    };
    let (text, architecture) = match text.rsplit_once('.') {
        Some((rest, architecture)) if is_architecture(architecture) => (rest, Some(architecture)),
        _ => (text, None),
    };
    let (rest, release) = text.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let found = with_epoch(name, version, release, architecture)?;
    Some(Found { epoch: found.epoch.or(front), ..found })
}

fn with_epoch<'t>(
    name: &'t str,
    version: &'t str,
    release: &'t str,
    architecture: Option<&'t str>,
) -> Option<Found<'t>> {
    match version.split_once(':') {
        Some((epoch, version)) => checked(name, epoch_of(epoch), version, release, architecture),
        None => checked(name, None, version, release, architecture),
    }
}

fn checked<'t>(
    name: &'t str,
    epoch: Option<&'t str>,
    version: &'t str,
    release: &'t str,
    architecture: Option<&'t str>,
) -> Option<Found<'t>> {
    let is_part = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+~^%".contains(&b))
    };
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(&b));
    let has_number = version.bytes().any(|b| b.is_ascii_digit());
    let architecture = architecture.filter(|text| *text != "(none)");
    let is_package = is_name && has_number && is_part(version) && is_part(release);
    (is_package && architecture.is_none_or(is_architecture)).then_some(Found {
        name,
        epoch,
        version,
        release,
        architecture,
    })
}

fn is_epoch(text: &str) -> bool {
    text == "(none)" || !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn epoch_of(text: &str) -> Option<&str> {
    Some(text).filter(|text| !matches!(*text, "(none)" | "0"))
}

fn is_architecture(text: &str) -> bool {
    ARCHITECTURES.contains(&text)
}
