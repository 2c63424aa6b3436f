//! What the kind of document asks for: names that look like a profile's (6.1.26), and each profile's own needs (6.1.27).

use std::collections::{BTreeMap, BTreeSet};

use super::Faults;
use super::place::Place;
use super::statements::{Covered, groups, texts};

const INCIDENT: &str = "csaf_security_incident_response";
const INFORMATION: &str = "csaf_informational_advisory";
const ADVISORY: &str = "csaf_security_advisory";
const VEX: &str = "csaf_vex";
const PROFILES: &[&str] = &["csaf_base", INCIDENT, INFORMATION, ADVISORY, VEX];

pub(super) fn check(root: &Place<'_>, faults: &mut Faults) {
    let Some(category) = root.at(&["document", "category"]) else { return };
    let name = category.text().unwrap_or_default();
    if !PROFILES.contains(&name) && looks_like_a_profile(name) {
        faults.add("6.1.26", &category, "nearly the name of a profile");
    }
    match name {
        INCIDENT | INFORMATION => check_information(root, name, faults),
        ADVISORY | VEX => check_advisory(root, name, faults),
        _ => {}
    }
}

fn looks_like_a_profile(name: &str) -> bool {
    let bare = |text: &str| -> String {
        let text = text.to_lowercase();
        text.chars().filter(|letter| !letter.is_whitespace() && !"-_".contains(*letter)).collect()
    };
    let name = bare(name);
    PROFILES.iter().map(|profile| bare(profile)).any(|profile| {
        profile == name || profile.strip_prefix("csaf").is_some_and(|short| short == name && short != "base")
    })
}

fn check_information(root: &Place<'_>, name: &str, faults: &mut Faults) {
    let Some(document) = root.field("document") else { return };
    let among = |list: &str, categories: &[&str]| {
        let items = document.items(list);
        items.iter().filter_map(|item| item.text_of("category")).any(|own| categories.contains(&own))
    };
    if !among("notes", &["description", "details", "general", "summary"]) {
        faults.add("6.1.27.1", &document, "no note says what the document is about");
    }
    if !among("references", &["external"]) {
        faults.add("6.1.27.2", &document, "no reference leads to more");
    }
    if let Some(place) = root.field("vulnerabilities").filter(|_| name == INFORMATION) {
        faults.add("6.1.27.3", &place, "information without vulnerabilities has some");
    }
}

fn check_advisory(root: &Place<'_>, name: &str, faults: &mut Faults) {
    if !root.has("product_tree") {
        faults.add("6.1.27.4", root, "no product tree");
    }
    if !root.has("vulnerabilities") {
        faults.add("6.1.27.11", root, "no vulnerabilities");
    }
    let groups = groups(root);
    for vulnerability in root.items("vulnerabilities") {
        if !vulnerability.has("notes") {
            faults.add("6.1.27.5", &vulnerability, "no note says what it is");
        }
        if name == VEX {
            check_vex(&vulnerability, &groups, faults);
        } else if !vulnerability.has("product_status") {
            faults.add("6.1.27.6", &vulnerability, "no product has a status");
        }
    }
}

/// The lists of status that VEX knows.
const OF_VEX: &[&str] = &["fixed", "known_affected", "known_not_affected", "under_investigation"];

fn check_vex<'d>(
    vulnerability: &Place<'d>,
    groups: &BTreeMap<&'d str, BTreeSet<&'d str>>,
    faults: &mut Faults,
) {
    let status = vulnerability.field("product_status");
    if !status.as_ref().is_some_and(|status| OF_VEX.iter().any(|list| status.has(list))) {
        faults.add("6.1.27.7", vulnerability, "no product has a status that VEX knows");
    }
    if !vulnerability.has("cve") && !vulnerability.has("ids") {
        faults.add("6.1.27.8", vulnerability, "neither a CVE nor another id");
    }
    let Some(status) = status else { return };
    let reasons = vulnerability.items("flags").into_iter().chain(
        vulnerability
            .items("threats")
            .into_iter()
            .filter(|threat| threat.text_of("category") == Some("impact")),
    );
    let reasoned = all_products(reasons, groups);
    if texts(&status, "known_not_affected").any(|id| !reasoned.has(id)) {
        faults.add("6.1.27.9", &status, "a product is not affected, and no reason is told");
    }
    let remedied = all_products(vulnerability.items("remediations").into_iter(), groups);
    if texts(&status, "known_affected").any(|id| !remedied.has(id)) {
        faults.add("6.1.27.10", &status, "a product is affected, and nothing is told to do");
    }
}

fn all_products<'d>(
    items: impl Iterator<Item = Place<'d>>,
    groups: &BTreeMap<&'d str, BTreeSet<&'d str>>,
) -> Covered<'d> {
    let mut covered = Covered::default();
    for item in items {
        covered.add(&item, groups);
    }
    covered
}
