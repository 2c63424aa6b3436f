//! The same questions for every format: read again, read in any order, a newer version, withdrawn.

use super::super::samples::{
    CHANGELOG, CSAF, DATES, EPSS, OSV, PAGE, PYPA, RECALLS, RUSTSEC, TRACKER, built, nvd_file, nvd_record,
    one_of, product,
};
use super::*;
use crate::index::{PackageRef, PackageVerdict, PackageVersion, changed_since};

/// A feed, its older text, and its newer one.
fn versions() -> Vec<(FeedKind, String, String)> {
    let nvd = |modified, end| {
        let rest = format!(r#","versionEndExcluding":"{end}""#);
        let matches = product("a:acme:viewer:*:*:*:*:*:*:*:*", &rest);
        nvd_file(&[nvd_record("CVE-2020-0001", modified, &one_of(&matches))])
    };
    let edit = |text: &str, edits: &[(&str, &str)]| {
        edits.iter().fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from} stands not in it");
            text.replace(from, to)
        })
    };
    let newer = |kind, text: &str, edits: &[(&str, &str)]| (kind, text.to_owned(), edit(text, edits));
    vec![
        (FeedKind::Nvd, nvd("2021-01-01", "2.4"), nvd("2021-01-02", "2.3")),
        newer(FeedKind::Epss, EPSS, &[("2026-08-16", "2026-08-17"), ("0.9,", "0.2,")]),
        newer(FeedKind::Csaf, CSAF, &[("2026-02-03", "2026-03-03"), ("<12.3.", "<12.1.")]),
        newer(FeedKind::Osv, OSV, &[("2026-02-01", "2026-02-02"), ("deb8u9", "deb8u8")]),
        newer(FeedKind::Osv, PYPA, &[("2026-03-01", "2026-03-02"), ("2.3.2", "2.3.1")]),
        newer(FeedKind::RustSec, RUSTSEC, &[("2026-01-05", "2026-01-06"), ("1.4.2", "1.4.1")]),
        // The tracker's file has no date: what is settled counts.
        newer(
            FeedKind::DebianTracker,
            TRACKER,
            &[(
                "\"status\":\"open\",\"urgency\":\"low\"",
                "\"status\":\"resolved\",\"fixed_version\":\"1.18.0-6\"",
            )],
        ),
        // A second part of a fix.
        newer(FeedKind::DebianChangelog, CHANGELOG, &[("deb12u3", "deb12u10")]),
        newer(FeedKind::EndOfLife, DATES, &[("2025-07-01", "2025-08-01"), ("2026-09-07", "2026-12-31")]),
        newer(FeedKind::EndOfLife, PAGE, &[("2024-01-02", "2024-01-03"), ("2030-01-31", "2029-01-31")]),
        newer(
            FeedKind::Recalls,
            RECALLS,
            &[("2023-05-05", "2024-05-05"), ("Open, Classified", "Terminated")],
        ),
    ]
}

fn index_of(kind: FeedKind, texts: &[&String]) -> Vec<u8> {
    let files: Vec<_> = texts.iter().map(|text| (kind, "file", (*text).clone())).collect();
    built(Profile::Full, &files)
}

#[test]
fn the_newer_version_counts_whichever_was_read_first() {
    for (kind, older, newer) in versions() {
        let alone = index_of(kind, &[&newer]);
        let alone = Index::open_checked(&alone).unwrap();
        let was = index_of(kind, &[&older]);
        let differs = !changed_since(&Index::open_checked(&was).unwrap(), &alone).is_empty();
        assert!(differs, "{kind:?}: the versions say the same");
        let (one, two) = (index_of(kind, &[&older, &newer]), index_of(kind, &[&newer, &older]));
        assert_eq!(one, two, "{kind:?}");
        let changed = changed_since(&alone, &Index::open_checked(&one).unwrap());
        assert!(changed.is_empty(), "{kind:?}: {changed:?}");
    }
}

#[test]
fn reading_again_changes_not_one_byte() {
    for (kind, older, newer) in versions() {
        let once = index_of(kind, &[&older, &newer]);
        assert_eq!(index_of(kind, &[&older, &newer, &older, &newer, &newer]), once, "{kind:?}");
    }
}

#[test]
fn builders_side_by_side_write_the_same() {
    let whole = built(Profile::Full, &files());
    std::thread::scope(|scope| {
        let builders: Vec<_> = (0..4)
            .map(|turn| {
                scope.spawn(move || {
                    let mut files = files();
                    files.rotate_left(turn * 3);
                    built(Profile::Full, &files)
                })
            })
            .collect();
        for builder in builders {
            assert!(builder.join().unwrap() == whole);
        }
    });
}

#[test]
fn what_was_withdrawn_is_gone_and_counted() {
    let osv = OSV
        .replace("2026-02-01", "2026-02-03")
        .replace("\"related\"", "\"withdrawn\":\"2026-02-03T00:00:00Z\",\"related\"");
    let rustsec =
        RUSTSEC.replace("date = \"2026-01-05\"", "date = \"2026-01-05\"\nwithdrawn = \"2026-02-01\"");
    let table = [
        (FeedKind::Osv, OSV, osv.as_str(), "Debian:8", "openssh"),
        (FeedKind::RustSec, RUSTSEC, rustsec.as_str(), "crates.io", "tokenizer"),
    ];
    for (kind, record, withdrawn, ecosystem, name) in table {
        let known = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
            let bytes = index_of(kind, &texts.iter().collect::<Vec<_>>());
            let index = Index::open_checked(&bytes).unwrap();
            let package = PackageRef { ecosystem, name, version: PackageVersion::Unknown };
            (
                index.package_vulnerabilities(&package).len(),
                index.stats().left_out.withdrawn,
                index.stats().cves,
            )
        };
        assert_eq!(known(&[record]), (1, 0, 1), "{kind:?}");
        assert_eq!(known(&[record, withdrawn]), (0, 1, 0), "{kind:?}");
        assert_eq!(known(&[withdrawn, record]), (0, 1, 0), "{kind:?}");
    }
}

#[test]
fn a_recall_in_both_of_its_forms_is_one() {
    let files: Vec<_> = files().into_iter().filter(|(kind, ..)| *kind == FeedKind::Recalls).collect();
    let bytes = built(Profile::Full, &files);
    let index = Index::open_checked(&bytes).unwrap();
    let recalls = index.recalls_of("Acme", "Infuser 3000");
    assert_eq!(recalls.len(), 1);
    let recall = recalls[0];
    assert_eq!((recall.class, recall.cause), (crate::index::RecallClass::One, "Software design"));
    assert_eq!(recall.names, crate::index::ProductMatch::Family, "a description has more words than a name");
    assert!(recall.is_open());
    assert!(index.recalls_of("Acme", "Ventilator 5").is_empty());
    assert!(index.recalls_of("Other", "Infuser 3000").is_empty());
}

#[test]
fn packages_are_judged_by_what_each_source_says() {
    let bytes = built(Profile::Full, &files());
    let index = Index::open_checked(&bytes).unwrap();
    let verdicts = |ecosystem: &str, name: &str, version: &str| -> Vec<(String, PackageVerdict)> {
        let package = PackageRef { ecosystem, name, version: PackageVersion::Full(version) };
        index.package_vulnerabilities(&package).iter().map(|one| (one.id.to_owned(), one.verdict)).collect()
    };
    let flask = |version: &str| verdicts("PyPI", "flask", version)[0].1;
    assert_eq!(flask("1.0"), PackageVerdict::Affected);
    assert_eq!(flask("2.3.1"), PackageVerdict::Affected);
    assert_eq!(flask("2.3.2"), PackageVerdict::Fixed);
    assert_eq!(flask("0.9"), PackageVerdict::NotAffected);
    assert_eq!(flask("0.9.1"), PackageVerdict::Affected, "it is listed beside the range");
    let crates = |version: &str| verdicts("crates.io", "tokenizer", version)[0].1;
    assert_eq!(crates("1.4.1"), PackageVerdict::Affected);
    assert_eq!(crates("1.0.9"), PackageVerdict::NotAffected);
    assert_eq!(crates("1.4.2"), PackageVerdict::Fixed);
    let debian = verdicts("Debian:12", "openssh", "1:9.2p1-2+deb12u2");
    let of = |id: &str| debian.iter().find(|(one, _)| one == id).map(|(_, verdict)| *verdict);
    assert_eq!(of("CVE-2016-6210"), Some(PackageVerdict::Fixed));
    assert_eq!(
        of("CVE-2024-6387"),
        Some(PackageVerdict::Affected),
        "the changelog names the fix of a later version"
    );
    assert_eq!(of("TEMP-0000001-ABCDEF"), Some(PackageVerdict::CannotCompare));
    assert_eq!(index.package_ecosystems("openssh"), ["Debian:12", "Debian:8", "Debian:sid"]);
    assert!(verdicts("Debian:11", "openssh", "1").is_empty());
}

#[test]
fn dates_are_found_by_every_name() {
    let bytes = built(Profile::Full, &files());
    let index = Index::open_checked(&bytes).unwrap();
    let cycles = |product: &str, version: &str| -> Vec<&str> {
        index.end_of_life(product, version).iter().map(|one| one.cycle).collect()
    };
    for name in ["openssl", "OpenSSL", "libssl", "openssl:openssl"] {
        assert_eq!(cycles(name, "3.0.11"), ["3.0"], "{name}");
    }
    assert_eq!(cycles("openssl", "1.1.1"), ["1.1"]);
    assert_eq!(cycles("openssl", "1.10"), Vec::<&str>::new());
    assert_eq!(cycles("acme:pump_firmware", "2.5"), ["2"]);
    assert_eq!(cycles("pump-system", "nightingale"), ["2"]);
    assert_eq!(cycles("nobody", "1"), Vec::<&str>::new());
}
