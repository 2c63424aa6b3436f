//! Feeds of our own making, small enough to read, for the tests of builder and index.

use super::{IndexBuilder, Profile};
use crate::feed::FeedKind;

pub(crate) fn nvd_record(id: &str, modified: &str, configurations: &str) -> String {
    format!(
        r#"{{"cve":{{"id":"{id}","published":"2017-02-13T17:59Z","lastModified":"{modified}","descriptions":[],
        "metrics":{{"cvssMetricV31":[{{"type":"Primary","cvssData":{{"baseScore":5.9,
        "vectorString":"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N"}}}}]}},
        "weaknesses":[{{"description":[{{"value":"CWE-200"}}]}}],"references":[{{"url":"https://example.org"}}],"configurations":[{configurations}]}}}}"#
    )
}

pub(crate) fn one_of(matches: &str) -> String {
    format!(r#"{{"nodes":[{{"operator":"OR","negate":false,"cpeMatch":[{matches}]}}]}}"#)
}

pub(crate) fn product(name: &str, rest: &str) -> String {
    format!(r#"{{"vulnerable":true,"criteria":"cpe:2.3:{name}"{rest}}}"#)
}

pub(crate) fn nvd_file(records: &[String]) -> String {
    format!(r#"{{"format":"NVD_CVE","vulnerabilities":[{}]}}"#, records.join(","))
}

pub(crate) const KEV: &str = r#"{"catalogVersion":"1","dateReleased":"2026-08-01","vulnerabilities":[
    {"cveID":"CVE-2016-6210","dateAdded":"2022-01-02","knownRansomwareCampaignUse":"Known","cwes":["CWE-203"]}]}"#;
pub(crate) const EPSS: &str = "#model_version:v2025.03.14,score_date:2026-08-16T12:00:00Z\ncve,epss,percentile\nCVE-2016-6210,0.9,0.9\nCVE-2020-9999,0.1,0.1\n";
pub(crate) const OUI: &str = "Registry,Assignment,Organization Name,Organization Address\nMA-L,0080F0,Example Medical,x\n\
                   MA-L,70B3D5,IEEE Registration Authority,x\nMA-S,70B3D5ABC,Tiny Pumps,x\nMA-M,0055DA1,Middle,x\n";
pub(crate) const SSVC: &str = r#"{"id":"CVE-2016-6210","ssvc":{"Exploitation":"poc","Automatable":"yes","Technical Impact":"partial"}}
{"id":"CVE-2024-0007","ssvc":{"Exploitation":"none"},"adp_affected":[{"cpes":["cpe:2.3:a:acme:thing:*:*:*:*:*:*:*:*"],"versions":[{"version":"0","status":"affected","lessThan":"2.1"}]}]}"#;
pub(crate) const CSAF: &str = r#"{"document":{"publisher":{"name":"CISA"},"tracking":{"id":"ICSMA-26-001-01","status":"final",
    "current_release_date":"2026-02-03T06:00:00Z"}},"product_tree":{"branches":[{"category":"vendor",
    "name":"Becton, Dickinson and Company (BD)","branches":[{"category":"product_name","name":"BD Alaris Systems Manager",
    "branches":[{"category":"product_version_range","name":"<12.3.","product":{"name":"x","product_id":"P1"}},
    {"category":"product_version","name":"V6.x model A2","product":{"name":"x","product_id":"P2"}}]}]}]},
    "vulnerabilities":[{"cve":"CVE-2023-30563","product_status":{"known_affected":["P1","P2"]},
    "remediations":[{"category":"vendor_fix","product_ids":["P1"]}]}]}"#;

pub(crate) fn nvd() -> String {
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

/// An advisory of a distribution, in OSV's form.
pub(crate) const OSV: &str = r#"{"schema_version":"1.6.0","id":"ELA-26-1","modified":"2026-02-01T10:00:00Z",
    "related":["CVE-2016-10009"],"affected":[{"package":{"ecosystem":"Debian:8","name":"openssh"},
    "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:6.7p1-5+deb8u9"}]}]}]}"#;
/// One of PyPA's, in YAML.
pub(crate) const PYPA: &str = r#"id: PYSEC-2026-1
modified: "2026-03-01T00:00:00Z"
aliases:
- CVE-2020-0003
- GHSA-aaaa-bbbb-cccc
affected:
- package:
    name: flask
    ecosystem: PyPI
  ranges:
  - type: ECOSYSTEM
    events:
    - introduced: "1.0"
    - fixed: 2.3.2
  versions: ["1.0", "0.9.1"]
"#;
/// One of RustSec's.
pub(crate) const RUSTSEC: &str = r#"```toml
[advisory]
id = "RUSTSEC-2026-0001"
package = "tokenizer"
date = "2026-01-05"
aliases = ["CVE-2020-0004"]

[versions]
patched = [">= 1.4.2"]
unaffected = ["< 1.1.0"]
```

# What happens
"#;
/// Debian's tracker.
pub(crate) const TRACKER: &str = r#"{"openssh":{"CVE-2016-6210":{"scope":"local","releases":{
    "bookworm":{"status":"resolved","fixed_version":"1:7.2p2-6","urgency":"low","repositories":{"bookworm":"1:9.2p1-2"}},
    "sid":{"status":"open","urgency":"unimportant"}}},"TEMP-0000001-ABCDEF":{"releases":{"bookworm":{"status":"undetermined",
    "urgency":"not yet assigned"}}}},"nginx":{"CVE-2020-0005":{"releases":{"bookworm":{"status":"open","urgency":"low",
    "nodsa":"minor issue","nodsa_reason":"postponed"}}}}}"#;
/// A changelog of a Debian package.
pub(crate) const CHANGELOG: &str = "openssh (1:9.2p1-2+deb12u3) bookworm-security; urgency=high\n\n  * Fix a race (CVE-2024-6387).\n\n \
    -- Some One <someone@example.org>  Sat, 22 Jun 2024 21:38:08 +0200\n\nopenssh (1:9.2p1-2) unstable; urgency=medium\n\n  \
    * Fix CVE-2023-25136.\n\n -- Some One <someone@example.org>  Wed, 08 Feb 2023 10:00:00 +0000\n";
/// An answer of endoflife.date.
pub(crate) const DATES: &str = r#"{"schema_version":"1.2.0","generated_at":"2026-07-01T00:00:00+00:00","result":{"name":"openssl",
    "label":"OpenSSL","aliases":["libssl"],"identifiers":[{"type":"cpe","id":"cpe:2.3:a:openssl:openssl"}],"releases":[
    {"name":"3.0","codename":null,"label":"3.0 (LTS)","releaseDate":"2021-09-07","isEoas":true,"eoasFrom":"2025-09-07",
    "isEol":false,"eolFrom":"2026-09-07","latest":{"name":"3.0.17","date":"2025-07-01"}},
    {"name":"1.1","label":"1.1","releaseDate":"2016-08-25","isEol":true,"eolFrom":"2019-09-11"}]}}"#;
/// A page that endoflife.date is made from.
pub(crate) const PAGE: &str = r#"---
title: Example Pump System
category: os
permalink: /pump-system
alternate_urls:
  - /pumpos
identifiers:
  - cpe: cpe:2.3:o:acme:pump_firmware
releases:
  - releaseCycle: "2"
    codename: Nightingale
    releaseDate: 2024-01-02
    eoas: false
    eol: 2030-01-31
    latest: "2.5"
  - releaseCycle: "1"
    releaseDate: 2019-05-01
    eol: true
---
"#;
/// openFDA's recalls.
pub(crate) const RECALLS: &str = r#"{"meta":{"last_updated":"2026-08-01"},"results":[{"product_res_number":"Z-1603-2023",
    "event_date_initiated":"2023-03-27","event_date_posted":"2023-05-05","recall_status":"Open, Classified",
    "recalling_firm":"Acme Medical Devices, Inc.","product_description":"Acme Infuser 3000 infusion pump, REF 4711",
    "product_code":"FRN","root_cause_description":"Software design","openfda":{"device_name":"Pump, Infusion"}}]}"#;
/// openFDA's enforcement reports: the same recall, with its class.
pub(crate) const ENFORCEMENT: &str = r#"{"results":[{"recall_number":"Z-1603-2023","recalling_firm":"Acme Medical Devices, Inc.",
    "product_description":"Acme Infuser 3000 infusion pump, REF 4711","classification":"Class I","status":"Ongoing",
    "recall_initiation_date":"20230327","report_date":"20230510","product_code":"FRN"}]}"#;

/// One file of each feed, and an older one of a record.
pub(crate) fn files() -> Vec<(FeedKind, &'static str, String)> {
    vec![
        (FeedKind::Nvd, "nvd.json", nvd()),
        (FeedKind::Kev, "kev.json", KEV.into()),
        (FeedKind::Epss, "epss.csv", EPSS.into()),
        (FeedKind::Oui, "oui.csv", OUI.into()),
        (FeedKind::SsvcLines, "ssvc.jsonl", SSVC.into()),
        (FeedKind::Csaf, "icsma.json", CSAF.into()),
        (FeedKind::Nvd, "older.json", nvd_file(&[nvd_record("CVE-2016-6210", "2017-01-01", "")])),
        (FeedKind::Osv, "ela.json", OSV.into()),
        (FeedKind::Osv, "pysec.yaml", PYPA.into()),
        (FeedKind::RustSec, "rustsec.md", RUSTSEC.into()),
        (FeedKind::DebianTracker, "tracker.json", TRACKER.into()),
        (FeedKind::DebianChangelog, "changelog.Debian", CHANGELOG.into()),
        (FeedKind::EndOfLife, "openssl.json", DATES.into()),
        (FeedKind::EndOfLife, "pump.md", PAGE.into()),
        (FeedKind::Recalls, "recall.json", RECALLS.into()),
        (FeedKind::Recalls, "enforcement.json", ENFORCEMENT.into()),
    ]
}

/// The index of these files.
pub(crate) fn built(profile: Profile, files: &[(FeedKind, &str, String)]) -> Vec<u8> {
    let mut builder = IndexBuilder::new(profile);
    for (kind, name, text) in files {
        builder.read(*kind, name, text.as_bytes()).unwrap();
    }
    builder.finish()
}
