//! Readers of advisories about packages: OSV, RustSec, Debian's tracker, Debian changelogs.

use proptest::prelude::*;

use super::super::debian_changelog::ChangelogEntry;
use super::super::debian_tracker::{TrackerEntry, TrackerStatus};
use super::super::osv::{OsvEnd, OsvRange, OsvRecord};
use super::super::*;
use super::{Endless, Skips, skips};
use crate::build::samples::{CHANGELOG, OSV, PYPA, RUSTSEC, TRACKER};
use crate::index::Handling;

fn osv(bytes: &[u8]) -> Result<(Vec<OsvRecord>, FeedReport), FeedError> {
    let mut records = Vec::new();
    let report = osv::read(&mut Input::new("osv.json", bytes), |record| records.push(record))?;
    Ok((records, report))
}

fn one_osv(text: &str) -> (OsvRecord, FeedReport) {
    let (mut records, report) = osv(text.as_bytes()).unwrap();
    (records.remove(0), report)
}

fn rustsec(bytes: &[u8]) -> Result<(Vec<OsvRecord>, FeedReport), FeedError> {
    let mut records = Vec::new();
    let report = rustsec::read(&mut Input::new("r.md", bytes), |record| records.push(record))?;
    Ok((records, report))
}

fn tracker(text: &str) -> (Vec<TrackerEntry>, FeedReport) {
    let mut entries = Vec::new();
    let report = debian_tracker::read(&mut Input::new("t.json", text.as_bytes()), |one| entries.push(one));
    (entries, report.unwrap())
}

fn changelog(bytes: &[u8]) -> Result<(Vec<ChangelogEntry>, FeedReport), FeedError> {
    let mut entries = Vec::new();
    let report = debian_changelog::read(&mut Input::new("c", bytes), |one| entries.push(one))?;
    Ok((entries, report))
}

/// `from..end` (fixed), `from..=end` (last affected), `from..` (open).
fn told(ranges: &[OsvRange]) -> Vec<String> {
    let range = |OsvRange { introduced, end }: &OsvRange| {
        let from = introduced.as_deref().unwrap_or_default();
        match end {
            OsvEnd::Open => format!("{from}.."),
            OsvEnd::Fixed(version) => format!("{from}..{version}"),
            OsvEnd::LastAffected(version) => format!("{from}..={version}"),
        }
    };
    ranges.iter().map(range).collect()
}

#[test]
fn osv_is_read_in_both_forms() {
    let (json, report) = one_osv(OSV);
    assert_eq!((json.id.as_str(), json.modified.as_str()), ("ELA-26-1", "2026-02-01T10:00:00Z"));
    assert_eq!(json.cves, ["CVE-2016-10009".parse().unwrap()], "a distribution means what it is related to");
    assert_eq!(told(&json.affected[0].ranges), ["..1:6.7p1-5+deb8u9"]);
    assert_eq!((report.records, report.as_of), (1, "2026-02-01".parse().ok()));
    let (yaml, _) = one_osv(PYPA);
    assert_eq!((yaml.id.as_str(), &yaml.aliases), ("PYSEC-2026-1", &vec!["GHSA-aaaa-bbbb-cccc".to_owned()]));
    assert_eq!(yaml.cves, ["CVE-2020-0003".parse().unwrap()]);
    let flask = &yaml.affected[0];
    assert_eq!((flask.ecosystem.as_str(), flask.name.as_str()), ("PyPI", "flask"));
    assert_eq!(
        (told(&flask.ranges), flask.versions.join(" ")),
        (vec!["1.0..2.3.2".to_owned()], "1.0 0.9.1".into())
    );
}

#[test]
fn events_are_paired_as_osv_evaluates_them() {
    // What happens, in the order of the record; the ranges that it means.
    let table: [(&[&str], &[&str]); 10] = [
        (&["introduced 0", "fixed 2.0"], &["..2.0"]),
        (&["introduced 1.0"], &["1.0.."]),
        (&["introduced 1.0", "last_affected 1.9"], &["1.0..=1.9"]),
        (&["introduced 0", "fixed 1.2", "introduced 2.0", "fixed 2.1"], &["..1.2", "2.0..2.1"]),
        (&["fixed 2.1", "introduced 2.0", "fixed 1.2", "introduced 0"], &["..1.2", "2.0..2.1"]),
        (&["introduced 1.10", "fixed 1.9", "introduced 1.2"], &["1.2..1.9", "1.10.."]),
        (&["introduced 1.0", "introduced 2.0", "fixed 3.0"], &["1.0..3.0"]),
        (&["introduced 0", "fixed 1.0", "fixed 2.0"], &["..1.0"]),
        (&["introduced 1.0", "limit 9.0"], &["1.0.."]),
        // A fix of something that never began says nothing of any version.
        (&["fixed 2.0"], &[]),
    ];
    for (events, ranges) in table {
        let events: Vec<String> = events
            .iter()
            .map(|event| event.split_once(' ').unwrap())
            .map(|(kind, version)| format!(r#"{{"{kind}":"{version}"}}"#))
            .collect();
        let text = format!(
            r#"{{"id":"X-1","affected":[{{"package":{{"ecosystem":"PyPI","name":"p"}},"versions":["7"],
            "ranges":[{{"type":"ECOSYSTEM","events":[{}]}}]}}]}}"#,
            events.join(",")
        );
        assert_eq!(told(&one_osv(&text).0.affected[0].ranges), ranges, "{events:?}");
    }
}

#[test]
fn what_is_odd_in_osv_is_told_apart() {
    let affected = |package: &str, rest: &str| {
        format!(
            r#"{{"id":"X-1","modified":"2026-01-01T00:00:00Z","affected":[{{"package":{package},{rest}}}]}}"#
        )
    };
    const RANGE: &str = r#""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]"#;
    let packages = |text: &str| -> (usize, Skips) {
        let (record, report) = one_osv(text);
        (record.affected.len(), skips(&report))
    };
    let flask = r#"{"ecosystem":"PyPI","name":"flask"}"#;
    assert_eq!(packages(&affected(flask, RANGE)), (1, vec![]));
    // One range without the list around it.
    let bare = RANGE.replace("[{\"type\"", "{\"type\"").replace("]}]", "]}");
    assert_eq!(packages(&affected(flask, &bare)), (1, vec![]));
    assert_eq!(packages(&affected("null", RANGE)), (0, vec![(SkipReason::Package, 1)]));
    assert_eq!(packages(&affected(r#"{"name":"x"}"#, RANGE)), (0, vec![(SkipReason::Package, 1)]));
    let commits = RANGE.replace("ECOSYSTEM", "GIT");
    assert_eq!(packages(&affected(flask, &commits)), (0, vec![(SkipReason::Value, 1)]));
    let ubuntu = one_osv(&affected(r#"{"ecosystem":"Ubuntu:22.04:LTS","name":"bash"}"#, RANGE)).0;
    assert_eq!(ubuntu.affected[0].ecosystem, "Ubuntu:22.04");
    let gone =
        affected(flask, RANGE).replace(r#""affected""#, r#""withdrawn":"2026-01-02T00:00:00Z","affected""#);
    let (record, report) = one_osv(&gone);
    assert_eq!(
        (record.withdrawn, record.affected.len(), skips(&report)),
        (true, 0, vec![(SkipReason::Withdrawn, 1)])
    );
    let nameless = osv(br#"{"id":" "}"#).unwrap();
    assert_eq!((nameless.0.len(), skips(&nameless.1)), (0, vec![(SkipReason::Malformed, 1)]));
}

#[test]
fn what_another_publisher_is_merely_related_to_is_not_its_own() {
    let text = OSV.replace("Debian:8", "PyPI");
    assert!(one_osv(&text).0.cves.is_empty());
    let prefixed = OSV.replace("\"CVE-2016-10009\"", "\"DEBIAN-CVE-2016-10009\",\"not-CVE-2016-1\"");
    assert_eq!(one_osv(&prefixed).0.cves.len(), 1);
}

#[test]
fn safe_versions_of_rustsec_leave_what_is_affected() {
    let table: [(&str, &str, &[&str]); 10] = [
        (r#"">= 1.4.2""#, r#""< 1.1.0""#, &["1.1.0..1.4.2"]),
        (r#"">= 1.4.2""#, "", &["..1.4.2"]),
        ("", "", &[".."]),
        (r#"">= 1.2.3, < 2.0.0", ">= 2.1.0""#, "", &["..1.2.3", "2.0.0..2.1.0"]),
        (r#"">= 2.1.0", ">= 1.2.3, < 2.0.0""#, "", &["..1.2.3", "2.0.0..2.1.0"]),
        (r#""^1.2.5", ">= 2.1.0""#, "", &["..1.2.5", "2.0.0..2.1.0"]),
        (r#""^0.5.1", ">= 0.7.0""#, "", &["..0.5.1", "0.6.0..0.7.0"]),
        (r#""~1.4.1", ">= 1.6.0""#, "", &["..1.4.1", "1.5.0..1.6.0"]),
        (r#""> 1.0.0""#, "", &["..=1.0.0"]),
        (r#""= 1.0.3", ">= 1.1.0""#, "", &["..1.0.3", "1.0.4-0..1.1.0"]),
    ];
    for (patched, unaffected, ranges) in table {
        let text = RUSTSEC.replace(r#"">= 1.4.2""#, patched).replace(r#""< 1.1.0""#, unaffected);
        let (records, report) = rustsec(text.as_bytes()).unwrap();
        assert_eq!(told(&records[0].affected[0].ranges), ranges, "{patched} {unaffected}");
        assert_eq!(report.skipped_total(), 0);
    }
}

#[test]
fn what_is_odd_in_rustsec_is_told_apart() {
    let of = |from: &str, to: &str| {
        let (records, report) = rustsec(RUSTSEC.replace(from, to).as_bytes()).unwrap();
        (records.len(), skips(&report))
    };
    let date = "date = \"2026-01-05\"";
    let with = |line: &str| of(date, &format!("{date}\n{line}"));
    assert_eq!(with("informational = \"unmaintained\""), (0, vec![(SkipReason::NotAVulnerability, 1)]));
    assert_eq!(with("informational = \"unsound\""), (1, vec![]));
    assert_eq!(with("withdrawn = \"2026-02-01\""), (1, vec![(SkipReason::Withdrawn, 1)]));
    assert_eq!(of(">= 1.4.2", "soon"), (0, vec![(SkipReason::Value, 1)]));
    assert_eq!(of(">= 1.4.2", ">= 99999999999999999999999.0.0, < x"), (0, vec![(SkipReason::Value, 1)]));
    for broken in [&RUSTSEC[..60], "no block", "```toml\n= 1\n```", "```toml\n[advisory]\n```"] {
        assert!(matches!(rustsec(broken.as_bytes()), Err(FeedError::Malformed { .. })), "{broken}");
    }
    assert!(rustsec(b"```toml\n# \xff\n```").is_err(), "not UTF-8");
}

#[test]
fn the_tracker_is_read_release_by_release() {
    let (entries, report) = tracker(TRACKER);
    let told: Vec<_> = entries
        .iter()
        .map(|one| (one.package.as_str(), one.id.as_str(), one.ecosystem.as_str(), &one.status, one.handling))
        .collect();
    let fixed = TrackerStatus::Resolved("1:7.2p2-6".into());
    assert_eq!(
        told,
        [
            ("openssh", "CVE-2016-6210", "Debian:12", &fixed, Handling::NotStated),
            ("openssh", "CVE-2016-6210", "Debian:sid", &TrackerStatus::Open, Handling::Unimportant),
            (
                "openssh",
                "TEMP-0000001-ABCDEF",
                "Debian:12",
                &TrackerStatus::Undetermined,
                Handling::NotStated
            ),
            ("nginx", "CVE-2020-0005", "Debian:12", &TrackerStatus::Open, Handling::Postponed),
        ]
    );
    assert_eq!((report.records, report.skipped_total()), (3, 0));
}

#[test]
fn what_is_odd_in_the_tracker_is_counted() {
    let of = |from: &str, to: &str| {
        let (entries, report) = tracker(&TRACKER.replacen(from, to, 1));
        (entries.len(), skips(&report))
    };
    assert_eq!(of("\"bookworm\":{", "\"potato\":{"), (3, vec![(SkipReason::Package, 1)]));
    assert_eq!(of("\"bookworm\":{", "\"bookworm-security\":{"), (4, vec![]));
    assert_eq!(of("\"resolved\"", "\"who knows\""), (3, vec![(SkipReason::Value, 1)]));
    assert_eq!(of("TEMP-0000001", "ODD-0000001"), (3, vec![(SkipReason::CveId, 1)]));
    // One package that is wrong costs itself alone.
    assert_eq!(
        of("{\"CVE-2016-6210\":{\"scope\"", "{\"CVE-2016-6210\":7,\"x\":{\"scope\""),
        (1, vec![(SkipReason::Malformed, 1)])
    );
    let read = |text: &str| debian_tracker::read(&mut Input::new("t", text.as_bytes()), |_| {});
    assert!(matches!(read("{}"), Err(FeedError::Empty { .. })));
    assert!(matches!(read("[]"), Err(FeedError::Malformed { .. })));
    assert!(matches!(read(&TRACKER[..200]), Err(FeedError::Malformed { .. })));
}

#[test]
fn changelogs_say_which_version_fixed_what() {
    let (entries, report) = changelog(CHANGELOG.as_bytes()).unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|one| (one.package.as_str(), one.ecosystem.as_str(), one.version.as_str(), one.cve.to_string()))
        .collect();
    assert_eq!(
        told,
        [
            ("openssh", "Debian:12", "1:9.2p1-2+deb12u3", "CVE-2024-6387".to_owned()),
            ("openssh", "Debian:12", "1:9.2p1-2", "CVE-2023-25136".to_owned()),
        ]
    );
    assert_eq!((report.records, report.as_of), (2, "2024-06-22".parse().ok()));
    // Old changelogs are not UTF-8; the ids are read all the same.
    let latin = [CHANGELOG.as_bytes(), b"\n  * caf\xe9 CVE-2001-0001\n"].concat();
    assert_eq!(changelog(&latin).unwrap().0.len(), 3);
    assert!(matches!(changelog(b"Some text\n"), Err(FeedError::Empty { .. })));
}

#[test]
fn lines_of_changelogs_are_read_with_care() {
    let table: [(&str, &[&str]); 8] = [
        ("  * CVE-2020-0001, CVE-2020-0002: x", &["CVE-2020-0001", "CVE-2020-0002"]),
        ("  * CVE-2020-0003-1.patch", &["CVE-2020-0003"]),
        ("  * Revert the fix for CVE-2020-0001", &[]),
        ("  * bookworm is not affected by CVE-2020-0001", &[]),
        ("  * CVE-XXXX-1 CVE- CVE-2020- CVE-99999999999-1", &[]),
        ("  * cve-2020-0001", &[]),
        ("  * XCVE-2020-0004CVE-2020-0005", &["CVE-2020-0004", "CVE-2020-0005"]),
        ("  * CVE-2020-99999999999999999999", &[]),
    ];
    for (line, cves) in table {
        let text = format!("bash (5.2-1) unstable; urgency=low\n\n{line}\n");
        let found: Vec<String> =
            changelog(text.as_bytes()).unwrap().0.iter().map(|one| one.cve.to_string()).collect();
        assert_eq!(found, cves, "{line}");
    }
    let table = [
        ("bash (5.2-1) unstable; urgency=low", "Debian"),
        ("bash (5.2-1~bpo12+1) bookworm-backports; urgency=low", "Debian:12"),
        ("bash (5.2-1+deb11u1) oldstable; urgency=low", "Debian:11"),
        ("bash (5.2-1) trixie; urgency=low", "Debian:13"),
    ];
    for (heading, ecosystem) in table {
        let entries = changelog(format!("{heading}\n  * CVE-2020-0001\n").as_bytes()).unwrap().0;
        assert_eq!(entries[0].ecosystem, ecosystem, "{heading}");
    }
}

#[test]
fn records_without_end_are_refused() {
    let endless = Endless { start: br#"{"openssh":{"CVE-2020-0001":{"x":""#, fill: b'A' };
    let error = debian_tracker::read(&mut Input::new("t", endless), |_| {}).unwrap_err();
    assert!(matches!(error, FeedError::TooLarge { .. }), "{error}");
    // A file that is one record.
    let endless = Endless { start: br#"{"id":""#, fill: b'A' };
    let error = osv::read(&mut Input::new("o", endless), |_| {}).unwrap_err();
    assert!(matches!(error, FeedError::TooLarge { .. }), "{error}");
}

proptest! {
    /// What stands in a sample is cut or changed anywhere: read, counted or refused.
    #[test]
    fn damaged_advisories_are_read_or_refused(at: prop::sample::Index, byte: u8, which in 0usize..5) {
        let sample = [OSV, PYPA, RUSTSEC, TRACKER, CHANGELOG][which];
        let mut bytes = sample.as_bytes().to_vec();
        let at = at.index(bytes.len());
        super::read_as_all(&bytes[..at]);
        bytes[at] = byte;
        super::read_as_all(&bytes);
    }

    /// However the events of a range are ordered, it means the same.
    #[test]
    fn the_order_of_events_says_nothing(
        order in Just(vec![r#"{"introduced":"0"}"#, r#"{"fixed":"1.2"}"#, r#"{"introduced":"1.10"}"#, r#"{"fixed":"2"}"#])
            .prop_shuffle(),
    ) {
        let text = format!(
            r#"{{"id":"X-1","affected":[{{"package":{{"ecosystem":"PyPI","name":"p"}},
            "ranges":[{{"type":"ECOSYSTEM","events":[{}]}}]}}]}}"#, order.join(","));
        prop_assert_eq!(told(&one_osv(&text).0.affected[0].ranges), ["..1.2", "1.10..2"]);
    }
}
