//! The log: everything is in it, nothing secret is, and whoever changes it is found out.

use rusqlite::Connection;

use crate::browser::{Browser, PASSWORD, set_up};
use crate::running::Running;

fn verify(site: &Running) -> Result<String, String> {
    let output = site.run(&["audit", "verify", "--store", "rounds.sqlite"]);
    match output.status.code() {
        Some(0) => Ok(String::from_utf8(output.stdout).unwrap()),
        _ => Err(String::from_utf8(output.stderr).unwrap()),
    }
}

/// A site that has been used a little, and was stopped.
fn used() -> Running {
    let mut site = Running::new();
    let (ada, _) = set_up(&site);
    Browser::new(&site).sign_in("ada", "wrong wrong wrong", "000000");
    ada.press("/people", "/people/invite", &[("role", "network")]);
    ada.press("/", "/sign-out", &[]);
    assert!(site.stop().success());
    site
}

#[test]
fn who_did_what_is_listed_without_secrets() {
    let site = used();
    let listed = site.run(&["audit", "list", "--store", "rounds.sqlite"]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    for words in [
        "join",
        "sign-in",
        "failed",
        "people.list",
        "people.invite",
        "asked",
        "done",
        "sign-out",
        "127.0.0.1",
    ] {
        assert!(listed.contains(words), "{words} is missing in\n{listed}");
    }
    assert!(!listed.contains(PASSWORD) && !listed.contains("wrong wrong"), "{listed}");
    let told = verify(&site).unwrap();
    assert!(told.starts_with("The log is whole:") && told.contains("The last entry is signed."), "{told}");
}

#[test]
fn every_change_of_the_log_is_found() {
    let changes = [
        ("UPDATE audit_entry SET outcome = 'refused' WHERE id = 2", "entry 2 is not as it was written"),
        (
            "UPDATE audit_entry SET name = 'eve', account_id = 9 WHERE id = 3",
            "entry 3 is not as it was written",
        ),
        ("UPDATE audit_entry SET at = at + 1 WHERE id = 1", "entry 1 is not as it was written"),
        ("DELETE FROM audit_entry WHERE id = 3", "entry 3 is missing"),
        ("DELETE FROM audit_entry WHERE id > 3", "its end was cut off"),
        ("DELETE FROM audit_entry WHERE id = 1", "entry 1 is missing"),
        ("UPDATE audit_checkpoint SET digest = 'ab'", "is not signed by the key of this site"),
        (
            "UPDATE audit_checkpoint SET signature = substr(signature, 2) || substr(signature, 1, 1)",
            "is not signed by the key",
        ),
    ];
    let site = used();
    let store = site.path("rounds.sqlite");
    let whole = std::fs::read(&store).unwrap();
    for (change, expected) in changes {
        std::fs::write(&store, &whole).unwrap();
        assert!(verify(&site).is_ok());
        let connection = Connection::open(&store).unwrap();
        assert!(connection.execute(change, []).unwrap() > 0, "{change}");
        drop(connection);
        let told = verify(&site).expect_err(change);
        assert!(told.contains("the log was changed") && told.contains(expected), "{change}: {told}");
    }
}

#[test]
fn a_log_that_somebody_made_anew_does_not_pass() {
    let (site, other) = (used(), used());
    assert!(verify(&site).is_ok());
    std::fs::copy(other.path("rounds.sqlite"), site.path("rounds.sqlite")).unwrap();
    let told = verify(&site).unwrap_err();
    assert!(told.contains("is not signed by the key of this site"), "{told}");
}

#[test]
fn what_cannot_be_logged_is_not_done_but_leaving_is() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let token = ada.get("/people").hidden("token");
    let store = Connection::open(site.path("rounds.sqlite")).unwrap();
    store.execute("ALTER TABLE audit_entry RENAME TO audit_hidden", []).unwrap();
    let refused = ada.post("/people/invite", &[("token", &token), ("role", "network")]);
    assert_eq!(refused.status, 500);
    refused.shows(&["Nothing was done", "what cannot be logged is not done"]);
    assert_eq!(ada.get("/people").status, 500, "also what is only looked at");
    let invited: i64 = store.query_row("SELECT count(*) FROM invitation", [], |row| row.get(0)).unwrap();
    assert_eq!(invited, 0);
    assert_eq!(ada.post("/sign-out", &[("token", &token)]).to(), "/sign-in");
    assert_eq!(ada.get("/").to(), "/sign-in");
    assert!(site.log().contains("event=not-logged action=sign-out account=P-1"), "{}", site.log());
}
