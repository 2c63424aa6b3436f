use proptest::prelude::*;
use wardround_model::ModelId;

use crate::told;

const OPENVEX: &str = r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex-1", "author": "Aldermed", "timestamp": "2026-11-01T00:00:00Z",
 "version": 1, "statements": [
 {"vulnerability": {"name": "CVE-2021-44228"}, "products": [{"@id": "cpe:2.3:h:aldermed:infusor_9:-:*:*:*:*:*:*:*"}],
  "status": "not_affected", "justification": "component_not_present"},
 {"vulnerability": {"name": "GHSA-1", "aliases": ["CVE-2022-0778"]}, "timestamp": "2026-10-01T00:00:00Z",
  "products": [{"@id": "cpe:2.3:h:aldermed:infusor_9:-:*:*:*:*:*:*:*"}], "status": "under_investigation"},
 {"vulnerability": {"name": "CVE-2022-0778"}, "timestamp": "2026-11-02T00:00:00Z",
  "products": [{"@id": "cpe:2.3:h:aldermed:infusor_9:-:*:*:*:*:*:*:*"}], "status": "affected"},
 {"vulnerability": {"name": "CVE-2020-1938"}, "products": [{"@id": "pkg:oci/viewer@2.1"}], "status": "fixed"},
 {"vulnerability": {"name": "CVE-2020-1938"}, "products": [{"@id": "cpe:2.3:h:aldermed:infusor_9:-:*:*:*:*:*:*:*"}], "status": "harmless"}]}"#;

fn infusor() -> String {
    format!("M-{}", ModelId::of("Aldermed", "Infusor 9").0)
}

#[test]
fn openvex_tells_of_models_and_the_latest_statement_counts() {
    let imported = told::file("vex.json", OPENVEX.as_bytes()).unwrap();
    let id = infusor();
    assert_eq!(
        told::facts(&imported),
        [
            format!("{id} list.maker aldermed"),
            format!("{id} list.model infusor 9"),
            format!("{id} vex.maker CVE-2021-44228,not_affected,component_not_present"),
            format!("{id} vex.maker CVE-2022-0778,affected"),
        ]
    );
    assert_eq!(
        told::errors(&imported),
        [
            "5 status: is no status that OpenVEX knows; ask the maker for a new document",
            "4 product: names no maker and model; say which device or model it is about",
        ]
    );
}

const CSAF: &str = r#"{"document": {"category": "csaf_vex", "csaf_version": "2.0", "tracking": {"current_release_date": "2026-11-01T00:00:00Z"}},
 "product_tree": {"branches": [{"category": "vendor", "name": "Aldermed", "branches": [
   {"category": "product_name", "name": "Infusor 9", "branches": [
    {"category": "product_version", "name": "4.1", "product": {"name": "a", "product_id": "P1"}},
    {"category": "product_version_range", "name": "vers:generic/>=4.2|<5", "product": {"name": "b", "product_id": "P2"}}]},
   {"category": "product_name", "name": "Viewer", "product": {"name": "c", "product_id": "P3"}}]}],
  "full_product_names": [{"name": "Library", "product_id": "P4"}],
  "relationships": [{"category": "default_component_of", "full_product_name": {"name": "d", "product_id": "P5"}, "product_reference": "P4", "relates_to_product_reference": "P3"}],
  "product_groups": [{"group_id": "G1", "product_ids": ["P3", "P5"]}]},
 "vulnerabilities": [
  {"cve": "CVE-2021-44228", "product_status": {"known_affected": ["P1"], "fixed": ["P2"], "known_not_affected": ["P5"], "recommended": ["P2"]},
   "flags": [{"label": "vulnerable_code_not_present", "group_ids": ["G1"]}]},
  {"cve": "CVE-2022-0778", "product_status": {"known_not_affected": ["P3"], "under_investigation": ["P5"], "known_affected": ["P9"]}},
  {"cve": "CVE-2020-1938", "product_status": {"known_affected": ["P4"]}}]}"#;

#[test]
fn csaf_tells_each_model_and_version_what_its_tree_says() {
    let imported = told::file("advisory.json", CSAF.as_bytes()).unwrap();
    let (pump, viewer) = (infusor(), format!("M-{}", ModelId::of("Aldermed", "Viewer").0));
    let mut expected = [
        format!("{pump} list.maker Aldermed"),
        format!("{pump} list.model Infusor 9"),
        format!("{pump} vex.maker-version CVE-2021-44228,affected,,4.1"),
        format!("{pump} vex.maker-version CVE-2021-44228,fixed,,vers:generic/>=4.2|<5"),
        format!("{viewer} list.maker Aldermed"),
        format!("{viewer} list.model Viewer"),
        format!("{viewer} vex.maker CVE-2021-44228,not_affected,vulnerable_code_not_present"),
        // Of two claims about one model, the one that hides less.
        format!("{viewer} vex.maker CVE-2022-0778,under_investigation"),
    ];
    expected.sort();
    assert_eq!(told::facts(&imported), expected);
    assert_eq!(
        told::errors(&imported),
        [
            "2 known_affected: names a product that the product tree does not; ask the maker for a new document",
            "3 product: names no maker and model; say which device or model it is about",
        ]
    );
}

#[test]
fn a_document_that_a_person_gave_for_a_device_never_hides_what_one_product_has() {
    let imported = told::about("advisory.json", CSAF.as_bytes(), told::device("10.1.2.3")).unwrap();
    let facts = told::facts(&imported);
    // Which of the products and versions the device is, is not known: what one of them has, none of the others hides.
    let first: Vec<&String> = facts.iter().filter(|fact| fact.contains("CVE-2021-44228")).collect();
    assert_eq!(
        first,
        [
            "10.1.2.3 vex.maker CVE-2021-44228,affected",
            "10.1.2.3 vex.maker-version CVE-2021-44228,affected,,4.1",
            "10.1.2.3 vex.maker-version CVE-2021-44228,fixed,,vers:generic/>=4.2|<5",
        ]
    );
}

#[test]
fn a_document_about_nothing_is_refused() {
    let text = OPENVEX.replace("cpe:2.3:h:aldermed:infusor_9:-:*:*:*:*:*:*:*", "pkg:oci/infusor");
    assert_eq!(
        told::refused("vex.json", text.as_bytes()),
        "vex.json does not say which device it is about; say so with --for ADDRESS, --for NAME or --for-model MAKER MODEL"
    );
    let imported = told::about("vex.json", text.as_bytes(), told::device("10.1.2.3")).unwrap();
    let facts = told::facts(&imported);
    assert!(facts.contains(&"10.1.2.3 vex.maker CVE-2022-0778,affected".to_owned()), "{facts:#?}");
    assert!(facts.contains(&"10.1.2.3 vex.maker CVE-2020-1938,fixed".to_owned()), "{facts:#?}");
}

const STATUSES: [&str; 5] = ["not_affected", "fixed", "under_investigation", "affected", "who knows"];

proptest! {
    /// Whatever the order of statements and however often they are there; and no statement hides what another says is there.
    #[test]
    fn order_and_repetition_change_nothing(
        statements in proptest::collection::vec((0usize..5, 0u8..3, 0u8..2), 1..8),
        turn in 0usize..8,
    ) {
        let read = |statements: &[(usize, u8, u8)]| {
            let parts: Vec<String> = statements.iter().map(|(status, cve, product)| {
                format!(r#"{{"vulnerability": {{"name": "CVE-2024-100{cve}"}}, "products": [{{"@id": "p{product}"}}], "status": "{}"}}"#, STATUSES[*status])
            }).collect();
            let text = format!(r#"{{"@context": "x", "statements": [{}]}}"#, parts.join(","));
            told::facts(&told::about("x", text.as_bytes(), told::device("10.0.0.1")).unwrap())
        };
        let mut other = statements.clone();
        other.rotate_left(turn % statements.len());
        other.push(statements[turn % statements.len()]);
        let facts = read(&statements);
        prop_assert_eq!(&facts, &read(&other));
        for (status, cve, _) in statements {
            let hides = |fact: &String| fact.contains(&format!("CVE-2024-100{cve},not_affected"));
            prop_assert!(STATUSES[status] != "affected" || !facts.iter().any(hides), "{:?}", facts);
        }
    }

    #[test]
    fn damaged_files_are_read_or_refused(cut in 0usize..6000, byte: u8, which in 0usize..2) {
        let mut bytes = [OPENVEX, CSAF][which].as_bytes().to_vec();
        let at = cut % bytes.len();
        bytes[at] = byte;
        let _ = told::file("document", &bytes);
    }
}
