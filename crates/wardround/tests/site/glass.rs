//! The emergency account: opened once by its code, shown loudly, and served also where the log cannot be written.

use rusqlite::Connection;

use crate::browser::{Browser, between, set_up};
use crate::running::Running;

/// Makes the account, and its code.
fn made(site: &Running) -> String {
    let done = site.run(&["break-glass", "--store", "rounds.sqlite"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    between(&String::from_utf8_lossy(&done.stdout), "account:\n  ", "\n").unwrap()
}

fn verify(site: &Running) -> String {
    let done = site.run(&["audit", "verify", "--store", "rounds.sqlite"]);
    String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned()
}

#[test]
fn a_sealed_code_opens_the_site_once_and_everybody_sees_it() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    ada.get("/settings").shows(&["There is none.", "wardround break-glass"]);
    let code = made(&site);
    ada.get("/settings").shows(&["Its code was made on", "was not used"]);
    assert!(!ada.get("/").text.contains("emergency account was opened"));
    let helper = Browser::new(&site);
    helper.get("/sign-in").shows(&["/break-glass"]);
    let open =
        |code: &str, because: &str| helper.post("/break-glass", &[("code", code), ("because", because)]);
    assert_eq!(open("AAAA-BBBB", "Eve").status, 400);
    assert_eq!(open(&code, "").status, 400, "somebody says who they are");
    assert_eq!(open(&code, "M. Adeyemi, phones are lost").to(), "/");
    // An administrator for a while: people can be let in again.
    let page = helper.press("/people", "/people/invite", &[("role", "administrator")]);
    assert!(between(&page.text, "<p class=\"code panel\">", "<").is_some(), "{}", page.text);
    for browser in [&ada, &helper] {
        browser.get("/").shows(&[
            "The emergency account was opened",
            "may be in use now",
            "must be made anew",
        ]);
    }
    let other = Browser::new(&site);
    assert_eq!(
        other.post("/break-glass", &[("code", &code), ("because", "again")]).status,
        400,
        "it opens once"
    );
    ada.get("/audit").shows(&["opened the emergency account", "break-glass", "invited somebody"]);
    assert!(verify(&site).contains("The emergency journal is whole: 2 records fit."), "{}", verify(&site));
    assert_eq!(helper.press("/", "/sign-out", &[]).to(), "/sign-in");
    assert_eq!(helper.get("/").to(), "/sign-in");
    // It is shown until somebody made it anew.
    ada.get("/").shows(&["The emergency account was opened"]);
    let renewed = made(&site);
    assert_ne!(renewed, code);
    assert!(!ada.get("/").text.contains("emergency account was opened"));
}

#[test]
fn it_is_served_where_nothing_can_be_logged_and_stands_in_a_journal_of_its_own() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let code = made(&site);
    let token = ada.get("/people").hidden("token");
    let store = Connection::open(site.path("rounds.sqlite")).unwrap();
    store.execute("ALTER TABLE audit_entry RENAME TO audit_hidden", []).unwrap();
    assert_eq!(ada.post("/people/invite", &[("token", &token), ("role", "network")]).status, 500);
    // Taking back is tried, and written down elsewhere; there is nothing to take back.
    assert_eq!(ada.post("/views/7/restore", &[("token", &token)]).status, 404);
    let helper = Browser::new(&site);
    let because = "M. Adeyemi: the disk is full";
    assert_eq!(helper.post("/break-glass", &[("code", &code), ("because", because)]).to(), "/");
    helper.get("/people").shows(&["ada"]);
    let journal = std::fs::read_to_string(site.path("emergency.journal")).unwrap();
    for words in
        [because, "view.restore 7 asked, by ada from", "people.list", "by break-glass from 127.0.0.1"]
    {
        assert!(journal.contains(words), "{words} is missing");
    }
    assert!(!journal.contains(&code) && !site.log().contains(&code));
    store.execute("ALTER TABLE audit_hidden RENAME TO audit_entry", []).unwrap();
    assert!(verify(&site).contains("The emergency journal is whole:"), "{}", verify(&site));
    let mut changed = std::fs::read(site.path("emergency.journal")).unwrap();
    changed[600] ^= 1;
    std::fs::write(site.path("emergency.journal"), changed).unwrap();
    assert!(verify(&site).contains("was changed: record 1 does not fit"), "{}", verify(&site));
    ada.get("/").shows(&["The journal of the emergency account was changed"]);
}
