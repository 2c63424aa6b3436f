//! The document says what is served, and what it says stays.

use super::*;

#[test]
fn the_document_stays_as_programs_know_it() {
    let text = serde_json::to_string_pretty(&described()).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_described_is_what_is_served() {
    let document = described();
    let paths = document["paths"].as_object().unwrap();
    let served: Vec<&str> =
        routes().iter().map(|route| route.path).filter(|path| !path.ends_with(".json")).collect();
    assert_eq!(served.len(), paths.len());
    assert!(served.iter().all(|path| paths.contains_key(*path)), "{served:?}");
    assert!(served.iter().all(|path| path.starts_with(PATH)));
}

#[test]
fn every_operation_has_an_id_of_its_own_and_is_logged_under_it() {
    let operations = operations();
    let ids: std::collections::BTreeSet<_> = operations.iter().map(|operation| operation.id).collect();
    assert_eq!(ids.len(), operations.len());
    for operation in &operations {
        assert_eq!(operation.route.gate.logged, Some(operation.id));
        assert_eq!(operation.route.gate.needs, Needs::Token(operation.permission));
    }
}
