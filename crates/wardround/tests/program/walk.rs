//! From any statement down to its evidence, as a person would walk.

use serde_json::Value;

use crate::program::{Place, assert_fails, clinic};

#[test]
fn every_id_that_is_printed_can_be_asked_about() {
    let place = Place::new();
    let json = place.clinic_json(&[]);
    let first = |list: &str| json[list][0]["id"].as_str().unwrap().to_owned();
    for id in [first("assets"), first("findings"), first("conversations")] {
        assert!(place.ok(&["why", &id]).contains(&id));
    }
    for finding in json["findings"].as_array().unwrap() {
        let why = place.ok(&["why", finding["id"].as_str().unwrap()]);
        assert!(why.contains("clinic.pcapng, packet ") && why.contains("at byte "), "{why}");
    }
    let seen = json["findings"][0]["evidence"][0]["id"].as_str().unwrap();
    assert!(place.ok(&["why", seen]).contains("packet"));
}

#[test]
fn the_offset_of_evidence_is_where_the_packet_is() {
    let place = Place::new();
    let json = place.clinic_json(&[]);
    let capture = std::fs::read(clinic()).unwrap();
    for finding in json["findings"].as_array().unwrap() {
        for seen in finding["evidence"].as_array().unwrap() {
            let offset = usize::try_from(seen["offset"].as_u64().unwrap()).unwrap();
            // An Enhanced Packet Block (pcapng, block type 6) begins there.
            assert_eq!(&capture[offset..offset + 4], &[6, 0, 0, 0], "{seen}");
        }
    }
}

#[test]
fn an_asset_is_found_by_its_address_and_by_the_start_of_its_id() {
    let place = Place::new();
    let json = place.clinic_json(&[]);
    let asset = &json["assets"][0];
    let (id, title) = (asset["id"].as_str().unwrap(), asset["title"].as_str().unwrap());
    for text in [id, &id[..10], asset["addresses"][0].as_str().unwrap()] {
        assert!(place.ok(&["asset", "show", text]).contains(title), "{text}");
    }
    let finding = json["findings"][0]["id"].as_str().unwrap();
    assert!(place.ok(&["finding", "show", finding]).contains(finding));
}

#[test]
fn what_is_not_there_is_said_with_a_next_step() {
    let place = Place::new();
    assert_fails(&place.run(&["asset", "list"]), 3, &["no store", "wardround round FILE"]);
    place.clinic_json(&[]);
    assert_fails(&place.run(&["asset", "show", "10.99.99.99"]), 3, &["asset list"]);
    assert_fails(&place.run(&["finding", "show", "F-zzz"]), 3, &["finding list"]);
    assert_fails(&place.run(&["why", "X-1"]), 3, &["asset list"]);
    assert_fails(&place.run(&["round", "show", "R-9"]), 3, &["round list"]);
}

#[test]
fn two_rounds_are_compared() {
    let place = Place::new();
    place.clinic_json(&[]);
    place.clinic_json(&[]);
    let same = place.ok(&["round", "diff", "R-1", "R-2"]);
    assert!(same.contains("New devices: 0") && same.contains("New weaknesses: 0"), "{same}");
    let half = std::fs::read(clinic()).unwrap();
    let file = place.file("half.pcapng", &half[..half.len() / 3]);
    place.ok(&["round", file.to_str().unwrap(), "--as-of", "2026-11-24T00:00:00Z"]);
    let less = place.ok(&["round", "diff", "R-1", "R-3"]);
    assert!(!less.contains("Devices not seen again (switched off, moved or out of sight): 0"), "{less}");
    let list = place.ok(&["round", "list"]);
    assert!(list.contains("R-3") && list.contains("half.pcapng"), "{list}");
}

#[test]
fn intelligence_says_how_old_it_is() {
    let status = Place::new().ok(&["intel", "status"]);
    for source in ["NVD", "KEV", "EPSS", "SSVC", "CSAF"] {
        assert!(status.contains(source), "{source} is missing in {status}");
    }
    assert!(status.contains("FIRST"), "EPSS is attributed: {status}");
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(Place::new().ok(&["completions", shell]).contains("wardround"));
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let place = Place::new();
    let json: Value = place.clinic_json(&[]);
    assert!(json["schema_version"] == 2);
    let program = env!("CARGO_BIN_EXE_wardround");
    let script = format!("set -o pipefail; {program} round show --format json | head -n 1");
    let output = std::process::Command::new("bash")
        .arg("-c")
        .arg(script)
        .env("HOME", place.folder.path())
        .output()
        .unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
