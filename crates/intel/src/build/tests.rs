mod versions;

use proptest::prelude::*;
use wardround_model::CveId;

use super::samples::{built, files};
use super::*;
use crate::affected::{Judgement, SeenVersion};
use crate::cpe::Part;
use crate::index::{Index, Verdict};

fn cve(text: &str) -> CveId {
    text.parse().unwrap()
}

#[test]
fn facts_come_from_every_source() {
    let bytes = built(Profile::Full, &files());
    let index = Index::open_checked(&bytes).unwrap();
    let sources: Vec<_> =
        index.sources().iter().map(|s| (s.kind, s.files, s.records, s.skipped, s.as_of)).collect();
    insta::assert_debug_snapshot!((index.cve(cve("CVE-2016-6210")), sources, index.stats()));
    assert_eq!(index.cve(cve("CVE-2016-6210")).unwrap().cwes().collect::<Vec<_>>(), [200, 203]);
    assert_eq!(index.cve(cve("CVE-2020-9999")).unwrap().epss.unwrap().ten_thousandths(), 1000);
    assert_eq!(index.cve(cve("CVE-2020-9998")), None);
}

#[test]
fn a_snapshot_leaves_out_what_nothing_names_and_says_so() {
    let bytes = built(Profile::Snapshot, &files());
    let index = Index::open_checked(&bytes).unwrap();
    assert_eq!(index.cve(cve("CVE-2020-9999")), None);
    assert_eq!(index.stats().left_out.cves, 1);
    assert!(index.cve(cve("CVE-2023-30563")).is_some(), "named by an advisory alone");
}

#[test]
fn versions_are_judged_with_their_reason() {
    let bytes = built(Profile::Full, &files());
    let index = Index::open_checked(&bytes).unwrap();
    let judged = |vendor: &str, product: &str, version: Option<&str>| -> Vec<(String, Judgement, bool)> {
        let seen = SeenVersion::new(version, None);
        let matches = index.vulnerabilities_of(None, vendor, product, &seen);
        matches
            .iter()
            .map(|found| (found.cve().to_string(), found.judgement, found.needs_platform()))
            .collect()
    };
    let of = |cve: &str, judgement, platform| (cve.to_owned(), judgement, platform);
    let openssh = |version| judged("openbsd", "openssh", version);
    assert_eq!(
        openssh(Some("7.2p2")),
        [of("CVE-2016-0777", Judgement::AnyUpdate, false), of("CVE-2016-6210", Judgement::InRange, false),]
    );
    // 7.1 and 7.1 p1 are listed: is 7.1 p2 meant by "7.1"?
    assert_eq!(openssh(Some("7.1p2"))[0], of("CVE-2016-0777", Judgement::Unknown, false));
    assert_eq!(openssh(Some("7.3p1")), []);
    assert_eq!(openssh(None).len(), 2);
    assert_eq!(judged("acme", "viewer", Some("2.3")), [of("CVE-2020-0001", Judgement::InRange, true)]);
    assert_eq!(judged("acme", "viewer", Some("2.4")), []);
    assert_eq!(judged("acme", "pump_firmware", Some("1.0")), [of("CVE-2020-0002", Judgement::Exact, true)]);
    assert_eq!(judged("acme", "pump", None), [], "the hardware is not what is vulnerable");
    assert_eq!(judged("acme", "thing", Some("2.0")), [of("CVE-2024-0007", Judgement::InRange, false)]);
    // "All" beside 2.0: 2.0 surely, any other perhaps.
    assert_eq!(judged("acme", "server", Some("2.0")), [of("CVE-2014-1692", Judgement::Exact, false)]);
    assert_eq!(judged("acme", "server", Some("9.0")), [of("CVE-2014-1692", Judgement::Unknown, false)]);
    assert_eq!(judged("nobody", "openssh", Some("7.2p2")), []);
}

#[test]
fn platforms_and_fixes_are_told() {
    let bytes = built(Profile::Full, &files());
    let index = Index::open_checked(&bytes).unwrap();
    let rows = index.product_rows(Some(Part::OperatingSystem), "acme", "pump_firmware");
    let choices = index.choices(rows[0].platform.unwrap());
    assert_eq!((choices[0][0].part, choices[0][0].product), (Part::Hardware, "pump"));
    let seen = SeenVersion::new(Some("2.1"), None);
    let viewer = index.vulnerabilities_of(None, "acme", "viewer", &seen);
    assert_eq!(
        (viewer[0].fixed_in(), viewer[0].statement.qualifiers.target_sw),
        (Some("2.4"), Some("windows"))
    );
}

#[test]
fn advisories_are_found_by_names_and_judged_by_version() {
    let bytes = built(Profile::Full, &files());
    let index = Index::open_checked(&bytes).unwrap();
    let verdicts = |maker: &str, product: &str, version: &str| -> Vec<(String, Verdict)> {
        let seen = SeenVersion::new(Some(version), None);
        let matches = index.advisories_for(maker, product, &seen);
        matches
            .iter()
            .map(|found| (format!("{:?} {}", found.names, found.versions), found.verdict()))
            .collect()
    };
    let of = |text: &str, verdict| (text.to_owned(), verdict);
    assert_eq!(
        verdicts("BD", "Alaris Systems Manager", "12.1"),
        [of("Same <12.3.", Verdict::Affected), of("Family V6.x", Verdict::NotAffected)]
    );
    assert_eq!(verdicts("Becton Dickinson", "BD Alaris Systems Manager", "12.3")[0].1, Verdict::NotAffected);
    assert_eq!(verdicts("BD", "Alaris", "12.1")[0], of("Family <12.3.", Verdict::Affected));
    assert_eq!(verdicts("BD", "system", "12.1"), []);
    assert_eq!(verdicts("Philips", "Alaris Systems Manager", "12.1"), []);
}

#[test]
fn addresses_name_makers_by_the_longest_block() {
    let bytes = built(Profile::Full, &files());
    let index = Index::open_checked(&bytes).unwrap();
    assert_eq!(index.oui([0x00, 0x80, 0xf0, 1, 2, 3]), Some("Example Medical"));
    assert_eq!(index.oui([0x70, 0xb3, 0xd5, 0xab, 0xc7, 3]), Some("Tiny Pumps"));
    assert_eq!(index.oui([0x70, 0xb3, 0xd5, 0xab, 0xd7, 3]), None);
    assert_eq!(index.oui([0x00, 0x55, 0xda, 0x1f, 0xff, 0xff]), Some("Middle"));
    assert_eq!(index.oui([0x02, 0x80, 0xf0, 1, 2, 3]), None, "an address that the device chose itself");
}

#[test]
fn a_public_exploit_is_known_by_the_tag_of_a_reference() {
    let cve_record = |references: &str| {
        let text = format!(
            r#"{{"cveMetadata":{{"cveId":"CVE-2024-0009","state":"PUBLISHED"}},"containers":{{
            "cna":{{"references":[{references}]}},"adp":[{{"title":"CISA ADP Vulnrichment"}}]}}}}"#
        );
        (FeedKind::CveRecord, "CVE-2024-0009.json", text)
    };
    let nvd = |references: &str| {
        let text = format!(
            r#"{{"vulnerabilities":[{{"cve":{{"id":"CVE-2024-0009","references":[{references}]}}}}]}}"#
        );
        (FeedKind::Nvd, "nvd.json", text)
    };
    let tagged = r#"{"url":"https://example.org"},{"url":"https://example.org","tags":["Patch","Exploit"]}"#;
    let others = r#"{"url":"https://exploit.example","tags":["Patch","x_exploited"]},{"tags":null},{}"#;
    for (files, expected) in [
        (vec![nvd(tagged)], true),
        (vec![nvd(others)], false),
        (vec![nvd("")], false),
        (vec![cve_record(&tagged.replace("Exploit", "exploit"))], true),
        (vec![cve_record(others)], false),
        (vec![nvd(tagged), cve_record(others)], true),
        (vec![nvd(others), cve_record(tagged)], true),
    ] {
        let bytes = built(Profile::Full, &files);
        let index = Index::open_checked(&bytes).unwrap();
        let facts = index.cve(cve("CVE-2024-0009")).unwrap();
        let others = (facts.ransomware, facts.exploitation, facts.technical_impact);
        assert_eq!((facts.public_exploit, others), (expected, (false, None, None)), "{files:?}");
    }
}

#[test]
fn a_withdrawn_record_is_gone() {
    let mut files = files();
    let gone = r#"{"vulnerabilities":[{"cve":{"id":"CVE-2016-6210","lastModified":"2019-01-01","vulnStatus":"Rejected"}}]}"#;
    files.push((FeedKind::Nvd, "newer.json", gone.into()));
    let bytes = built(Profile::Full, &files);
    let index = Index::open_checked(&bytes).unwrap();
    assert_eq!(index.cve(cve("CVE-2016-6210")), None);
    assert_eq!(index.stats().left_out.withdrawn, 1);
    let seen = SeenVersion::new(Some("7.2p2"), None);
    assert_eq!(index.vulnerabilities_of(None, "openbsd", "openssh", &seen).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// In whatever order files are read, and however often.
    #[test]
    fn the_same_feeds_give_the_same_bytes(
        order in Just((0..files().len()).collect::<Vec<_>>()).prop_shuffle(),
        again in prop::collection::vec(0..files().len(), 0..4),
    ) {
        let files = files();
        let shuffled: Vec<_> = order.into_iter().chain(again).map(|at| files[at].clone()).collect();
        prop_assert_eq!(built(Profile::Full, &shuffled), built(Profile::Full, &files));
    }
}
