//! The committed snapshot: it opens, it is small enough, and it knows what it must.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "tests may fail loudly")]

use wardround_intel::affected::{Judgement, SeenVersion};
use wardround_intel::feed::FeedKind;
use wardround_intel::index::Support;
use wardround_intel::names::products_in;
use wardround_intel::{Day, Index, snapshot};

fn index() -> Index<'static> {
    Index::open_checked(snapshot()).expect("the committed snapshot opens")
}

/// The CVEs of the first product in a banner: surely (exact or in range), and possibly.
fn cves_of(banner: &str) -> (Vec<String>, Vec<String>) {
    let products = products_in(banner);
    let matches = index().vulnerabilities_of_product(&products[0]);
    let (unsure, sure): (Vec<_>, Vec<_>) =
        matches.iter().partition(|found| found.judgement == Judgement::Unknown || found.needs_platform());
    let ids = |found: Vec<&wardround_intel::index::Match<'_>>| {
        found.iter().map(|one| one.cve().to_string()).collect()
    };
    (ids(sure), ids(unsure))
}

#[test]
fn is_whole_and_at_most_ten_megabytes() {
    assert!(snapshot().len() <= 10_000_000, "{} bytes", snapshot().len());
    let stats = index().stats();
    assert!(stats.cves > 120_000 && stats.products > 50_000 && stats.advisories > 2_500, "{stats:?}");
    assert!(stats.oui_blocks > 40_000 && stats.lifecycles > 450, "{stats:?}");
}

#[test]
fn every_dated_source_says_its_day() {
    for source in index().sources() {
        let undated = matches!(source.kind, FeedKind::Oui | FeedKind::SsvcLines);
        assert_eq!(source.as_of.is_none(), undated, "{source:?}");
    }
}

#[test]
fn real_banners_have_the_cves_that_their_records_say() {
    // Banner, CVEs that it surely has, CVEs that it must not have.
    let table: [(&str, &[&str], &[&str]); 8] = [
        (
            "SSH-2.0-OpenSSH_7.2p2",
            &["CVE-2016-6210", "CVE-2016-10009", "CVE-2016-6515"],
            &["CVE-2016-0777", "CVE-2024-6387"],
        ),
        ("SSH-2.0-OpenSSH_7.3p1", &["CVE-2016-10009", "CVE-2016-10708"], &["CVE-2016-6210", "CVE-2024-6387"]),
        ("SSH-2.0-OpenSSH_7.4p1", &[], &["CVE-2016-10009", "CVE-2016-10708"]),
        ("SSH-2.0-OpenSSH_9.2p1", &["CVE-2024-6387"], &["CVE-2016-6210"]),
        ("SSH-2.0-OpenSSH_9.8p1", &[], &["CVE-2024-6387"]),
        ("OpenSSL/1.0.1f", &["CVE-2014-0160"], &["CVE-2009-3555"]),
        ("OpenSSL/1.0.1g", &["CVE-2014-0224"], &["CVE-2014-0160"]),
        ("vsFTPd 3.0.2", &["CVE-2015-1419"], &[]),
    ];
    for (banner, has, has_not) in table {
        let (sure, unsure) = cves_of(banner);
        for cve in has {
            assert!(sure.iter().any(|id| id == cve), "{banner} has {cve}; sure {sure:?}, unsure {unsure:?}");
        }
        for cve in has_not {
            assert!(!sure.iter().chain(&unsure).any(|id| id == cve), "{banner} does not have {cve}");
        }
    }
}

#[test]
fn medical_advisories_are_found_by_the_names_on_devices() {
    let table = [
        ("BD", "Alaris Systems Manager", "12.1", "ICSMA-23-194-01"),
        ("Philips", "IntelliVue MX40", "B.06.10", "ICSMA-17-255-01"),
        ("Santesoft", "Sante DICOM Viewer Pro", "12.2.3", "ICSMA-23-285-01"),
        ("Illumina", "NovaSeq Control Software", "1.8", "ICSMA-23-117-01"),
    ];
    for (maker, product, version, advisory) in table {
        let found = index().advisories_for(maker, product, &SeenVersion::new(Some(version), None));
        assert!(found.iter().any(|one| one.advisory.id == advisory), "{maker} {product}: {found:#?}");
    }
}

#[test]
fn dates_of_support_are_found_by_names_of_products() {
    let day: Day = "2026-08-22".parse().expect("a day");
    let table = [
        ("windows-server", "2008-r2-sp1", Support::Ended),
        ("debian:debian_linux", "13", Support::Supported),
        ("ubuntu", "22.04.3", Support::Supported),
        ("centos", "7", Support::Ended),
    ];
    for (product, version, expected) in table {
        let found = index().end_of_life(product, version);
        assert!(found.iter().any(|one| one.support_on(day) == expected), "{product} {version}: {found:?}");
    }
}

#[test]
fn makers_of_medical_devices_are_known_by_their_addresses() {
    let table = [([0x00, 0x09, 0xfb, 1, 2, 3], "Philips"), ([0x00, 0x10, 0xdb, 1, 2, 3], "Juniper")];
    for (mac, maker) in table {
        assert!(index().oui(mac).is_some_and(|name| name.contains(maker)), "{:?}", index().oui(mac));
    }
}
