//! A CSAF provider: its lists, its advisories, and what stands beside them.

use crate::feeds::advisory;
use crate::hospital::Hospital;
use crate::publisher::Publisher;

const SAMPLE: &[u8] = include_bytes!("../../src/openpgp/samples/advisory.json");
const KEY: &[u8] = include_bytes!("../../src/openpgp/samples/ed25519.key.asc");

fn hospital(metadata: &str) -> Hospital {
    let publisher = Publisher::new();
    let url = publisher.url("/provider-metadata.json");
    publisher.put("/provider-metadata.json", metadata.replace("HERE", &publisher.url("")));
    Hospital::with(
        publisher,
        format!("[[source]]\nid = 'csaf'\nmethod = 'csaf'\nfirst = ['icsma', 'icsa']\nurls = ['{url}']\n"),
    )
}

fn folder() -> Hospital {
    let hospital = hospital(r#"{"distributions":[{"directory_url":"HERE/white"}]}"#);
    for (id, at) in [("icsa-1", "01"), ("va-1", "03"), ("icsma-1", "01"), ("icsma-2", "02")] {
        put(&hospital, id, at);
    }
    hospital
}

/// An advisory with its hash, and its line in the list.
fn put(hospital: &Hospital, id: &str, day: &str) {
    let path = format!("/white/2026/{id}.json");
    let text = advisory(id);
    hospital.publisher.put(&format!("{path}.sha512"), format!("{}  {id}.json\n", sha512(&text)));
    hospital.publisher.put(&path, text);
    let file = hospital.path("changes.csv");
    let old = std::fs::read_to_string(&file).unwrap_or_default();
    let lines = old.lines().filter(|line| !line.contains(&format!("{id}.json")));
    let mut list: String = lines.map(|line| format!("{line}\n")).collect();
    list.push_str(&format!("\"2026/{id}.json\",\"2026-11-{day}T00:00:00Z\"\n"));
    std::fs::write(&file, &list).unwrap();
    hospital.publisher.put("/white/changes.csv", list);
}

fn sha512(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA512, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_urgent_and_new_come_first_and_each_only_once() {
    let hospital = folder();
    assert_eq!(hospital.fine(), 4);
    let path = |id: &str| format!("/white/2026/{id}.json");
    for id in ["icsma-2", "icsma-1", "icsa-1", "va-1"] {
        assert_eq!(hospital.publisher.asked(&path(id)).len(), 1);
    }
    assert_eq!(hospital.fine(), 0);
    assert!(hospital.publisher.asked(&path("va-1")).is_empty(), "the list has not changed");
    put(&hospital, "icsa-1", "05");
    assert_eq!(hospital.fine(), 1);
    assert!(hospital.publisher.asked(&path("va-1")).is_empty(), "nor has this advisory");
    assert_eq!(hospital.publisher.asked(&path("icsa-1")).len(), 1);
}

#[test]
fn what_does_not_have_its_hash_is_refused_and_the_others_come() {
    let hospital = folder();
    hospital.publisher.put("/white/2026/icsma-1.json", advisory("icsma-1-forged"));
    hospital.fails(&["icsma-1.json does not have the SHA-512 hash"]);
    assert_eq!(hospital.files("csaf").len(), 3);
    put(&hospital, "icsma-1", "01");
    assert_eq!(hospital.fine(), 1, "what failed is tried again, though the list is the same");
}

#[test]
fn a_list_without_dates_and_hashes_serves_too() {
    let hospital = folder();
    hospital.publisher.remove("/white/changes.csv");
    hospital.publisher.put("/white/index.txt", "2026/icsma-1.json\n2026/va-1.json\n../../../etc/x.json\n");
    hospital.publisher.remove("/white/2026/va-1.json.sha512");
    let report = hospital.update();
    assert_eq!((report.fetched.failed, report.fetched.new_files), (0, 2), "{:?}", report.fetched.problems);
    let notes = report.fetched.notes.join("\n");
    assert!(
        notes.contains("passed over: 1")
            && notes.contains("no hash beside them; they came over TLS alone: 1"),
        "{notes}"
    );
}

#[test]
fn a_rolie_feed_leads_to_advisories_but_not_inside() {
    let hospital =
        hospital(r#"{"distributions":[{"rolie":{"feeds":[{"url":"HERE/feed.json","tlp_label":"WHITE"}]}}]}"#);
    hospital.publisher.put("/a.json", advisory("a"));
    hospital.publisher.put("/hash", sha512(&advisory("a")));
    let entry = r#"{"id":"a","updated":"2026-11-01T00:00:00Z","link":[{"rel":"self","href":"a.json"},{"rel":"hash","href":"/hash"}]}"#;
    hospital.publisher.put("/feed.json", format!(r#"{{"feed":{{"entry":[{entry}]}}}}"#));
    assert_eq!(hospital.fine(), 1);
    let inside = entry.replace("a.json", "https://192.168.1.1/a.json");
    hospital.publisher.put("/feed.json", format!(r#"{{"feed":{{"entry":[{inside}]}}}}"#));
    hospital.fails(&["192.168.1.1", "private network"]);
    for wrong in ["<html>", "{}", "{\"feed\":{}}"] {
        hospital.publisher.put("/feed.json", wrong);
        hospital.fails(&["feed.json is not of the form"]);
    }
    assert_eq!(hospital.files("csaf"), ["a.json"]);
}

/// A provider with one advisory that GnuPG has signed. The sample is no advisory that a reader takes, so only the signature
/// can let it pass to the reader or not.
fn signed(pin: &str) -> Hospital {
    let mut hospital = hospital(
        r#"{"distributions":[{"directory_url":"HERE/"}],"public_openpgp_keys":[{"url":"HERE/key.asc","fingerprint":"D405557B0B9930461974EB1527C6FD5E7668A8CC"}]}"#,
    );
    hospital.sources.push_str(pin);
    hospital.publisher.put("/key.asc", KEY);
    hospital.publisher.put("/index.txt", "a.json\n");
    hospital.publisher.put("/a.json", SAMPLE);
    hospital
        .publisher
        .put("/a.json.asc", &include_bytes!("../../src/openpgp/samples/ed25519.subkey.asc")[..]);
    hospital
}

#[test]
fn a_wrong_signature_is_refused_and_a_right_one_is_passed_on() {
    let hospital = signed("");
    hospital.fails(&["a.json was not taken"]);
    hospital.publisher.put("/a.json", advisory("a"));
    hospital.fails(&["a.json does not have a right signature", "no key of the publisher"]);
    hospital.publisher.put("/a.json.asc", "<html>");
    hospital.fails(&["a.json does not have a right signature", "damaged"]);
    hospital.publisher.remove("/a.json.asc");
    let report = hospital.update();
    assert_eq!(report.fetched.new_files, 1, "{:?}", report.fetched.problems);
    assert!(
        report.fetched.notes.join("\n").contains("no signature beside them: 1"),
        "{:?}",
        report.fetched.notes
    );
}

#[test]
fn with_a_pinned_key_nothing_unsigned_comes_in() {
    let hospital = signed("key-fingerprint = 'D405 557B 0B99 3046 1974  EB15 27C6 FD5E 7668 A8CC'\n");
    hospital.publisher.put("/a.json", advisory("a"));
    hospital.publisher.remove("/a.json.asc");
    hospital.fails(&["a.json does not have a right signature: there is none"]);
    let other = signed("key-fingerprint = '50AE6D38C3D42C231B65CBC5ECC81D65E3CFCF75'\n");
    other.fails(&["none of its keys has the fingerprint"]);
    assert!(other.files("csaf").is_empty());
}

#[test]
fn a_key_that_is_not_the_stated_one_is_not_used() {
    let hospital = signed("");
    hospital.publisher.put("/key.asc", &include_bytes!("../../src/openpgp/samples/rsa3072.key.asc")[..]);
    hospital.publisher.put("/a.json", advisory("a"));
    let report = hospital.update();
    let notes = report.fetched.notes.join("\n");
    assert!(notes.contains("does not have the fingerprint") && notes.contains("not checked"), "{notes}");
}
