//! What people say of devices: kept, counted in the next round, taken back, and told to others.

use serde_json::Value;

use crate::grade::grade;
use crate::program::{Place, assert_fails};

const INVENTORY: &str = "\
Inventory number,Type,Manufacturer,Model,IP address
4711,Infusion pump,B. Braun,SpaceCom,10.20.3.9
4712,Ventilator,Example,Breeze,10.20.3.10
";

fn place() -> Place {
    let place = Place::new();
    place.file("inventory.csv", INVENTORY.as_bytes());
    place.ok(&["import", "inventory.csv", "--day", "2026-11-23"]);
    place.ok(&["round"]);
    place
}

fn round(place: &Place) -> Value {
    serde_json::from_str(&place.ok(&["round", "--format", "json"])).unwrap()
}

fn answer(place: &Place, asset: &str, says: &[&str]) -> String {
    let words = [&["answer", asset], says, &["--because", "we looked at it", "--by", "biomedical"]].concat();
    place.ok(&words)
}

#[test]
fn an_answer_counts_in_the_next_round_until_it_is_taken_back() {
    let place = place();
    let told = answer(&place, "10.20.3.10", &["--class", "anaesthesia-machine"]);
    assert!(told.contains("Kept as S-1") && told.contains("answer undo S-1"), "{told}");
    let class = |round: &Value| {
        let all = round["assets"].as_array().unwrap();
        let found = all.iter().find(|asset| asset["addresses"][0] == "10.20.3.10").unwrap();
        (found["class"].as_str().unwrap().to_owned(), found["id"].as_str().unwrap().to_owned())
    };
    let after = round(&place);
    let (said, id) = class(&after);
    assert_eq!(said, "anaesthesia-machine");
    let statement = &after["statements"][0];
    assert_eq!((&statement["kind"], &statement["by"]), (&"class".into(), &"biomedical".into()));
    let why = place.ok(&["why", &id]);
    assert!(
        why.contains("S-1  said by: biomedical engineer") && why.contains("because: we looked at it"),
        "{why}"
    );
    assert!(place.ok(&["why", "S-1"]).contains("we looked at it"));
    place.ok(&["answer", "undo", "S-1"]);
    assert_eq!(class(&round(&place)).0, "ventilator");
    let list = place.ok(&["answer", "list"]);
    assert!(list.contains("S-1") && list.contains("taken back"), "{list}");
    assert_fails(&place.run(&["answer", "undo", "S-1"]), 3, &["answer list"]);
}

#[test]
fn every_kind_of_answer_is_kept_and_listed() {
    let place = place();
    for (says, told) in [
        (
            &["--not-affected", "CVE-2020-25165", "--justification", "component_not_present"][..],
            "does not have CVE",
        ),
        (&["--affected", "CVE-2020-25166"], "it has CVE-2020-25166"),
        (&["--fixed", "CVE-2020-25167"], "which was mended"),
        (&["--care-role", "life-sustaining"], "keeps patients alive"),
        (&["--care-area", "Ward 3"], "it serves Ward 3"),
        (&["--spares", "2"], "2 others can take its place"),
        (&["--owner", "biomedical"], "biomedical engineer"),
        (&["--maker-approves", "letter of 3 May"], "approved by the maker (letter of 3 May)"),
        (&["--maker-forbids", "manual, page 9"], "forbidden by the maker"),
        (&["--maker-not-asked"], "not asked yet"),
        (&["--off-patients", "Sundays 02:00 to 04:00"], "Sundays 02:00 to 04:00"),
        (&["--retired"], "it is gone"),
    ] {
        assert!(answer(&place, "10.20.3.9", says).contains(told), "{told}");
        assert!(place.ok(&["answer", "list"]).contains(told), "{told}");
    }
    // Said to be gone, and in no traffic since.
    assert_eq!(round(&place)["assets"].as_array().unwrap().len(), 1);
}

#[test]
fn answers_are_exported_as_openvex_and_the_same_each_time() {
    let place = place();
    let says = ["--not-affected", "CVE-2020-25165", "--justification", "component_not_present"];
    answer(&place, "10.20.3.9", &["--affected", "CVE-2020-25165"]);
    answer(&place, "10.20.3.9", &says);
    answer(&place, "10.20.3.10", &["--affected", "CVE-2021-0001"]);
    answer(&place, "10.20.3.10", &["--spares", "1"]);
    let text = place.ok(&["vex", "export", "--author", "Example Clinic"]);
    assert_eq!(text, place.ok(&["vex", "export", "--author", "Example Clinic"]));
    let vex: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(vex["@context"], "https://openvex.dev/ns/v0.2.0");
    assert_eq!((&vex["author"], &vex["version"]), (&"Example Clinic".into(), &1.into()));
    let [first, second] = vex["statements"].as_array().unwrap().as_slice() else { panic!("{text}") };
    assert_eq!(first["vulnerability"]["name"], "CVE-2020-25165");
    assert_eq!(
        (&first["status"], &first["justification"]),
        (&"not_affected".into(), &"component_not_present".into())
    );
    assert_eq!(first["impact_statement"], "we looked at it");
    // OpenVEX wants a statement of what to do for what is affected.
    assert_eq!(
        (&second["status"], &second["action_statement"]),
        (&"affected".into(), &"we looked at it".into())
    );
    assert!(second["products"][0]["@id"].as_str().unwrap().starts_with("urn:wardround:asset:A-"));
}

#[test]
fn who_is_not_there_cannot_be_spoken_of() {
    let place = place();
    let words = ["answer", "10.99.9.9", "--retired", "--because", "x", "--by", "server"];
    assert_fails(&place.run(&words), 3, &["asset list"]);
}

#[test]
fn what_an_answer_settles_is_told_with_who_said_so_and_until_when() {
    let place = place();
    let before = round(&place);
    let open = before["unjudged"].as_array().unwrap().iter();
    let asked = open.filter(|open| !open["cves"].as_array().unwrap().is_empty()).collect::<Vec<_>>();
    let (asset, cve) = (asked[0]["asset"].as_str().unwrap(), asked[0]["cves"][0].as_str().unwrap());
    assert_eq!(before["settled"].as_array().unwrap().len(), 0);
    answer(&place, asset, &["--not-affected", cve, "--until", "2099-01-31"]);
    let after = round(&place);
    let [settled] = after["settled"].as_array().unwrap().as_slice() else { panic!("{}", after["settled"]) };
    assert_eq!((&settled["asset"], &settled["cve"]), (&asset.into(), &cve.into()));
    assert_eq!(
        (&settled["status"], &settled["until"]),
        (&"not_affected".into(), &"2099-01-31T23:59:59Z".into())
    );
    assert_eq!(settled["reason"]["evidence"][0], "S-1");
    for words in [&["round"][..], &["asset", "show", asset]] {
        let text = place.ok(words).split_whitespace().collect::<Vec<_>>().join(" ");
        for part in ["ettled", "The biomedical engineer said on", "holds until 31 Jan 2099", cve] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    let why = place.ok(&["why", asset]);
    assert!(why.contains(&format!("We leave {cve} out")) && why.contains("S-1  said by"), "{why}");
}

/// The sentences of a page's section about what answers settled, in one line.
fn settled_section(page: &str) -> String {
    let from = page.split_once("What answers settled").unwrap().1;
    let (section, _) = from.split_once("What is known, and from when").unwrap();
    section
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_reader_of_fourteen_understands_what_answers_settled() {
    let place = place();
    let before = round(&place);
    let asked: Vec<_> = before["unjudged"].as_array().unwrap().iter().collect();
    let cves = asked.iter().flat_map(|one| one["cves"].as_array().unwrap());
    let cves: Vec<_> = cves.map(|cve| cve.as_str().unwrap()).collect();
    let says = [
        &["--justification", "component_not_present"][..],
        &["--justification", "vulnerable_code_not_present"],
        &["--justification", "vulnerable_code_not_in_execute_path"],
        &["--justification", "vulnerable_code_cannot_be_controlled_by_adversary"],
        &["--justification", "inline_mitigations_already_exist", "--until", "2099-01-31"],
    ];
    for (says, cve) in says.iter().zip(&cves) {
        answer(&place, "10.20.3.9", &[&["--not-affected", cve], *says].concat());
    }
    let people = settled_section(&place.ok(&["round"]));
    let vex = |cve: &str, status: &str, why: &str| {
        format!(
            r#"{{"vulnerability":{{"name":"{cve}"}},"products":[{{"@id":"pkg:generic/spacecom"}}],"status":"{status}"{why}}}"#
        )
    };
    let why = r#","justification":"vulnerable_code_not_in_execute_path""#;
    let statements = cves.iter().skip(5).take(2).map(|cve| vex(cve, "not_affected", why));
    let statements: Vec<_> = statements.collect();
    assert!(!statements.is_empty(), "enough weaknesses are asked about");
    let text = format!(
        r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://maker.example/1","author":"Maker",
        "timestamp":"2026-11-01T00:00:00Z","version":1,"statements":[{}]}}"#,
        statements.join(",")
    );
    place.file("maker.json", text.as_bytes());
    place.ok(&["import", "maker.json", "--for", "10.20.3.9", "--day", "2026-11-23"]);
    for id in 1..=5 {
        place.ok(&["answer", "undo", &format!("S-{id}")]);
    }
    answer(&place, "10.20.3.9", &["--fixed", cves[0]]);
    let others = settled_section(&place.ok(&["round"]));
    assert!(others.contains("Its maker says") && others.contains("fixed"), "{others}");
    let text = format!("{people} {others}");
    let grade = grade(&text);
    assert!(grade <= 8.0, "grade {grade:.1}: {text}");
}
