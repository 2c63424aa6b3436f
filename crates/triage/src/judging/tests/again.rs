//! Judging again only what a change of the index touches equals judging everything anew.

use proptest::prelude::*;
use wardround_intel::Index;
use wardround_intel::feed::FeedKind;
use wardround_intel::index::changed_since;
use wardround_model::*;

use super::{before, kev, nvd, osv, recall, running_on, support, tracker, vex};
use crate::devices::tests::advisory;
use crate::hospital::{Hospital, index_of};
use crate::{DecisionTables, Judging};

/// What may be known; each test knows some of it before and some after.
fn known() -> Vec<(FeedKind, String)> {
    vec![
        nvd(&[("CVE-2020-0001", before("a:openssl:openssl", "3.0.12"))]),
        nvd(&[("CVE-2020-0002", before("a:openssl:openssl", "3.0.10"))]),
        nvd(&[("CVE-2020-0003", running_on("a:openbsd:openssh", "9.0", "o:microsoft:windows:-"))]),
        nvd(&[("CVE-2020-0004", before("o:microsoft:windows_10_22h2", "10.0.19045.4651"))]),
        kev(&["CVE-2020-0001"]),
        kev(&["CVE-2020-0003", "CVE-2020-0004", "CVE-2020-0009"]),
        tracker(&[("openssl", "CVE-2020-0005", "3.0.12-1")]),
        tracker(&[("curl", "CVE-2020-0006", "")]),
        osv("PYSEC-1", r#""CVE-2020-0007""#, "PyPI", "pydicom", "2.0.0"),
        advisory("ICSMA-24-001-01", "Example", &[("Drip 300", "<=2.6.2")], "known_affected", "CVE-2020-0008"),
        support("debian", "12", "2026-06-10", "2028-06-30"),
        support("windows", "10-22h2", "2025-10-14", "2025-10-14"),
        recall("Z-1-2026", "Example", "Drip 300", "Ongoing"),
        (
            FeedKind::Epss,
            "#model_version:v1,score_date:2026-08-16T12:00:00Z\ncve,epss,percentile\nCVE-2020-0002,0.5,0.9\n"
                .to_owned(),
        ),
    ]
}

/// A hospital with something for each of them.
fn hospital() -> Hospital {
    Hospital::default()
        .host("10.1.1.1", DeviceClass::Server)
        .runs("Debian GNU/Linux 12")
        .has(FactKind::Package, "pkg:deb/debian/openssl@3.0.11-1")
        .has(FactKind::Package, "pkg:deb/debian/curl@7.88.1-10")
        .has(FactKind::Package, "pkg:pypi/pydicom@1.4")
        .host("10.1.1.2", DeviceClass::Workstation)
        .runs("Windows 10 22H2")
        .has(FactKind::OperatingSystemVersion, "10.0.19045.4000")
        .has(FactKind::CpeName, "cpe:2.3:a:openbsd:openssh:8.1:*:*:*:*:*:*:*")
        .host("10.1.1.3", DeviceClass::Server)
        .has(FactKind::InstalledSoftware, "OpenSSL 3.0.9")
        .fact("10.1.1.3", FactKind::MakerVex, "CVE-2020-0002,not_affected,component_not_present")
        .host("10.1.1.4", DeviceClass::InfusionPump)
        .made_by("Example", "Drip 300")
        .software("2.6.1")
        .has(FactKind::MakerVexVersion, "CVE-2020-0009,affected,,2.6.1")
        .host("10.1.1.5", DeviceClass::Server)
        .has(FactKind::InstalledSoftware, "OpenSSL 3.0.11")
        .said("10.1.1.5", vex("CVE-2020-0001", VexStatus::NotAffected), None)
        .service("10.1.1.5:443/tcp", FactKind::TlsVersion, "1.0")
        .host("10.1.1.6", DeviceClass::Server)
        .service("10.1.1.6:443/tcp", FactKind::ScannerReport, "CVE-2020-0009")
}

/// Those feeds whose bit is set.
fn some(bits: u16) -> Vec<(FeedKind, String)> {
    known().into_iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, feed)| feed).collect()
}

/// Judges with one index, then again with another, and holds that against judging anew.
fn check(old: u16, new: u16) -> usize {
    let (old, new) = (index_of(&some(old)), index_of(&some(new)));
    let (before, after) = (Index::open(&old).unwrap(), Index::open(&new).unwrap());
    let (hospital, tables) = (hospital(), DecisionTables::default());
    hospital.with_input(&old, |input| {
        let mut judging = Judging::of(&tables, input);
        let triaged = judging.triaged(&before);
        let again = judging.rejudge(&after, &changed_since(&before, &after));
        let touched = again.assets.len();
        let renewed = triaged.with(again, &judging);
        let anew = hospital.with_input(&new, crate::triage);
        assert_eq!(renewed, anew);
        touched
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn judging_again_what_changed_equals_judging_anew(old in 0u16..1 << 14, new in 0u16..1 << 14) {
        check(old, new);
    }
}

#[test]
fn only_what_a_change_touches_is_judged_again() {
    let all = (1 << 14) - 1;
    assert_eq!(check(all, all), 0, "nothing changed");
    for (feed, touched) in [(1, 1), (6, 1), (8, 1), (9, 1)] {
        assert_eq!(check(all & !(1 << feed), all), touched, "{:?}", known()[feed]);
    }
    assert_eq!(check(0, all), 6);
}
