//! Keys that make a request safe to send again: answered as before, never done twice, also when the site is killed or the program goes away.

use std::io::Write as _;

use serde_json::Value;

use crate::api::{json, problem, shown};
use crate::browser::{Answer, Browser, set_up};
use crate::running::Running;

/// An open task of the demo that needs no clinical owner's word.
fn task(ada: &Browser, token: &str) -> String {
    let work = json(&ada.api(token, "/api/v1/work?state=open&limit=1000"));
    let found = work["items"].as_array().unwrap().iter().find(|job| job["needs_sign_off"] == false);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

fn words(ada: &Browser, token: &str, task: &str) -> usize {
    json(&ada.api(token, &format!("/api/v1/work/{task}/events")))["items"].as_array().unwrap().len()
}

#[test]
fn the_same_request_with_the_same_key_is_done_once_and_answered_alike() {
    let (_site, ada) = shown();
    let token = ada.make_token("write");
    let task = task(&ada, &token);
    let comment = |token: &str, text: &str, key: &str| -> Answer {
        let body = format!("{{\"text\":\"{text}\"}}");
        ada.send(token, "POST", &format!("/api/v1/work/{task}/comment"), &body, &[("idempotency-key", key)])
    };
    let first = comment(&token, "Ordered.", "\"key-1\"");
    assert_eq!((first.status, first.header("idempotency-replayed").as_str()), (200, ""), "{}", first.text);
    for key in ["\"key-1\"", "key-1"] {
        let again = comment(&token, "Ordered.", key);
        assert_eq!(
            (again.status, &again.text, again.header("etag")),
            (200, &first.text, first.header("etag"))
        );
        assert_eq!(again.header("idempotency-replayed"), "true");
    }
    assert_eq!(words(&ada, &token, &task), 1);
    let other = comment(&token, "Another.", "key-1");
    assert_eq!((other.status, problem(&other).as_str()), (422, "key-of-another"));
    assert_eq!(comment(&token, "Ordered.", "key-2").status, 200);
    // A key is its token's.
    let second = ada.make_token("write");
    assert_eq!(comment(&second, "Another.", "key-1").status, 200);
    assert_eq!(words(&ada, &token, &task), 3);
    for wrong in ["a b", "\"\"", &"a".repeat(101)] {
        assert_eq!(comment(&token, "Ordered.", wrong).status, 400, "{wrong}");
    }
    // What was refused changed nothing, so that its key is free.
    assert_eq!(comment(&token, "", "key-3").status, 422);
    let path = format!("/api/v1/work/{task}");
    let key = [("idempotency-key", "key-4")];
    let reopen = || ada.send(&token, "POST", &format!("{path}/reopen"), "{\"because\":\"No.\"}", &key);
    assert_eq!(reopen().status, 409);
    assert_eq!(ada.send(&token, "POST", &format!("{path}/done"), "", &[]).status, 200);
    assert_eq!(reopen().status, 200);
    ada.get("/audit").shows(&["repeated"]);
}

#[test]
fn an_answer_outlives_the_site_and_what_has_no_known_end_is_not_done_again() {
    let site = Running::new();
    let (ada, member) = set_up(&site);
    let token = ada.make_token("write");
    let upload = ada.send_file(
        &token,
        "/api/v1/uploads?name=a.csv",
        b"Name;IP;Manufacturer\npump-1;10.0.0.7;Example\n",
    );
    let id = serde_json::from_str::<Value>(&upload.text).unwrap()["id"].as_str().unwrap().to_owned();
    let key = [("idempotency-key", "import-of-today")];
    let body = "{\"kind\":\"inventory\"}";
    let keep = |ada: &Browser| ada.send(&token, "POST", &format!("/api/v1/uploads/{id}/keep"), body, &key);
    let kept = keep(&ada);
    assert_eq!(kept.status, 200, "{}", kept.text);
    let site = site.killed_and_started_again();
    let ada = Browser::new(&site);
    let again = keep(&ada);
    assert_eq!((again.status, &again.text), (200, &kept.text));
    // As a kill between the change and its answer leaves it.
    let store = rusqlite::Connection::open(site.path("rounds.sqlite")).unwrap();
    assert_eq!(store.execute("UPDATE api_answer SET code = NULL, body = NULL", []).unwrap(), 1);
    let unknown = keep(&ada);
    assert_eq!((unknown.status, problem(&unknown).as_str()), (409, "key-unanswered"));
    // After a day it is a new one: the file waits no longer.
    store.execute("UPDATE api_answer SET at = at - 86400000000001", []).unwrap();
    assert_eq!(keep(&ada).status, 404);
    ada.enter(&member);
    assert_eq!(ada.press("/account/tokens", "/account/tokens/K-1/end", &[]).status, 303);
    assert_eq!(keep(&ada).status, 401, "an answer is for nobody whose token has ended");
}

#[test]
fn two_at_once_are_one_and_a_program_that_goes_away_has_it_done_all_the_same() {
    let (site, ada) = shown();
    let token = ada.make_token("write");
    let task = task(&ada, &token);
    let path = format!("/api/v1/work/{task}/comment");
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let one = || {
            let browser = Browser::new(&site);
            browser.send(&token, "POST", &path, "{\"text\":\"Once.\"}", &[("idempotency-key", "both")])
        };
        let running: Vec<_> = (0..6).map(|_| scope.spawn(one)).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for answer in &answers {
        let is_busy = answer.status == 409 && problem(answer) == "key-in-use";
        assert!(answer.status == 200 || is_busy, "{}", answer.text);
    }
    assert!(answers.iter().any(|answer| answer.status == 200));
    assert_eq!(words(&ada, &token, &task), 1);
    // The request is sent whole, and nobody waits for the answer.
    let plain = Running::with(&["--without-tls"]);
    let browser = Browser::without_tls(&plain);
    browser.join(plain.code.as_ref().unwrap(), "ada");
    let token = browser.make_token("administer");
    let tag = browser.api(&token, "/api/v1/hospital").header("etag");
    let body = "{\"name\":\"Kept all the same\"}";
    let request = format!(
        "PUT /api/v1/hospital HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nIf-Match: {tag}\r\nIdempotency-Key: gone\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        plain.address,
        body.len()
    );
    let store = rusqlite::Connection::open(plain.path("rounds.sqlite")).unwrap();
    // Nothing is written down before the program is gone.
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut stream = std::net::TcpStream::connect(&plain.address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    drop(stream);
    std::thread::sleep(std::time::Duration::from_millis(100));
    store.execute_batch("COMMIT").unwrap();
    for _ in 0..100 {
        std::thread::sleep(std::time::Duration::from_millis(50));
        if browser.api(&token, "/api/v1/hospital").text.contains("Kept all the same") {
            break;
        }
    }
    let headers = [("idempotency-key", "gone"), ("if-match", tag.as_str())];
    let mut again = browser.send(&token, "PUT", "/api/v1/hospital", body, &headers);
    // The change is there a moment before its answer is kept.
    for _ in 0..40 {
        if again.status != 409 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
        again = browser.send(&token, "PUT", "/api/v1/hospital", body, &headers);
    }
    let told = (again.status, again.header("idempotency-replayed"), again.text.as_str());
    assert_eq!(told, (200, "true".to_owned(), body));
}
