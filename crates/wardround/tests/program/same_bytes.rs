//! Same input and same `--as-of`, same bytes out, on one core and on two.

use serde_json::Value;

use crate::program::{Place, clinic};

/// The JSON without the round's id and time.
fn without_round(mut json: Value) -> String {
    json.as_object_mut().unwrap().remove("round").unwrap();
    serde_json::to_string_pretty(&json).unwrap()
}

#[test]
fn two_rounds_are_equal_on_one_core_and_on_two() {
    let place = Place::new();
    let one = without_round(place.clinic_json(&["--workers", "1"]));
    for more in [&["--workers", "1"][..], &["--workers", "2"], &["--workers", "5"], &[]] {
        assert!(without_round(place.clinic_json(more)) == one, "{more:?} gives other bytes");
    }
    assert!(without_round(Place::new().clinic_json(&[])) == one, "another store gives other bytes");
}

#[test]
fn a_round_told_again_is_the_round_that_was_run() {
    let place = Place::new();
    let run = place.clinic_json(&[]);
    let again: Value =
        serde_json::from_str(&place.ok(&["round", "show", "R-1", "--format", "json"])).unwrap();
    assert_eq!(run, again);
}

#[test]
fn compressed_and_piped_captures_say_the_same() {
    let place = Place::new();
    let plain = place.clinic_json(&[]);
    let gzip = std::process::Command::new("gzip").arg("-c").arg(clinic()).output().unwrap().stdout;
    let file = place.file("clinic.pcapng.gz", &gzip);
    let words = ["round", file.to_str().unwrap(), "--format", "json", "--as-of", "2026-11-24T00:00:00Z"];
    let zipped: Value = serde_json::from_str(&place.ok(&words)).unwrap();
    assert_eq!(plain["plan"], zipped["plan"]);
    assert_eq!(plain["assets"], zipped["assets"]);
    let input = std::fs::File::open(clinic()).unwrap();
    let words = ["round", "-", "--format", "json", "--as-of", "2026-11-24T00:00:00Z"];
    let output = place.command(&words).stdin(input).output().unwrap();
    let piped: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(plain["assets"], piped["assets"]);
    assert_eq!(plain["plan"], piped["plan"]);
}
