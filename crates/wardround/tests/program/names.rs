//! A hospital's own names and decision tables, laid over the built-in ones.

use serde_json::Value;

use crate::program::{Place, assert_fails};

const SOFTWARE: &str = "ComputerName,DisplayName,DisplayVersion,Publisher\nSRV-1,Haus Fernzugang,7.2p2,EDV\n";

fn round(place: &Place, more: &[&str]) -> Value {
    let words = [&["round", "--format", "json", "--as-of", "2026-11-24T00:00:00Z"], more].concat();
    serde_json::from_str(&place.ok(&words)).unwrap()
}

fn has(round: &Value, cve: &str) -> bool {
    round["findings"].as_array().unwrap().iter().any(|finding| finding["cve"] == cve)
}

#[test]
fn a_name_that_the_hospital_adds_is_matched() {
    let place = Place::new();
    place.file("software.csv", SOFTWARE.as_bytes());
    place.ok(&["import", "software.csv", "--day", "2026-11-23"]);
    assert!(!has(&round(&place, &[]), "CVE-2016-6210"), "nobody knows the name yet");
    place.file("own.tsv", b"installed\thaus fernzugang\ta:openbsd:openssh\tportable\n");
    assert!(has(&round(&place, &["--aliases", "own.tsv"]), "CVE-2016-6210"));
    std::fs::copy(place.path("own.tsv"), place.path(".local/share/wardround/aliases.tsv")).unwrap();
    assert!(has(&round(&place, &[]), "CVE-2016-6210"), "the table in the data folder is used by itself");
    let shown = place.ok(&["intel", "names", "haus"]);
    assert!(shown.contains("haus fernzugang") && shown.contains("(your own)"), "{shown}");
}

#[test]
fn names_are_found_by_words_of_either_side() {
    let place = Place::new();
    assert!(place.ok(&["intel", "names", "openbsd", "openssh"]).contains("a:openbsd:openssh"));
    assert!(place.ok(&["intel", "names", "no-such-name-anywhere"]).contains("docs/judging.md"));
}

#[test]
fn a_broken_table_of_names_is_told_by_its_line() {
    let place = Place::new();
    place.file("software.csv", SOFTWARE.as_bytes());
    place.ok(&["import", "software.csv"]);
    place.file("own.tsv", b"installed\thaus fernzugang\tno cpe name\n");
    assert_fails(&place.run(&["round", "--aliases", "own.tsv"]), 1, &["own.tsv", "line 1"]);
}

#[test]
fn a_round_follows_the_table_that_it_is_given() {
    let place = Place::new();
    let reasons = |round: &Value| round["findings"][0]["judgement"]["reasons"].to_string();
    assert!(reasons(&place.clinic_json(&[])).contains("CISA Coordinator"));
    assert!(reasons(&place.clinic_json(&["--ssvc", "deployer"])).contains("Deployer"));
    let large = place.path("large.csv");
    std::fs::write(&large, vec![b'#'; 2 << 20]).unwrap();
    let clinic = crate::program::clinic();
    let words = ["round", clinic.to_str().unwrap(), "--ssvc", large.to_str().unwrap()];
    assert_fails(&place.run(&words), 1, &["large.csv", "more than"]);
}
