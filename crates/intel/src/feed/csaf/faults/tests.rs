use proptest::prelude::*;
use serde_json::json;

use super::*;

/// The rules that a document breaks, each once.
fn rules(document: &Value) -> Vec<&'static str> {
    let mut rules: Vec<&str> = faults(document).into_iter().map(|fault| fault.rule.0).collect();
    rules.dedup();
    rules
}

fn advisory() -> Value {
    json!({
        "document": {
            "category": "csaf_security_advisory", "csaf_version": "2.0", "lang": "en", "title": "A pump",
            "publisher": {"category": "vendor", "name": "Example Medical", "namespace": "https://example.org"},
            "tracking": {"id": "EX-1", "status": "final", "version": "2",
                "initial_release_date": "2026-01-01T00:00:00Z", "current_release_date": "2026-02-01T00:00:00Z",
                "revision_history": [
                    {"date": "2026-01-01T00:00:00Z", "number": "1", "summary": "First."},
                    {"date": "2026-02-01T00:00:00+00:00", "number": "2", "summary": "Second."}]}
        },
        "product_tree": {
            "branches": [{"category": "vendor", "name": "Example Medical", "branches": [
                {"category": "product_version", "name": "2.0", "product": {"name": "Pump 2.0", "product_id": "P1"}},
                {"category": "product_version", "name": "2.1", "product": {"name": "Pump 2.1", "product_id": "P2"}}]}],
            "product_groups": [{"group_id": "G", "product_ids": ["P1", "P2"]}]
        },
        "vulnerabilities": [{"cve": "CVE-2026-0001", "notes": [{"category": "summary", "text": "x"}],
            "cwe": {"id": "CWE-79",
                "name": "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')"},
            "product_status": {"known_affected": ["P1"], "fixed": ["P2"]},
            "remediations": [{"category": "vendor_fix", "details": "x", "product_ids": ["P1"]}],
            "scores": [{"products": ["P1"], "cvss_v3": {"version": "3.1", "baseScore": 7.5, "baseSeverity": "HIGH",
                "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "attackVector": "NETWORK"}}]}]
    })
}

#[test]
fn a_whole_document_has_no_faults() {
    assert_eq!(faults(&advisory()), []);
}

/// A way into the document, what is put there, and the rules that then break.
#[test]
fn each_fault_is_told() {
    let vulnerability = "/vulnerabilities/0";
    let table = [
        ("/product_tree/product_groups/0/product_ids/0", json!("P9"), &["6.1.1"][..]),
        ("/product_tree/branches/0/branches/1/product/product_id", json!("P1"), &["6.1.1", "6.1.2"]),
        ("/product_tree/product_groups/0", json!({"group_id": "H", "product_ids": []}), &[]),
        (
            "/product_tree/product_groups",
            json!([{"group_id": "G", "product_ids": []}, {"group_id": "G", "product_ids": []}]),
            &["6.1.5"],
        ),
        ("/vulnerabilities/0/remediations/0/product_ids", json!(["P1", "P8"]), &["6.1.1"]),
        ("/vulnerabilities/0/remediations/0", json!({"group_ids": ["X"]}), &["6.1.4"]),
        ("/vulnerabilities/0/remediations/0", json!({"category": "mitigation"}), &["6.1.29"]),
        ("/vulnerabilities/0/product_status/fixed", json!(["P1"]), &["6.1.6"]),
        ("/vulnerabilities/0/product_status/fixed", json!(["P2", 7]), &["6.1.1"]),
        ("/vulnerabilities/0/scores/0/cvss_v3/baseScore", json!(7.4), &["6.1.9"]),
        ("/vulnerabilities/0/scores/0/cvss_v3/baseSeverity", json!("LOW"), &["6.1.9"]),
        ("/vulnerabilities/0/scores/0/cvss_v3/version", json!("3.0"), &["6.1.8"]),
        ("/vulnerabilities/0/scores/0/cvss_v3/attackVector", json!("LOCAL"), &["6.1.10"]),
        ("/vulnerabilities/0/cwe/id", json!("CWE-20"), &["6.1.11"]),
        ("/document/lang", json!("english"), &[]),
        ("/document/lang", json!("qq"), &["6.1.12"]),
        ("/document/publisher/category", json!("translator"), &["6.1.15"]),
        ("/document/tracking/version", json!("1"), &["6.1.16"]),
        ("/document/tracking/version", json!("2.0.0"), &["6.1.16", "6.1.30"]),
        ("/document/tracking/revision_history/0/number", json!("3"), &["6.1.14", "6.1.21"]),
        ("/document/tracking/revision_history/0/number", json!("0"), &["6.1.18", "6.1.21"]),
        ("/document/category", json!("CSAF VEX"), &["6.1.26"]),
        ("/document/category", json!("csaf_vex"), &[]),
        ("/document/category", json!("csaf_informational_advisory"), &["6.1.27.1", "6.1.27.2", "6.1.27.3"]),
        ("/product_tree/branches/0/branches/0/name", json!("2.0 and earlier"), &["6.1.31"]),
        (vulnerability, json!({}), &["6.1.27.5", "6.1.27.6"]),
    ];
    for (way, value, expected) in table {
        let mut document = advisory();
        *document.pointer_mut(way).unwrap() = value.clone();
        assert_eq!(rules(&document), expected, "{way} {value}");
    }
}

#[test]
fn products_that_hold_themselves_are_found() {
    let relationship = |id: &str, of: &str| {
        json!({"category": "installed_on", "product_reference": of, "relates_to_product_reference": "P1",
            "full_product_name": {"name": id, "product_id": id}})
    };
    let mut document = advisory();
    document["product_tree"]["relationships"] = json!([relationship("R1", "R2"), relationship("R2", "P2")]);
    assert_eq!(faults(&document), []);
    document["product_tree"]["relationships"] =
        json!([relationship("R1", "R2"), relationship("R2", "R3"), relationship("R3", "R1")]);
    let found = faults(&document);
    assert_eq!(found.len(), 3);
    assert_eq!(found[0].path, "/product_tree/relationships/0/full_product_name/product_id");
    assert_eq!(rules(&document), ["6.1.3"]);
}

#[test]
fn no_more_than_a_thousand_are_told() {
    let ids: Vec<String> = (0..2000).map(|number| format!("Q{number}")).collect();
    let mut document = advisory();
    document["vulnerabilities"][0]["product_status"]["fixed"] = json!(ids);
    assert_eq!(faults(&document).len(), MAX_FAULTS);
}

proptest! {
    /// Wherever a value stands, any other may stand: nothing breaks.
    #[test]
    fn any_document_is_judged(cut in prop::collection::vec(0usize..200, 1..6), with in 0usize..7) {
        let values = [json!(null), json!([]), json!({}), json!("csaf_vex"), json!(1.5), json!([[]]), json!([{"a": []}])];
        let mut document = advisory();
        for at in cut {
            if let Some(place) = nth(&mut document, &mut at.clone()) {
                *place = values[with].clone();
            }
            let _ = faults(&document);
        }
    }
}

/// The value that is the `at`th to be met.
fn nth<'v>(value: &'v mut Value, at: &mut usize) -> Option<&'v mut Value> {
    if *at == 0 {
        return Some(value);
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, at)),
        Value::Object(fields) => fields.values_mut().find_map(|field| nth(field, at)),
        _ => None,
    }
}
