//! Forms of other pages, forms that are too large, and what is no form.

use crate::browser::{Browser, set_up};
use crate::running::Running;

#[test]
fn a_form_of_another_page_or_session_changes_nothing() {
    let site = Running::new();
    let (ada, member) = set_up(&site);
    let token = ada.get("/people").hidden("token");
    let own = [("sec-fetch-site", "same-origin")];
    let invite = |fields: &[(&str, &str)], headers: &[(&str, &str)]| {
        ada.post_from("/people/invite", fields, headers).status
    };
    let good = [("token", token.as_str()), ("role", "network")];
    assert_eq!(invite(&good, &own), 200);
    assert_eq!(invite(&good, &[("sec-fetch-site", "cross-site")]), 403);
    assert_eq!(invite(&good, &[("sec-fetch-site", "same-site")]), 403);
    assert_eq!(invite(&good, &[("origin", "https://evil.example")]), 403);
    assert_eq!(invite(&good, &[]), 403, "neither header: no browser of today");
    assert_eq!(invite(&[("role", "network")], &own), 403);
    assert_eq!(invite(&[("token", &"0".repeat(64)), ("role", "network")], &own), 403);
    let other = Browser::new(&site);
    other.enter(&member);
    assert_eq!(other.post("/people/invite", &good).status, 403, "the token of another session");
    let count = rusqlite::Connection::open(site.path("rounds.sqlite")).unwrap();
    let count: i64 = count.query_row("SELECT count(*) FROM invitation", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
    // Also signing in: nobody is signed in to somebody else's account by a link.
    let login = [("name", "ada"), ("password", "x"), ("code", "1")];
    assert_eq!(other.post_from("/sign-in", &login, &[("sec-fetch-site", "cross-site")]).status, 403);
    // It is told to whoever watches the site, and counted; a page of another site cannot fill the log with it.
    let told = site.log().matches("event=form-not-from-here action=people.invite address=127.0.0.1").count();
    assert!((1..=7).contains(&told), "{told}");
    ada.get("/metrics").shows(&["wardround_forms_refused_total 8\n"]);
}

#[test]
fn what_is_too_large_or_no_form_is_refused_in_a_sentence() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let token = ada.get("/people").hidden("token");
    let long = "x".repeat(70_000);
    assert_eq!(ada.post("/people/invite", &[("token", &token), ("role", &long)]).status, 413);
    assert_eq!(ada.post("/people/invite", &[("token", &token), ("role", "")]).status, 400);
    assert_eq!(ada.get("/people/invite").status, 404, "a change is no page");
    assert_eq!(ada.get("/import/../../etc/passwd").status, 404);
    assert_eq!(ada.get("/assets/..%2f..%2fCargo.toml").status, 404);
    let refused = ada.send_files("wrong", &[("a.csv", b"name,ip\n")]);
    assert_eq!(refused.status, 403);
    assert_eq!(std::fs::read_dir(site.path("uploads")).unwrap().count(), 0);
}
