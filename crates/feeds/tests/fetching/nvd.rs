//! NVD: files a year with their hashes, then what changed since, page by page.

use crate::feeds::{gzip, nvd};
use crate::hospital::Hospital;
use crate::publisher::{Conduct, Publisher};

fn hospital() -> Hospital {
    let publisher = Publisher::new();
    let sources = format!(
        "[[source]]\nid = 'nvd'\nmethod = 'nvd'\nfirst-year = 2025\nurls = ['{}']\nchanges = '{}'\nkey-file = 'KEY'\n",
        publisher.url("/nvd-{year}.json.gz"),
        publisher.url("/api"),
    );
    let mut hospital = Hospital::with(publisher, sources);
    let key = hospital.path("key");
    std::fs::write(&key, "secret-key\n").unwrap();
    hospital.sources = hospital.sources.replace("KEY", key.to_str().unwrap());
    year(&hospital, 2025, 0..10);
    year(&hospital, 2026, 10..30);
    hospital.publisher.put("/api", nvd(0..0, 0, 0));
    hospital
}

fn year(hospital: &Hospital, year: u16, numbers: std::ops::Range<usize>) {
    let text = nvd(numbers.clone(), 0, numbers.len());
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let sha256: String = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    let meta = format!("lastModifiedDate:2026-11-23T03:00:00-05:00\r\nsize:1\r\nsha256:{sha256}\r\n");
    hospital.publisher.put(&format!("/nvd-{year}.meta"), meta);
    hospital.publisher.put(&format!("/nvd-{year}.json.gz"), gzip(text.as_bytes()));
}

#[test]
fn years_come_once_then_only_what_changed() {
    let mut hospital = hospital();
    assert_eq!(hospital.fine(), 2);
    let first = hospital.publisher.asked("/api");
    assert!(first[0].target.contains("lastModStartDate=2026-11-22T07:00:00.000Z"), "{first:?}");
    assert!(first[0].target.contains("lastModEndDate=2026-11-24T08:00:00.000Z"), "{first:?}");
    hospital.publisher.asked("/nvd-2026.meta");

    hospital.now = "2026-11-25T08:00:00Z";
    hospital.publisher.put("/api", nvd(0..2, 0, 3));
    hospital.publisher.put("/api#startIndex=2", nvd(2..3, 2, 3));
    assert_eq!(hospital.fine(), 2, "two pages");
    let asked = hospital.publisher.asked("/api");
    assert_eq!(asked.len(), 2);
    assert!(asked[0].target.contains("lastModStartDate=2026-11-24T07:00:00.000Z"), "{asked:?}");
    assert!(hospital.publisher.asked("/nvd-2026.meta").is_empty(), "years are not asked for each day");
    assert_eq!(hospital.files("nvd").len(), 4);

    hospital.now = "2027-01-15T08:00:00Z";
    hospital.publisher.put("/api", nvd(0..0, 0, 0));
    assert_eq!(hospital.fine(), 0, "the years have not changed");
    assert_eq!(hospital.files("nvd"), ["nvd-2025.json.gz", "nvd-2026.json.gz"], "old changes are gone");
}

#[test]
fn a_long_gap_is_asked_for_in_windows_of_120_days_at_most() {
    let mut hospital = hospital();
    hospital.sources = hospital.sources.replace("2025", "2026");
    hospital.fine();
    hospital.publisher.asked("/api");
    // The files are as old as their hashes say: from there on, changes are asked for.
    hospital.now = "2027-06-01T00:00:00Z";
    year(&hospital, 2027, 30..31);
    hospital.fine();
    let windows: Vec<String> =
        hospital.publisher.asked("/api").into_iter().map(|asked| asked.target).collect();
    assert_eq!(windows.len(), 2, "{windows:?}");
    assert!(
        windows[0].contains("StartDate=2026-11-22T07:00:00.000Z&lastModEndDate=2027-03-22T07:00:00.000Z")
    );
    assert!(
        windows[1].contains("StartDate=2027-03-22T07:00:00.000Z&lastModEndDate=2027-06-01T00:00:00.000Z")
    );
}

#[test]
fn a_wrong_hash_is_refused_and_the_rest_goes_on() {
    let hospital = hospital();
    hospital.publisher.put("/nvd-2025.json.gz", gzip(nvd(0..9, 0, 9).as_bytes()));
    hospital.fails(&["/nvd-2025.json.gz does not have the SHA-256 hash that its publisher states"]);
    assert_eq!(hospital.files("nvd"), ["nvd-2026.json.gz"]);
    assert!(hospital.publisher.asked("/api").is_empty(), "changes wait for the years that they belong to");
}

#[test]
fn the_key_goes_to_its_server_alone_and_is_never_told() {
    let mut hospital = hospital();
    hospital.fine();
    assert_eq!(hospital.publisher.asked("/api")[0].header("apikey"), Some("secret-key"));
    assert_eq!(hospital.publisher.asked("/nvd-2026.json.gz")[0].header("apikey"), None);
    let other = Publisher::new();
    other.put("/api", nvd(0..0, 0, 0));
    hospital.publisher.always("/api", Conduct::Redirect(other.url("/api?x=1")));
    hospital.now = "2026-11-25T08:00:00Z";
    hospital.fine();
    assert_eq!(hospital.publisher.asked("/api")[0].header("apikey"), Some("secret-key"));
    assert_eq!(other.asked("/api")[0].header("apikey"), None);
    hospital.publisher.always("/api", Conduct::Status(403, "x-y: 1"));
    let said = format!("{:?}", hospital.update());
    assert!(said.contains("403") && !said.contains("secret-key"), "{said}");
    std::fs::write(hospital.path("key"), "two words").unwrap();
    hospital.fails(&["not a key"]);
}

#[test]
fn a_page_that_is_not_the_one_asked_for_is_refused() {
    let hospital = hospital();
    for page in [nvd(0..2, 7, 9), nvd(0..0, 0, 9), "<html>".to_owned(), "{}".to_owned()] {
        hospital.publisher.put("/api", page);
        hospital.fails(&["/api", "not of the form"]);
    }
    hospital.publisher.put("/api", nvd(0..1, 0, 1));
    assert_eq!(hospital.fine(), 1);
}

#[test]
fn a_year_that_has_no_file_yet_is_no_trouble() {
    let mut hospital = hospital();
    hospital.now = "2027-01-01T00:00:00Z";
    let report = hospital.update();
    assert_eq!(report.fetched.failed, 0, "{:?}", report.fetched.problems);
    assert!(report.fetched.notes[0].contains("no file for this year yet"), "{:?}", report.fetched.notes);
}
