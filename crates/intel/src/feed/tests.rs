mod devices;
mod packages;

use std::io::{self, Read};

use proptest::prelude::*;

use super::*;
use crate::build::samples;

const NVD: &str = r#"{"format":"NVD_CVE","version":"2.0","timestamp":"2026-08-01T00:00:00.000","vulnerabilities":[
 {"cve":{"id":"CVE-2016-6210","published":"2017-02-13T17:59Z","lastModified":"2018-01-01T00:00:00",
  "descriptions":[{"lang":"en","value":"sshd in OpenSSH before 7.3 ..."}],
  "metrics":{"cvssMetricV2":[{"type":"Primary","cvssData":{"vectorString":"AV:N/AC:M/Au:N/C:P/I:N/A:N","baseScore":4.3}}],
   "cvssMetricV31":[{"type":"Secondary","cvssData":{"vectorString":"CVSS:3.1/AV:L/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N","baseScore":5.1}},
    {"type":"Primary","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N","baseScore":5.9}}]},
  "weaknesses":[{"description":[{"lang":"en","value":"CWE-200"},{"lang":"en","value":"NVD-CWE-Other"}]}],
  "configurations":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[
    {"vulnerable":true,"criteria":"cpe:2.3:a:openbsd:openssh:*:p2:*:*:*:*:*:*","versionEndIncluding":"7.2"},
    {"vulnerable":true,"criteria":"cpe:/a:wrong"}]}]}]}},
 {"cve":{"id":"CVE-2016-0001","descriptions":[{"lang":"en","value":"** REJECT ** not used"}]}},
 {"cve":{"id":"not an id"}},
 {"cve":7}]}"#;

fn nvd(text: &str) -> Result<(Vec<nvd::CveRecord>, FeedReport), FeedError> {
    let mut records = Vec::new();
    let report =
        nvd::read(&mut Input::new("folder/nvd.json", text.as_bytes()), |record| records.push(record))?;
    Ok((records, report))
}

#[test]
fn nvd_records_are_read_and_bad_ones_counted() {
    let (records, report) = nvd(NVD).unwrap();
    insta::assert_debug_snapshot!((&records, &report));
}

#[test]
fn every_feed_is_recognised_from_its_beginning() {
    let table: [(&str, &str, Option<FeedKind>); 25] = [
        ("ela.json", samples::OSV, Some(FeedKind::Osv)),
        ("pysec.yaml", samples::PYPA, Some(FeedKind::Osv)),
        ("RUSTSEC-2026-0001.md", samples::RUSTSEC, Some(FeedKind::RustSec)),
        ("tracker.json", samples::TRACKER, Some(FeedKind::DebianTracker)),
        ("changelog.Debian", samples::CHANGELOG, Some(FeedKind::DebianChangelog)),
        ("openssl.json", samples::DATES, Some(FeedKind::EndOfLife)),
        ("pump.md", samples::PAGE, Some(FeedKind::EndOfLife)),
        ("recall.json", samples::RECALLS, Some(FeedKind::Recalls)),
        ("enforcement.json", samples::ENFORCEMENT, Some(FeedKind::Recalls)),
        ("osv_schema.json", r#"{"$schema":"x","properties":{"id":1,"modified":2,"affected":3}}"#, None),
        ("page.md", "---\ntitle: x\n---\n", None),
        ("readme.md", "# Some (text) of; none", None),
        ("nvdcve-2.0-2016.json", r#"{"resultsPerPage": 9, "format": "NVD_CVE", "vuln"#, Some(FeedKind::Nvd)),
        (
            "kev.json",
            "{\n \"title\": \"x\", \"catalogVersion\": \"1\", \"vulnerabilities\": [",
            Some(FeedKind::Kev),
        ),
        ("epss.csv", "cve,epss,percentile\n", Some(FeedKind::Epss)),
        ("epss.csv", "#model_version:v2025,score_date:2026-08-16T00:00:00Z\ncve,", Some(FeedKind::Epss)),
        ("a.json", r#"{"dataType": "CVE_RECORD", "#, Some(FeedKind::CveRecord)),
        ("points.jsonl", r#"{"id": "CVE-1999-0006", "ssvc": {"Ex"#, Some(FeedKind::SsvcLines)),
        ("icsma.json", "\u{feff}{\n  \"document\": {\n    \"acknowledgments\": [", Some(FeedKind::Csaf)),
        ("oui.csv", "Registry,Assignment,Organization Name", Some(FeedKind::Oui)),
        ("feed.json", r#"{"feed": {"id": "rolie"}}"#, None),
        ("kev_schema.json", r#"{"properties": {"catalogVersion": 1, "vulnerabilities": 2}}"#, None),
        ("page.html", "<html>", None),
        ("empty", "", None),
        ("list.json", "[]", None),
    ];
    for (name, bytes, kind) in table {
        assert_eq!(FeedKind::recognise(name, bytes.as_bytes()), kind, "{name}: {bytes}");
    }
}

#[test]
fn scores_points_and_blocks_are_read() {
    let mut seen = Vec::new();
    let text = "#model_version:v1,score_date:2026-08-16T00:00:00+0000\ncve,epss,percentile\n\
                CVE-2016-6210,0.92345,0.99\nCVE-1-1,0.1,0.1\nCVE-2016-6211,1.5,0.1\n";
    let report =
        epss::read(&mut Input::new("e.csv", text.as_bytes()), |score| seen.push(format!("{score:?}")));
    seen.push(format!("{:?}", report.unwrap()));
    let text = "Registry,Assignment,Organization Name,Organization Address\n\
                MA-L,0080F0,\"Example,  Ltd\nMedical\",1 Street\nMA-S,70B3D5ABC,Tiny,x\nMA-L,xyz,Odd,x\nMA-L,001122,Private,\n";
    let report =
        oui::read(&mut Input::new("o.csv", text.as_bytes()), |block| seen.push(format!("{block:?}")));
    seen.push(format!("{:?}", report.unwrap()));
    let text = r#"{"id":"CVE-2024-1","ssvc":{}}
{"id":"CVE-2020-15778","ssvc":{"Exploitation":"PoC","Automatable":"no","Technical Impact":"Total"},"adp_affected":[
"#.replace(",\"adp_affected\":[\n", r#","adp_affected":[{"cpes":["cpe:2.3:a:v:p:1:*:*:*:*:*:*:*"],"versions":[
{"version":"0","status":"affected","lessThan":"2.1","versionType":"custom"},{"version":"9","status":"unaffected"}]}]}"#)
    .replace("[\n{\"version\"", "[{\"version\"");
    let report = cve_record::read_lines(&mut Input::new("s.jsonl", text.as_bytes()), |one| {
        seen.push(format!("{one:?}"))
    });
    seen.push(format!("{:?}", report.unwrap()));
    insta::assert_snapshot!(seen.join("\n"));
}

#[test]
fn unusable_files_say_where_and_what_next() {
    let cut = NVD.get(..NVD.len() - 20).unwrap();
    let errors = [cut, "", "[]", r#"{"vulnerabilities":7}"#, r#"{"format":"NVD_CVE"}"#, "<html>no</html>"]
        .map(|text| nvd(text).unwrap_err().to_string());
    let broken = nvd::read(&mut Input::new("disk.json", Broken), |_| {}).unwrap_err().to_string();
    let empty = epss::read(&mut Input::new("e.csv", &b"cve,epss\n"[..]), |_| {}).unwrap_err().to_string();
    insta::assert_snapshot!(format!("{}\n{broken}\n{empty}", errors.join("\n")));
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("a bad sector"))
    }
}

/// A record that never ends.
struct Endless {
    start: &'static [u8],
    fill: u8,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.start.is_empty() {
            buffer.fill(self.fill);
            return Ok(buffer.len());
        }
        self.start.read(buffer)
    }
}

#[test]
fn a_record_without_end_is_refused() {
    let endless = Endless { start: br#"{"vulnerabilities":[{"cve":{"id":""#, fill: b'A' };
    let error = nvd::read(&mut Input::new("n.json", endless), |_| {}).unwrap_err();
    assert!(matches!(error, FeedError::TooLarge { limit: MAX_RECORD, .. }), "{error}");
    let endless = Endless { start: b"cve,epss\n", fill: b'1' };
    let error = epss::read(&mut Input::new("e.csv", endless), |_| {}).unwrap_err();
    assert!(matches!(error, FeedError::TooLarge { .. }), "{error}");
    let endless = Endless { start: b"{}\n", fill: b' ' };
    let error = cve_record::read_lines(&mut Input::new("s.jsonl", endless), |_| {}).unwrap_err();
    assert!(matches!(error, FeedError::TooLarge { .. }), "{error}");
}

/// Reads bytes as every kind of feed: any answer will do, a panic will not.
fn read_as_all(bytes: &[u8]) {
    let input = || Input::new("any", bytes);
    let _ = FeedKind::recognise("any", bytes);
    let _ = nvd::read(&mut input(), |_| {});
    let _ = kev::read(&mut input(), |_| {});
    let _ = epss::read(&mut input(), |_| {});
    let _ = cve_record::read(&mut input(), |_| {});
    let _ = cve_record::read_lines(&mut input(), |_| {});
    let _ = csaf::read(&mut input(), |_| {});
    let _ = oui::read(&mut input(), |_| {});
    let _ = osv::read(&mut input(), |_| {});
    let _ = rustsec::read(&mut input(), |_| {});
    let _ = debian_tracker::read(&mut input(), |_| {});
    let _ = debian_changelog::read(&mut input(), |_| {});
    let _ = end_of_life::read(&mut input(), |_| {});
    let _ = recalls::read(&mut input(), |_| {});
}

/// How much was skipped, by reason.
type Skips = Vec<(SkipReason, u64)>;

fn skips(report: &FeedReport) -> Skips {
    report.skipped.iter().map(|(&reason, &count)| (reason, count)).collect()
}

#[test]
fn what_stands_deep_in_each_other_is_read_or_refused() {
    for depth in [20, 130, 1_000] {
        let dashes: String = (0..depth.min(150)).map(|at| " ".repeat(at) + "-\n").collect();
        for text in [
            format!(r#"{{"openssh":{}"#, r#"{"a":"#.repeat(depth)),
            format!("---\na:\n{dashes}"),
            format!("id: {}", "{a: [".repeat(depth)),
            format!("```toml\na = {}\n```", "[".repeat(depth)),
        ] {
            read_as_all(text.as_bytes());
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_as_all(&bytes);
    }

    #[test]
    fn damaged_feeds_are_read_or_refused(at in 0..NVD.len(), byte: u8, cut in 0..NVD.len()) {
        let mut bytes = NVD.as_bytes().to_vec();
        bytes[at] = byte;
        read_as_all(&bytes);
        read_as_all(&bytes[..cut]);
    }

    #[test]
    fn json_of_the_wrong_shape_is_read_or_refused(depth in 1usize..2000, text in "[\\[{\"a:1,}\\]]{0,40}") {
        let nested = format!(r#"{{"vulnerabilities":{}"#, "[".repeat(depth));
        read_as_all(nested.as_bytes());
        read_as_all(format!(r#"{{"document":{}"#, r#"{"branches":["#.repeat(depth)).as_bytes());
        read_as_all(text.as_bytes());
    }
}
