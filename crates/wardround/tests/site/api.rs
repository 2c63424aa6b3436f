//! The API as programs meet it: tokens, pages of lists, what changed, and problems that say what to do.

use serde_json::Value;

use crate::browser::{Answer, Browser, between, set_up};
use crate::running::Running;

/// A site that shows the demo hospital, and a token that reads it.
fn demo() -> (Running, Browser, String) {
    let (site, ada) = shown();
    let token = ada.make_token("read");
    (site, ada, token)
}

/// A site that shows the demo hospital.
pub(crate) fn shown() -> (Running, Browser) {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    ada.press("/", "/demo/show", &[]);
    crate::rounds::wait_for_round(&ada);
    (site, ada)
}

pub(crate) fn json(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    serde_json::from_str(&answer.text).unwrap()
}

/// The name of a problem, which says what to do next.
pub(crate) fn problem(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.text);
    let problem: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(problem["status"], answer.status);
    assert!(problem["detail"].as_str().unwrap().ends_with('.'), "{problem}");
    problem["type"].as_str().unwrap().strip_prefix("urn:wardround:problem:").unwrap().to_owned()
}

/// All rows of a list, read in pages of so many.
fn all(browser: &Browser, token: &str, path: &str, field: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut at = path.to_owned();
    loop {
        let page = json(&browser.api(token, &at));
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { return rows };
        assert!(rows.len() < 10_000, "the list has no end");
        at = format!("{path}&{field}={next}");
    }
}

#[test]
fn lists_are_read_in_pages_that_together_are_the_list() {
    let (_site, ada, token) = demo();
    let paths = [
        ("devices?sort=title", "cursor"),
        ("findings?decision=attend", "cursor"),
        ("conversations?from=office&to=infrastructure", "cursor"),
        ("work?owner=network", "after"),
    ];
    for (path, field) in paths {
        let path = format!("/api/v1/{path}");
        let whole = json(&ada.api(&token, &format!("{path}&limit=1000")));
        let whole = whole["items"].as_array().unwrap();
        assert!(whole.len() > 3, "{path}: {}", whole.len());
        assert_eq!(all(&ada, &token, &format!("{path}&limit=2"), field), *whole, "{path}");
    }
}

#[test]
fn it_tells_what_the_pages_tell() {
    let (_site, ada, token) = demo();
    let devices = all(&ada, &token, "/api/v1/devices?limit=1000", "cursor");
    ada.get("/devices").shows(&[&format!("{} devices", devices.len())]);
    let id = devices[0]["id"].as_str().unwrap();
    let device = json(&ada.api(&token, &format!("/api/v1/devices/{id}")));
    assert_eq!((&device["demo"], &device["item"]["title"]), (&Value::Bool(true), &devices[0]["title"]));
    assert!(!device["item"]["class_said"]["reasons"].as_array().unwrap().is_empty());
    let of_device = all(&ada, &token, &format!("/api/v1/findings?device={id}&limit=1000"), "cursor");
    assert!(!of_device.is_empty() && of_device.iter().all(|finding| finding["device"] == id));
    let finding = of_device[0]["id"].as_str().unwrap();
    let whole = json(&ada.api(&token, &format!("/api/v1/findings/{finding}")));
    assert!(!whole["item"]["decision_reasons"].as_array().unwrap().is_empty());
    let work = all(&ada, &token, "/api/v1/work?limit=1000", "after");
    let task = work[0]["id"].as_str().unwrap();
    assert_eq!(json(&ada.api(&token, &format!("/api/v1/work/{task}")))["item"], work[0]);
    for path in ["rounds", "coverage", "intelligence"] {
        json(&ada.api(&token, &format!("/api/v1/{path}")));
    }
}

#[test]
fn who_has_it_already_is_told_that_and_no_more() {
    let (_site, ada, token) = demo();
    let first = ada.api(&token, "/api/v1/devices");
    let tag = first.header("etag");
    let again = ada.api_unless(&token, "/api/v1/devices", Some(&tag));
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    assert_eq!(ada.api_unless(&token, "/api/v1/devices?sort=title", Some(&tag)).status, 200);
}

#[test]
fn what_is_mistyped_is_refused_and_not_passed_over() {
    let (_site, ada, token) = demo();
    for wrong in [
        "devices?clas=printer",
        "devices?class=toaster",
        "devices?class=",
        "devices?limit=0",
        "devices?limit=1001",
        "devices?cursor=R-1.x",
        "devices?cursor=R-1.2&round=R-2",
        "devices?text=a&text=b",
        "findings?cve=CVE",
        "findings?device=B-1",
        "conversations",
        "conversations?from=office",
        "work?after=W-000000000000",
        "rounds?limit=3",
    ] {
        let answer = ada.api(&token, &format!("/api/v1/{wrong}"));
        assert_eq!((answer.status, problem(&answer).as_str()), (400, "bad-request"), "{wrong}");
    }
    for missing in [
        "devices/A-000000000000",
        "devices/x",
        "findings/F-1",
        "work/W-000000000000",
        "nothing",
        "devices?round=R-77",
    ] {
        let answer = ada.api(&token, &format!("/api/v1/{missing}"));
        assert_eq!((answer.status, problem(&answer).as_str()), (404, "not-found"), "{missing}");
    }
    let long = ada.api(&token, &format!("/api/v1/devices?text={}", "a".repeat(3_000)));
    assert_eq!((long.status, problem(&long).as_str()), (400, "bad-request"));
}

#[test]
fn a_token_does_no_more_than_its_scope_and_its_owner() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let page = ada.press("/people", "/people/invite", &[("role", "board")]);
    let bob = Browser::new(&site);
    bob.join(&between(&page.text, "<p class=\"code panel\">", "<").unwrap(), "bob");
    let (of_bob, of_ada) = (bob.make_token("read"), ada.make_token("summary"));
    for token in [&of_bob, &of_ada] {
        json(&ada.api(token, "/api/v1/rounds"));
        let refused = ada.api(token, "/api/v1/devices");
        assert_eq!((refused.status, problem(&refused).as_str()), (403, "not-permitted"));
    }
    ada.get("/audit").shows(&["rounds.list", "devices.list", "bob (K-1)", "ada (K-2)"]);
    // Neither does a token open pages, nor a session the API.
    assert_eq!(ada.get("/api/v1/rounds").status, 401);
    let nobody = Browser::new(&site);
    assert_eq!(nobody.api(&of_ada, "/devices").to(), "/sign-in");
    let unknown = nobody.api("wardround_0000", "/api/v1/rounds");
    assert_eq!((unknown.status, problem(&unknown).as_str()), (401, "no-token"));
    assert_eq!(unknown.header("www-authenticate"), "Bearer");
}

#[test]
fn a_token_ends_when_its_owner_ends_it_or_is_closed() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let page = ada.press("/people", "/people/invite", &[("role", "network")]);
    let ivo = Browser::new(&site);
    ivo.join(&between(&page.text, "<p class=\"code panel\">", "<").unwrap(), "ivo");
    let (of_ada, of_ivo) = (ada.make_token("read"), ivo.make_token("read"));
    // Nobody ends the token of somebody else.
    assert_eq!(ada.press("/account/tokens", "/account/tokens/K-2/end", &[]).status, 404);
    json(&ivo.api(&of_ivo, "/api/v1/rounds"));
    assert_eq!(ada.press("/account/tokens", "/account/tokens/K-1/end", &[]).to(), "/account/tokens");
    assert_eq!(ada.api(&of_ada, "/api/v1/rounds").status, 401);
    ada.press("/people", "/people/2/close", &[]);
    assert_eq!(ada.api(&of_ivo, "/api/v1/rounds").status, 401);
    let stored = [site.path("rounds.sqlite"), site.path("rounds.sqlite-wal")];
    let stored: Vec<u8> = stored.iter().flat_map(|path| std::fs::read(path).unwrap()).collect();
    for token in [&of_ada, &of_ivo] {
        let bare = token.strip_prefix("wardround_").unwrap();
        assert!(
            !stored.windows(bare.len()).any(|window| window == bare.as_bytes()),
            "the store keeps a token"
        );
        assert!(!site.log().contains(bare), "the log keeps a token");
    }
}

#[test]
fn the_description_says_what_is_answered() {
    let (site, ada, token) = demo();
    let document = json(&Browser::new(&site).get("/api/v1/openapi.json"));
    assert_eq!(document["openapi"], "3.1.0");
    let write = ada.make_token("write");
    let mut tried = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let filled: Vec<&str> =
            path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect();
        let address = filled.join("/");
        for (method, operation) in methods.as_object().unwrap() {
            // It goes on as long as somebody listens.
            if operation["operationId"] == "events.follow" {
                continue;
            }
            let answer = match method.as_str() {
                "get" => ada.api(&token, &address),
                _ => ada.send(&write, &method.to_uppercase(), &address, "{}", &[]),
            };
            let status = answer.status.to_string();
            assert!(operation["responses"].get(&status).is_some(), "{method} {path}: {status}");
            tried += 1;
        }
    }
    assert!(tried > 35, "{tried}");
    let written = ada.post("/api/v1/devices", &[("a", "b")]);
    assert_eq!((written.status, problem(&written).as_str()), (405, "method-not-allowed"));
    assert_eq!(written.header("allow"), "GET, HEAD");
}
