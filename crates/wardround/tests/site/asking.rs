//! Hosts are asked from the site, in a network of its own: from a fresh install to a round that has the answers; a stop; a kill; and
//! hours that come again.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::browser::{Answer, Browser, between, set_up};
use crate::listening::{Network, run, wait_for};
use crate::running::Running;

const SERVER: &str = "web1,10.20.1.9,Server\n";
const PUMP: &str = "pump1,10.20.1.70,Infusion pump\n";

/// It says that it is an old Apache.
const WEB: &str = "import http.server
class H(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = 'Apache/2.4.49', ''
    def do_HEAD(self):
        self.send_response(200); self.end_headers()
http.server.HTTPServer(('10.20.1.9', 8080), H).serve_forever()
";

/// A web server that can be asked.
struct Web(Child);

impl Web {
    fn start(network: &Network, site: &Running) -> Self {
        network.ip("addr add 10.20.1.9/32 dev lo");
        let log = std::fs::File::create(site.path("asked.txt")).unwrap();
        let mut command = Command::new("python3");
        std::fs::write(site.path("web.py"), WEB).unwrap();
        command.arg("web.py").current_dir(site.folder.path());
        let web = Self(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let started = Instant::now();
        while std::net::TcpStream::connect("10.20.1.9:8080").is_err() {
            assert!(started.elapsed() < Duration::from_secs(10));
            std::thread::sleep(Duration::from_millis(50));
        }
        web
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A site with a round over an inventory and what a scanner saw of a server.
fn with_lists(devices: &str) -> Option<(Network, Running, Browser)> {
    let network = Network::enter()?;
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let inventory = format!("Name,IP address,Device type\n{devices}");
    std::fs::write(site.path("inventory.csv"), inventory).unwrap();
    let nmap = r#"<?xml version="1.0"?><nmaprun scanner="nmap" start="1795600000"><host><status state="up"/>
<address addr="10.20.1.9" addrtype="ipv4"/><ports><port protocol="tcp" portid="8080"><state state="open"/>
<service name="http"/></port></ports></host></nmaprun>"#;
    std::fs::write(site.path("nmap.xml"), nmap).unwrap();
    for words in [["import", "inventory.csv", "nmap.xml"].as_slice(), &["round"]] {
        let done = site.run(&[words, &["--store", "rounds.sqlite"]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    Some((network, site, ada))
}

pub(crate) fn somebody(site: &Running, role: &str, name: &str) -> Browser {
    let code = site.run(&["invite", "--role", role, "--store", "rounds.sqlite"]);
    let code = String::from_utf8(code.stdout).unwrap().lines().nth(1).unwrap().trim().to_owned();
    let browser = Browser::new(site);
    browser.join(&code, name);
    browser
}

pub(crate) const NOW: [(&str, &str); 5] = [
    ("network", "10.20.1.0/24"),
    ("owner", "server team"),
    ("phone", "100"),
    ("when", "now"),
    ("zone", "UTC"),
];

pub(crate) fn send(browser: &Browser, step: &str, fields: &[(&str, &str)]) -> Answer {
    browser.press("/ask", &format!("/ask/{step}"), fields)
}

#[track_caller]
pub(crate) fn done(answer: &Answer) {
    assert!(answer.to().starts_with("/ask"), "{}", answer.text);
}

/// The mark of the plan that waits.
fn mark(browser: &Browser) -> String {
    browser.get("/ask").hidden("plan")
}

/// Approves the plan that waits, and starts it.
pub(crate) fn begin(ada: &Browser) {
    let plan = mark(ada);
    done(&send(ada, "approve", &[("plan", &plan)]));
    done(&send(ada, "run", &[("plan", &plan)]));
}

#[test]
fn from_a_fresh_install_to_a_round_with_the_answers() {
    let Some((network, site, ada)) = with_lists(&format!("{SERVER}{PUMP}")) else { return };
    let web = Web::start(&network, &site);
    let bob = somebody(&site, "biomedical", "bob");
    let begun = Instant::now();
    // Nothing is on by itself.
    ada.get("/ask").shows(&["Nothing is sent until you start it", "value=\"10.20.1.0/24\"", "2 devices"]);
    assert_eq!(send(&ada, "plan", &[]).status, 400);
    for wrong in [("network", "8.8.8.0/24"), ("owner", ""), ("when", "weekly")] {
        let fields: Vec<_> =
            NOW.iter().map(|field| if field.0 == wrong.0 { wrong } else { *field }).collect();
        assert_eq!(send(&ada, "scope", &fields).status, 400, "{wrong:?}");
    }
    done(&send(&ada, "scope", &NOW));
    ada.get("/ask").shows(&["server team, 100", "Open now, until"]);
    done(&send(&ada, "plan", &[("what", "all")]));
    let page = ada.get("/ask");
    page.shows(&[
        "1 question",
        "10.20.1.9:8080",
        "HEAD /",
        "clinical area",
        "at most 9 packets",
        "keeps to every limit",
    ]);
    page.shows(&["10.20.1.70", "it takes part in care", "two different people", "Approved by 0 of 2"]);
    let plan = mark(&ada);
    done(&send(&ada, "approve", &[("plan", &plan)]));
    send(&ada, "run", &[("plan", &plan)]).shows(&["1 of 2 people approved this plan."]);
    assert_eq!(send(&bob, "approve", &[("plan", "0000000000000000")]).status, 400);
    done(&send(&bob, "approve", &[("plan", &plan)]));
    assert_eq!(send(&bob, "run", &[("plan", &plan)]).status, 403);
    assert_eq!(
        std::fs::read_to_string(site.path("asked.txt")).unwrap(),
        "",
        "nothing was sent before the start"
    );
    done(&send(&ada, "run", &[("plan", &plan)]));
    let page = wait_for(&ada, "/ask", "1 of 1 question: all is done.");
    for words in [
        "the head of its page (HEAD /), port 8080: answered.",
        "1 service confirmed, 0 new services, 1 version learned",
        "There is none.",
    ] {
        assert!(page.contains(words), "{words:?} is missing in {page}");
    }
    assert_eq!(
        std::fs::read_to_string(site.path("asked.txt")).unwrap().matches("HEAD / HTTP/1.1").count(),
        1
    );
    run(&ada);
    ada.get("/ask").shows(&["Round R-2 read the answers."]);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    let device = between(&ada.get("/ask").text, "href=\"/devices/", "\"").unwrap();
    ada.get(&format!("/devices/{device}")).shows(&["Apache/2.4.49"]);
    done(&send(&ada, "after", &[]));
    the_log_is_there(&site, &ada);
    let sentences = crate::reading::sentences(&crate::reading::text(&ada.get("/ask").text));
    assert!(crate::grade::grade(&sentences) <= 8.0, "{}", crate::grade::grade(&sentences));
    drop(web);
}

fn the_log_is_there(site: &Running, ada: &Browser) {
    ada.get("/ask/log/text").shows(&["sending", "answered", "10.20.1.9:8080", "at most 9 packets", "by ada"]);
    ada.get("/ask/log/json").shows(&["\"event\":\"sending\"", "\"text\":\"bob\""]);
    assert!(ada.get("/ask/log/pcapng").text.contains("HEAD / HTTP/1.1"));
    assert_eq!(ada.get("/ask/log/other").status, 404);
    let audit = site.run(&["audit", "list", "--store", "rounds.sqlite"]);
    let audit = String::from_utf8(audit.stdout).unwrap();
    for action in ["ask.scope", "ask.plan", "ask.approve", "ask.run", "ask.log"] {
        assert!(audit.contains(action), "{action} is missing in {audit}");
    }
}

#[test]
fn a_stop_works_within_a_second_also_where_it_cannot_be_logged_and_a_kill_waits_for_a_person() {
    let Some((network, site, ada)) = with_lists(SERVER) else { return };
    let web = Web::start(&network, &site);
    let (carl, dora) = (somebody(&site, "compliance", "carl"), somebody(&site, "board", "dora"));
    done(&send(&ada, "scope", &NOW));
    // Three questions, with five seconds between two.
    let plan = || done(&send(&ada, "plan", &[("ports", "80, 443")]));
    plan();
    begin(&ada);
    wait_for(&ada, "/ask", "Asking now: 1 of 3");
    let token = dora.get("/account").hidden("token");
    assert_eq!(dora.post("/ask/stop", &[("token", &token)]).status, 403);
    let token = carl.get("/ask").hidden("token");
    // Whoever wants to write to the store now waits.
    let store = rusqlite::Connection::open(site.path("rounds.sqlite")).unwrap();
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    let pressed = Instant::now();
    let stopping = std::thread::spawn(move || carl.post("/ask/stop", &[("token", &token)]).to());
    while !log(&site).contains("a person stopped it") {
        assert!(pressed.elapsed() < Duration::from_secs(5), "{}", log(&site));
        std::thread::sleep(Duration::from_millis(20));
    }
    let stopped = pressed.elapsed();
    assert_eq!(stopping.join().unwrap(), "/ask");
    assert!(stopped < Duration::from_millis(1500), "{stopped:?}");
    store.execute_batch("ROLLBACK").unwrap();
    drop(store);
    wait_for(&ada, "/ask", "Asking is stopped: a person stopped it.");
    ada.get("/").shows(&["Asking hosts is stopped: a person stopped it."]);
    assert_eq!(send(&ada, "run", &[("plan", "x")]).status, 400);
    assert_eq!(send(&ada, "resume", &[("because", "")]).status, 400);
    done(&send(&ada, "resume", &[("because", "it was a drill")]));
    plan();
    begin(&ada);
    wait_for(&ada, "/ask", "Asking now: 1 of 3");
    let session = ada.token();
    // The site is stopped in the middle of a run: that was no person's word.
    let site = site.stopped_and_started_again();
    let ada = Browser::new(&site);
    ada.use_token(session.clone());
    ada.get("/ask").shows(&["Asking is stopped: the program that asks was stopped."]);
    assert_eq!(log(&site).matches("a person stopped it").count(), 1);
    done(&send(&ada, "resume", &[("because", "the site was updated")]));
    done(&send(&ada, "plan", &[("ports", "80, 443")]));
    begin(&ada);
    wait_for(&ada, "/ask", "Asking now: 1 of 3");
    let site = site.killed_and_started_again();
    let ada = Browser::new(&site);
    ada.use_token(session);
    ada.get("/ask").shows(&["A run was broken off in the middle."]);
    done(&send(&ada, "plan", &[]));
    let plan = mark(&ada);
    done(&send(&ada, "approve", &[("plan", &plan)]));
    send(&ada, "run", &[("plan", &plan)]).shows(&["or one was killed"]);
    assert_eq!(log(&site).matches("\"sending\"").count(), 3);
    drop(web);
}

#[test]
fn hosts_are_listened_to_where_the_site_listens() {
    let Some((network, site, ada)) = with_lists(SERVER) else { return };
    let web = Web::start(&network, &site);
    let choose = ada.press("/settings/interfaces", "/settings/interfaces", &[("interface", "port")]);
    assert_eq!(choose.to(), "/settings/interfaces");
    wait_for(&ada, "/settings/interfaces", "Listening. Nothing was heard yet.");
    done(&send(&ada, "scope", &NOW));
    done(&send(&ada, "plan", &[]));
    begin(&ada);
    wait_for(&ada, "/ask", "Listening for 20 seconds, to know how the hosts do before they are asked.");
    assert!(log(&site).contains("at port, for 20 seconds before the first question"), "{}", log(&site));
    done(&send(&ada, "stop", &[]));
    wait_for(&ada, "/ask", "Asking is stopped: a person stopped it.");
    assert!(!log(&site).contains("\"sending\""), "{}", log(&site));
    drop(web);
}

fn log(site: &Running) -> String {
    std::fs::read_to_string(site.path("ask/log.jsonl")).unwrap()
}

#[test]
fn hours_that_come_again_ask_by_themselves_once_in_an_opening_when_somebody_switched_it_on() {
    let Some((network, site, ada)) = with_lists(SERVER) else { return };
    let web = Web::start(&network, &site);
    let clock = |hours: i64| {
        let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let minutes = (i64::try_from(at).unwrap() / 60 + hours * 60).rem_euclid(1440);
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    };
    let (from, until) = (clock(-1), clock(2));
    let mut fields: Vec<(&str, &str)> =
        NOW.iter().map(|it| if it.0 == "when" { ("when", "weekly") } else { *it }).collect();
    fields.extend([("from", from.as_str()), ("until", until.as_str())]);
    fields.extend(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
            .map(|day| ("day", day)),
    );
    done(&send(&ada, "scope", &fields));
    ada.get("/ask").shows(&["each day from", "Open now, until", "Each week by itself", "Off. When it is on"]);
    done(&send(&ada, "regular", &[("do", "on"), ("what", "all")]));
    ada.get("/ask").shows(&["Approved by ada", "Switch off"]);
    // It is from the next opening on; here that one is made to be now.
    let file = site.path("ask/regular.json");
    let read =
        || serde_json::from_str::<serde_json::Value>(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let mut regular = read();
    let opening = regular["followed"].as_i64().unwrap();
    assert!(opening > 0 && !log(&site).contains("sending"));
    regular["followed"] = 0.into();
    std::fs::write(&file, regular.to_string()).unwrap();
    wait_for(&ada, "/ask", "1 of 1 question: all is done.");
    assert_eq!(read()["followed"], opening);
    assert_eq!(log(&site).matches("\"begin\"").count(), 1);
    run(&ada);
    what_is_said_to_be_done_is_in_the_next_plan(&ada);
    // With another scope, nothing that was approved is asked.
    regular["followed"] = 0.into();
    std::fs::write(&file, regular.to_string()).unwrap();
    let changed: Vec<_> =
        fields.iter().map(|it| if it.0 == "phone" { ("phone", "200") } else { *it }).collect();
    done(&send(&ada, "scope", &changed));
    wait_for(&ada, "/ask", "Off. When it is on");
    assert!(log(&site).contains("the scope changed, so it was switched off"), "{}", log(&site));
    assert_eq!(log(&site).matches("\"begin\"").count(), 1);
    drop(web);
}

fn what_is_said_to_be_done_is_in_the_next_plan(ada: &Browser) {
    let list = ada.get("/work").text;
    let task = between(&list, "href=\"/work/W-", "\"").unwrap();
    let page = format!("/work/W-{task}");
    assert!(!ada.get(&page).text.contains("How it is shown"));
    assert_eq!(ada.press(&page, &format!("{page}/done"), &[]).status, 303);
    ada.get(&page).shows(&[
        "How it is shown that it is done",
        "one question to 10.20.1.9:8080/tcp, the one that showed it.",
        "It is in the next plan of",
    ]);
    for what in ["all", "verify"] {
        done(&send(ada, "plan", &[("what", what)]));
        ada.get("/ask").shows(&["1 question", &format!("it shows whether it is done: W-{task}")]);
    }
}
