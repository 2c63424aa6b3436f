//! Scores: one a product and version of CVSS (6.1.7), whole (6.1.8), as the vector computes (6.1.9), and with
//! properties that say what the vector says (6.1.10).

use std::collections::BTreeSet;

use super::Faults;
use super::place::Place;
use super::statements::texts;
use crate::cvss::{Environment, Severity, Vector, Version};

pub(super) fn check(root: &Place<'_>, faults: &mut Faults) {
    for vulnerability in root.items("vulnerabilities") {
        let mut seen = BTreeSet::new();
        for score in vulnerability.items("scores") {
            for cvss in ["cvss_v2", "cvss_v3"].into_iter().filter_map(|name| score.field(name)) {
                let version = cvss.text_of("version").unwrap_or_default();
                if texts(&score, "products").any(|product| !seen.insert((product, version))) {
                    faults.add("6.1.7", &cvss, "one of the products has another score of this version");
                }
                check_score(&cvss, faults);
            }
        }
    }
}

fn check_score(cvss: &Place<'_>, faults: &mut Faults) {
    let vector = cvss.text_of("vectorString").and_then(|text| text.parse::<Vector>().ok());
    let told = cvss.text_of("version").and_then(version_called);
    let Some(vector) = vector.filter(|vector| told == Some(vector.version())) else {
        return faults.add("6.1.8", cvss, "no vector, or not one of the version that is told");
    };
    let needed =
        if vector.version() == Version::V2 { &["baseScore"][..] } else { &["baseScore", "baseSeverity"] };
    if !needed.iter().all(|name| cvss.has(name)) {
        faults.add("6.1.8", cvss, "the base score or its word is missing");
    }
    check_computed(cvss, &vector, faults);
    check_properties(cvss, &vector, faults);
}

fn version_called(name: &str) -> Option<Version> {
    match name {
        "2.0" => Some(Version::V2),
        "3.0" => Some(Version::V30),
        "3.1" => Some(Version::V31),
        _ => None,
    }
}

/// The temporal score is not checked: nothing here uses it.
fn check_computed(cvss: &Place<'_>, vector: &Vector, faults: &mut Faults) {
    let base = vector.base_score();
    let environmental = vector.score_in(&Environment::default());
    for (name, computed) in [("baseScore", base), ("environmentalScore", environmental)] {
        let told = cvss.number_of(name);
        let fits = told.is_none_or(|told| (told * 10.0 - f64::from(computed.tenths())).abs() < 0.5);
        if let Some(place) = cvss.field(name).filter(|_| !fits) {
            faults.add("6.1.9", &place, "not the score that the vector gives");
        }
    }
    let word = Severity::of(base, vector.version()).word();
    let wrong = |place: &Place<'_>| place.text().is_some_and(|told| !told.eq_ignore_ascii_case(word));
    if let Some(place) = cvss.field("baseSeverity").filter(wrong) {
        faults.add("6.1.9", &place, "not the word for this score");
    }
}

/// The names of the schema and of the vector.
const PROPERTIES: &[(&str, &str)] = &[
    ("accessVector", "AV"),
    ("accessComplexity", "AC"),
    ("authentication", "Au"),
    ("attackVector", "AV"),
    ("attackComplexity", "AC"),
    ("privilegesRequired", "PR"),
    ("userInteraction", "UI"),
    ("scope", "S"),
    ("confidentialityImpact", "C"),
    ("integrityImpact", "I"),
    ("availabilityImpact", "A"),
    ("exploitability", "E"),
    ("exploitCodeMaturity", "E"),
    ("remediationLevel", "RL"),
    ("reportConfidence", "RC"),
    ("confidentialityRequirement", "CR"),
    ("integrityRequirement", "IR"),
    ("availabilityRequirement", "AR"),
    ("modifiedAttackVector", "MAV"),
    ("modifiedAttackComplexity", "MAC"),
    ("modifiedPrivilegesRequired", "MPR"),
    ("modifiedUserInteraction", "MUI"),
    ("modifiedScope", "MS"),
    ("modifiedConfidentialityImpact", "MC"),
    ("modifiedIntegrityImpact", "MI"),
    ("modifiedAvailabilityImpact", "MA"),
];

/// Each value of the vector begins as the schema's word for it does. A property that the vector leaves open contradicts
/// nothing.
fn check_properties(cvss: &Place<'_>, vector: &Vector, faults: &mut Faults) {
    for (property, metric) in PROPERTIES {
        let place = cvss.field(property);
        let metric = vector.metric(metric).filter(|value| !matches!(*value, "X" | "ND"));
        let (Some(place), Some(value)) = (place, metric) else { continue };
        let told = place.text().unwrap_or_default();
        if told.chars().next() != value.chars().next() {
            faults.add("6.1.10", &place, "the vector says another value");
        }
    }
}
