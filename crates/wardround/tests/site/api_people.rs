//! People and settings through the API: what a token may do in the place of an administrator, and what it never may.

use serde_json::{Value, json};

use crate::api::{json as told, problem};
use crate::browser::{Answer, Browser, between, set_up};
use crate::running::Running;

/// A program that looks after people and settings.
struct Keeper<'a> {
    browser: &'a Browser,
    token: String,
}

impl<'a> Keeper<'a> {
    fn of(browser: &'a Browser) -> Self {
        Self { browser, token: browser.make_token("administer") }
    }

    fn get(&self, path: &str) -> Value {
        told(&self.browser.api(&self.token, &format!("/api/v1/{path}")))
    }

    fn send(&self, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        self.browser.send(&self.token, method, &format!("/api/v1/{path}"), &body.to_string(), headers)
    }

    /// Changes what it has just read.
    fn put(&self, path: &str, body: &Value) -> Answer {
        let tag = self.browser.api(&self.token, &format!("/api/v1/{path}")).header("etag");
        self.send("PUT", path, body, &[("if-match", &tag)])
    }
}

#[track_caller]
fn done(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

#[track_caller]
fn refused(answer: &Answer, status: u16, name: &str) {
    assert_eq!((answer.status, problem(answer).as_str()), (status, name), "{}", answer.text);
}

#[test]
fn people_are_invited_changed_and_closed_and_each_step_stands_in_the_log() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let keeper = Keeper::of(&ada);
    let key = [("idempotency-key", "first")];
    let invited = keeper.send("POST", "invitations", &json!({ "role": "network", "days": 30 }), &key);
    let code = done(&invited, 201)["code"].as_str().unwrap().to_owned();
    // Sent again, it is answered again and not done again; and the code is in no file of the store.
    let again = keeper.send("POST", "invitations", &json!({ "role": "network", "days": 30 }), &key);
    assert_eq!((again.header("idempotency-replayed").as_str(), &again.text), ("true", &invited.text));
    let waiting = keeper.get("invitations");
    assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
    ada.get("/people").shows(&["Invited, and not here yet"]);
    let stored = [site.path("rounds.sqlite"), site.path("rounds.sqlite-wal")];
    let stored: Vec<u8> = stored.iter().flat_map(|path| std::fs::read(path).unwrap()).collect();
    assert!(!stored.windows(code.len()).any(|window| window == code.as_bytes()), "the store keeps a code");
    let ivo = Browser::new(&site);
    let member = ivo.join(&code, "ivo");
    let of_ivo = ivo.make_token("read");
    let listed = keeper.get("people");
    assert_eq!((&listed["items"][1]["id"], &listed["items"][1]["name"]), (&json!("P-2"), &json!("ivo")));
    // Another role counts at once, in open sessions and for tokens that are there.
    assert_eq!(ivo.api(&of_ivo, "/api/v1/devices").status, 404, "no round yet");
    let changed = keeper.put("people/P-2", &json!({ "role": "board" }));
    assert_eq!(done(&changed, 200)["role"], "board");
    assert_eq!(done(&changed, 200).get("ends_at"), None);
    assert_eq!(ivo.api(&of_ivo, "/api/v1/devices").status, 403);
    assert_eq!(ivo.get("/devices").status, 403);
    let stale = keeper.send("PUT", "people/P-2", &json!({ "role": "network" }), &[("if-match", "\"x\"")]);
    refused(&stale, 412, "changed");
    refused(&keeper.send("PUT", "people/P-2", &json!({ "role": "network" }), &[]), 428, "no-condition");
    for (body, at) in [
        (json!({ "role": "auditor" }), "/last_day"),
        (json!({ "role": "auditor", "last_day": "2099-01-01" }), "/last_day"),
        (json!({ "role": "network", "last_day": "2020-01-01" }), "/last_day"),
        (json!({ "role": "root" }), "/role"),
        (json!({ "last_day": "2027-01-01" }), "/role"),
    ] {
        let answer = keeper.put("people/P-2", &body);
        refused(&answer, 422, "fields");
        assert!(answer.text.contains(&format!("\"pointer\":\"{at}\"")), "{}", answer.text);
    }
    refused(&keeper.send("POST", "invitations", &json!({ "role": "auditor" }), &[]), 422, "fields");
    done(&keeper.send("POST", "people/P-2/close", &json!({}), &[]), 200);
    assert_eq!(ivo.get("/").to(), "/sign-in");
    assert_eq!(ivo.api(&of_ivo, "/api/v1/rounds").status, 401);
    assert!(keeper.get("people/P-2")["closed_at"].is_string());
    refused(&keeper.send("POST", "people/P-2/close", &json!({}), &[]), 409, "refused");
    refused(&keeper.put("people/P-2", &json!({ "role": "network" })), 409, "refused");
    assert_eq!(keeper.send("POST", "people/P-9/close", &json!({}), &[]).status, 404);
    drop(member);
    let second = done(&keeper.send("POST", "invitations", &json!({ "role": "security" }), &[]), 201);
    let name = keeper.get("invitations")["items"][0]["id"].as_str().unwrap().to_owned();
    done(&keeper.send("DELETE", &format!("invitations/{name}"), &json!({}), &[]), 200);
    assert_eq!(keeper.send("DELETE", &format!("invitations/{name}"), &json!({}), &[]).status, 404);
    let late = Browser::new(&site);
    let page = late.get("/join");
    let fields =
        [("offer", page.hidden("offer")), ("invitation", second["code"].as_str().unwrap().to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    late.post("/join", &fields).shows(&["The one-time code does not fit, was used, or is too old."]);
    ada.get("/audit").shows(&[
        "invited somebody",
        "invited: network",
        "P-2: board until no end",
        "changed a role or an end",
        "closed an account",
        "took back an invitation",
        "ada (K-1)",
    ]);
}

#[test]
fn a_token_makes_no_administrator_touches_none_and_reads_no_device() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let keeper = Keeper::of(&ada);
    refused(&keeper.send("POST", "invitations", &json!({ "role": "administrator" }), &[]), 409, "refused");
    // By a person it is done; then no token closes or changes that account, nor its owner's own.
    let page = ada.press("/people", "/people/invite", &[("role", "administrator")]);
    let eve = Browser::new(&site);
    eve.join(&between(&page.text, "<p class=\"code panel\">", "<").unwrap(), "eve");
    let page = ada.press("/people", "/people/invite", &[("role", "network")]);
    Browser::new(&site).join(&between(&page.text, "<p class=\"code panel\">", "<").unwrap(), "ivo");
    refused(&keeper.put("people/P-3", &json!({ "role": "administrator" })), 409, "refused");
    for account in ["P-1", "P-2"] {
        refused(&keeper.put(&format!("people/{account}"), &json!({ "role": "board" })), 409, "refused");
        refused(&keeper.send("POST", &format!("people/{account}/close"), &json!({}), &[]), 409, "refused");
    }
    assert_eq!(ada.press("/people", "/people/1/close", &[]).status, 400, "nor does a person their own");
    let other = ada.press("/people", "/people/3/change", &[("role", "auditor"), ("last-day", "2027-03-01")]);
    assert_eq!(other.to(), "/people");
    assert_eq!(keeper.get("people/P-3")["ends_at"], "2027-03-02T00:00:00Z");
    // It reads nothing of the hospital, and once its owner is no administrator any more it reads nothing at all.
    for path in ["devices", "findings", "work", "reports/round", "audit", "events", "views"] {
        assert_eq!(ada.api(&keeper.token, &format!("/api/v1/{path}")).status, 403, "{path}");
    }
    assert_eq!(keeper.send("POST", "rounds", &json!({}), &[]).status, 403);
    eve.press("/people", "/people/1/change", &[("role", "security")]);
    assert_eq!(ada.api(&keeper.token, "/api/v1/people").status, 403);
    assert_eq!(ada.get("/people").status, 403);
}

#[test]
fn the_schedule_and_the_interfaces_are_chosen_by_who_saw_how_they_were() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let keeper = Keeper::of(&ada);
    assert_eq!(keeper.get("settings/schedule")["day"], "monday");
    let chosen = json!({ "day": "daily", "time": "23:30", "zone": "Europe/Berlin" });
    let changed = keeper.put("settings/schedule", &chosen);
    let when = done(&changed, 200);
    assert_eq!(
        (&when["day"], &when["time"], &when["zone"]),
        (&json!("daily"), &json!("23:30"), &json!("Europe/Berlin"))
    );
    assert_eq!(ada.api(&keeper.token, "/api/v1/settings/schedule").header("etag"), changed.header("etag"));
    ada.get("/settings").shows(&["value=\"23:30\"", "(Europe/Berlin)"]);
    for wrong in [
        json!({ "day": "monday" }),
        json!({ "day": "monday", "time": "25:00", "zone": "UTC" }),
        json!({ "day": "monday", "time": "05:00", "zone": "Mars" }),
    ] {
        refused(&keeper.put("settings/schedule", &wrong), 400, "bad-request");
    }
    refused(&keeper.send("PUT", "settings/schedule", &chosen, &[("if-match", "\"x\"")]), 412, "changed");
    assert_eq!(
        done(&keeper.put("settings/schedule", &json!({ "day": "off" })), 200),
        json!({ "day": "off" })
    );
    ada.get("/settings").shows(&["Rounds run only when somebody starts one."]);

    assert_eq!(keeper.get("settings/interfaces"), json!({ "interfaces": [], "fixed": [] }));
    let unknown = keeper.put("settings/interfaces", &json!({ "interfaces": ["nowhere0"] }));
    refused(&unknown, 409, "refused");
    refused(&keeper.put("settings/interfaces", &json!({ "interfaces": "eth0" })), 422, "fields");
    done(&keeper.put("settings/interfaces", &json!({ "interfaces": [] })), 200);
    assert!(keeper.get("interfaces")["items"].is_array());
    let safe = keeper.get("site");
    assert!(["encrypted", "bare", "unknown"].contains(&safe["disk"].as_str().unwrap()), "{safe}");
    assert_eq!((&safe["emergency_account"], &safe["demo"]), (&json!("missing"), &json!(false)));
    ada.get("/audit").shows(&["changed the schedule", "chose interfaces"]);
}
