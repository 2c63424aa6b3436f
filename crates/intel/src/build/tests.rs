use proptest::prelude::*;
use wardround_model::CveId;

use super::*;
use crate::affected::{Judgement, SeenVersion};
use crate::cpe::Part;
use crate::index::{Index, Verdict};

fn nvd_record(id: &str, modified: &str, configurations: &str) -> String {
    format!(
        r#"{{"cve":{{"id":"{id}","published":"2017-02-13T17:59Z","lastModified":"{modified}","descriptions":[],
        "metrics":{{"cvssMetricV31":[{{"type":"Primary","cvssData":{{"baseScore":5.9,
        "vectorString":"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N"}}}}]}},
        "weaknesses":[{{"description":[{{"value":"CWE-200"}}]}}],"configurations":[{configurations}]}}}}"#
    )
}

fn one_of(matches: &str) -> String {
    format!(r#"{{"nodes":[{{"operator":"OR","negate":false,"cpeMatch":[{matches}]}}]}}"#)
}

fn product(name: &str, rest: &str) -> String {
    format!(r#"{{"vulnerable":true,"criteria":"cpe:2.3:{name}"{rest}}}"#)
}

fn nvd_file(records: &[String]) -> String {
    format!(r#"{{"format":"NVD_CVE","vulnerabilities":[{}]}}"#, records.join(","))
}

const KEV: &str = r#"{"catalogVersion":"1","dateReleased":"2026-08-01","vulnerabilities":[
    {"cveID":"CVE-2016-6210","dateAdded":"2022-01-02","knownRansomwareCampaignUse":"Known","cwes":["CWE-203"]}]}"#;
const EPSS: &str = "#model_version:v2025.03.14,score_date:2026-08-16T12:00:00Z\ncve,epss,percentile\nCVE-2016-6210,0.9,0.9\nCVE-2020-9999,0.1,0.1\n";
const OUI: &str = "Registry,Assignment,Organization Name,Organization Address\nMA-L,0080F0,Example Medical,x\n\
                   MA-L,70B3D5,IEEE Registration Authority,x\nMA-S,70B3D5ABC,Tiny Pumps,x\nMA-M,0055DA1,Middle,x\n";
const SSVC: &str = r#"{"id":"CVE-2016-6210","ssvc":{"Exploitation":"poc","Automatable":"yes","Technical Impact":"partial"}}
{"id":"CVE-2024-0007","ssvc":{"Exploitation":"none"},"adp_affected":[{"cpes":["cpe:2.3:a:acme:thing:*:*:*:*:*:*:*:*"],"versions":[{"version":"0","status":"affected","lessThan":"2.1"}]}]}"#;
const CSAF: &str = r#"{"document":{"publisher":{"name":"CISA"},"tracking":{"id":"ICSMA-26-001-01","status":"final",
    "current_release_date":"2026-02-03T06:00:00Z"}},"product_tree":{"branches":[{"category":"vendor",
    "name":"Becton, Dickinson and Company (BD)","branches":[{"category":"product_name","name":"BD Alaris Systems Manager",
    "branches":[{"category":"product_version_range","name":"<12.3.","product":{"name":"x","product_id":"P1"}},
    {"category":"product_version","name":"the new one","product":{"name":"x","product_id":"P2"}}]}]}]},
    "vulnerabilities":[{"cve":"CVE-2023-30563","product_status":{"known_affected":["P1","P2"]},
    "remediations":[{"category":"vendor_fix","product_ids":["P1"]}]}]}"#;

fn nvd() -> String {
    let openssh = product("a:openbsd:openssh:*:p2:*:*:*:*:*:*", r#","versionEndIncluding":"7.2""#);
    let listed = ["7.1:*", "7.1:p1", "7.2:*"]
        .map(|version| product(&format!("a:openbsd:openssh:{version}:*:*:*:*:*:*"), ""));
    let all_and_some =
        ["*", "2.0"].map(|version| product(&format!("a:acme:server:{version}:*:*:*:*:*:*:*"), "")).join(",");
    let app = one_of(&product(
        "a:acme:viewer:*:*:*:*:*:windows:*:*",
        r#","versionStartIncluding":"2.0","versionEndExcluding":"2.4""#,
    ));
    let firmware = r#"{"operator":"AND","nodes":[{"operator":"OR","cpeMatch":[
        {"vulnerable":true,"criteria":"cpe:2.3:o:acme:pump_firmware:1.0:*:*:*:*:*:*:*"}]},{"operator":"OR","cpeMatch":[
        {"vulnerable":false,"criteria":"cpe:2.3:h:acme:pump:-:*:*:*:*:*:*:*"}]}]}"#;
    nvd_file(&[
        nvd_record("CVE-2016-6210", "2018-01-01", &one_of(&openssh)),
        nvd_record("CVE-2016-0777", "2018-01-01", &one_of(&listed.join(","))),
        nvd_record("CVE-2020-0001", "2021-01-01", &app),
        nvd_record("CVE-2020-0002", "2021-01-01", firmware),
        nvd_record("CVE-2014-1692", "2014-01-01", &one_of(&all_and_some)),
    ])
}

fn files() -> Vec<(FeedKind, &'static str, String)> {
    vec![
        (FeedKind::Nvd, "nvd.json", nvd()),
        (FeedKind::Kev, "kev.json", KEV.into()),
        (FeedKind::Epss, "epss.csv", EPSS.into()),
        (FeedKind::Oui, "oui.csv", OUI.into()),
        (FeedKind::SsvcLines, "ssvc.jsonl", SSVC.into()),
        (FeedKind::Csaf, "icsma.json", CSAF.into()),
        (FeedKind::Nvd, "older.json", nvd_file(&[nvd_record("CVE-2016-6210", "2017-01-01", "")])),
    ]
}

fn built(profile: Profile, files: &[(FeedKind, &str, String)]) -> Vec<u8> {
    let mut builder = IndexBuilder::new(profile);
    for (kind, name, text) in files {
        builder.read(*kind, name, text.as_bytes()).unwrap();
    }
    builder.finish()
}

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
    let choices = rows[0].platform.unwrap().choices();
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
        [of("Same <12.3.", Verdict::Affected), of("Same the new one", Verdict::Unknown),]
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

/// Asks everything; any answer will do, a panic will not.
fn ask_all(index: &Index<'_>) {
    let seen = SeenVersion::new(Some("7.2p2"), None);
    for (vendor, product) in
        [("openbsd", "openssh"), ("acme", "viewer"), ("acme", "pump_firmware"), ("acme", "pump")]
    {
        for row in index.product_rows(None, vendor, product) {
            let _ = row.platform.map(|platform| platform.choices());
        }
        let _ = index.vulnerabilities_of(None, vendor, product, &seen);
    }
    let _ = (index.cves().count(), index.advisories().count(), index.sources(), index.stats());
    let _ = (index.oui([0x70, 0xb3, 0xd5, 0xab, 0xc7, 3]), index.cve(cve("CVE-2016-6210")));
    let _ = index.advisories_for("BD", "Alaris Systems Manager", &seen);
}

proptest! {
    #[test]
    fn damaged_bytes_are_refused_or_answered(at: prop::sample::Index, flip in 1u8.., cut: prop::sample::Index) {
        let good = built(Profile::Full, &files());
        let mut bytes = good.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        if let Ok(index) = Index::open(&bytes) {
            ask_all(&index);
        }
        prop_assert!(Index::open_checked(&bytes).is_err());
        prop_assert!(Index::open_checked(&good[..cut.index(good.len())]).is_err());
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        prop_assert!(Index::open(&bytes).is_err());
    }
}
