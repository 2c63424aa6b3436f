//! The plan for the hours at hand, "what if" and ways of an attacker, over the demo capture.

use serde_json::Value;

use crate::program::{Place, assert_fails, clinic};

/// A folder with a round over the demo capture in its store.
fn place() -> Place {
    let place = Place::new();
    place.clinic_json(&[]);
    place
}

/// What it prints, without the line that tells when the round was run.
fn page(place: &Place, words: &[&str]) -> String {
    let page = place.ok(words);
    let lines: Vec<&str> = page.lines().filter(|line| !line.starts_with("From round ")).collect();
    lines.join("\n")
}

fn json(place: &Place, words: &[&str]) -> Value {
    serde_json::from_str(&place.ok(&[words, &["--format", "json"]].concat())).unwrap()
}

#[test]
fn the_plan_reads_as_it_did() {
    insta::assert_snapshot!(page(&place(), &["plan", "--hours", "6", "--people", "biomed=2,network=2"]));
}

#[test]
fn the_plan_keeps_to_its_hours_and_tells_all() {
    let place = place();
    let plan = json(&place, &["plan", "--hours", "3"]);
    let number = |value: &Value| value.as_u64().unwrap();
    assert!(number(&plan["teams"][0]["used"]) <= 180);
    assert!(
        number(&plan["removed"]) <= number(&plan["bound"]) && number(&plan["bound"]) <= number(&plan["harm"])
    );
    assert!(number(&plan["percent_of_best_at_least"]) > 60);
    for task in plan["tasks"].as_array().unwrap() {
        for part in ["title", "why", "by_when", "check_before", "check_after", "way_back"] {
            assert!(!task[part].as_str().unwrap().is_empty(), "{part} is empty in {task:#?}");
        }
        // Nobody said anything of a maker, so no device with one is changed; the network around it may be.
        let devices = task["devices"].as_array().unwrap();
        assert!(
            task["work"] == "containment"
                || task["who"] == "network"
                || devices.iter().all(|device| device["maker"].is_null()),
            "{task:#?}"
        );
    }
    assert_eq!(plan, json(&place, &["plan", "--hours", "3"]), "the same every time");
}

#[test]
fn own_minutes_and_another_table_are_used() {
    let place = place();
    place.file("efforts.toml", b"[containment]\nonce = 0\nvisit = 1\n[letter]\nminutes = 1\n");
    let used = json(&place, &["plan", "--hours", "1", "--efforts", "efforts.toml"]);
    assert!(used["tasks"].as_array().unwrap().len() > 1);
    place.file("bad.toml", b"[containment]\ntwice = 0\n");
    let bad = place.run(&["plan", "--efforts", "bad.toml"]);
    assert_fails(&bad, 1, &["bad.toml", "line 2", "unknown field"]);
    let decisions = |table: &str| json(&place, &["plan", "--hours", "40", "--ssvc", table])["tasks"].clone();
    assert_ne!(decisions("cisa"), decisions("deployer"));
    place.file("table.csv", b"# table: Mine\n# version: 1\nsafety,mission\n");
    assert_fails(&place.run(&["plan", "--ssvc", "table.csv"]), 1, &["table.csv", "line 3", "columns"]);
}

#[test]
fn hours_that_do_not_add_up_are_refused() {
    let place = place();
    let output = place.run(&["plan", "--hours", "1", "--people", "network=2"]);
    assert_fails(&output, 1, &["more hours together than the 1 hour of the plan"]);
    assert_eq!(place.run(&["plan", "--people", "cooks=2"]).status.code(), Some(2));
}

#[test]
fn what_if_reads_as_it_did() {
    let place = place();
    let asked = ["isolate=10.20.1.51", "retire=10.20.2.10", "product=openssh"];
    let pages: Vec<_> = asked.iter().map(|asked| page(&place, &["plan", "--what-if", asked])).collect();
    insta::assert_snapshot!(pages.join("\n\n"));
    assert_fails(&place.run(&["plan", "--what-if", "isolate=10.9.9.9"]), 3, &["there is no asset"]);
}

#[test]
fn the_ways_read_as_they_did() {
    insta::assert_snapshot!(page(&place(), &["path"]));
}

#[test]
fn each_step_of_a_way_names_its_weakness_and_its_proof() {
    let place = place();
    let found = json(&place, &["path"]);
    let ways = found["ways"].as_array().unwrap();
    assert!(!ways.is_empty());
    for step in ways.iter().flat_map(|way| way["steps"].as_array().unwrap()) {
        let begins = step["reached"] == "start";
        assert!(begins || step["finding"].as_str().is_some(), "{step:#?}");
        if let Some(proof) = step["conversation"].as_str() {
            place.ok(&["why", proof]);
        }
    }
}

#[test]
fn what_falls_and_ways_between_devices_read_as_they_did() {
    let place = place();
    let pages = [
        page(&place, &["path", "--if-falls", "10.20.2.10"]),
        page(&place, &["path", "--if-falls", "10.20.1.0/24"]),
        page(&place, &["path", "--from", "10.20.3.104", "--to", "10.20.1.51"]),
        page(&place, &["path", "--from", "10.20.1.51", "--to", "10.20.3.104"]),
    ];
    insta::assert_snapshot!(pages.join("\n\n"));
    let wrong = place.run(&["path", "--if-falls", "10.20.0.0/16"]);
    assert_fails(&wrong, 1, &["a network looks like 10.20.1.0/24"]);
}

const RULES: &str = "\
Name,Source,Destination,Service,Action
Old wing,10.20.3.0/24,10.20.9.0/24,any,Allow
Reading rooms,10.20.3.104,10.20.2.0/24,tcp/104;tcp/11112,Allow
Named,ADMIN-PCS,10.20.1.0/24,any,Allow
Rest,any,any,any,Deny
";

#[test]
fn a_way_that_only_a_rule_opens_is_told_with_its_line() {
    let place = place();
    let between = ["path", "--from", "10.20.3.104", "--to", "10.20.2.10"];
    assert!(page(&place, &between).contains("No way was found"));
    let file = place.file("core.csv", RULES.as_bytes());
    let told = place.ok(&["import", file.to_str().unwrap(), "--day", "2026-11-20"]);
    assert!(told.contains("about 4 rules of a firewall"), "{told}");
    assert!(told.contains("row 4, Source: names something that is no address"), "{told}");
    place.ok(&["round", clinic().to_str().unwrap()]);
    insta::assert_snapshot!(page(&place, &between));
    let found = json(&place, &between);
    assert_eq!(found["ways"][0]["steps"][1]["rule"]["line"], 3);
    let seen_only = [&between[..], &["--seen-only"]].concat();
    assert!(page(&place, &seen_only).contains("No way was found"));
    // A set of rules is no device.
    let devices = json(&place, &["round", "show"]);
    assert_eq!(devices["assets"].as_array().unwrap().len(), 31);
}
