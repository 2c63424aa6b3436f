//! Windows by its build, its release and its edition.

use wardround_model::*;

use super::{before, check, kev, nvd, server, support, support_of, told};
use crate::hospital::Hospital;

#[test]
fn windows_is_judged_by_its_build() {
    let feeds = [
        nvd(&[
            ("CVE-2024-0001", before("o:microsoft:windows_10_22h2", "10.0.19045.4651")),
            ("CVE-2024-0002", before("o:microsoft:windows_10_22h2", "10.0.19045.4780")),
        ]),
        kev(&["CVE-2024-0002"]),
    ];
    let windows =
        |version: &str| server().runs("Windows 10 22H2").has(FactKind::OperatingSystemVersion, version);
    check(
        windows("10.0.19045.4000"),
        &feeds,
        &["CVE-2024-0002 exact-version", "updates-missing:windows exact-version"],
    );
    check(windows("10.0.19045.4780"), &feeds, &[]);
    check(windows("10.0.19045"), &feeds, &["? windows-build"]);
    let triaged = windows("10.0.19045.4000").knowing(&feeds).triage();
    let missing = triaged.findings.iter().find(|one| one.title == "Windows updates are missing").unwrap();
    assert!(missing.reasons[1].text.contains("2 published weaknesses"), "{:?}", missing.reasons);
    assert!(missing.reasons[1].text.ends_with("10.0.19045.4780"), "{:?}", missing.reasons);
}

#[test]
fn an_unknown_build_is_asked_for_with_the_weaknesses_that_attackers_use() {
    let feeds = [
        nvd(&[
            ("CVE-2024-0001", before("o:microsoft:windows_10_22h2", "10.0.19045.4651")),
            ("CVE-2024-0002", before("o:microsoft:windows_10_22h2", "10.0.19045.4780")),
            ("CVE-2024-0003", before("o:microsoft:windows_11_24h2", "10.0.26100.1742")),
        ]),
        kev(&["CVE-2024-0002", "CVE-2024-0003"]),
    ];
    let asked = |hospital: Hospital| {
        let mut triaged = hospital.knowing(&feeds).triage();
        assert!(triaged.findings.is_empty());
        triaged.unjudged.remove(0)
    };
    for name in ["Windows 10 Pro 22H2", "Windows 10 Pro"] {
        let open = asked(server().runs(name).has(FactKind::OperatingSystemVersion, "10.0.19045"));
        assert_eq!(open.question, "Which full build does it run, as the command winver shows it?");
        assert_eq!(open.grade, Some(Grade::VersionUnknown));
        assert_eq!(open.cves, ["CVE-2024-0002".parse().unwrap()], "{name}");
    }
    let open = asked(server().runs("Windows 10 Pro 22H2"));
    assert_eq!(open.cves.len(), 1);
    insta::assert_snapshot!(open.reason.text, @"It runs Windows 10 Pro 22H2, but its full build number is not known, so the known weaknesses of Windows could not be checked. A list of installed updates would settle it. Attackers are known to use 1 published weakness that later builds mend");
    let open = asked(server().runs("Windows 10 Pro"));
    assert!(open.cves.is_empty(), "which release of Windows 10 is not known");
    assert_eq!(open.grade, None);
}

#[test]
fn support_ends_by_the_edition_that_the_name_tells() {
    let cycles = [
        ("11-24h2-w", "2026-10-13", "2026-10-13"),
        ("11-24h2-e", "2027-10-12", "2027-10-12"),
        ("11-24h2-e-lts", "2029-10-09", "2029-10-09"),
        ("11-24h2-iot-lts", "2034-10-10", "2034-10-10"),
    ];
    let feeds = [support_of("windows", &cycles)];
    let gone = &["? windows-build", "unsupported:windows-11-24h2-w listed"][..];
    let mended = &["? windows-build"][..];
    let asked = &["? edition:windows-11-24h2-w", "? windows-build"][..];
    for (name, expected) in [
        ("Windows 11 Pro", gone),
        ("Microsoft Windows 11 Home", gone),
        ("Windows 11 Professional", gone),
        ("Windows 11 Pro for Workstations", gone),
        ("Windows 11 Pro Education", gone),
        ("Windows 11 Enterprise", mended),
        ("Windows 11 Education", mended),
        ("Windows 11 Enterprise LTSC", mended),
        ("Windows 11 IoT Enterprise LTSC", mended),
        // With or without long support: the name does not tell.
        ("Windows 11 IoT Enterprise", mended),
        ("Windows 11", asked),
        ("Windows 11 24H2", asked),
    ] {
        let host = server().runs(name).has(FactKind::OperatingSystemVersion, "10.0.26100");
        assert_eq!(told(&host.knowing(&feeds)), expected, "{name}");
    }
    // One date for all editions.
    let feeds = [support("windows", "10-22h2", "2025-10-14", "2025-10-14")];
    let all = &["? windows-build", "unsupported:windows-10-22h2 listed"];
    check(server().runs("Windows 10 Enterprise 22H2"), &feeds, all);
    // The edition has no dates of its own here, so those of the others do not count for it.
    let feeds = [support("windows", "10-1909-w", "2021-05-11", "2021-05-11")];
    check(server().runs("Windows 10 Enterprise 1909"), &feeds, &["? windows-build"]);
}
