//! A name that slipped in is taken out by one command, and the log of it is whole.

use std::io::Write as _;
use std::process::Stdio;

use crate::canaries::files;
use crate::program::{Place, assert_fails};

const INVENTORY: &str = "\
Inventory number,Type,Manufacturer,Model,IP address
4711,Infusion pump,B. Braun,SpaceCom,10.20.3.9
";
const NAME: &str = "Nurse Quentin";

fn place() -> Place {
    let place = Place::new();
    place.file("inventory.csv", INVENTORY.as_bytes());
    place.ok(&["import", "inventory.csv", "--day", "2026-11-23", "--store", "rounds.sqlite"]);
    place.ok(&["round", "--store", "rounds.sqlite"]);
    let because = format!("{NAME} moved it");
    let words = ["answer", "10.20.3.9", "--class", "ventilator", "--because", &because, "--by", "biomedical"];
    place.ok(&[&words[..], &["--store", "rounds.sqlite"]].concat());
    place.ok(&["round", "--store", "rounds.sqlite"]);
    place
}

fn is_kept(place: &Place) -> bool {
    files(place.folder.path()).iter().any(|file| {
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(NAME.len()).any(|window| window.eq_ignore_ascii_case(NAME.as_bytes()))
    })
}

#[test]
fn a_name_in_a_note_is_gone_from_every_file_and_the_log_says_that_something_went() {
    let place = place();
    let told = place.ok(&["redact", NAME, "--dry-run", "--store", "rounds.sqlite"]);
    assert!(told.contains("It stands in") && told.contains("statement, because"), "{told}");
    assert!(told.contains("Nothing was changed.") && is_kept(&place), "{told}");
    let mut typed = place.command(&["redact", "-", "--store", "rounds.sqlite"]);
    let mut typed = typed.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(typed.stdin.take().unwrap(), "{}", NAME.to_lowercase()).unwrap();
    let output = typed.wait_with_output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && told.contains("It was taken out of"), "{told}");
    assert!(told.contains("Backups, reports and lists that lie elsewhere were not touched"), "{told}");
    assert!(!is_kept(&place));
    let list = place.ok(&["answer", "list", "--store", "rounds.sqlite"]);
    assert!(list.contains("redacted moved it"), "{list}");
    place.ok(&["round", "show", "--store", "rounds.sqlite"]);
    let log = place.ok(&["audit", "list", "--store", "rounds.sqlite"]);
    assert!(log.contains("redact") && log.contains("a value in"), "{log}");
    let whole = place.ok(&["audit", "verify", "--store", "rounds.sqlite"]);
    assert!(whole.contains("The log is whole") && whole.contains("The last entry is signed."), "{whole}");
    let again = place.ok(&["redact", NAME, "--store", "rounds.sqlite"]);
    assert!(again.contains("It stands nowhere."), "{again}");
}

#[test]
fn what_is_no_name_is_refused_in_a_sentence() {
    let place = place();
    let redact = |value| place.run(&["redact", value, "--store", "rounds.sqlite"]);
    assert_fails(&redact("it"), 1, &["4 to 1,000 characters"]);
    assert_fails(&redact("biomedical"), 1, &["a word of the program's own"]);
    assert!(is_kept(&place));
}
