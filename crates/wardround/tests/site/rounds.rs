//! Lists and captures from the browser, rounds with progress, the demo hospital, and that nothing acknowledged is lost.

use std::time::{Duration, Instant};

use crate::browser::{Browser, between, set_up};
use crate::running::{Running, example};

/// Waits until no round runs; the last page.
pub(crate) fn wait_for_round(browser: &Browser) -> String {
    let started = Instant::now();
    loop {
        let page = browser.get("/rounds/now").text;
        if !page.contains("data-events") {
            return page;
        }
        assert!(started.elapsed() < Duration::from_secs(240), "{page}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn who_listens_is_told_of_the_end_in_an_event_that_browsers_hear() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    // Without data, a browser drops the event (HTML Living Standard 9.2.6).
    assert_eq!(ada.get("/rounds/now/events").text, "event: done\ndata: done\n\n");
    let token = ada.get("/import").hidden("token");
    let path = ada.send_files(&token, &[("clinic.pcapng", &example("clinic.pcapng"))]).to();
    ada.post(&format!("{path}/round"), &[("token", &token)]);
    let told = ada.get("/rounds/now/events").text;
    assert!(told.contains("event: progress\ndata: "), "{told}");
    assert!(told.ends_with("event: done\ndata: done\n\n"), "{told}");
    ada.get("/rounds/now").shows(&["is done and kept"]);
}

#[test]
fn a_list_is_looked_at_first_then_kept_and_used_by_a_round() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    ada.get("/").shows(&["There is no round yet"]);
    let token = ada.get("/import").hidden("token");
    let mut list = example("lists/computers.csv");
    list.extend_from_slice(b"broken,row\n");
    let path = ada.send_files(&token, &[("computers.csv", &list)]).to();
    let page = ada.get(&path);
    page.shows(&["computers.csv", "would be kept", "Keep it", "What each column means"]);
    assert_eq!(std::fs::read_dir(site.path("uploads")).unwrap().count(), 1);
    ada.get("/import").shows(&["Waiting for you", "None yet."]);
    ada.post(&format!("{path}/keep"), &[("token", &token)]).shows(&["It is kept as I-1."]);
    assert_eq!(std::fs::read_dir(site.path("uploads")).unwrap().count(), 0, "what is kept waits no longer");
    assert_eq!(ada.get(&path).status, 404);
    ada.get("/import").shows(&["I-1", "use it"]);
    let again = ada.send_files(&token, &[("computers.csv", &list)]).to();
    ada.post(&format!("{again}/keep"), &[("token", &token)]).shows(&["It is here already as I-1."]);
    assert_eq!(ada.post("/rounds/run", &[("token", &token)]).to(), "/rounds/now");
    assert!(wait_for_round(&ada).contains("Round R-1 is done"));
    ada.get("/").shows(&["What could not be seen", "What to do first"]);
    assert_eq!(ada.post("/imports/1/forget", &[("token", &token)]).to(), "/import");
    ada.get("/import").shows(&["forgotten"]);
}

#[test]
fn a_capture_becomes_a_round_and_is_deleted() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let token = ada.get("/import").hidden("token");
    let path = ada.send_files(&token, &[("mirror.pcapng", &example("clinic.pcapng"))]).to();
    ada.get(&path).shows(&["is recorded traffic", "Run a round over it"]);
    let started = ada.post(&format!("{path}/round"), &[("token", &token)]);
    assert_eq!(started.to(), "/rounds/now");
    let page = wait_for_round(&ada);
    assert!(page.contains("Round R-1 is done"), "{page}");
    assert_eq!(std::fs::read_dir(site.path("uploads")).unwrap().count(), 0);
    ada.get("/").shows(&["mirror.pcapng", "What to do first"]);
    assert!(site.log().contains("event=round-done round=R-1"));
}

#[test]
fn a_round_over_nothing_says_so_and_others_files_are_not_to_be_had() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let token = ada.get("/import").hidden("token");
    ada.post("/rounds/run", &[("token", &token)]);
    assert!(wait_for_round(&ada).contains("There is nothing to read yet."));
    let invited = ada.press("/people", "/people/invite", &[("role", "biomedical")]);
    let code = between(&invited.text, "<p class=\"code panel\">", "<").unwrap();
    let eve = Browser::new(&site);
    eve.join(&code, "eve");
    let path = ada.send_files(&token, &[("a.csv", b"name,ip\npump,10.0.0.1\n")]).to();
    assert_eq!(eve.get(&path).status, 404);
    let own = eve.get("/").hidden("token");
    assert_eq!(eve.post(&format!("{path}/drop"), &[("token", &own)]).status, 404);
    assert_eq!(ada.post(&format!("{path}/drop"), &[("token", &token)]).to(), "/import");
    for bad in [&b""[..], b"\x1f\x8bnot gzip", b"\0\0\0\0", &[0xff; 2000]] {
        let path = ada.send_files(&token, &[("odd.csv", bad)]).to();
        ada.get(&path).shows(&["role=\"alert\""]);
        ada.post(&format!("{path}/drop"), &[("token", &token)]);
    }
}

#[test]
fn the_demo_says_so_on_every_page_and_goes_without_a_trace() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let token = ada.get("/").hidden("token");
    assert_eq!(ada.post("/demo/show", &[("token", &token)]).to(), "/rounds/now");
    assert!(wait_for_round(&ada).contains("Round R-1 is done"));
    for path in ["/", "/import", "/people", "/audit", "/rounds/now"] {
        ada.get(path).shows(&["This hospital is made up."]);
    }
    ada.get("/").shows(&["clinic.pcapng"]);
    let rounds: i64 = rusqlite::Connection::open(site.path("rounds.sqlite"))
        .unwrap()
        .query_row("SELECT count(*) FROM round", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rounds, 0, "nothing of it is in the hospital's own store");
    let site = site.stopped_and_started_again();
    let browser = Browser::new(&site);
    browser.use_token(ada.token());
    browser.get("/").shows(&["This hospital is made up."]);
    assert_eq!(browser.post("/demo/leave", &[("token", &token)]).to(), "/");
    let page = browser.get("/").text;
    assert!(!page.contains("This hospital is made up") && page.contains("There is no round yet"), "{page}");
    assert!(!site.path("demo.sqlite").exists() && !site.path("demo.sqlite-wal").exists());
}

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    let mut site = Running::new();
    let (ada, member) = set_up(&site);
    let mut token = ada.get("/import").hidden("token");
    let mut browser = ada;
    for number in 1..=5 {
        let list = format!("Name,IP,Manufacturer,Model\nward-{number},10.0.0.{number},Draeger,Infinity\n");
        let path = browser.send_files(&token, &[(&format!("list-{number}.csv"), list.as_bytes())]).to();
        let kept = browser.post(&format!("{path}/keep"), &[("token", &token), ("kind", "inventory")]);
        kept.shows(&[&format!("It is kept as I-{number}.")]);
        // A round is on its way when it is killed: it is whole afterwards, or not there.
        browser.post("/rounds/run", &[("token", &token)]);
        site = site.killed_and_started_again();
        assert_eq!(site.code, None, "the account is still there");
        browser = Browser::new(&site);
        browser.enter(&member);
        token = browser.get("/import").hidden("token");
        let page = browser.get("/import").text;
        for kept in 1..=number {
            assert!(page.contains(&format!("list-{kept}.csv")), "{page}");
        }
    }
    assert!(site.run(&["audit", "verify", "--store", "rounds.sqlite"]).status.success());
    assert!(site.run(&["round", "list", "--store", "rounds.sqlite"]).status.success());
}

#[test]
fn a_round_that_was_missed_is_run_once_over_the_watched_folder() {
    let site = Running::new();
    let (ada, member) = set_up(&site);
    let token = ada.get("/settings").hidden("token");
    ada.get("/settings").shows(&["The next round is on", "Monday"]);
    let wrong = [("token", token.as_str()), ("day", "monday"), ("time", "05:00"), ("zone", "Mars/Base")];
    assert_eq!(ada.post("/settings/schedule", &wrong).status, 400);
    let never = [("token", token.as_str()), ("day", "off")];
    assert_eq!(ada.post("/settings/schedule", &never).to(), "/settings");
    ada.get("/settings").shows(&["Rounds run only when somebody starts one."]);
    let daily = [("token", token.as_str()), ("day", "daily"), ("time", "00:00"), ("zone", "Europe/Berlin")];
    ada.post("/settings/schedule", &daily);
    // The site was off for a month, and other programs put their files into the folder meanwhile.
    let watched = site.path("watched");
    std::fs::create_dir(&watched).unwrap();
    for name in ["lists/computers.csv", "clinic.pcapng"] {
        let path = watched.join(name.rsplit('/').next().unwrap());
        std::fs::write(&path, example(name)).unwrap();
        let hour_ago = std::time::SystemTime::now() - Duration::from_secs(3_600);
        std::fs::File::options().append(true).open(&path).unwrap().set_modified(hour_ago).unwrap();
    }
    let store = rusqlite::Connection::open(site.path("rounds.sqlite")).unwrap();
    store.execute("UPDATE setting SET value = value - 2592000 WHERE name = 'schedule.followed'", []).unwrap();
    drop(store);
    let site = site.stopped_and_started_with(&["--watch", "watched"]);
    let browser = Browser::new(&site);
    browser.enter(&member);
    let started = Instant::now();
    while !site.log().contains("event=round-done") {
        assert!(started.elapsed() < Duration::from_secs(120), "{}", site.log());
        std::thread::sleep(Duration::from_millis(200));
    }
    browser.get("/import").shows(&["computers.csv", "use it"]);
    browser.get("/").shows(&["Round R-1", "clinic.pcapng"]);
    assert_eq!(site.log().matches("event=round-scheduled").count(), 1);
    assert!(watched.join("clinic.pcapng").exists(), "nothing in the folder is changed");
}

#[test]
fn hours_are_planned_from_today() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let token = ada.get("/").hidden("token");
    ada.post("/demo/show", &[("token", &token)]);
    wait_for_round(&ada);
    ada.get("/").shows(&["What fits the hours you have", "action=\"/plan\""]);
    ada.get("/plan?hours=6").shows(&["Plan for 6 hours", "Check before", "What is left, and why"]);
    ada.get("/plan?hours=6&biomedical=2&network=").shows(&["Plan for 6 hours"]);
    for bad in ["", "?hours=x", "?hours=99999", "?hours=1&network=2", "?hours=-1"] {
        assert_eq!(ada.get(&format!("/plan{bad}")).status, 400, "{bad}");
    }
}

/// `WARDROUND_KILLS` says how often (`make kills`: 100 times).
#[test]
fn killed_at_random_moments_under_load_every_acknowledged_invitation_is_there() {
    let mut site = Running::new();
    let (ada, _) = set_up(&site);
    let (cookie, token) = (ada.token(), ada.get("/people").hidden("token"));
    drop(ada);
    let mut there = 0_i64;
    let mut seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos();
    println!("seed {seed}");
    let kills = std::env::var("WARDROUND_KILLS").ok().map_or(20, |kills| kills.parse().unwrap());
    for _ in 0..kills {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let moment = Duration::from_millis(u64::from(seed >> 20) % 250);
        let browsers = [Browser::new(&site), Browser::new(&site)];
        let counts = std::thread::scope(|scope| {
            let workers = browsers.map(|browser| {
                browser.use_token(cookie.clone());
                let token = &token;
                scope.spawn(move || {
                    let mut count = 0_i64;
                    while let Some(answer) =
                        browser.try_post("/people/invite", &[("token", token), ("role", "network")])
                    {
                        if answer.status == 400 && answer.text.contains("100 people are invited") {
                            break;
                        }
                        assert_eq!(answer.status, 200, "{}", answer.text);
                        count += 1;
                    }
                    count
                })
            });
            std::thread::sleep(moment);
            site.kill();
            workers.map(|worker| worker.join().unwrap())
        });
        let acknowledged = counts.iter().sum::<i64>();
        site = site.killed_and_started_again();
        let store = rusqlite::Connection::open(site.path("rounds.sqlite")).unwrap();
        let kept: i64 = store.query_row("SELECT count(*) FROM invitation", [], |row| row.get(0)).unwrap();
        assert!(kept >= acknowledged, "{kept} kept of {acknowledged} acknowledged");
        there += kept;
        // No more than a hundred may wait.
        store.busy_timeout(Duration::from_secs(5)).unwrap();
        store.execute("DELETE FROM invitation", []).unwrap();
    }
    assert!(there > kills, "only {there}: the moments prove nothing");
    let verified = site.run(&["audit", "verify", "--store", "rounds.sqlite"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    println!(
        "{kills} kills: {there} changes are there, all that were acknowledged among them; the log holds together"
    );
}

#[test]
fn today_says_the_same_of_a_round_after_a_kill() {
    let site = Running::new();
    let (ada, member) = set_up(&site);
    let token = ada.get("/import").hidden("token");
    for (place, list) in ["computers.csv", "equipment.csv"].into_iter().enumerate() {
        let path = ada.send_files(&token, &[(list, &example(&format!("lists/{list}")))]).to();
        ada.post(&format!("{path}/keep"), &[("token", &token)]);
        ada.post("/rounds/run", &[("token", &token)]);
        assert!(wait_for_round(&ada).contains(&format!("Round R-{} is done", place + 1)));
    }
    let before = crate::reading::text(&ada.get("/").text);
    for words in
        ["No traffic was watched", "What changed since round R-1", "new devices", "New:", "Judged with"]
    {
        assert!(before.contains(words), "{words}: {before}");
    }
    let site = site.killed_and_started_again();
    let ada = Browser::new(&site);
    ada.enter(&member);
    assert_eq!(crate::reading::text(&ada.get("/").text), before);
}
