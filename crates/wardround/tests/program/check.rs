//! `wardround check`: what is published of the things on a list, told and not kept.

use serde_json::{Value, json};

use crate::program::{Place, assert_fails};

/// A bill of materials as a maker sends it: one that attackers use, one that is mended, one without a version, one nobody lists.
fn bill() -> Vec<u8> {
    let component = |name: &str, version: Option<&str>, cpe: Option<&str>| {
        let mut one = json!({"type": "library", "name": name});
        if let Some(version) = version {
            one["version"] = version.into();
        }
        if let Some(cpe) = cpe {
            one["cpe"] = cpe.into();
        }
        one
    };
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "components": [
            component("tomcat", Some("8.5.0"), Some("cpe:2.3:a:apache:tomcat:8.5.0:*:*:*:*:*:*:*")),
            component("openssh", Some("7.2p2"), Some("cpe:2.3:a:openbsd:openssh:7.2:p2:*:*:*:*:*:*")),
            component("openssh", None, Some("cpe:2.3:a:openbsd:openssh:*:*:*:*:*:*:*:*")),
            component("ward-thing", Some("1.0"), Some("cpe:2.3:a:nobody:ward-thing:1.0:*:*:*:*:*:*:*")),
        ],
    })
    .to_string()
    .into_bytes()
}

fn checked(place: &Place, more: &[&str]) -> Value {
    let words =
        [&["check", "sbom.json", "--format", "json", "--as-of", "2026-11-24T00:00:00Z"], more].concat();
    serde_json::from_str(&place.ok(&words)).unwrap()
}

fn weaknesses<'a>(checked: &'a Value, name: &str) -> &'a Vec<Value> {
    let components = checked["components"].as_array().unwrap();
    let named = components.iter().find(|one| one["name"].as_str().unwrap().starts_with(name));
    named.unwrap()["weaknesses"].as_array().unwrap()
}

#[test]
fn a_list_is_told_and_nothing_is_kept() {
    let place = Place::new();
    place.file("sbom.json", &bill());
    let text = place.ok(&["check", "sbom.json", "--as-of", "2026-11-24T00:00:00Z"]);
    assert!(
        text.contains("Attackers use CVE-2016-8735") && text.contains("CVE-2023-44487 (mended"),
        "{text}"
    );
    assert!(text.contains("unknown, not safe"), "a component without a version is not told as safe: {text}");
    assert!(!place.path(".local/share/wardround/rounds.sqlite").exists(), "a store was made");
}

#[test]
fn what_a_check_finds_is_what_a_round_finds() {
    let place = Place::new();
    place.file("sbom.json", &bill());
    let checked = checked(&place, &[]);
    place.ok(&["import", "sbom.json", "--for", "192.0.2.1"]);
    let round: Value =
        serde_json::from_str(&place.ok(&["round", "--format", "json", "--as-of", "2026-11-24T00:00:00Z"]))
            .unwrap();
    let key =
        |one: &Value| (one["cve"].as_str().unwrap().to_owned(), one["grade"].as_str().unwrap().to_owned());
    let findings = round["findings"].as_array().unwrap();
    let mut of_round: Vec<_> = findings.iter().filter(|one| one["cve"].is_string()).map(key).collect();
    let components = checked["components"].as_array().unwrap();
    let mut of_check: Vec<_> =
        components.iter().flat_map(|one| one["weaknesses"].as_array().unwrap()).map(key).collect();
    of_round.sort();
    of_check.sort();
    of_check.dedup();
    assert!(of_check.len() > 3, "{of_check:?}");
    assert_eq!(of_check, of_round);
    let used =
        weaknesses(&checked, "Apache Tomcat").iter().find(|one| one["cve"] == "CVE-2023-44487").unwrap();
    assert_eq!((&used["exploited_since"], &used["cvss"]), (&"2023-10-10".into(), &"7.5".into()));
    assert_eq!(used["fixed_in"], "8.5.94");
    assert_eq!(self::checked(&place, &["--workers", "2"]), self::checked(&place, &["--workers", "1"]));
}

#[test]
fn what_cannot_be_checked_is_said() {
    let place = Place::new();
    place.file("broken.json", b"{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.5\", \"components\": [");
    assert_fails(&place.run(&["check", "broken.json"]), 1, &["broken.json"]);
    place.file(
        "empty.json",
        br#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": []}"#,
    );
    assert_fails(&place.run(&["check", "empty.json"]), 1, &["nothing to look up"]);
    assert_fails(&place.run(&["check", "missing.json"]), 1, &["missing.json"]);
}
