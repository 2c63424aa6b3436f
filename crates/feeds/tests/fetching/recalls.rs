//! openFDA: a list of parts, each fetched once.

use crate::feeds::gzip;
use crate::hospital::Hospital;
use crate::publisher::Publisher;

fn hospital() -> Hospital {
    let publisher = Publisher::new();
    let url = publisher.url("/download.json");
    let sources =
        format!("[[source]]\nid = 'fda'\nmethod = 'openfda'\ndataset = 'device/recall'\nurls = ['{url}']\n");
    Hospital::with(publisher, sources)
}

fn list(hospital: &Hospital, day: &str, parts: &[&str]) {
    let parts: Vec<String> =
        parts.iter().map(|part| format!(r#"{{"file":"{}"}}"#, hospital.publisher.url(part))).collect();
    let text = format!(
        r#"{{"results":{{"device":{{"recall":{{"export_date":"{day}","partitions":[{}]}}}}}}}}"#,
        parts.join(",")
    );
    hospital.publisher.put("/download.json", text);
}

fn recalls(hospital: &Hospital, part: &str, count: usize) {
    let recall = |number| {
        format!(
            r#"{{"product_res_number":"Z-{number:04}-2026","event_date_initiated":"2026-11-01","product_description":"x","recalling_firm":"Example","reason_for_recall":"x","product_code":"ABC","recall_status":"Open, Classified"}}"#
        )
    };
    let all: Vec<String> = (0..count).map(recall).collect();
    let text = format!(r#"{{"meta":{{"last_updated":"2026-11-20"}},"results":[{}]}}"#, all.join(","));
    hospital.publisher.put(part, gzip(text.as_bytes()));
}

#[test]
fn parts_come_once_an_export() {
    let hospital = hospital();
    recalls(&hospital, "/part-1.json.gz", 50);
    recalls(&hospital, "/part-2.json.gz", 5);
    list(&hospital, "2026-11-20", &["/part-1.json.gz", "/part-2.json.gz"]);
    assert_eq!(hospital.fine(), 2);
    assert_eq!(hospital.fine(), 0);
    list(&hospital, "2026-11-21", &["/part-1.json.gz"]);
    assert_eq!(hospital.fine(), 0);
    assert_eq!(hospital.files("fda"), ["part-1.json.gz"], "a part that is no longer listed goes");
}

#[test]
fn a_list_that_lost_most_takes_nothing_away() {
    let hospital = hospital();
    recalls(&hospital, "/part-1.json.gz", 50);
    recalls(&hospital, "/part-2.json.gz", 50);
    list(&hospital, "2026-11-20", &["/part-1.json.gz", "/part-2.json.gz"]);
    hospital.fine();
    list(&hospital, "2026-11-21", &["/part-2.json.gz"]);
    hospital.fails(&["50 records", "100"]);
    list(&hospital, "2026-11-21", &[]);
    hospital.fails(&["no files of device/recall"]);
    list(&hospital, "2026-11-21", &["/../../part-2.json.gz", "/missing.json"]);
    hospital.fails(&["404"]);
    assert_eq!(hospital.files("fda"), ["part-1.json.gz", "part-2.json.gz"]);
}
