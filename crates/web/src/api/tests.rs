//! The document says what is served, and what it says stays.

use super::*;

mod covers;

#[test]
fn the_document_stays_as_programs_know_it() {
    let text = serde_json::to_string_pretty(&described()).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn every_shape_has_a_name_that_stays_when_others_come() {
    let document = described();
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        // Where two have one name, the second gets a number, and another one as soon as a third comes before it.
        assert!(!name.ends_with(|last: char| last.is_ascii_digit()), "{name}: two shapes have this name");
    }
}

#[test]
fn what_is_described_is_what_is_served() {
    let document = described();
    let mut described: Vec<(String, String)> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        described
            .extend(methods.as_object().unwrap().keys().map(|method| (path.clone(), method.to_uppercase())));
    }
    let routes = routes();
    let served = routes.iter().filter(|route| route.path != DOCUMENT);
    let mut served: Vec<_> = served.map(|route| (route.path.to_owned(), route.method.to_owned())).collect();
    described.sort();
    served.sort();
    assert_eq!(described, served);
    assert!(served.iter().all(|(path, _)| path.starts_with(PATH)));
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

#[test]
fn who_may_read_alone_may_change_nothing_and_whoever_works_changes_no_people() {
    use crate::roles::Permission as P;
    use crate::tokens::Scope;
    for operation in operations() {
        let lets = |scope: Scope| scope.permits(operation.permission);
        if operation.route.method != "GET" {
            assert!(lets(Scope::Write) || lets(Scope::Administer), "{}", operation.id);
            assert!(!lets(Scope::Read) && !lets(Scope::Summary) && !lets(Scope::Log), "{}", operation.id);
        }
        if matches!(operation.permission, P::ManagePeople | P::ChangeSettings) {
            assert!(lets(Scope::Administer) && !lets(Scope::Write), "{}", operation.id);
        }
        // No token makes another one.
        assert!(!operation.route.path.ends_with("/tokens") || operation.route.method == "GET");
    }
}

#[test]
fn an_address_has_the_methods_of_its_paths() {
    assert_eq!(methods_of("/api/v1/rounds"), ["GET", "HEAD", "POST"]);
    assert_eq!(methods_of("/api/v1/views/V-1"), ["GET", "HEAD", "PUT", "DELETE"]);
    assert_eq!(methods_of("/api/v1/work/W-1/done"), ["POST"]);
    for none in ["/api/v1", "/api/v1/work//done", "/api/v1/rounds/", "/api/v1/work/W-1/done/x"] {
        assert!(methods_of(none).is_empty(), "{none}");
    }
}
