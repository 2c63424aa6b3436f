//! The intelligence that the program carries with it, against banners whose answer is known.

use wardround_model::*;

use crate::Triaged;
use crate::hospital::Hospital;

fn knowing_all(mut hospital: Hospital) -> Triaged {
    hospital.index = wardround_intel::snapshot().to_vec();
    hospital.triage()
}

fn server(kind: FactKind, banner: &str) -> Triaged {
    let hospital = Hospital::default().host("10.1.1.1", DeviceClass::Server);
    knowing_all(hospital.service("10.1.1.1:22/tcp", kind, banner))
}

fn grade_of(triaged: &Triaged, cve: &str) -> Option<Grade> {
    let code = format!("known-vulnerability:{cve}");
    triaged.findings.iter().find(|finding| finding.weakness.to_string() == code).map(|finding| finding.grade)
}

#[test]
fn outdated_versions_have_what_is_published_of_them() {
    for (kind, banner, cves) in [
        (
            FactKind::SshBanner,
            "SSH-2.0-OpenSSH_7.2p2",
            &["CVE-2015-8325", "CVE-2016-6210", "CVE-2016-6515"][..],
        ),
        (FactKind::HttpServer, "nginx/1.10.3", &["CVE-2023-44487", "CVE-2024-7347"]),
    ] {
        let triaged = server(kind, banner);
        for cve in cves {
            assert_eq!(grade_of(&triaged, cve), Some(Grade::ExactVersion), "{banner} {cve}");
        }
        let updates = triaged.plan.iter().filter(|item| item.title.starts_with("Update "));
        assert_eq!(updates.count(), 1, "one update settles all that is published");
    }
}

#[test]
fn later_versions_do_not_have_what_was_fixed_before() {
    for (kind, banner, cve) in [
        (FactKind::SshBanner, "SSH-2.0-OpenSSH_7.3p1", "CVE-2016-6210"),
        (FactKind::SshBanner, "SSH-2.0-OpenSSH_9.9p1", "CVE-2016-6515"),
        (FactKind::HttpServer, "nginx/1.25.3", "CVE-2023-44487"),
        (FactKind::HttpServer, "nginx/1.9.4", "CVE-2023-44487"),
    ] {
        assert_eq!(grade_of(&server(kind, banner), cve), None, "{banner}");
    }
}

#[test]
fn nobody_is_blamed_for_what_does_not_show() {
    for (kind, banner) in [
        (FactKind::SshBanner, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10"),
        (FactKind::HttpServer, "nginx"),
        (FactKind::HttpServer, "Apache/2.4.29 (Ubuntu)"),
        (FactKind::FtpBanner, "220 Klinik Sankt Lukas Dateiannahme"),
        (FactKind::ServerSoftware, "GStreamer RTSP server"),
    ] {
        let triaged = server(kind, banner);
        assert!(triaged.findings.is_empty(), "{banner}: {:?}", triaged.findings);
    }
}

#[test]
fn a_scanner_is_held_against_the_advisory_about_it() {
    let scanner = |software: &str| {
        let hospital = Hospital::default().host("10.1.1.1", DeviceClass::ImagingModality);
        knowing_all(hospital.made_by("Philips", "Brilliance 64").software(software))
    };
    let affected = scanner("2.6.1");
    for cve in ["CVE-2018-8853", "CVE-2018-8857", "CVE-2018-8861"] {
        assert_eq!(grade_of(&affected, cve), Some(Grade::ExactVersion), "{cve}");
    }
    assert_eq!(affected.plan.len(), 1);
    assert!(affected.plan[0].title.starts_with("Ask the maker"), "{}", affected.plan[0].title);
    assert!(scanner("2.6.3").findings.is_empty());
}
