//! What programs change: the same as the forms of pages, by the same rules, with the log saying which token of whom did it.

use serde_json::{Value, json};

use crate::api::{json as told, problem, shown};
use crate::browser::{Answer, Browser, between, set_up};
use crate::hostile::{NAMES, assert_escaped};
use crate::running::{Running, example};

/// A program with a token that writes.
struct Program<'a> {
    browser: &'a Browser,
    token: String,
}

impl<'a> Program<'a> {
    fn of(browser: &'a Browser) -> Self {
        Self::with(browser, "write")
    }

    /// One that looks after people and settings.
    fn administers(browser: &'a Browser) -> Self {
        Self::with(browser, "administer")
    }

    fn with(browser: &'a Browser, scope: &str) -> Self {
        Self { browser, token: browser.make_token(scope) }
    }

    fn get(&self, path: &str) -> Value {
        told(&self.browser.api(&self.token, &format!("/api/v1/{path}")))
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body, &[])
    }

    fn send(&self, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        self.browser.send(&self.token, method, &format!("/api/v1/{path}"), &body.to_string(), headers)
    }
}

/// What was answered, with the status that it must have.
#[track_caller]
fn done(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    serde_json::from_str(&answer.text).unwrap()
}

/// Where the errors of a problem stand.
#[track_caller]
fn pointers(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, problem(answer).as_str()), (422, "fields"), "{}", answer.text);
    let told: Value = serde_json::from_str(&answer.text).unwrap();
    told["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap().to_owned()).collect()
}

fn colleague(site: &Running, ada: &Browser, role: &str) -> Browser {
    let page = ada.press("/people", "/people/invite", &[("role", role), ("days", "30")]);
    let browser = Browser::new(site);
    browser.join(&between(&page.text, "<p class=\"code panel\">", "<").unwrap(), role);
    browser
}

/// An open task that needs no clinical owner's word, or does.
fn task(program: &Program<'_>, signs: bool) -> String {
    let work = program.get("work?state=open&limit=1000");
    let found = work["items"].as_array().unwrap().iter().find(|job| job["needs_sign_off"] == signs);
    found.expect("the demo has such a task")["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_task_goes_through_the_api_as_through_its_page_and_the_log_says_which_token_did_it() {
    let (_site, ada) = shown();
    let program = Program::of(&ada);
    let task = task(&program, false);
    let path = |word: &str| format!("work/{task}/{word}");
    let assigned = program.post(&path("assign"), &json!({ "to": "Network team" }));
    let told = done(&assigned, 200);
    assert_eq!(
        (&told["item"]["assigned_to"], &told["item"]["state"]),
        (&json!("Network team"), &json!("assigned"))
    );
    let event = told["event"].as_str().unwrap().to_owned();
    // It is the task as reading it tells it, and so is its tag.
    let read = ada.api(&program.token, &format!("/api/v1/work/{task}"));
    assert_eq!(assigned.header("etag"), read.header("etag"));
    ada.get(&format!("/work/{task}")).shows(&["Network team", "ada (K-1)"]);
    done(&program.post(&path("comment"), &json!({ "text": "Ordered." })), 200);
    assert_eq!(done(&program.post(&path("done"), &json!({})), 200)["item"]["state"], "claimed");
    let again = program.post(&path("done"), &json!({}));
    assert_eq!((again.status, problem(&again).as_str()), (409, "refused"));
    done(&program.post(&path("reopen"), &json!({ "because": "Not all of it." })), 200);
    let undone = program.post(&path(&format!("undo/{event}")), &json!({}));
    assert_eq!(done(&undone, 200)["item"].get("assigned_to"), None);
    let words = program.get(&path("events"));
    let kinds: Vec<&str> =
        words["items"].as_array().unwrap().iter().map(|word| word["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["undone", "reopened", "done", "commented", "assigned"]);
    assert_eq!(words["items"][4]["taken_back"], true);
    ada.get("/audit").shows(&[
        "said who does a task",
        "took back what was said of a task",
        "ada (K-1)",
        &task,
    ]);
}

#[test]
fn what_a_task_refuses_on_its_page_it_refuses_here_and_nobody_does_more_than_their_role() {
    let (site, ada) = shown();
    let (net, bio) = (colleague(&site, &ada, "network"), colleague(&site, &ada, "biomedical"));
    let (program, of_net, of_bio) = (Program::of(&ada), Program::of(&net), Program::of(&bio));
    let care = task(&program, true);
    let early = of_bio.post(&format!("work/{care}/done"), &json!({}));
    assert_eq!((early.status, problem(&early).as_str()), (409, "refused"));
    let owner = json!({ "owner": "Head of ward 3" });
    assert_eq!(of_net.post(&format!("work/{care}/sign-off"), &owner).status, 403);
    let signed = done(&of_bio.post(&format!("work/{care}/sign-off"), &owner), 200);
    // Who may not say it may not take it back either.
    let undo = format!("work/{care}/undo/{}", signed["event"].as_str().unwrap());
    let refused = of_net.post(&undo, &json!({}));
    assert_eq!((refused.status, problem(&refused).as_str()), (403, "not-permitted"));
    done(&of_bio.post(&format!("work/{care}/done"), &json!({})), 200);
    let except =
        json!({ "because": "No spare.", "control": "Own network.", "owner": "ada", "until": "2026-12-20" });
    let task = task(&program, false);
    assert_eq!(of_bio.post(&format!("work/{task}/except"), &except).status, 403);
    let past = json!({ "because": "a", "control": "b", "owner": "c", "until": "2020-01-01" });
    assert_eq!(program.post(&format!("work/{task}/except"), &past).status, 409);
    let wrong = json!({ "because": "", "control": 7, "until": "soon", "owners": "c" });
    let answer = program.post(&format!("work/{task}/except"), &wrong);
    assert_eq!(pointers(&answer), ["/owners", "/because", "/control", "/owner", "/until"]);
    for nothing in ["W-000000000000", "x", "999"] {
        assert_eq!(program.post(&format!("work/{nothing}/done"), &json!({})).status, 404);
    }
    assert_eq!(program.post(&format!("work/{task}/undo/E-99"), &json!({})).status, 409);
    // Only with a token that writes, and only by the token.
    let read = net.make_token("read");
    let path = format!("/api/v1/work/{task}/assign");
    assert_eq!(net.send(&read, "POST", &path, "{\"to\":\"a\"}", &[]).status, 403);
    assert_eq!(net.send("", "POST", &path, "{\"to\":\"a\"}", &[]).status, 401);
    net.get("/work");
    assert_eq!(net.post(&path, &[("to", "a")]).status, 401, "a session counts for nothing");
}

#[test]
fn a_change_of_a_version_that_is_gone_is_refused() {
    let (_site, ada) = shown();
    let program = Program::of(&ada);
    let task = task(&program, false);
    let tag = ada.api(&program.token, &format!("/api/v1/work/{task}")).header("etag");
    let assign = |to: &str, tag: &str| {
        program.send("POST", &format!("work/{task}/assign"), &json!({ "to": to }), &[("if-match", tag)])
    };
    let first = assign("one", &tag);
    done(&first, 200);
    let second = assign("two", &tag);
    assert_eq!((second.status, problem(&second).as_str()), (412, "changed"));
    assert_eq!(done(&assign("two", &first.header("etag")), 200)["item"]["assigned_to"], "two");
    // What is replaced whole is replaced by who says which version they saw.
    assert_eq!(program.send("PUT", "hospital", &json!({ "name": "x" }), &[("if-match", "*")]).status, 403);
    let program = Program::administers(&ada);
    let blind = program.send("PUT", "hospital", &json!({ "name": "St. Bride's" }), &[]);
    assert_eq!((blind.status, problem(&blind).as_str()), (428, "no-condition"));
    let tag = ada.api(&program.token, "/api/v1/hospital").header("etag");
    let name = |name: &str, tag: &str| {
        program.send("PUT", "hospital", &json!({ "name": name }), &[("if-match", tag)])
    };
    let named = name("St. Bride's", &tag);
    assert_eq!(done(&named, 200)["name"], "St. Bride's");
    assert_eq!(name("Other", &tag).status, 412);
    assert_eq!(ada.api(&program.token, "/api/v1/hospital").header("etag"), named.header("etag"));
    assert_eq!(pointers(&name(&"ä".repeat(150), &named.header("etag"))), ["/name"]);
}

#[test]
fn statements_are_kept_for_one_or_many_or_a_finding_and_taken_back() {
    let (_site, ada) = shown();
    let program = Program::of(&ada);
    let devices = program.get("devices?limit=3");
    let ids: Vec<&str> =
        devices["items"].as_array().unwrap().iter().map(|device| device["id"].as_str().unwrap()).collect();
    let said = json!({ "owner": "network", "care_area": "Ward 3", "spares": 2, "by": "biomedical", "because": "Seen." });
    let kept = done(&program.post(&format!("devices/{}/statements", ids[0]), &said), 201);
    assert_eq!(kept["statements"].as_array().unwrap().len(), 3);
    ada.get(&format!("/devices/{}", ids[0])).shows(&["It serves Ward 3", "2 others can take its place"]);
    let first = kept["statements"][0].as_str().unwrap();
    done(&program.post(&format!("statements/{first}/take-back"), &json!({})), 200);
    assert_eq!(program.post(&format!("statements/{first}/take-back"), &json!({})).status, 404);
    let list = program.get(&format!("devices/{}/statements", ids[0]));
    let back: Vec<bool> =
        list["items"].as_array().unwrap().iter().map(|one| one["taken_back"].as_bool().unwrap()).collect();
    assert_eq!(back.iter().filter(|back| **back).count(), 1);
    let many = json!({ "devices": ids, "care_role": "diagnostic", "by": "biomedical", "because": "Office." });
    let kept = done(&program.post("statements", &many), 201);
    assert_eq!(kept["statements"].as_array().unwrap().len(), 3);
    let moment = kept["moment"].as_str().unwrap();
    ada.get(&format!("/devices/said/{moment}")).shows(&["Kept for 3 devices."]);
    let taken = done(&program.post(&format!("moments/{moment}/take-back"), &json!({})), 200);
    assert_eq!(taken["statements"], 3);
    // One device that nobody knows: nothing is kept of any.
    let before = program.get(&format!("devices/{}/statements", ids[1]));
    let unknown =
        json!({ "devices": [ids[1], "A-000000000000"], "spares": 1, "by": "network", "because": "x" });
    assert_eq!(program.post("statements", &unknown).status, 404);
    assert_eq!(program.get(&format!("devices/{}/statements", ids[1])), before);
    assert_eq!(program.post("devices/A-000000000000/statements", &said).status, 404);
    let nothing =
        program.post(&format!("devices/{}/statements", ids[0]), &json!({ "by": "network", "because": "x" }));
    assert_eq!(nothing.status, 400);

    let findings = program.get("findings?kind=vulnerability&limit=1");
    let finding = &findings["items"][0];
    let path = format!("findings/{}/statements", finding["id"].as_str().unwrap());
    let why = json!({ "status": "not_affected", "justification": "component_not_present", "by": "network", "because": "Not in it." });
    done(&program.post(&path, &why), 201);
    ada.get(&format!("/devices/{}", finding["device"].as_str().unwrap()))
        .shows(&[finding["cve"].as_str().unwrap(), "Not in it."]);
    let setting = program.get("findings?kind=setting&limit=1");
    let path = format!("findings/{}/statements", setting["items"][0]["id"].as_str().unwrap());
    assert_eq!(program.post(&path, &why).status, 409);
}

#[test]
fn a_list_is_sent_looked_at_kept_and_read_by_a_round() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let program = Program::of(&ada);
    let list = b"Name;IP;Manufacturer\npump-1;10.0.0.7;Example\n";
    let sent = ada.send_file(&program.token, "/api/v1/uploads?name=inventory.csv", list);
    let sent = done(&sent, 201);
    assert_eq!((&sent["name"], &sent["seems"]), (&json!("inventory.csv"), &json!("list")));
    let id = sent["id"].as_str().unwrap();
    let said = json!({ "kind": "inventory", "day": "2026-11-20" });
    let looked = done(&program.post(&format!("uploads/{id}/look"), &said), 200);
    assert_eq!((&looked["rows"], &looked["rows_failed"]), (&json!(1), &json!(0)), "{looked}");
    assert_eq!(program.get("imports")["items"], json!([]), "a look keeps nothing");
    // What somebody sent is theirs.
    let ivo = colleague(&site, &ada, "network");
    assert_eq!(Program::of(&ivo).post(&format!("uploads/{id}/keep"), &said).status, 404);
    let kept = done(&program.post(&format!("uploads/{id}/keep"), &said), 200);
    assert_eq!((&kept["import"], &kept["became"]), (&json!("I-1"), &json!("new")));
    assert_eq!(program.post(&format!("uploads/{id}/keep"), &said).status, 404, "it waits no longer");
    assert_eq!(program.get("imports")["items"][0]["state"], "used");
    let started = done(&program.post("rounds", &json!({})), 202);
    assert!(["reading", "judging", "kept"].contains(&started["state"].as_str().unwrap()), "{started}");
    crate::rounds::wait_for_round(&ada);
    assert_eq!(program.get("rounds/now")["round"], "R-1");
    assert_eq!(program.get("devices")["items"].as_array().unwrap().len(), 1);
    done(&program.post("imports/I-1/forget", &json!({})), 200);
    assert_eq!(program.get("imports")["items"][0]["state"], "forgotten");
    let capture = ada.send_file(&program.token, "/api/v1/uploads?name=a.pcapng", &example("clinic.pcapng"));
    let id = done(&capture, 201)["id"].as_str().unwrap().to_owned();
    assert_eq!(program.post(&format!("uploads/{id}/look"), &json!({})).status, 409);
    done(&program.post(&format!("uploads/{id}/round"), &json!({})), 202);
    let busy = program.post("rounds", &json!({}));
    assert!(busy.status == 202 || (busy.status, problem(&busy).as_str()) == (409, "busy"), "{}", busy.text);
    crate::rounds::wait_for_round(&ada);
    assert_eq!(ada.send_file(&program.token, "/api/v1/uploads", b"").status, 400, "an empty file");
    let other = ada.send_file(&program.token, "/api/v1/uploads", b"?");
    let id = done(&other, 201)["id"].as_str().unwrap().to_owned();
    done(&program.send("DELETE", &format!("uploads/{id}"), &json!({}), &[]), 200);
    assert_eq!(program.get("uploads")["items"], json!([]));
    assert_eq!(std::fs::read_dir(site.path("uploads")).unwrap().count(), 0);
    ada.get("/audit").shows(&["sent a file", "kept a list", "forgot a list", "ada (K-1)"]);
}

#[test]
fn saved_views_are_made_changed_and_deleted() {
    let (site, ada) = shown();
    let program = Program::of(&ada);
    let new = json!({ "of": "devices", "name": "Ours", "shared": true, "fields": { "area": "medical" } });
    let saved = program.post("views", &new);
    let id = done(&saved, 201)["id"].as_str().unwrap().to_owned();
    let wrong = json!({ "of": "devices", "name": "x", "fields": { "area": "moon", "colour": "red" } });
    assert_eq!(pointers(&program.post("views", &wrong)), ["/fields/area", "/fields/colour"]);
    ada.get("/devices").shows(&[">Ours<"]);
    let path = format!("views/{id}");
    let read = ada.api(&program.token, &format!("/api/v1/{path}"));
    let tag = [("if-match", read.header("etag"))];
    let tag: Vec<(&str, &str)> = tag.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let renamed = json!({ "name": "Theirs" });
    assert_eq!(program.send("PUT", &path, &renamed, &[]).status, 428);
    let answer = program.send("PUT", &path, &renamed, &tag);
    assert_eq!(
        (&done(&answer, 200)["name"], &done(&answer, 200)["shared"]),
        (&json!("Theirs"), &json!(false))
    );
    assert_eq!(program.send("DELETE", &path, &json!({}), &tag).status, 412);
    let ivo = colleague(&site, &ada, "network");
    assert_eq!(Program::of(&ivo).send("DELETE", &path, &json!({}), &[("if-match", "*")]).status, 404);
    let deleted = program.send("DELETE", &path, &json!({}), &[("if-match", "*")]);
    assert_eq!(done(&deleted, 200)["deleted"], true);
    assert_eq!(program.get("views")["items"], json!([]));
    done(&program.post(&format!("{path}/restore"), &json!({})), 200);
    assert_eq!(program.get("views?of=devices")["items"][0]["name"], "Theirs");
}

/// As it stands in an address.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn hostile_words_through_the_api_are_text_on_every_page() {
    let (site, ada) = shown();
    let (program, administers) = (Program::of(&ada), Program::administers(&ada));
    let task = task(&program, false);
    let device = program.get("devices?limit=1")["items"][0]["id"].as_str().unwrap().to_owned();
    for name in NAMES {
        let answers = [
            program.post(&format!("work/{task}/assign"), &json!({ "to": name })),
            program.post(&format!("work/{task}/comment"), &json!({ "text": name })),
            program.post(
                &format!("devices/{device}/statements"),
                &json!({ "care_area": name, "by": "network", "because": name }),
            ),
            program.post(
                "views",
                &json!({ "of": "devices", "name": name, "shared": true, "fields": { "text": name } }),
            ),
            program.post(&format!("work/{}/done", encoded(name)), &json!({ "x": name })),
            program.post(&format!("work/{task}/comment"), &json!({ name: name })),
            administers.send("PUT", "hospital", &json!({ "name": name }), &[("if-match", "*")]),
            ada.send_file(&program.token, "/api/v1/uploads?name=%3Cscript%3Ealert(1)%3C/script%3E", b"x"),
            administers.send(
                "POST",
                "receivers/syslog",
                &json!({ "name": name, "host": "127.0.0.1", "port": 9, "plain": true, "inside": true }),
                &[],
            ),
            administers.send(
                "POST",
                "receivers/webhook",
                &json!({ "name": "x", "url": name, "site": name }),
                &[],
            ),
            administers.send(
                "PUT",
                "settings/schedule",
                &json!({ "day": "daily", "time": "05:00", "zone": name }),
                &[("if-match", "*")],
            ),
            administers.send("POST", "invitations", &json!({ "role": name }), &[]),
            ada.api(&program.token, &format!("/api/v1/ways?from={}", encoded(name))),
            ada.api(&program.token, &format!("/api/v1/work?assigned_to={0}&text={0}", encoded(name))),
        ];
        let told = administers.get("receivers");
        let told: Vec<&str> =
            told["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        for answer in answers {
            assert!(answer.status < 500, "{name}: {}", answer.text);
            assert!(answer.header("content-type").starts_with("application/"), "{}", answer.text);
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }
        let pages = [format!("/work/{task}"), format!("/devices/{device}")];
        let pages = pages.iter().map(String::as_str).chain([
            "/devices",
            "/work",
            "/audit",
            "/import",
            "/settings/notices",
            "/people",
            "/",
        ]);
        for page in pages {
            assert_escaped(page, &ada.get(page).text);
        }
        for receiver in told {
            administers.send("DELETE", &format!("receivers/{receiver}"), &json!({}), &[]);
        }
    }
    assert!(!site.log().contains("alert") && !site.log().contains('\u{1b}'));
}

#[test]
fn what_is_no_json_or_too_much_is_refused_with_its_reason() {
    let (_site, ada) = shown();
    let program = Program::of(&ada);
    let task = task(&program, false);
    let path = format!("/api/v1/work/{task}/comment");
    let send = |body: &str, headers: &[(&str, &str)]| ada.send(&program.token, "POST", &path, body, headers);
    for (body, status, kind) in [
        ("{", 400, "bad-request"),
        ("[]", 400, "bad-request"),
        ("{\"text\":\"\\ud800\"}", 400, "bad-request"),
        ("", 415, "not-json"),
    ] {
        let answer = match status {
            415 => ada.send_file(&program.token, &path, b"{\"text\":\"a\"}"),
            _ => send(body, &[]),
        };
        assert_eq!((answer.status, problem(&answer).as_str()), (status, kind), "{body}");
    }
    assert_eq!(send(&"[".repeat(60_000), &[]).status, 400);
    assert_eq!(send(&format!("{{\"text\":\"{}\"}}", "a".repeat(70_000)), &[]).status, 413);
    assert_eq!(pointers(&send(&format!("{{\"text\":\"{}\"}}", "a".repeat(501)), &[])), ["/text"]);
    let asked = ada.send(&program.token, "POST", &format!("{path}?text=a"), "{\"text\":\"a\"}", &[]);
    assert_eq!(asked.status, 400, "{}", asked.text);
    assert_eq!(
        program.get(&format!("work/{task}/events"))["items"],
        json!([]),
        "nothing of all that was kept"
    );
}
