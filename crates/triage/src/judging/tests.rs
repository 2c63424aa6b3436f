//! What assets have against what feeds say, as tables. Judging again only what changed stands in `again`.

mod again;
mod maker_versions;
mod windows;

use wardround_intel::feed::FeedKind;
use wardround_model::*;

use crate::hospital::Hospital;

const HOST: &str = "10.1.1.1";

/// CVEs of our own making in NVD's form: id and its nodes, as NVD writes `configurations`.
fn nvd(records: &[(&str, String)]) -> (FeedKind, String) {
    let record = |(id, configurations): &(&str, String)| {
        format!(
            r#"{{"cve":{{"id":"{id}","vulnStatus":"Analyzed","published":"2020-01-01T00:00:00.000",
            "lastModified":"2020-01-02T00:00:00.000","descriptions":[],"metrics":{{}},
            "configurations":[{configurations}]}}}}"#
        )
    };
    let records: Vec<_> = records.iter().map(record).collect();
    (FeedKind::Nvd, format!(r#"{{"format":"NVD_CVE","vulnerabilities":[{}]}}"#, records.join(",")))
}

fn cpe(name: &str, before: &str, vulnerable: bool) -> String {
    let end = if before.is_empty() { String::new() } else { format!(r#","versionEndExcluding":"{before}""#) };
    format!(r#"{{"vulnerable":{vulnerable},"criteria":"cpe:2.3:{name}"{end}}}"#)
}

fn before(product: &str, version: &str) -> String {
    one_of(&cpe(&format!("{product}:*:*:*:*:*:*:*:*"), version, true))
}

fn one_of(matches: &str) -> String {
    format!(r#"{{"nodes":[{{"operator":"OR","negate":false,"cpeMatch":[{matches}]}}]}}"#)
}

/// A product before a version, running on a platform.
fn running_on(product: &str, version: &str, platform: &str) -> String {
    format!(
        r#"{{"operator":"AND","nodes":[{{"operator":"OR","cpeMatch":[{}]}},{{"operator":"OR","cpeMatch":[{}]}}]}}"#,
        cpe(&format!("{product}:*:*:*:*:*:*:*:*"), version, true),
        cpe(&format!("{platform}:*:*:*:*:*:*:*"), "", false)
    )
}

fn kev(cves: &[&str]) -> (FeedKind, String) {
    let rows = cves.iter().map(|cve| {
        format!(
            r#"{{"cveID":"{cve}","dateAdded":"2021-01-01","knownRansomwareCampaignUse":"Unknown","cwes":[]}}"#
        )
    });
    let rows: Vec<_> = rows.collect();
    let text = format!(
        r#"{{"catalogVersion":"1","dateReleased":"2026-08-01","vulnerabilities":[{}]}}"#,
        rows.join(",")
    );
    (FeedKind::Kev, text)
}

/// What Debian's tracker says: package, CVE, and the version with the fix in Debian 12 (empty: none yet).
fn tracker(entries: &[(&str, &str, &str)]) -> (FeedKind, String) {
    let entry = |(package, cve, fixed): &(&str, &str, &str)| {
        let status = if fixed.is_empty() {
            r#""status":"open""#.to_owned()
        } else {
            format!(r#""status":"resolved","fixed_version":"{fixed}""#)
        };
        format!(
            r#""{package}":{{"{cve}":{{"releases":{{"bookworm":{{{status},"urgency":"not yet assigned"}}}}}}}}"#
        )
    };
    let entries: Vec<_> = entries.iter().map(entry).collect();
    (FeedKind::DebianTracker, format!("{{{}}}", entries.join(",")))
}

fn osv(id: &str, cve: &str, ecosystem: &str, package: &str, fixed: &str) -> (FeedKind, String) {
    let text = format!(
        r#"{{"id":"{id}","modified":"2024-01-01T00:00:00Z","aliases":[{cve}],"affected":[{{
        "package":{{"ecosystem":"{ecosystem}","name":"{package}"}},
        "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    );
    (FeedKind::Osv, text)
}

/// One product of endoflife.date with one cycle.
fn support(product: &str, cycle: &str, ends: &str, extended: &str) -> (FeedKind, String) {
    support_of(product, &[(cycle, ends, extended)])
}

fn support_of(product: &str, cycles: &[(&str, &str, &str)]) -> (FeedKind, String) {
    let cycles = cycles.iter().map(|(cycle, ends, extended)| {
        format!("  - releaseCycle: \"{cycle}\"\n    releaseDate: 2019-07-06\n    eol: {ends}\n    eoes: {extended}\n")
    });
    let cycles: String = cycles.collect();
    let text =
        format!("---\ntitle: {product}\npermalink: /{product}\neoesColumn: true\nreleases:\n{cycles}---\n");
    (FeedKind::EndOfLife, text)
}

fn recall(number: &str, firm: &str, device: &str, status: &str) -> (FeedKind, String) {
    let text = format!(
        r#"{{"results":[{{"product_res_number":"{number}","recalling_firm":"{firm}","product_description":"{device}",
        "product_code":"FRN","event_date_initiated":"2026-05-01","recall_status":"{status}",
        "root_cause_description":"Software design"}}]}}"#
    );
    (FeedKind::Recalls, text)
}

fn server() -> Hospital {
    Hospital::default().host(HOST, DeviceClass::Server)
}

/// One line a finding (`code grade`), one a question (`? about`), one an answer that settles (`- CVE`).
fn told(hospital: &Hospital) -> Vec<String> {
    let triaged = hospital.triage();
    let findings = triaged.findings.iter().map(|one| {
        let code = one.weakness.to_string().replace("known-vulnerability:", "");
        format!("{code} {}", one.grade.code())
    });
    let open = triaged.unjudged.iter().map(|one| format!("? {}", one.about));
    let settled = triaged.settled.iter().map(|one| format!("- {}", one.cve));
    let mut lines: Vec<_> = findings.chain(open).chain(settled).collect();
    lines.sort();
    lines
}

#[track_caller]
fn check(hospital: Hospital, feeds: &[(FeedKind, String)], expected: &[&str]) {
    assert_eq!(told(&hospital.knowing(feeds)), expected);
}

#[test]
fn the_number_of_workers_changes_nothing() {
    let mut hospital = Hospital::default();
    for host in 1..40 {
        let address = format!("10.1.1.{host}");
        let banner = format!("SSH-2.0-OpenSSH_7.{}p{}", host % 5, host % 3);
        hospital = hospital.host(&address, DeviceClass::Server);
        hospital = hospital.service(&format!("{address}:22/tcp"), FactKind::SshBanner, &banner);
    }
    let with = |workers: usize| {
        hospital.with_input(wardround_intel::snapshot(), |input| {
            crate::triage(&crate::Input { workers: workers.try_into().unwrap(), ..*input })
        })
    };
    let alone = with(1);
    assert!(!alone.findings.is_empty());
    for workers in [2, 3, 16] {
        assert_eq!(with(workers), alone, "{workers} workers");
    }
}

#[test]
fn packages_are_judged_by_their_own_release() {
    let feeds = [
        tracker(&[("openssl", "CVE-2024-0001", "3.0.11-1~deb12u2")]),
        tracker(&[("curl", "CVE-2024-0002", "")]),
    ];
    let exact = ["CVE-2024-0001 exact-version"];
    for (system, purl, expected) in [
        ("Debian GNU/Linux 12", "pkg:deb/debian/openssl@3.0.11-1~deb12u1", &exact[..]),
        ("Debian GNU/Linux 12", "pkg:deb/debian/openssl@3.0.11-1~deb12u2", &[]),
        ("Debian GNU/Linux 12", "pkg:deb/debian/libssl3@3.0.11-1~deb12u1?upstream=openssl", &exact),
        ("Debian GNU/Linux 12", "pkg:deb/debian/curl@7.88.1-10", &["CVE-2024-0002 exact-version"]),
        ("Debian GNU/Linux 12", "pkg:deb/openssl@3.0.11-1~deb12u1", &exact),
        ("Ubuntu 22.04.3 LTS", "pkg:deb/debian/openssl@3.0.11-1~deb12u1", &["? release-not-known"]),
        ("Ubuntu 22.04.3 LTS", "pkg:deb/debian/openssl@3.0.11-1~deb12u1?distro=debian-12", &exact),
        ("Ubuntu 22.04.3 LTS", "pkg:deb/ubuntu/openssl@3.0.2-0ubuntu1.10", &["? no-list-of-its-packages"]),
        ("Linux", "pkg:deb/debian/openssl@3.0.11-1~deb12u1", &["? release-not-known"]),
        ("Linux", "pkg:rpm/redhat/openssl@3.0.7-24.el9?distro=rhel-9", &["? no-list-of-its-packages"]),
        ("Linux", "pkg:github/acme/thing@1.0", &["? not-in-any-list"]),
    ] {
        check(server().runs(system).has(FactKind::Package, purl), &feeds, expected);
    }
    let two = server()
        .runs("Debian GNU/Linux 12")
        .has(FactKind::Package, "pkg:deb/debian/openssl@3.0.13-1")
        .has(FactKind::Package, "pkg:deb/debian/bash@5.2.15-2+b2");
    check(two, &feeds, &[]);
}

#[test]
fn each_registry_has_its_own_order_of_versions() {
    let feeds = [
        osv("PYSEC-1", r#""CVE-2024-0001""#, "PyPI", "pydicom", "2.0.0"),
        osv("GHSA-1", r#""CVE-2024-0002""#, "npm", "@cornerstone/core", "1.10.0"),
        osv("GHSA-2", "", "PyPI", "flask", "3.0.0"),
    ];
    for (purl, expected) in [
        ("pkg:pypi/pydicom@2.0.0rc1", &["CVE-2024-0001 exact-version"][..]),
        ("pkg:pypi/Pydicom@2.0.0.post1", &[]),
        ("pkg:npm/%40cornerstone/core@1.9.0", &["CVE-2024-0002 exact-version"]),
        ("pkg:npm/%40cornerstone/core@1.10.0", &[]),
        ("pkg:npm/core@1.9.0", &["? no-list-of-its-packages"]),
        ("pkg:pypi/flask@2.0", &["? package:PyPI:flask 2.0:unnumbered"]),
        ("pkg:pypi/pydicom@main", &["? package:PyPI:pydicom main"]),
    ] {
        check(server().has(FactKind::Package, purl), &feeds, expected);
    }
}

#[test]
fn a_banner_is_held_against_what_debian_fixed() {
    let feeds = [
        tracker(&[("openssh", "CVE-2024-6387", "1:9.2p1-2+deb12u3")]),
        nvd(&[("CVE-2024-6387", before("a:openbsd:openssh", "9.8"))]),
    ];
    for (banner, expected) in [
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u2", &["CVE-2024-6387 exact-version"][..]),
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", &[]),
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7", &[]),
        ("SSH-2.0-OpenSSH_9.2p1", &["CVE-2024-6387 exact-version"]),
        ("SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13", &["? package:openbsd:openssh"]),
    ] {
        check(server().service("10.1.1.1:22/tcp", FactKind::SshBanner, banner), &feeds, expected);
    }
}

#[test]
fn components_of_a_model_are_of_every_device_of_it() {
    let feeds = [osv("GHSA-1", r#""CVE-2024-0001""#, "PyPI", "pydicom", "2.0.0")];
    let hospital = Hospital::default()
        .host("10.1.1.1", DeviceClass::ImagingModality)
        .made_by("Example", "Scan 5")
        .host("10.1.1.2", DeviceClass::ImagingModality)
        .made_by("Example", "Scan 5")
        .host("10.1.1.3", DeviceClass::ImagingModality)
        .made_by("Example", "Scan 6")
        .of_model("EXAMPLE", "Scan-5", FactKind::Package, "pkg:pypi/pydicom@1.4")
        .knowing(&feeds);
    assert_eq!(
        hospital.codes(),
        ["10.1.1.1 known-vulnerability:CVE-2024-0001", "10.1.1.2 known-vulnerability:CVE-2024-0001"]
    );
}

#[test]
fn what_runs_on_another_system_is_not_there() {
    let on = |platform| running_on("a:acme:viewer", "2.0", platform);
    let both = format!("{},{}", on("o:microsoft:windows:-"), on("o:linux:linux_kernel:-"));
    let feeds = [
        nvd(&[
            ("CVE-2020-0001", on("o:microsoft:windows:-")),
            ("CVE-2020-0002", on("o:linux:linux_kernel:-")),
            ("CVE-2020-0003", both),
            ("CVE-2020-0004", one_of(&cpe("a:acme:viewer:*:*:*:*:*:macos:*:*", "2.0", true))),
            ("CVE-2020-0005", on("h:acme:card:-")),
        ]),
        kev(&["CVE-2020-0001", "CVE-2020-0002", "CVE-2020-0005"]),
    ];
    let name = "cpe:2.3:a:acme:viewer:1.5:*:*:*:*:*:*:*";
    let viewer = |system: &str| server().runs(system).has(FactKind::CpeName, name);
    check(
        viewer("Microsoft Windows 10 Pro 22H2"),
        &feeds,
        &[
            "? windows-build",
            "CVE-2020-0001 exact-version",
            "CVE-2020-0003 exact-version",
            "CVE-2020-0005 needs-platform",
        ],
    );
    check(
        viewer("Ubuntu 22.04 LTS"),
        &feeds,
        &["CVE-2020-0002 exact-version", "CVE-2020-0003 exact-version", "CVE-2020-0005 needs-platform"],
    );
    check(
        server().has(FactKind::CpeName, name),
        &feeds,
        &[
            "? records:viewer 1.5",
            "CVE-2020-0001 needs-platform",
            "CVE-2020-0002 needs-platform",
            "CVE-2020-0005 needs-platform",
        ],
    );
}

#[test]
fn a_firmware_is_on_its_own_device() {
    let on = |platform| running_on("o:acme:pump_firmware", "2.0", platform);
    let feeds = [nvd(&[("CVE-2020-0001", on("h:acme:pump:-")), ("CVE-2020-0002", on("h:acme:station:-"))])];
    let named = |version: &str| {
        server().has(FactKind::CpeName, &format!("cpe:2.3:o:acme:pump_firmware:{version}:*:*:*:*:*:*:*"))
    };
    check(named("1.5"), &feeds, &["? records:pump firmware 1.5", "CVE-2020-0001 exact-version"]);
    check(named("2.0"), &feeds, &[]);
    check(server().has(FactKind::CpeName, "cpe:2.3:h:acme:pump:-:*:*:*:*:*:*:*"), &feeds, &[]);
}

#[test]
fn a_package_url_decides_before_the_cpe_name_of_the_same_component() {
    let feeds = [
        tracker(&[("openssl", "CVE-2024-0001", "3.0.11-1~deb12u2")]),
        nvd(&[("CVE-2024-0001", before("a:openssl:openssl", "3.0.12"))]),
    ];
    let named = server()
        .runs("Debian GNU/Linux 12")
        .has(FactKind::CpeName, "cpe:2.3:a:openssl:openssl:3.0.11:*:*:*:*:*:*:*");
    check(named.clone(), &feeds, &["CVE-2024-0001 exact-version"]);
    check(named.has(FactKind::Package, "pkg:deb/debian/openssl@3.0.11-1~deb12u2"), &feeds, &[]);
}

#[test]
fn installed_software_is_found_by_its_names() {
    let feeds = [nvd(&[("CVE-2020-0001", before("a:openssl:openssl", "3.0.12"))])];
    let with = |text: &str| server().has(FactKind::InstalledSoftware, text);
    check(with("OpenSSL  3.0.11"), &feeds, &["CVE-2020-0001 exact-version"]);
    check(with("OpenSSL  3.0.12"), &feeds, &[]);
    check(with("OpenSSL"), &feeds, &["? version:openssl:openssl"]);
    check(with("Klinik Tafel  1.0"), &feeds, &["? not-in-any-list"]);
}

#[test]
fn systems_without_support_are_told() {
    for (ends, extended, expected) in [
        ("2022-09-10", "2024-06-30", &["unsupported:debian-10 listed"][..]),
        ("2022-09-10", "2030-06-30", &["? support:debian-10"]),
        ("2030-01-01", "2031-06-30", &[]),
    ] {
        let feeds = [support("debian", "10", ends, extended)];
        check(server().runs("Debian GNU/Linux 10 (buster)"), &feeds, expected);
    }
    let feeds = [support("windows-server", "2012-R2", "2023-10-10", "2026-10-13")];
    let told = told(&server().runs("Windows Server 2012 R2 Standard").knowing(&feeds));
    assert_eq!(told, ["? windows-build", "unsupported:windows-server-2012-r2 listed"]);
}

#[test]
fn recalls_are_told_while_they_are_open() {
    let pump = || Hospital::default().host(HOST, DeviceClass::InfusionPump).made_by("Example", "Drip 300");
    let of = |device, status| [recall("Z-1-2026", "Example Medical Inc.", device, status)];
    check(pump(), &of("Drip 300 Infusion Pump", "Ongoing"), &["? recall:Z-1-2026"]);
    check(pump(), &of("Drip 300", "Ongoing"), &["recalled:z-1-2026 version-unknown"]);
    check(pump(), &of("Drip 300", "Terminated"), &[]);
    check(pump(), &of("Scan 5", "Ongoing"), &[]);
}

fn vex(cve: &str, status: VexStatus) -> Says {
    let justification = (status == VexStatus::NotAffected).then_some(Justification::ComponentNotPresent);
    Says::Vex { cve: cve.parse().unwrap(), status, justification }
}

const CVE: &str = "CVE-2024-0001";

/// A server with one finding, [`CVE`].
fn weak() -> Hospital {
    let feeds = [nvd(&[(CVE, before("a:openssl:openssl", "3.0.12"))])];
    server().has(FactKind::InstalledSoftware, "OpenSSL  3.0.11").knowing(&feeds)
}

#[test]
fn answers_settle_what_they_are_about() {
    let found = ["CVE-2024-0001 exact-version"];
    for (status, expected) in [
        (VexStatus::NotAffected, &["- CVE-2024-0001"][..]),
        (VexStatus::Fixed, &["- CVE-2024-0001"]),
        (VexStatus::Affected, &found),
        (VexStatus::UnderInvestigation, &found),
    ] {
        assert_eq!(told(&weak().said(HOST, vex(CVE, status), None)), expected, "{status:?}");
    }
    let other = weak().said("10.1.1.2", vex(CVE, VexStatus::NotAffected), None);
    assert_eq!(told(&other), found);
    let taken_back = weak().said(HOST, vex(CVE, VexStatus::NotAffected), None).said(
        HOST,
        vex(CVE, VexStatus::Affected),
        None,
    );
    assert_eq!(told(&taken_back), found);
    let settled = weak().said(HOST, vex(CVE, VexStatus::NotAffected), None).triage().settled;
    assert_eq!(settled[0].reason.grounds, [Ground::Statement(StatementId(1))]);
    insta::assert_snapshot!(settled[0].reason.text, @"The biomedical engineer said on 2026-10-01 that it is not affected, since the weak part is not in it: “The module is not built in”");
}

#[test]
fn an_answer_that_holds_no_longer_is_asked_again() {
    let said = |until| weak().said(HOST, vex(CVE, VexStatus::NotAffected), Some(until));
    assert_eq!(told(&said("2026-12-31T00:00:00Z")), ["- CVE-2024-0001"]);
    assert_eq!(
        told(&said("2026-11-01T00:00:00Z")),
        ["? answer:CVE-2024-0001", "CVE-2024-0001 exact-version"]
    );
    let nothing = server().said(HOST, vex(CVE, VexStatus::NotAffected), Some("2026-11-01T00:00:00Z"));
    assert!(told(&nothing).is_empty());
}

#[test]
fn affected_by_somebodys_word_alone_is_a_finding_of_a_list() {
    let said = server().said(HOST, vex(CVE, VexStatus::Affected), None);
    assert_eq!(told(&said), ["CVE-2024-0001 listed"]);
}

#[test]
fn a_maker_settles_only_with_a_reason() {
    for (value, expected) in [
        ("CVE-2024-0001,not_affected,component_not_present", &["- CVE-2024-0001"][..]),
        ("CVE-2024-0001,not_affected", &["CVE-2024-0001 exact-version"]),
        ("CVE-2024-0001,fixed", &["CVE-2024-0001 exact-version"]),
        ("CVE-2024-0001,under_investigation", &["CVE-2024-0001 exact-version"]),
        ("CVE-2024-0002,affected", &["CVE-2024-0001 exact-version", "CVE-2024-0002 version-unknown"]),
    ] {
        assert_eq!(told(&weak().fact(HOST, FactKind::MakerVex, value)), expected, "{value}");
    }
    let overruled = weak()
        .fact(HOST, FactKind::MakerVex, "CVE-2024-0001,not_affected,component_not_present")
        .said(HOST, vex(CVE, VexStatus::Affected), None);
    assert_eq!(told(&overruled), ["CVE-2024-0001 exact-version"]);
}

#[test]
fn an_answer_about_all_that_a_question_would_settle_closes_it() {
    let feeds = [crate::devices::tests::advisory(
        "ICSMA-24-001-01",
        "Example",
        &[("Drip 300 with Station", "<=2.6.2")],
        "known_affected",
        CVE,
    )];
    let pump = Hospital::default()
        .host(HOST, DeviceClass::InfusionPump)
        .made_by("Example", "Drip 300")
        .knowing(&feeds);
    assert_eq!(told(&pump), ["? advisory:ICSMA-24-001-01:Drip 300 with Station"]);
    let open = &pump.triage().unjudged[0];
    assert_eq!((open.grade, open.who), (Some(Grade::ModelFamily), Role::Biomedical));
    assert_eq!(open.cves, [CVE.parse().unwrap()]);
    insta::assert_snapshot!(open.question, @"Is this Drip 300 the Drip 300 with Station that the advisory ICSMA-24-001-01 names?");
    assert_eq!(told(&pump.said(HOST, vex(CVE, VexStatus::NotAffected), None)), ["- CVE-2024-0001"]);
}

#[test]
fn what_other_scanners_reported_is_told_as_theirs() {
    let reported =
        |hospital: Hospital, value| hospital.service("10.1.1.1:443/tcp", FactKind::ScannerReport, value);
    assert_eq!(told(&reported(server(), "CVE-2024-0009")), ["CVE-2024-0009 reported"]);
    let both = reported(weak(), CVE);
    assert_eq!(told(&both), ["CVE-2024-0001 exact-version"]);
    let reasons = both.triage().findings[0].reasons.clone();
    assert!(reasons.iter().any(|one| one.text.starts_with("Another scanner reported it")), "{reasons:?}");
    let numbered = reported(server(), "nessus:57608").fact(
        HOST,
        FactKind::ScannerTitle,
        "57608  SMB signing not required",
    );
    assert_eq!(told(&numbered), ["reported-by-scanner:nessus:57608 reported"]);
    let title = &numbered.triage().findings[0].title;
    insta::assert_snapshot!(title, @"Another scanner reported “SMB signing not required”");
}

/// Every question of these tests is one sentence and asks something.
#[test]
fn questions_are_single_sentences() {
    let feeds = [
        tracker(&[("openssl", "CVE-2024-0001", "3.0.11-1~deb12u2")]),
        osv("GHSA-2", "", "PyPI", "flask", "3.0.0"),
        nvd(&[("CVE-2020-0001", running_on("a:acme:viewer", "2.0", "h:acme:card:-"))]),
        support("debian", "10", "2022-09-10", "2030-06-30"),
        recall("Z-1-2026", "Example", "Drip 300 Infusion Pump", "Ongoing"),
    ];
    let hospital = Hospital::default()
        .host(HOST, DeviceClass::InfusionPump)
        .made_by("Example", "Drip 300")
        .runs("Debian GNU/Linux 10")
        .has(FactKind::Package, "pkg:deb/debian/openssl@3.0.11-1~deb12u1")
        .has(FactKind::Package, "pkg:pypi/flask@2.0")
        .has(FactKind::Package, "pkg:rpm/openssl@3")
        .has(FactKind::CpeName, "cpe:2.3:a:acme:viewer:1.5:*:*:*:*:*:*:*")
        .has(FactKind::InstalledSoftware, "OpenSSL")
        .has(FactKind::InstalledSoftware, "Klinik Tafel  1.0")
        .has(FactKind::KernelVersion, "4.19.0-21-amd64")
        .service("10.1.1.1:80/tcp", FactKind::HttpServer, "nginx")
        .knowing(&feeds);
    let open = hospital.triage().unjudged;
    assert!(open.len() >= 9, "{open:?}");
    let mut told = String::new();
    for one in &open {
        assert!(
            one.question.ends_with('?') && one.question.matches(['?', '!']).count() == 1,
            "{}",
            one.question
        );
        told += &format!("{} [{}]\n  {}\n  {}\n", one.about, one.who.label(), one.reason.text, one.question);
    }
    let read: String = open.iter().map(|one| format!("{}. {}\n", one.reason.text, one.question)).collect();
    let grade = crate::phrases::tests::grade(&read);
    assert!(grade <= 8.0, "grade {grade:.1}");
    insta::assert_snapshot!(told);
}
