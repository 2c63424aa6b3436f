//! The result of the demo capture equals its truth file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::program::Place;
use crate::truth::{Host, truth};

const MEDICAL: &[&str] = &[
    "imaging-modality",
    "imaging-archive",
    "clinical-system",
    "laboratory-analyser",
    "patient-monitor",
    "infusion-pump",
];

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Each host with the asset that has its addresses.
fn pairs<'a>(hosts: &'a [Host], json: &'a Value) -> Vec<(&'a Host, &'a Value)> {
    let mut owner = BTreeMap::new();
    for asset in list(json, "assets") {
        for address in list(asset, "addresses") {
            assert!(
                owner.insert(address.as_str().unwrap(), asset).is_none(),
                "{address} belongs to two assets"
            );
        }
    }
    let pair = |host: &'a Host| {
        let found: BTreeSet<&str> = host
            .addresses
            .iter()
            .filter_map(|address| owner.get(address.as_str()))
            .map(|asset| text(asset, "id"))
            .collect();
        assert_eq!(found.len(), 1, "{} must be one asset, not {found:?}", host.name);
        (host, *host.addresses.iter().find_map(|address| owner.get(address.as_str())).unwrap())
    };
    hosts.iter().map(pair).collect()
}

#[test]
fn every_host_is_one_asset_and_nothing_else_is() {
    let (truth, json) = (truth(), Place::new().clinic_json(&[]));
    let paired = pairs(&truth.hosts, &json);
    for (host, asset) in &paired {
        let found: BTreeSet<&str> =
            list(asset, "addresses").iter().map(|address| address.as_str().unwrap()).collect();
        let true_ones: BTreeSet<&str> = host.addresses.iter().map(String::as_str).collect();
        assert!(found.is_subset(&true_ones), "{}: addresses that are not its own: {found:?}", host.name);
    }
    let known: BTreeSet<&str> = paired.iter().map(|(_, asset)| text(asset, "id")).collect();
    let others: Vec<_> =
        list(&json, "assets").iter().filter(|asset| !known.contains(text(asset, "id"))).collect();
    assert!(others.is_empty(), "assets that are no host: {others:#?}");
}

#[test]
fn classes_are_right_and_no_medical_claim_is_wrong() {
    let (truth, json) = (truth(), Place::new().clinic_json(&[]));
    let paired = pairs(&truth.hosts, &json);
    let wrong: Vec<String> = paired
        .iter()
        .filter(|(host, asset)| host.class != text(asset, "class"))
        .map(|(host, asset)| format!("{} is {}, said {}", host.name, host.class, text(asset, "class")))
        .collect();
    let wrong_medical = paired.iter().filter(|(host, asset)| {
        MEDICAL.contains(&text(asset, "class")) && host.class != text(asset, "class")
    });
    assert_eq!(wrong_medical.count(), 0, "{wrong:?}");
    assert!(wrong.len() * 20 <= paired.len(), "right for fewer than 95 of 100 hosts: {wrong:?}");
}

#[test]
fn every_planted_weakness_is_found_and_no_other() {
    let (truth, json) = (truth(), Place::new().clinic_json(&[]));
    for (host, asset) in pairs(&truth.hosts, &json) {
        let findings: Vec<&Value> =
            list(&json, "findings").iter().filter(|finding| finding["asset"] == asset["id"]).collect();
        let found: BTreeSet<&str> = findings.iter().map(|finding| text(finding, "weakness")).collect();
        for planted in &host.weaknesses {
            assert!(
                found.contains(planted.as_str()),
                "{}: {planted} was not found; found {found:?}",
                host.name
            );
        }
        for finding in
            findings.iter().filter(|finding| !host.weaknesses.contains(&text(finding, "weakness").to_owned()))
        {
            let (product, version) = (text(finding, "product"), text(finding, "version"));
            let rightly = host
                .vulnerable_products
                .iter()
                .any(|known| known.starts_with(&format!("{product}:")) && known.contains(version));
            assert!(
                !version.is_empty() && rightly,
                "{}: it does not have {} ({product} {version})",
                host.name,
                finding["title"]
            );
        }
    }
}

#[test]
fn every_finding_has_evidence_that_names_a_packet() {
    let json = Place::new().clinic_json(&[]);
    assert!(!list(&json, "findings").is_empty());
    for finding in list(&json, "findings") {
        let evidence = list(finding, "evidence");
        assert!(!evidence.is_empty(), "{finding:#?}");
        assert!(
            evidence
                .iter()
                .all(|seen| text(seen, "file") == "clinic.pcapng" && seen["record"].as_u64() >= Some(1))
        );
        let cvss = &finding["judgement"]["cvss"];
        let scores = [&cvss["here"], &cvss["elsewhere"]].map(|score| score.as_f64().unwrap_or(-1.0));
        assert!(cvss.is_null() || scores.iter().all(|score| (0.0..=10.0).contains(score)), "{cvss}");
        assert!(cvss.is_null() || !finding["cve"].is_null(), "only published weaknesses have a score");
        assert_eq!(list(&finding["judgement"], "reasons").len(), 5 + usize::from(!cvss.is_null()));
    }
}

#[test]
fn clinical_conversations_are_recognised() {
    let (truth, json) = (truth(), Place::new().clinic_json(&[]));
    let said: BTreeSet<(String, String, String)> = list(&json, "conversations")
        .iter()
        .filter(|it| it["clinical"] == true)
        .map(|it| {
            (text(it, "client").to_owned(), text(it, "server").to_owned(), text(it, "protocol").to_owned())
        })
        .collect();
    for it in &truth.clinical {
        let field = |key: &str| it[key].as_str().unwrap().to_owned();
        let port = it["port"].as_integer().unwrap();
        let server = format!("{}:{port}/{}", field("server"), field("transport"));
        let wanted = (field("client"), server, field("protocol"));
        assert!(said.contains(&wanted), "{wanted:?} is missing in {said:#?}");
    }
}

#[test]
fn what_is_mirrored_in_one_direction_only_is_said() {
    let json = Place::new().clinic_json(&[]);
    let one_way: Vec<&str> = list(&json, "conversations")
        .iter()
        .filter(|it| it["one_way"] == true)
        .map(|it| text(it, "client"))
        .collect();
    let truth: Vec<String> =
        truth().hosts.into_iter().filter(|host| host.one_way).flat_map(|host| host.addresses).collect();
    assert!(
        !one_way.is_empty() && one_way.iter().all(|client| truth.contains(&(*client).to_owned())),
        "{one_way:?}"
    );
}

#[test]
fn the_plan_is_short_and_says_everything() {
    let json = Place::new().clinic_json(&[]);
    let plan = list(&json, "plan");
    assert!((1..=10).contains(&plan.len()));
    for item in plan {
        for part in ["title", "what", "why", "how_sure", "next_step", "decision"] {
            assert!(!text(item, part).is_empty(), "{part} is empty in {item:#?}");
        }
        assert!(!list(item, "findings").is_empty() && !list(item, "assets").is_empty());
    }
}

#[test]
fn the_text_page_reads_as_it_did() {
    let place = Place::new();
    let clinic = crate::program::clinic();
    let page = place.ok(&["round", clinic.to_str().unwrap(), "--as-of", "2026-11-24T00:00:00Z"]);
    let page: Vec<&str> = page.lines().filter(|line| !line.starts_with("Run ")).collect();
    insta::assert_snapshot!(page.join("\n"));
}

#[test]
fn the_html_page_is_self_contained_and_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    place.clinic_json(&["--html", "round.html"]);
    let page = std::fs::read_to_string(place.path("round.html")).unwrap();
    for forbidden in ["<script", "http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("What could not be seen") && page.contains("What to do first"));
    assert_eq!(std::fs::metadata(place.path("round.html")).unwrap().permissions().mode() & 0o777, 0o600);
}
