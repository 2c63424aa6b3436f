use wardround_intel::feed::FeedKind;
use wardround_model::*;

use crate::hospital::Hospital;

/// One CVE of our own making in NVD's form: `criteria` are the entries of one node's `cpeMatch`.
fn cve(id: &str, criteria: &str, vector: &str) -> String {
    format!(
        r#"{{"cve":{{"id":"{id}","vulnStatus":"Analyzed","published":"2020-01-01T00:00:00.000",
            "lastModified":"2020-01-02T00:00:00.000","descriptions":[],
            "metrics":{{"cvssMetricV31":[{{"source":"nvd@nist.gov","type":"Primary",
              "cvssData":{{"version":"3.1","vectorString":"{vector}","baseScore":7.5}}}}]}},
            "configurations":[{{"nodes":[{{"operator":"OR","negate":false,"cpeMatch":[{criteria}]}}]}}]}}}}"#
    )
}

fn before(product: &str, version: &str) -> String {
    format!(
        r#"{{"vulnerable":true,"criteria":"cpe:2.3:a:{product}:*:*:*:*:*:*:*:*","versionEndExcluding":"{version}"}}"#
    )
}

fn on(product: &str, target: &str) -> String {
    format!(
        r#"{{"vulnerable":true,"criteria":"cpe:2.3:a:{product}:*:*:*:*:*:{target}:*:*","versionEndExcluding":"99"}}"#
    )
}

const EASY: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";

/// What is known in these tests.
pub(crate) fn feeds() -> Vec<(FeedKind, String)> {
    let cves = [
        cve("CVE-2020-0001", &before("openbsd:openssh", "7.3"), EASY),
        cve("CVE-2020-0002", &before("openbsd:openssh", "7.4"), EASY),
        cve("CVE-2020-0003", &on("openbsd:openssh", "windows"), EASY),
        cve("CVE-2020-0004", &before("f5:nginx", "1.12"), EASY),
        cve("CVE-2020-0005", &on("f5:nginx", "windows"), EASY),
        cve("CVE-2020-0006", r#"{"vulnerable":true,"criteria":"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*"}"#, EASY),
        cve("CVE-2020-0007", &before("linux:linux_kernel", "5.0").replace("2.3:a:", "2.3:o:"), EASY),
    ];
    let nvd = format!(
        r#"{{"resultsPerPage":7,"startIndex":0,"totalResults":7,"format":"NVD_CVE","version":"2.0",
            "timestamp":"2026-11-01T00:00:00.000","vulnerabilities":[{}]}}"#,
        cves.join(",")
    );
    let kev = r#"{"title":"t","catalogVersion":"2026.11.01","dateReleased":"2026-11-01T00:00:00.0000Z","count":2,
        "vulnerabilities":[{"cveID":"CVE-2020-0004","dateAdded":"2021-01-01","knownRansomwareCampaignUse":"Unknown","cwes":[]},
        {"cveID":"CVE-2020-0005","dateAdded":"2021-01-01","knownRansomwareCampaignUse":"Unknown","cwes":[]}]}"#;
    let epss = "#model_version:v2025.03.14,score_date:2026-11-01T00:00:00Z\ncve,epss,percentile\n\
                CVE-2020-0001,0.25000,0.9\nCVE-2020-0002,0.00100,0.1\n";
    vec![(FeedKind::Nvd, nvd), (FeedKind::Kev, kev.to_owned()), (FeedKind::Epss, epss.to_owned())]
}

fn server(kind: FactKind, banner: &str) -> Hospital {
    let hospital = Hospital::default().host("10.1.1.1", DeviceClass::Server).knowing(&feeds());
    hospital.service("10.1.1.1:22/tcp", kind, banner)
}

/// `number grade exploitation` of each CVE, by number, then how many things stay open.
fn check(kind: FactKind, banner: &str, expected: &[&str], open: usize) {
    let triaged = server(kind, banner).triage();
    let line = |finding: &Finding| {
        let Weakness::Vulnerability { cve, .. } = &finding.weakness else { panic!("{finding:?}") };
        format!("{} {} {}", cve.number(), finding.grade.code(), finding.judgement.exploitation.code())
    };
    let mut lines: Vec<_> = triaged.findings.iter().map(line).collect();
    lines.sort();
    assert_eq!(lines, expected, "{banner}");
    assert_eq!(triaged.unjudged.len(), open, "{banner} {:?}", triaged.unjudged);
}

#[test]
fn a_version_in_a_published_range_is_blamed() {
    use FactKind::{HttpServer, SshBanner};
    check(SshBanner, "SSH-2.0-OpenSSH_7.2p2", &["1 exact-version public-poc", "2 exact-version none"], 1);
    check(SshBanner, "SSH-2.0-OpenSSH_7.3p1", &["2 exact-version none"], 1);
    check(SshBanner, "SSH-2.0-OpenSSH_9.9p1", &[], 1);
    check(HttpServer, "nginx/1.10.3", &["4 exact-version active", "5 needs-platform active"], 1);
}

#[test]
fn what_cannot_be_judged_is_not_blamed_but_said() {
    use FactKind::{HttpServer, ServerSoftware, SshBanner};
    check(SshBanner, "SSH-2.0-OpenSSH_7.2p2 Ubuntu-4ubuntu2.10", &[], 1);
    check(SshBanner, "SSH-2.0-OpenSSH_6.7p1 Debian-5+deb8u3", &[], 1);
    check(HttpServer, "nginx", &[], 1);
    check(ServerSoftware, "Linux 4.14.98", &[], 1);
    check(HttpServer, "ExampleWeb/1.2", &[], 1);
    check(HttpServer, "gSOAP", &[], 0);
}

#[test]
fn what_cannot_be_judged_says_what_would_settle_it() {
    let texts = |kind, banner| {
        let unjudged = server(kind, banner).triage().unjudged;
        unjudged.into_iter().map(|one| one.reason.text).collect::<Vec<_>>()
    };
    let mut told = Vec::new();
    told.extend(texts(FactKind::SshBanner, "SSH-2.0-OpenSSH_7.2p2 Ubuntu-4ubuntu2.10"));
    told.extend(texts(FactKind::HttpServer, "nginx"));
    told.extend(texts(FactKind::ServerSoftware, "Linux 4.14.98"));
    told.extend(texts(FactKind::HttpServer, "ExampleWeb/1.2"));
    told.extend(texts(FactKind::SshBanner, "SSH-2.0-OpenSSH_9.9p1"));
    let windows = Hospital::default().host("10.1.1.1", DeviceClass::Server).fact(
        "10.1.1.1",
        FactKind::NtlmOsVersion,
        "6.1.0",
    );
    told.extend(windows.triage().unjudged.into_iter().map(|one| one.reason.text));
    insta::assert_debug_snapshot!(told);
}

#[test]
fn a_finding_says_why() {
    let triaged = server(FactKind::HttpServer, "nginx/1.10.3").triage();
    let told = triaged.findings.iter().map(|finding| {
        let reasons = finding.reasons.iter().chain(&finding.judgement.reasons);
        let reasons: Vec<_> =
            reasons.map(|reason| format!("{} {}", reason.text, reason.grounds.len())).collect();
        (finding.title.clone(), finding.endpoint.map(|one| one.to_string()), reasons)
    });
    insta::assert_debug_snapshot!(told.collect::<Vec<_>>());
}

#[test]
fn one_product_on_two_services_is_one_finding_with_both_grounds() {
    let triaged = server(FactKind::SshBanner, "SSH-2.0-OpenSSH_7.3p1")
        .service("10.1.1.1:2222/tcp", FactKind::SshBanner, "SSH-2.0-OpenSSH_7.3p1")
        .triage();
    assert_eq!(triaged.findings.len(), 1);
    assert_eq!(triaged.findings[0].endpoint.unwrap().port, 22);
    assert_eq!(triaged.findings[0].reasons[0].grounds.len(), 2);
}
