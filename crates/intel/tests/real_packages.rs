//! The real advisories of packages and dates of support in `../shared/data`, when they are there; a line says so when not.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use wardround_intel::feed::{FeedKind, SkipReason};
use wardround_intel::index::{PackageRef, PackageVerdict, PackageVersion, Support};
use wardround_intel::{Day, Index, IndexBuilder, Profile};

fn data(part: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(part);
    if path.exists() {
        return Some(path);
    }
    // Past the test harness's capture: a skip must be seen.
    let _ = writeln!(std::io::stderr(), "skipped: ../shared/data/{part} is not there");
    assert!(std::env::var_os("WARDROUND_NEED_DATA").is_none(), "../shared/data/{part} is needed");
    None
}

/// What was read of an archive.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    /// Members that are this feed.
    files: u32,
    /// Members that are not.
    others: u32,
    /// Members that cannot be used.
    failed: Vec<String>,
    skipped: BTreeMap<SkipReason, u64>,
}

/// Reads the members of an archive as they come, or from the last to the first.
fn read(path: &Path, kind: FeedKind, builder: &mut IndexBuilder, backwards: bool) -> Tally {
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(path).unwrap()));
    let mut members = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        members.push((name, bytes));
    }
    if backwards {
        members.reverse();
    }
    let mut tally = Tally::default();
    for (name, bytes) in members {
        if FeedKind::recognise(&name, &bytes) != Some(kind) {
            tally.others += 1;
            continue;
        }
        tally.files += 1;
        match builder.read(kind, &name, bytes.as_slice()) {
            Ok(report) => report.skipped.into_iter().for_each(|(reason, count)| {
                *tally.skipped.entry(reason).or_default() += count;
            }),
            Err(error) => tally.failed.push(error.to_string()),
        }
    }
    tally
}

/// Reads an archive forwards and backwards: the same index, and this much read, passed over and skipped.
fn check(
    part: &str,
    kind: FeedKind,
    [files, others]: [u32; 2],
    skipped: &[(SkipReason, u64)],
) -> Option<Vec<u8>> {
    let path = data(part)?;
    let [(tally, bytes), (_, backwards)] = [false, true].map(|backwards| {
        let mut builder = IndexBuilder::new(Profile::Full);
        let tally = read(&path, kind, &mut builder, backwards);
        (tally, builder.finish())
    });
    println!("{part}: {tally:?}");
    assert_eq!((tally.files, tally.others), (files, others));
    assert_eq!(tally.failed, Vec::<String>::new());
    assert_eq!(tally.skipped.into_iter().collect::<Vec<_>>(), skipped);
    assert!(bytes == backwards, "the order of files shows");
    Index::open_checked(&bytes).unwrap();
    Some(bytes)
}

fn verdict(
    index: &Index<'_>,
    ecosystem: &str,
    name: &str,
    version: &str,
    id: &str,
) -> Option<PackageVerdict> {
    let package = PackageRef { ecosystem, name, version: PackageVersion::Full(version) };
    let all = index.package_vulnerabilities(&package);
    all.into_iter().find(|one| one.id == id).map(|one| one.verdict)
}

#[test]
fn advisories_of_a_distribution() {
    let Some(bytes) = check("osv/debian-elts.tar.gz", FeedKind::Osv, [1712, 2], &[]) else { return };
    let index = Index::open(&bytes).unwrap();
    let stats = index.stats();
    assert!(stats.packages >= 1074 && stats.cves >= 8401, "{stats:?}");
    // An advisory with a range that is not in a list, as the others have it.
    let parser = |version: &str| verdict(&index, "Debian:8", "http-parser", version, "ELA-669-1");
    assert_eq!(parser("2.1-2"), Some(PackageVerdict::Affected));
    assert_eq!(parser("2.1-2+deb8u1"), Some(PackageVerdict::Fixed));
}

#[test]
fn advisories_of_python_packages() {
    let skipped = [(SkipReason::Withdrawn, 10)];
    let Some(bytes) = check("osv/pypa.tar.gz", FeedKind::Osv, [2661, 2], &skipped) else { return };
    let index = Index::open(&bytes).unwrap();
    assert_eq!(index.stats().packages, 660);
    let flask = |version: &str| verdict(&index, "PyPI", "flask", version, "PYSEC-2023-62");
    assert_eq!(flask("2.2.4"), Some(PackageVerdict::Affected));
    assert_eq!(flask("2.2.5"), Some(PackageVerdict::Fixed));
    assert_eq!(flask("2.3.1"), Some(PackageVerdict::Affected));
    assert_eq!(flask("2.3.2"), Some(PackageVerdict::Fixed));
}

#[test]
fn advisories_of_rust_packages() {
    let skipped = [(SkipReason::Withdrawn, 4), (SkipReason::NotAVulnerability, 273)];
    let Some(bytes) = check("osv/rustsec.tar.gz", FeedKind::RustSec, [1205, 30], &skipped) else { return };
    let index = Index::open(&bytes).unwrap();
    assert_eq!(index.stats().packages, 663);
    let time = |version: &str| verdict(&index, "crates.io", "time", version, "RUSTSEC-2020-0071");
    assert_eq!(time("0.1.44"), Some(PackageVerdict::Affected));
    assert_eq!(time("0.2.23"), Some(PackageVerdict::Fixed));
}

#[test]
fn dates_of_support() {
    let part = "eol/endoflife-products.tar.gz";
    let Some(bytes) = check(part, FeedKind::EndOfLife, [464, 4], &[]) else { return };
    let index = Index::open(&bytes).unwrap();
    assert_eq!(index.stats().lifecycles, 464);
    let day: Day = "2026-08-22".parse().unwrap();
    let support = |product: &str, version: &str| -> Vec<Support> {
        index.end_of_life(product, version).iter().map(|one| one.support_on(day)).collect()
    };
    let table: [(&str, &str, Support); 8] = [
        ("debian", "13", Support::Supported),
        ("debian:debian_linux", "12.15", Support::ExtendedOnly),
        ("debian", "buster", Support::Ended),
        ("ubuntu", "22.04.3", Support::Supported),
        ("windows-server", "2008-R2-SP1", Support::Ended),
        ("centos", "7", Support::Ended),
        ("openssl:openssl", "1.0.2", Support::ExtendedOnly),
        ("windows-server", "2012-R2", Support::ExtendedOnly),
    ];
    for (product, version, expected) in table {
        assert_eq!(support(product, version), [expected], "{product} {version}");
    }
    assert!(index.end_of_life("debian", "99").is_empty());
}
