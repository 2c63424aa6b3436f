//! `wardround intel`: feeds of a folder become the index that rounds use.

use std::path::Path;
use std::process::Command;

use crate::program::{Place, assert_fails, clinic, error, root, skip};

const KEV: &str = r#"{"title":"CISA Catalog of Known Exploited Vulnerabilities","catalogVersion":"2026.11.01",
 "dateReleased":"2026-11-01T00:00:00Z","count":1,"vulnerabilities":[{"cveID":"CVE-2026-0001","vendorProject":"Example",
 "product":"Example","vulnerabilityName":"x","dateAdded":"2026-10-30","shortDescription":"x","requiredAction":"x",
 "dueDate":"2026-11-20","knownRansomwareCampaignUse":"Unknown","notes":"","cwes":[]}]}"#;
const EPSS: &str = "#model_version:v2026.01.01,score_date:2026-11-02T00:00:00+0000\ncve,epss,percentile\nCVE-2026-0001,0.5,0.9\n";

#[test]
fn a_folder_of_feeds_becomes_the_index_that_rounds_use() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("feeds/deep")).unwrap();
    place.file("feeds/kev.json", KEV.as_bytes());
    place.file("feeds/deep/epss.csv", EPSS.as_bytes());
    place.file("feeds/letter.txt", b"not a feed");
    let built = place.ok(&["intel", "build", "--from", "feeds"]);
    assert!(
        built.contains("KEV") && built.contains("EPSS") && built.contains("1 file that we do not read"),
        "{built}"
    );
    let status = place.ok(&["intel", "status"]);
    assert!(
        status.contains("2026-11-01") && status.contains("2026-11-02") && !status.contains("NVD"),
        "{status}"
    );
    let json = place.clinic_json(&[]);
    assert_eq!(json["intelligence"].as_array().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_used_is_said_and_the_old_index_stays() {
    let place = Place::new();
    std::fs::create_dir(place.path("empty")).unwrap();
    assert_fails(&place.run(&["intel", "build", "--from", "empty"]), 1, &["no feed", "docs/intelligence.md"]);
    assert_fails(&place.run(&["intel", "build", "--from", "missing"]), 1, &["missing"]);
    place.file("kev.json", &KEV.as_bytes()[..KEV.len() / 2]);
    let output = place.run(&["intel", "build", "--from", "kev.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(error(&output).contains("kev.json was left out"), "{}", error(&output));
    assert!(place.ok(&["intel", "status"]).contains("built into the program"));
}

#[test]
fn a_damaged_index_is_refused() {
    let place = Place::new();
    let mut bytes = std::fs::read(root().join("crates/intel/data/snapshot.wri")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    place.file("damaged.wri", &bytes);
    let clinic = clinic();
    let words = ["round", clinic.to_str().unwrap(), "--intel", "damaged.wri"];
    assert_fails(&place.run(&words), 1, &["damaged.wri", "build it again"]);
    assert_fails(&place.run(&["intel", "status", "--intel", "missing.wri"]), 1, &["missing.wri"]);
}

#[test]
fn the_committed_snapshot_is_what_the_feeds_give() {
    let data = root().join("../shared/data");
    let Some(program) = std::env::var_os("WARDROUND_DIST").filter(|_| data.exists()) else {
        println!("skipped: needs the feeds in ../shared/data and the program that `make dist` builds");
        return;
    };
    if !Path::new(&program).exists() {
        return skip("`make dist` built no program");
    }
    let place = Place::new();
    let mut command = Command::new(program);
    command.args(["intel", "build", "--snapshot", "--output"]).arg(place.path("snapshot.wri"));
    for feed in ["nvd", "kev", "epss", "vulnrichment", "csaf/cisa-csaf.tar.gz", "oui", "eol"] {
        command.arg("--from").arg(data.join(feed));
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", error(&output));
    let (built, committed) = (
        std::fs::read(place.path("snapshot.wri")).unwrap(),
        std::fs::read(root().join("crates/intel/data/snapshot.wri")).unwrap(),
    );
    assert!(
        built == committed,
        "the snapshot is not what `make intel` gives; {} and {} bytes",
        built.len(),
        committed.len()
    );
    assert!(committed.len() <= 10_000_000);
}
