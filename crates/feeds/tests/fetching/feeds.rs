//! Small feeds of our own making, as publishers lay them out.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

/// CISA's catalogue with so many entries, of this day.
pub(crate) fn kev(day: &str, count: usize) -> String {
    let entry = |number| {
        format!(
            r#"{{"cveID":"CVE-2026-{:04}","vendorProject":"E","product":"E","vulnerabilityName":"x","dateAdded":"2026-10-30","shortDescription":"x","requiredAction":"x","dueDate":"2026-11-20","knownRansomwareCampaignUse":"Unknown","notes":"","cwes":[]}}"#,
            number + 1
        )
    };
    let entries: Vec<String> = (0..count).map(entry).collect();
    format!(
        r#"{{"title":"x","catalogVersion":"1","dateReleased":"{day}T00:00:00Z","count":{count},"vulnerabilities":[{}]}}"#,
        entries.join(",")
    )
}

/// The same, with so many entries that no longer have a usable CVE id.
pub(crate) fn poisoned_kev(day: &str, count: usize, broken: usize) -> String {
    kev(day, count).replacen("CVE-2026-", "CVX-2026-", broken)
}

/// EPSS scores of so many CVEs, of this day.
pub(crate) fn epss(day: &str, count: usize) -> String {
    let rows: String = (0..count).map(|number| format!("CVE-2026-{:04},0.5,0.9\n", number + 1)).collect();
    format!("#model_version:v1,score_date:{day}T00:00:00+0000\ncve,epss,percentile\n{rows}")
}

/// NVD's form with CVEs of these numbers, as a page of `total` results that begins at `start`.
pub(crate) fn nvd(numbers: std::ops::Range<usize>, start: usize, total: usize) -> String {
    let cve = |number: usize| {
        format!(
            r#"{{"cve":{{"id":"CVE-2026-{number:04}","vulnStatus":"Analyzed","lastModified":"2026-11-20T00:00:00.000","metrics":{{}},"configurations":[{{"nodes":[{{"operator":"OR","negate":false,"cpeMatch":[{{"criteria":"cpe:2.3:a:example:tool{number}:*:*:*:*:*:*:*:*","versionEndExcluding":"1.2","vulnerable":true}}]}}]}}]}}}}"#
        )
    };
    let count = numbers.len();
    let cves: Vec<String> = numbers.map(cve).collect();
    format!(
        r#"{{"resultsPerPage":{count},"startIndex":{start},"totalResults":{total},"format":"NVD_CVE","version":"2.0","timestamp":"2026-11-20T00:00:00.000","vulnerabilities":[{}]}}"#,
        cves.join(",")
    )
}

/// One advisory.
pub(crate) fn advisory(id: &str) -> String {
    format!(
        r#"{{"document":{{"category":"csaf_security_advisory","csaf_version":"2.0","title":"x","publisher":{{"category":"vendor","name":"Pump Makers","namespace":"https://pump-makers.test"}},"tracking":{{"id":"{id}","status":"final","version":"1","current_release_date":"2026-11-01T00:00:00Z","initial_release_date":"2026-11-01T00:00:00Z","revision_history":[]}}}},"product_tree":{{"branches":[{{"category":"vendor","name":"Pump Makers","branches":[{{"category":"product_name","name":"Pump","branches":[{{"category":"product_version","name":"1.0","product":{{"product_id":"P1","name":"Pump Makers Pump 1.0"}}}}]}}]}}]}},"vulnerabilities":[{{"cve":"CVE-2026-0001","product_status":{{"known_affected":["P1"]}}}}]}}"#
    )
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// So many bytes of nothing in a small gzip file.
pub(crate) fn bomb(megabytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 20];
    encoder.write_all(b"{\"catalogVersion\":\"1\",\"vulnerabilities\":[").unwrap();
    (0..megabytes).for_each(|_| encoder.write_all(&zeros).unwrap());
    encoder.finish().unwrap()
}
