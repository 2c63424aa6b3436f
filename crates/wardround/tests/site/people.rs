//! Set-up, signing in and out, back-off, sessions, roles.

use crate::browser::{Browser, PASSWORD, between, secret_of, set_up, totp};
use crate::running::Running;

#[test]
fn the_first_code_works_once_and_makes_an_administrator() {
    let site = Running::new();
    let browser = Browser::new(&site);
    assert_eq!(browser.get("/").to(), "/sign-in");
    assert_eq!(browser.get("/sign-in").to(), "/join");
    browser.get("/join").shows(&["Set up Wardround", "<svg", "otpauth://totp/Wardround:127.0.0.1?secret="]);
    let (ada, _) = set_up(&site);
    ada.get("/").shows(&["Today", "ada", "Administrator", "People"]);
    let page = Browser::new(&site).get("/join");
    let fields = [
        ("offer", page.hidden("offer")),
        ("invitation", site.code.clone().unwrap()),
        ("name", "eve".to_owned()),
        ("password", PASSWORD.to_owned()),
        ("code", totp(&secret_of(&page), 0)),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = Browser::new(&site).post("/join", &fields);
    answer.shows(&["The one-time code does not fit, was used, or is too old."]);
}

#[test]
fn what_is_wrong_when_joining_is_told_and_the_key_stays_the_same() {
    let site = Running::new();
    let browser = Browser::new(&site);
    let page = browser.get("/join");
    let secret = secret_of(&page);
    let (offer, invitation) = (page.hidden("offer"), site.code.clone().unwrap());
    let send = |name: &str, password: &str, code: &str| {
        let fields = [
            ("offer", offer.as_str()),
            ("invitation", &invitation),
            ("name", name),
            ("password", password),
            ("code", code),
        ];
        browser.post("/join", &fields)
    };
    let code = totp(&secret, 0);
    let answer = send("ada", "short", &code);
    answer.shows(&["role=\"alert\"", "The password is too short."]);
    assert_eq!(secret_of(&answer), secret);
    assert!(!answer.text.contains("short\""), "a password is never shown again");
    send("ada <b>", PASSWORD, &code).shows(&["A name has letters, digits", "ada &lt;b&gt;"]);
    send("ada", PASSWORD, "000000").shows(&["The six digits do not fit."]);
    send("ada", PASSWORD, &totp(&secret, 0)).shows(&["Your account is ready"]);
}

#[test]
fn wrong_name_password_and_code_are_told_alike_and_make_wait() {
    let site = Running::new();
    let (_, ada) = set_up(&site);
    let browser = Browser::new(&site);
    let recovery = ada.recovery.borrow()[0].clone();
    let told = |answer: &crate::browser::Answer| {
        between(&answer.text, "<div class=\"notice bad\"", "</div>").unwrap_or_default()
    };
    let wrong_name = browser.sign_in("eve", PASSWORD, &recovery);
    let wrong_password = browser.sign_in("ada", "lamp river copper tidy", &recovery);
    let wrong_code = browser.sign_in("ada", PASSWORD, "AAAA-BBBB-CCCC-DDDD");
    for answer in [&wrong_name, &wrong_password, &wrong_code] {
        assert_eq!(answer.status, 401);
        assert_eq!(told(answer), told(&wrong_name));
        assert_eq!(answer.header("set-cookie"), "");
    }
    browser.sign_in("ada", PASSWORD, "123456");
    let waits = browser.sign_in("ada", PASSWORD, &recovery);
    assert_eq!(waits.status, 429, "the right words, but too soon: {}", waits.text);
    assert!(waits.header("retry-after").parse::<u64>().unwrap() >= 1);
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    assert_eq!(browser.sign_in("ada", PASSWORD, &recovery).to(), "/");
}

#[test]
fn a_code_works_once_and_a_phone_s_next_one_after_it() {
    let site = Running::new();
    let (browser, ada) = set_up(&site);
    assert_eq!(browser.press("/", "/sign-out", &[]).to(), "/sign-in");
    assert_eq!(browser.get("/").to(), "/sign-in");
    assert_eq!(browser.sign_in("ada", PASSWORD, &ada.code_used).status, 401, "it made the account");
    assert_eq!(browser.sign_in("ada", PASSWORD, &totp(&ada.secret, 1)).to(), "/");
    let again = Browser::new(&site);
    let recovery = ada.recovery.borrow()[0].clone();
    assert_eq!(again.sign_in("ada", PASSWORD, &recovery.to_lowercase()).to(), "/");
    assert_eq!(again.sign_in("ada", PASSWORD, &recovery).status, 401, "it was used");
}

#[test]
fn a_session_has_a_new_token_and_ends_by_leaving_idleness_and_age() {
    let site = Running::new();
    let (browser, ada) = set_up(&site);
    let first = browser.token().unwrap();
    assert!(first.starts_with("__Host-wardround=") && first.len() > 64, "{first}");
    // Signing in over a session gives a new token, and ends the old one.
    browser.enter(&ada);
    let second = browser.token().unwrap();
    assert_ne!(first, second);
    let old = Browser::new(&site);
    old.use_token(Some(first));
    assert_eq!(old.get("/").to(), "/sign-in");
    // A token that the site did not make begins nothing.
    old.use_token(Some(format!("__Host-wardround={}", "ab".repeat(32))));
    assert_eq!(old.get("/").to(), "/sign-in");
    let store = rusqlite::Connection::open(site.path("rounds.sqlite")).unwrap();
    let text: String = store.query_row("SELECT digest FROM session", [], |row| row.get(0)).unwrap();
    assert!(!second.contains(&text), "the store has no token");
    let minute = 60_000_000_000_i64;
    store.execute("UPDATE session SET seen_at = seen_at - ?1", [14 * minute]).unwrap();
    browser.get("/").shows(&["Today"]);
    store.execute("UPDATE session SET seen_at = seen_at - ?1", [16 * minute]).unwrap();
    assert_eq!(browser.get("/").to(), "/sign-in");
    browser.enter(&ada);
    store.execute("UPDATE session SET made_at = made_at - ?1", [721 * minute]).unwrap();
    assert_eq!(browser.get("/").to(), "/sign-in");
    browser.enter(&ada);
    let token = browser.token();
    assert_eq!(browser.press("/", "/sign-out", &[]).to(), "/sign-in");
    browser.use_token(token);
    assert_eq!(browser.get("/").to(), "/sign-in", "the token of a session that was left opens nothing");
}

#[test]
fn every_role_reaches_what_it_may_and_nothing_else() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let pages = ["/", "/import", "/people", "/audit", "/rounds/now"];
    let allowed = [
        ("security", vec!["/", "/import", "/audit", "/rounds/now"]),
        ("biomedical", vec!["/", "/import", "/rounds/now"]),
        ("network", vec!["/", "/import", "/rounds/now"]),
        ("compliance", vec!["/", "/audit", "/rounds/now"]),
        ("auditor", vec!["/", "/audit", "/rounds/now"]),
        ("board", vec!["/", "/rounds/now"]),
    ];
    for (role, allowed) in allowed {
        let page = ada.press("/people", "/people/invite", &[("role", role), ("days", "30")]);
        let code = between(&page.text, "<p class=\"code panel\">", "<").unwrap();
        let browser = Browser::new(&site);
        browser.join(&code, role);
        for path in pages {
            let expected = if allowed.contains(&path) { 200 } else { 403 };
            assert_eq!(browser.get(path).status, expected, "{role} {path}");
        }
        let token = browser.get("/").hidden("token");
        let change = browser.post("/people/invite", &[("token", &token), ("role", "administrator")]);
        assert_eq!(change.status, 403, "{role}");
        let shown = browser.get("/").text;
        assert!(!shown.contains("href=\"/people\""), "{role} sees no door that is shut");
    }
    ada.get("/audit").shows(&["invited somebody", "refused", "biomedical"]);
}

#[test]
fn an_account_that_is_closed_or_over_is_out_at_once() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let invite = |fields: &[(&str, &str)]| {
        let page = ada.press("/people", "/people/invite", fields);
        between(&page.text, "<p class=\"code panel\">", "<").unwrap_or_default()
    };
    assert_eq!(invite(&[("role", "auditor"), ("days", "")]), "", "an auditor must have an end");
    assert_eq!(invite(&[("role", "root")]), "");
    let (eve, ivo) = (Browser::new(&site), Browser::new(&site));
    let member = eve.join(&invite(&[("role", "auditor"), ("days", "1")]), "eve");
    ivo.join(&invite(&[("role", "network")]), "ivo");
    assert_eq!(ada.press("/people", "/people/3/close", &[]).to(), "/people");
    assert_eq!(ivo.get("/").to(), "/sign-in");
    ada.get("/people").shows(&["closed"]);
    assert_eq!(ada.press("/people", "/people/1/close", &[]).status, 400, "nobody closes their own");
    let store = rusqlite::Connection::open(site.path("rounds.sqlite")).unwrap();
    store.execute("UPDATE account SET ends_at = 1 WHERE name = 'eve'", []).unwrap();
    assert_eq!(eve.get("/").to(), "/sign-in");
    let code = member.recovery.borrow()[0].clone();
    assert_eq!(eve.sign_in("eve", PASSWORD, &code).status, 401);
}

#[test]
fn a_copy_of_the_store_alone_signs_nobody_in() {
    let site = Running::new();
    let (_, ada) = set_up(&site);
    let stored = std::fs::read(site.path("rounds.sqlite")).unwrap();
    let log = std::fs::read(site.path("rounds.sqlite-wal")).unwrap();
    let all = [stored, log, site.log().into_bytes()].concat();
    let holds = |needle: &[u8]| all.windows(needle.len()).any(|window| window == needle);
    let hex: String = ada.secret.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!holds(&ada.secret) && !holds(hex.as_bytes()), "the second factor's secret");
    assert!(!holds(PASSWORD.as_bytes()));
    for code in ada.recovery.borrow().iter() {
        assert!(!holds(code.as_bytes()) && !holds(code.replace('-', "").as_bytes()));
    }
    let log = site.log();
    assert!(!log.contains("ada") && !log.contains(site.code.as_ref().unwrap()), "{log}");
}

#[test]
fn who_owns_the_computer_can_always_let_an_administrator_in_and_it_is_logged() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let told = site.run(&["invite", "--role", "administrator", "--store", "rounds.sqlite"]);
    let told = String::from_utf8(told.stdout).unwrap();
    let code = told.lines().nth(1).unwrap().trim();
    let eve = Browser::new(&site);
    eve.join(code, "eve");
    eve.get("/people").shows(&["eve", "ada"]);
    ada.get("/audit").shows(&["administrator from the command line"]);
    assert_eq!(site.run(&["invite", "--role", "auditor", "--store", "rounds.sqlite"]).status.code(), Some(2));
}

/// The matrix that the routes declare, as a snapshot holds it: method, path, and a cell for nobody and for each role.
fn matrix() -> Vec<(String, String, Vec<String>)> {
    let text = include_str!(
        "../../../web/src/routes/snapshots/wardround_web__routes__tests__every_route_says_whom_it_serves.snap"
    );
    let methods = ["GET ", "POST ", "PUT ", "DELETE "];
    let rows = text.lines().filter(|line| methods.iter().any(|method| line.starts_with(method)));
    rows.map(|row| {
        let mut words = row.split_whitespace().map(str::to_owned);
        (words.next().unwrap(), words.next().unwrap(), words.collect())
    })
    .collect()
}

/// A token of each scope that somebody of this role may give.
fn tokens_of(role: &str, browser: &Browser) -> Vec<(&'static str, String)> {
    let scopes: &[&'static str] = match role {
        "nobody" => &[],
        "administrator" => &["read", "summary", "write", "log", "administer"],
        "security" | "compliance" | "auditor" => &["read", "summary", "write", "log"],
        _ => &["read", "summary", "write"],
    };
    let page = if role == "nobody" { String::new() } else { browser.get("/account/tokens").text };
    let offered = page.matches("<option value=\"").count().saturating_sub(5);
    assert_eq!(offered, scopes.len(), "{role} is offered other scopes");
    scopes.iter().map(|scope| (*scope, browser.make_token(scope))).collect()
}

/// The scopes that the description says an operation takes.
fn scopes(operation: &serde_json::Value) -> Vec<String> {
    let ways = operation["security"].as_array().unwrap_or_else(|| panic!("not described: {operation}"));
    ways.iter().map(|way| way["token"][0].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_token_for_people_is_given_by_an_administrator_alone_and_for_a_week() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let page = ada.press("/people", "/people/invite", &[("role", "security")]);
    let sam = Browser::new(&site);
    sam.join(&between(&page.text, "<p class=\"code panel\">", "<").unwrap(), "sam");
    let make = |browser: &Browser, scope: &str, days: &str| {
        browser.press(
            "/account/tokens",
            "/account/tokens",
            &[("name", "x"), ("scope", scope), ("days", days)],
        )
    };
    assert_eq!(make(&sam, "administer", "7").status, 400);
    assert_eq!(make(&ada, "administer", "30").status, 400);
    make(&ada, "administer", "7").shows(&["The token is made."]);
    make(&sam, "log", "365").shows(&["The token is made."]);
}

#[test]
fn the_site_does_what_the_matrix_of_routes_says_in_every_cell() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let mut browsers = vec![("nobody", Browser::new(&site)), ("administrator", ada)];
    for role in ["security", "biomedical", "network", "compliance", "auditor", "board"] {
        let page = browsers[1].1.press("/people", "/people/invite", &[("role", role), ("days", "30")]);
        let browser = Browser::new(&site);
        browser.join(&between(&page.text, "<p class=\"code panel\">", "<").unwrap(), role);
        browsers.push((role, browser));
    }
    let described: serde_json::Value =
        serde_json::from_str(&browsers[0].1.get("/api/v1/openapi.json").text).unwrap();
    let tokens: Vec<Vec<(&str, String)>> =
        browsers.iter().map(|(role, browser)| tokens_of(role, browser)).collect();
    let rows = matrix();
    assert!(rows.len() > 25, "{} rows", rows.len());
    let mut checked = 0;
    for (method, route, cells) in rows {
        let path = route.clone();
        // These end the session, begin one, or go on as long as somebody listens.
        let skipped = ["/sign-out", "/sign-in", "/join", "/rounds/now/events", "/api/v1/events"];
        if skipped.contains(&path.as_str()) {
            continue;
        }
        assert_eq!(cells.len(), browsers.len(), "{path}");
        for (((role, browser), tokens), cell) in browsers.iter().zip(&tokens).zip(&cells) {
            // Accounts that are closed on the way would no longer be asked.
            let filled: Vec<&str> =
                path.split('/').map(|part| if part.starts_with('{') { "999" } else { part }).collect();
            let path = filled.join("/");
            if path.starts_with("/api/") && !path.ends_with(".json") {
                if method == "GET" {
                    assert_eq!(browser.get(&path).status, 401, "a session counts for nothing at {path}");
                }
                let fits = scopes(&described["paths"][&route][method.to_lowercase()]);
                let ask = |token: &str| match method.as_str() {
                    "GET" => browser.api(token, &path).status,
                    _ => browser.send(token, &method, &path, "{}", &[]).status,
                };
                // Each scope with the token of the most powerful role; of the others, one that fits where they have one.
                let (fitting, other): (Vec<_>, Vec<_>) =
                    tokens.iter().partition(|(scope, _)| fits.contains(&(*scope).to_owned()));
                for (scope, token) in other.iter().filter(|_| *role == "administrator" || fitting.is_empty())
                {
                    assert_eq!(ask(token), 403, "{method} {path} by {role} with a token to {scope}");
                }
                let status = fitting.first().map_or_else(|| ask(""), |(_, token)| ask(token));
                let is_right = match (cell.as_str(), *role) {
                    _ if fitting.is_empty() => cell == "-" && status == 401,
                    ("-", _) => status == 403,
                    _ => ![401, 403, 500].contains(&status),
                };
                assert!(is_right, "{method} {path} by {role}: {status}");
                checked += 1;
                continue;
            }
            let answer = match method.as_str() {
                "GET" => browser.get(&path),
                _ => {
                    let token = match *role {
                        "nobody" => String::new(),
                        _ => browser.get("/").hidden("token"),
                    };
                    browser.post(&path, &[("token", &token)])
                }
            };
            let asked = format!("{method} {path} by {role}: {}", answer.status);
            match (cell.as_str(), *role, method.as_str()) {
                // This computer is where a collector may be; its row is about people.
                _ if path == "/metrics" => assert_eq!(answer.status, 200, "{asked}"),
                ("-", "nobody", "GET") => assert_eq!(answer.to(), "/sign-in", "{asked}"),
                ("-", "nobody", _) => assert_eq!(answer.status, 401, "{asked}"),
                ("-", ..) => assert_eq!(answer.status, 403, "{asked}"),
                // A form with nothing in it may be refused for that; files are refused for having no token.
                _ if path == "/import" && method == "POST" => assert_eq!(answer.status, 400, "{asked}"),
                _ => assert!(![401, 403, 500].contains(&answer.status), "{asked}"),
            }
            checked += 1;
        }
    }
    assert!(checked > 150, "{checked} cells");
}

#[test]
fn people_change_their_own_password_and_codes_and_others_are_out() {
    let site = Running::new();
    let (ada, member) = set_up(&site);
    let elsewhere = Browser::new(&site);
    elsewhere.enter(&member);
    let mut codes = member.recovery.borrow().clone();
    let new = "stone basket yellow wind";
    let wrong = [("password", "not it at all"), ("code", "000000"), ("new", new)];
    ada.press("/account", "/account/password", &wrong).shows(&["Nothing was changed."]);
    let code = codes.pop().unwrap();
    let weak = [("password", PASSWORD), ("code", code.as_str()), ("new", "short")];
    ada.press("/account", "/account/password", &weak).shows(&["The password is too short."]);
    let code = codes.pop().unwrap();
    let good = [("password", PASSWORD), ("code", code.as_str()), ("new", new)];
    ada.press("/account", "/account/password", &good).shows(&["Your password is changed."]);
    ada.get("/").shows(&["Today"]);
    assert_eq!(elsewhere.get("/").to(), "/sign-in", "other sessions end");
    let (old, code) = (codes.pop().unwrap(), codes.pop().unwrap());
    assert_eq!(elsewhere.sign_in("ada", PASSWORD, &old).status, 401);
    let renew = [("password", new), ("code", code.as_str())];
    ada.press("/account", "/account/recovery", &renew).shows(&["they are not shown again"]);
    let old = codes.pop().unwrap();
    assert_eq!(elsewhere.sign_in("ada", new, &old).status, 401, "old codes work no longer");
    assert_eq!(elsewhere.sign_in("ada", new, &totp(&member.secret, 1)).to(), "/");
}

#[test]
fn people_see_and_end_their_other_sessions_and_administrators_end_those_of_others() {
    let site = Running::new();
    let (ada, member) = set_up(&site);
    let elsewhere = Browser::new(&site);
    elsewhere.enter(&member);
    let page = ada.get("/account");
    page.shows(&["Where you are signed in", "<strong>here</strong>", "Sign out everywhere else"]);
    assert_eq!(page.text.matches("last used").count(), 2);
    let wrong = [("password", "not it at all"), ("code", "000000")];
    ada.press("/account", "/account/sessions", &wrong).shows(&["Nothing was changed."]);
    elsewhere.get("/").shows(&["Today"]);
    let code = member.recovery.borrow_mut().pop().unwrap();
    let good = [("password", PASSWORD), ("code", code.as_str())];
    assert_eq!(ada.press("/account", "/account/sessions", &good).to(), "/account#sessions");
    assert_eq!(elsewhere.get("/").to(), "/sign-in");
    ada.get("/").shows(&["Today"]);
    let page = ada.press("/people", "/people/invite", &[("role", "network")]);
    let ivo = Browser::new(&site);
    ivo.join(&between(&page.text, "<p class=\"code panel\">", "<").unwrap(), "ivo");
    assert_eq!(ivo.press("/account", "/people/1/sign-out", &[]).status, 403);
    assert_eq!(ada.press("/people", "/people/2/sign-out", &[]).to(), "/people");
    assert_eq!(ivo.get("/").to(), "/sign-in");
    ada.get("/audit").shows(&["ended their other sessions", "signed somebody out"]);
}

#[test]
fn a_password_counts_letter_by_letter_and_leaving_clears_the_browser() {
    let site = Running::new();
    let browser = Browser::new(&site);
    let page = browser.get("/join");
    let secret = secret_of(&page);
    // Signs that other fields lose, and more than 64 letters.
    let password = format!("  lamp\u{200f}river {} ", "copper ".repeat(9));
    let fields = [
        ("offer", page.hidden("offer")),
        ("invitation", site.code.clone().unwrap()),
        ("name", "ada".to_owned()),
        ("password", password.clone()),
        ("code", totp(&secret, 0)),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post("/join", &fields).shows(&["Your account is ready"]);
    let left = browser.press("/", "/sign-out", &[]);
    assert_eq!(
        (left.to(), left.header("clear-site-data")),
        ("/sign-in".to_owned(), "\"cache\", \"storage\"".to_owned())
    );
    let code = totp(&secret, 1);
    for other in
        [password.replace('\u{200f}', "\u{fffd}"), password.trim().to_owned(), password.to_uppercase()]
    {
        assert_eq!(browser.sign_in("ada", &other, &code).status, 401);
    }
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(browser.sign_in("ada", &password, &code).to(), "/");
    let form = browser.get("/account").text;
    assert_eq!(form.matches("type=\"password\"").count(), form.matches("name=\"password\"").count() + 1);
}

#[test]
fn a_name_is_free_again_when_its_account_is_closed() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    for _ in 0..2 {
        let page = ada.press("/people", "/people/invite", &[("role", "network")]);
        let code = between(&page.text, "<p class=\"code panel\">", "<").unwrap();
        Browser::new(&site).join(&code, "ivo");
        let id = rusqlite::Connection::open(site.path("rounds.sqlite")).unwrap();
        let id: i64 = id.query_row("SELECT max(id) FROM account", [], |row| row.get(0)).unwrap();
        assert_eq!(ada.press("/people", &format!("/people/{id}/close"), &[]).to(), "/people");
    }
}
