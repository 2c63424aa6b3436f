//! The demo hospital's lists (`examples/lists`): every planted weakness is found, nothing else is, no name is kept, and
//! what is asked is told once.

use std::collections::BTreeSet;

use serde_json::Value;
use toml::Table;

use crate::canaries::{assert_clean, files};
use crate::program::{Place, root};

fn truth() -> Table {
    std::fs::read_to_string(root().join("examples/lists/lists.truth.toml")).unwrap().parse().unwrap()
}

fn strings(value: &toml::Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Each table under this key: where, and the table.
fn tables<'t>(truth: &'t Table, key: &str) -> Vec<(&'t str, &'t Table)> {
    let tables = truth[key].as_array().unwrap().iter().map(|table| table.as_table().unwrap());
    tables.map(|table| (table["on"].as_str().unwrap(), table)).collect()
}

/// A round over the lists alone.
fn round(place: &Place) -> Value {
    let truth = truth();
    let folder = root().join("examples/lists");
    let lists = |file: &str| folder.join(file).to_str().unwrap().to_owned();
    let tables =
        ["computers", "accounts", "second-factors", "equipment", "software", "missing-updates", "protection"];
    for name in tables.iter().chain(&["backups"]) {
        place.ok(&["import", &lists(&format!("{name}.csv")), "--day", truth["day"].as_str().unwrap()]);
    }
    let packages_of = truth["packages_of"].as_str().unwrap();
    let day = truth["day"].as_str().unwrap();
    place.ok(&["import", &lists("packages.dpkg.txt"), "--for", packages_of, "--day", day]);
    let words = ["round", "--format", "json", "--as-of", "2026-11-24T00:00:00Z"];
    serde_json::from_str(&place.ok(&words)).unwrap()
}

/// The title of the asset that a finding is on.
fn title<'r>(round: &'r Value, finding: &Value) -> &'r str {
    let assets = round["assets"].as_array().unwrap();
    assets.iter().find(|asset| asset["id"] == finding["asset"]).unwrap()["title"].as_str().unwrap()
}

/// Whether a title is that of this place: an address stands at its end, a word anywhere.
fn is_at(title: &str, place: &str) -> bool {
    if place.parse::<std::net::IpAddr>().is_ok() {
        title.ends_with(&format!(" {place}"))
    } else {
        title.contains(place)
    }
}

#[test]
fn every_planted_weakness_is_found_and_none_is_invented() {
    let place = Place::new();
    let (truth, round) = (truth(), round(&place));
    let findings = round["findings"].as_array().unwrap();
    let settings = findings.iter().filter(|finding| finding["cve"].is_null());
    let found: BTreeSet<(String, String)> = settings
        .map(|one| (title(&round, one).to_owned(), one["weakness"].as_str().unwrap().to_owned()))
        .collect();
    let mut expected = 0;
    for (place, table) in tables(&truth, "planted") {
        for code in strings(&table["codes"]) {
            let is_found = found.iter().any(|(title, known)| is_at(title, place) && *known == code);
            assert!(is_found, "{code} on {place} was not found in {found:#?}");
            expected += 1;
        }
    }
    assert_eq!(found.len(), expected, "more was found than is planted: {found:#?}");
}

#[test]
fn published_weaknesses_are_found_on_the_outdated_products_alone() {
    let place = Place::new();
    let (truth, round) = (truth(), round(&place));
    let findings = round["findings"].as_array().unwrap();
    let of = |finding: &Value, place: &str, product: &str| {
        is_at(title(&round, finding), place) && finding["title"].as_str().unwrap().starts_with(product)
    };
    let expected = tables(&truth, "vulnerable");
    let expected: Vec<_> =
        expected.iter().map(|(place, table)| (*place, table["product"].as_str().unwrap())).collect();
    for (place, product) in &expected {
        assert!(findings.iter().any(|one| of(one, place, product)), "{product} on {place} was not found");
    }
    for finding in findings.iter().filter(|finding| !finding["cve"].is_null()) {
        let rightly = expected.iter().any(|(place, product)| of(finding, place, product));
        assert!(rightly, "{} on {}", finding["title"], title(&round, finding));
    }
}

#[test]
fn no_name_of_a_person_is_kept_or_told() {
    let place = Place::new();
    let round = round(&place);
    let canaries = strings(&truth()["canaries"]);
    assert_clean("the round's JSON", round.to_string().as_bytes(), &canaries);
    for words in [
        &["asset", "list"][..],
        &["finding", "list"],
        &["question", "list"],
        &["plan", "--hours", "6"],
        &["path"],
    ] {
        assert_clean(&words.join(" "), place.ok(words).as_bytes(), &canaries);
    }
    for file in files(place.folder.path()) {
        assert_clean(&file.display().to_string(), &std::fs::read(&file).unwrap(), &canaries);
    }
}

#[test]
fn questions_read_as_they_did() {
    let place = Place::new();
    round(&place);
    place.clinic_json(&[]);
    insta::assert_snapshot!(place.ok(&["question", "list"]));
}

#[test]
fn each_question_is_told_once_with_every_device_that_it_is_about() {
    let place = Place::new();
    round(&place);
    let round = place.clinic_json(&[]);
    let asked = round["unjudged"].as_array().unwrap();
    let all = place.ok(&["question", "list", "--all"]);
    let devices = all.lines().filter(|line| line.starts_with("  Q-")).count();
    let texts: BTreeSet<_> = asked.iter().map(|one| one["question"].as_str().unwrap()).collect();
    assert_eq!(devices, asked.len());
    for text in &texts {
        assert_eq!(all.lines().filter(|line| line == text).count(), 1, "{text}");
    }
    assert!(texts.len() > 10, "enough that some are left out");
    let short = place.ok(&["question", "list"]);
    assert_eq!(short.matches("Whom to ask").count(), 10);
    assert!(short.contains("wardround question list --all"), "{short}");
}
