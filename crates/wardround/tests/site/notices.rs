//! What the site tells by itself: a webhook's receiver that checks signatures, and a syslog receiver that was not there at first.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::browser::{Browser, between, set_up};
use crate::published::{SOFTWARE, publish};
use crate::running::{Running, example};

/// A server of webhooks with the site's own certificate, which checks messages by the secret in a file.
struct Hook {
    child: Child,
    said: BufReader<ChildStdout>,
    port: u16,
}

impl Hook {
    fn start(site: &Running) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../notice/tests/receivers/hook.py");
        let mut child = Command::new("/usr/bin/python3")
            .arg(script)
            .args([site.path("keys/site.pem"), site.path("keys/site.key"), site.path("secret")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        Self { child, said, port: line.trim().parse().unwrap() }
    }

    /// The next message, which must be signed.
    fn told(&mut self) -> serde_json::Value {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&told["good"], &told["fresh"]), (&true.into(), &true.into()), "{told}");
        told["body"].clone()
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const PAGE: &str = "/settings/notices";

/// The page, as soon as it shows this.
fn page_with(browser: &Browser, words: &str) -> String {
    let began = Instant::now();
    loop {
        let page = browser.get(PAGE).text;
        if page.contains(words) {
            return page;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "no {words:?} in {page}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// The page, as soon as nothing waits any more.
fn page_when_told(browser: &Browser) -> String {
    let began = Instant::now();
    loop {
        let page = page_with(browser, "Last told on");
        if !page.contains("Waiting to be told") {
            return page;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{page}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// Waits until the site has looked once, so that it knows that there was no round.
fn wait_for_first_look(site: &Running) {
    let store = rusqlite::Connection::open(site.path("rounds.sqlite")).unwrap();
    let began = Instant::now();
    let select = "SELECT count(*) FROM setting WHERE name = 'notices.through'";
    while store.query_row::<i64, _, _>(select, [], |row| row.get(0)).unwrap() == 0 {
        assert!(began.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn run_round(site: &Running) {
    std::fs::write(site.path("clinic.pcapng"), example("clinic.pcapng")).unwrap();
    let done = site.run(&["round", "clinic.pcapng", "--store", "rounds.sqlite"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn programs_are_told_what_a_round_found_signed_and_without_a_secret_left_anywhere() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    wait_for_first_look(&site);
    let mut hook = Hook::start(&site);
    let url = format!("https://127.0.0.1:{}/secret-path", hook.port);
    let pem = String::from_utf8(site.certificate()).unwrap();
    let fields = |inside| {
        [("name", "ticket <b>"), ("url", &url), ("trusted", &pem), ("names", "yes"), ("inside", inside)]
    };
    // Nobody said that it may be inside.
    ada.press(PAGE, "/settings/notices/webhook", &fields(""));
    ada.press(PAGE, "/settings/notices/N-1/try", &[]).shows(&["could not be told", "is inside the hospital"]);
    ada.press(PAGE, "/settings/notices/N-1/remove", &[]).to();
    let added = ada.press(PAGE, "/settings/notices/webhook", &fields("yes"));
    let secret = between(&added.text, "<code class=\"code\">", "<").unwrap();
    std::fs::write(site.path("secret"), &secret).unwrap();
    ada.press(PAGE, "/settings/notices/N-2/try", &[]).shows(&["ticket &lt;b&gt; was told"]);
    assert_eq!(hook.told()["type"], "wardround.trial");
    run_round(&site);
    let told = hook.told();
    assert_eq!(told["type"], "wardround.round_done");
    let title = told["data"]["title"].as_str().unwrap();
    assert!(title.starts_with("The first round (R-1) is done: 31 devices"), "{title}");
    let page = page_when_told(&ada);
    assert!(!page.contains("Trouble"), "{page}");
    assert!(crate::grade::grade(&crate::reading::sentences(&crate::reading::text(&page))) <= 8.0);
    // Who asks hosts stops: a host may have shown distress while nobody was there.
    ada.press("/ask", "/ask/stop", &[]).to();
    let told = hook.told();
    assert_eq!(told["type"], "wardround.asking_stopped");
    let told = told["data"].to_string();
    assert!(told.contains("until somebody has looked") && told.contains("a person stopped it"), "{told}");
    // Switched off, it is told nothing; what it was not told meanwhile is not told later.
    ada.press(PAGE, "/settings/notices/N-2/off", &[]).to();
    ada.get(PAGE).shows(&["Switched off"]);
    // No secret, and no address that may be one, is on a page, in the log or in the store.
    let mut kept = vec![page.into_bytes(), site.log().into_bytes()];
    for name in ["rounds.sqlite", "rounds.sqlite-wal"] {
        kept.push(std::fs::read(site.path(name)).unwrap());
    }
    let said = String::from_utf8_lossy(&kept.concat()).into_owned();
    assert!(!said.contains(&secret) && !said.contains("secret-path"));
    ada.get("/audit").shows(&["N-2"]);
}

/// A mail server on this computer, where its package is there; and the lines that it says, one a mail.
fn mail_server(site: &Running) -> Option<(Child, BufReader<ChildStdout>, String)> {
    let python = "/usr/bin/python3";
    if !Command::new(python)
        .args(["-c", "import aiosmtpd"])
        .output()
        .is_ok_and(|found| found.status.success())
    {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no aiosmtpd here (make packages)");
        println!("skipped: no aiosmtpd here (make packages)");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../notice/tests/receivers/smtp.py");
    let keys = [site.path("keys/site.pem"), site.path("keys/site.key")];
    let mut server = Command::new(python);
    let mut child = server.arg(script).args(keys).arg("bare").stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut port = String::new();
    said.read_line(&mut port).unwrap();
    Some((child, said, port.trim().to_owned()))
}

/// A day passes: by the clock of what waits, since nobody sets that of the computer.
#[test]
fn a_day_is_one_mail_in_the_morning_also_over_a_kill() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    wait_for_first_look(&site);
    let Some((mut server, mut said, port)) = mail_server(&site) else { return };
    let fields = [
        ("name", "IT"),
        ("to", "it@hospital.example"),
        ("from", "wardround@hospital.example"),
        ("host", "127.0.0.1"),
        ("port", &port),
        ("protection", "none"),
        ("inside", "yes"),
    ];
    ada.press(PAGE, "/settings/notices/mail", &fields).to();
    let zone = [("day", "monday"), ("time", "05:00"), ("zone", "Asia/Kolkata")];
    ada.press("/settings", "/settings/schedule", &zone).to();
    for waiting in ["Waiting to be told: 1.", "Waiting to be told: 2."] {
        run_round(&site);
        assert!(!page_with(&ada, waiting).contains("Last told on"), "nobody is told before the morning");
    }
    let site = site.killed_and_started_again();
    let ada = ada.at(&site);
    let store = rusqlite::Connection::open(site.path("rounds.sqlite")).unwrap();
    let due: Vec<i64> = {
        let mut select = store.prepare("SELECT due_at FROM waiting_notice").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let now = jiff::Timestamp::now();
    for due in &due {
        let due = jiff::Timestamp::from_nanosecond(i128::from(*due)).unwrap();
        assert!(due > now && due < now + jiff::SignedDuration::from_hours(25), "{due}");
        assert_eq!(due.strftime("%H:%M:%S").to_string(), "01:30:00", "seven in India");
    }
    assert_eq!(due.len(), 2);
    let hours = due[0] - i64::try_from(now.as_nanosecond()).unwrap();
    store.execute("UPDATE waiting_notice SET due_at = due_at - ?1, made_at = made_at - ?1", [hours]).unwrap();
    drop(store);
    let mut mail = String::new();
    said.read_line(&mut mail).unwrap();
    let mail: serde_json::Value = serde_json::from_str(&mail).unwrap();
    assert_eq!(mail["to"], serde_json::json!(["it@hospital.example"]));
    let subject = mail["subject"].as_str().unwrap();
    assert!(subject.ends_with("2 notices of the security round"), "{subject}");
    let text = mail["plain"].as_str().unwrap();
    assert!(text.contains("The first round (R-1) is done") && text.contains("R-2"), "{text}");
    assert!(!page_when_told(&ada).contains("Trouble"));
    server.kill().unwrap();
    server.wait().unwrap();
    let mut more = String::new();
    said.read_to_string(&mut more).unwrap();
    assert_eq!(more, "", "one mail a day");
}

#[test]
fn a_program_adds_tries_and_removes_receivers_and_reads_no_secret_back() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let token = ada.make_token("administer");
    let send = |method: &str, path: &str, body: &serde_json::Value, headers: &[(&str, &str)]| {
        ada.send(&token, method, &format!("/api/v1/receivers{path}"), &body.to_string(), headers)
    };
    let read = |path: &str| crate::api::json(&ada.api(&token, &format!("/api/v1/receivers{path}")));
    let nothing = serde_json::json!({});
    let mut hook = Hook::start(&site);
    let pem = String::from_utf8(site.certificate()).unwrap();
    let mut new = serde_json::json!({
        "name": "tickets", "url": format!("https://127.0.0.1:{}/secret-path", hook.port), "trusted": pem, "names": true,
    });
    // Nobody said that it may be inside.
    assert_eq!(send("POST", "/webhook", &new, &[]).status, 201);
    let tried: serde_json::Value =
        serde_json::from_str(&send("POST", "/N-1/try", &nothing, &[]).text).unwrap();
    assert_eq!(tried["told"], false);
    assert!(tried["detail"].as_str().unwrap().contains("is inside the hospital"), "{tried}");
    assert!(read("/N-1")["trouble"]["text"].is_string());
    assert_eq!(send("DELETE", "/N-1", &nothing, &[]).status, 200);
    new["inside"] = true.into();
    let key = [("idempotency-key", "hook")];
    let added = send("POST", "/webhook", &new, &key);
    let told: serde_json::Value = serde_json::from_str(&added.text).unwrap();
    let secret = told["secret"].as_str().unwrap().to_owned();
    assert_eq!(
        send("POST", "/webhook", &new, &key).text,
        added.text,
        "it is told again to who sends it again"
    );
    std::fs::write(site.path("secret"), &secret).unwrap();
    let tried: serde_json::Value =
        serde_json::from_str(&send("POST", "/N-2/try", &nothing, &[]).text).unwrap();
    assert_eq!(tried["told"], true, "{tried}");
    assert_eq!(hook.told()["type"], "wardround.trial");
    let mail = serde_json::json!({
        "name": "IT", "to": ["it@hospital.example", "sec@hospital.example"], "from": "ward@hospital.example",
        "host": "mail.hospital.example", "port": 587, "protection": "starttls", "login": "ward", "password": "lamp river 7",
    });
    assert_eq!(send("POST", "/mail", &mail, &[("idempotency-key", "mail")]).status, 201);
    let reached = &read("/N-3")["reached"];
    assert_eq!((&reached["to"][1], &reached["names"]), (&"sec@hospital.example".into(), &false.into()));
    for (field, value) in
        [("port", 0.into()), ("host", "a b".into()), ("to", serde_json::json!(["x"])), ("password", 7.into())]
    {
        let mut wrong = mail.clone();
        wrong[field] = value;
        let answer = send("POST", "/mail", &wrong, &[]);
        assert_eq!(answer.status, 422, "{field}: {}", answer.text);
        assert!(answer.text.contains(&format!("\"pointer\":\"/{field}\"")), "{}", answer.text);
    }
    assert_eq!(send("POST", "/N-3/off", &nothing, &[]).status, 200);
    assert!(read("/N-3")["off_since"].is_string());
    assert_eq!(send("POST", "/N-3/on", &nothing, &[]).status, 200);
    assert_eq!(read("/N-3").get("off_since"), None);
    assert_eq!(send("POST", "/N-9/on", &nothing, &[]).status, 404);
    ada.get(PAGE).shows(&["tickets", "mail.hospital.example:587"]);
    // No secret is in an answer that reads, in the log or in the store, though answers are kept for who sends a request again.
    let mut kept = vec![read("").to_string().into_bytes(), site.log().into_bytes()];
    for name in ["rounds.sqlite", "rounds.sqlite-wal"] {
        kept.push(std::fs::read(site.path(name)).unwrap());
    }
    let said = String::from_utf8_lossy(&kept.concat()).into_owned();
    for one in [secret.as_str(), "secret-path", "lamp river 7"] {
        assert!(!said.contains(one), "{one} is kept");
    }
    ada.get("/audit").shows(&[
        "added a receiver",
        "tried a receiver",
        "removed a receiver",
        "N-2",
        "ada (K-1)",
    ]);
}

#[test]
fn a_weakness_that_is_published_as_exploited_is_told_with_where_it_is() {
    let site = Running::new();
    publish(&site, "2026-11-20", &["CVE-2026-0003"]);
    let (ada, _) = set_up(&site);
    wait_for_first_look(&site);
    let mut hook = Hook::start(&site);
    let url = format!("https://127.0.0.1:{}/", hook.port);
    let pem = String::from_utf8(site.certificate()).unwrap();
    let fields = [("name", "tickets"), ("url", &url), ("trusted", &pem), ("names", "yes"), ("inside", "yes")];
    let added = ada.press(PAGE, "/settings/notices/webhook", &fields);
    let secret = between(&added.text, "<code class=\"code\">", "<").unwrap();
    std::fs::write(site.path("secret"), &secret).unwrap();
    std::fs::write(site.path("software.csv"), SOFTWARE).unwrap();
    for words in [&["import", "software.csv", "--day", "2026-11-20"][..], &["round"][..]] {
        let done = site.run(&[words, &["--store", "rounds.sqlite"]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    assert_eq!(hook.told()["type"], "wardround.round_done");
    publish(&site, "2026-11-21", &["CVE-2026-0003", "CVE-2026-0001"]);
    let told = hook.told();
    assert_eq!(told["type"], "wardround.exploited");
    let title = "A weakness that is being exploited was published: do we have it? Yes, in 1 place.";
    assert_eq!(told["data"]["title"], title);
    let line = told["data"]["lines"][0].as_str().unwrap();
    assert!(line.contains("Tomcat") && line.contains("SRV-BILLING"), "{line}");
}

#[test]
fn who_is_not_there_is_told_later_also_after_another_start() {
    let site = Running::new();
    let (ada, member) = set_up(&site);
    wait_for_first_look(&site);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let port = port.to_string();
    for refused in [
        &[("host", "a b")][..],
        &[("host", "logs"), ("port", "0")],
        &[("host", "logs"), ("trusted", "no PEM")],
    ] {
        let fields = [&[("name", "SIEM"), ("port", "6514")][..], refused].concat();
        let fields: Vec<_> = fields.iter().rev().copied().collect();
        assert_eq!(ada.press(PAGE, "/settings/notices/syslog", &fields).status, 400, "{refused:?}");
    }
    let fields =
        [("name", "SIEM"), ("host", "127.0.0.1"), ("port", &port), ("plain", "yes"), ("inside", "yes")];
    ada.press(PAGE, "/settings/notices/syslog", &fields).to();
    run_round(&site);
    let page = page_with(&ada, "Trouble");
    assert!(page.contains("does not answer at port") && page.contains("Waiting to be told: 1."), "{page}");
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    // It would wait a minute.
    let store = rusqlite::Connection::open(site.path("rounds.sqlite")).unwrap();
    store.execute("UPDATE waiting_notice SET due_at = 0", []).unwrap();
    drop(store);
    let site = site.stopped_and_started_again();
    let (mut stream, _) = listener.accept().unwrap();
    let mut told = String::new();
    stream.read_to_string(&mut told).unwrap();
    drop(stream);
    let (length, rest) = told.split_once(' ').unwrap();
    assert_eq!(rest.len(), length.parse::<usize>().unwrap(), "{told}");
    assert!(
        rest.starts_with("<86>1 ") && rest.contains(" wardround - round-done - CEF:0|Wardround|"),
        "{told}"
    );
    // The numbers alone: nobody said that devices are to be named.
    assert!(!told.contains("msg="), "{told}");
    let ada = Browser::new(&site);
    ada.enter(&member);
    let page = page_when_told(&ada);
    assert!(!page.contains("Trouble"), "{page}");
}
