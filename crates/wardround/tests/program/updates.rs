//! `wardround intel update` against a publisher on this computer: whatever that one does, rounds keep an index that opens.

use std::process::Output;
use std::time::{Duration, Instant};

use crate::feeds::{advisory, bomb, epss, gzip, kev, nvd, poisoned_kev};
use crate::program::{Place, assert_fails, error};
use crate::publisher::{Conduct, Publisher};

/// A hospital whose list of sources names the publisher alone.
pub(crate) struct Online {
    pub(crate) place: Place,
    pub(crate) publisher: Publisher,
}

impl Online {
    pub(crate) fn new() -> Self {
        let (place, publisher) = (Place::new(), Publisher::new());
        let source = |id: &str, file: &str| {
            format!("[[source]]\nid = '{id}'\nmethod = 'files'\nurls = ['{}']\n", publisher.url(file))
        };
        let list =
            ["only_these = true\n".to_owned(), source("kev", "/kev.json"), source("epss", "/epss.csv.gz")];
        std::fs::create_dir_all(place.path(".local/share/wardround")).unwrap();
        place.file(".local/share/wardround/sources.toml", list.concat().as_bytes());
        Self { place, publisher }
    }

    /// Feeds of this day, and an index of them. The first one knows less than the one in the program: that is accepted.
    pub(crate) fn of(day: &str) -> Self {
        let online = Self::new();
        online.put(day);
        let output = online.update(&["--accept-loss"]);
        assert!(output.status.success(), "{}", error(&output));
        online
    }

    fn put(&self, day: &str) {
        self.publisher.put("/kev.json", kev(day, 100));
        self.publisher.put("/epss.csv.gz", gzip(epss(day, 1_000).as_bytes()));
    }

    fn update(&self, more: &[&str]) -> Output {
        let words = ["intel", "update", "--attempts", "1", "--stall", "1"];
        self.place.run(&[&words[..], more].concat())
    }

    fn status(&self) -> String {
        self.place.ok(&["intel", "status"])
    }

    pub(crate) fn index(&self) -> Vec<u8> {
        std::fs::read(self.place.path(".local/share/wardround/intelligence.wri")).unwrap()
    }
}

/// What it printed.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn an_update_brings_what_is_new_and_a_round_uses_it() {
    let online = Online::of("2026-11-01");
    let same = online.update(&[]);
    assert!(same.status.success() && said(&same).contains("Nothing is new"), "{}", said(&same));
    online.put("2026-11-02");
    let output = online.update(&[]);
    assert!(output.status.success(), "{}", error(&output));
    assert!(said(&output).contains("Rounds use the new index from now on"), "{}", said(&output));
    assert!(online.publisher.asked("/kev.json").last().unwrap().header("if-none-match").is_some());
    assert!(online.status().contains("2026-11-02"), "{}", online.status());
    let json = online.place.clinic_json(&[]);
    assert_eq!(json["intelligence"].as_array().unwrap().len(), 2);
}

#[test]
fn the_page_of_an_update_reads_well() {
    let online = Online::of("2026-11-01");
    online.put("2026-11-02");
    online.publisher.always("/epss.csv.gz", Conduct::Status(404, "x-y: 1"));
    let output = online.update(&[]);
    let page = said(&output).replace(&online.publisher.address, "127.0.0.1:PORT");
    insta::assert_snapshot!(page);
    assert_eq!(output.status.code(), Some(1));
    assert!(error(&output).contains("1 source is in trouble: epss; what was there before stays in use"));
}

#[test]
fn whatever_the_publisher_does_the_old_index_stays_and_the_reason_is_said() {
    let online = Online::of("2026-11-01");
    let old = online.index();
    let text = kev("2026-11-02", 100);
    let login = "<html>Please log in</html>".to_owned();
    let redirect = |to: &str| Conduct::Redirect(to.to_owned());
    for (bytes, conduct, word) in [
        (text.clone(), Conduct::CutAfter(5_000), "broke off after"),
        (text.clone(), Conduct::Claims(text.len() * 2), "broke off after"),
        (text.clone(), Conduct::Claims(text.len() / 2), "was not taken"),
        (text.clone(), Conduct::StallsAfter(4_000), "sent nothing for 1 seconds"),
        (text.clone(), Conduct::Drips, "sent nothing for 1 seconds"),
        (text.clone(), redirect("file:///etc/passwd"), "not over https"),
        (text.clone(), redirect("https://10.0.0.1/"), "private network"),
        (text.clone(), redirect("/kev.json"), "one time too many"),
        (text.clone(), Conduct::Status(429, "retry-after: 99999"), "is busy"),
        (text.clone(), Conduct::Status(500, "x-y: 1"), "has trouble"),
        (text[..3_000].to_owned(), Conduct::Fine, "was not taken"),
        (kev("2026-11-02", 20), Conduct::Fine, "--accept-loss"),
        (poisoned_kev("2026-11-02", 100, 30), Conduct::Fine, "--accept-loss"),
        (login, Conduct::IgnoresConditions, "error page"),
    ] {
        // What was left of the last attempt is not what this one is about.
        let _ = std::fs::remove_dir_all(online.place.path(".local/share/wardround/feeds/kev/.part"));
        online.publisher.put("/kev.json", bytes);
        online.publisher.always("/kev.json", conduct.clone());
        let output = online.update(&[]);
        assert_eq!(output.status.code(), Some(1), "{conduct:?}");
        assert!(said(&output).contains(word), "{conduct:?}: {}", said(&output));
        assert!(error(&output).contains("1 source is in trouble: kev"), "{}", error(&output));
        assert!(online.index() == old, "{conduct:?} changed the index");
        assert!(online.status().contains("2026-11-01"), "{conduct:?}");
    }
    online.publisher.put("/kev.json", bomb(100));
    online.publisher.always("/kev.json", Conduct::Fine);
    assert!(said(&online.update(&[])).contains("bomb"));
    online.publisher.remove("/kev.json");
    assert!(said(&online.update(&[])).contains("not there"));
    assert!(online.index() == old);
}

#[test]
fn a_cut_transfer_goes_on_in_the_next_update_however_ranges_are_answered() {
    for conduct in [Conduct::Fine, Conduct::IgnoresRange, Conduct::WrongRange] {
        let online = Online::of("2026-11-01");
        online.put("2026-11-02");
        online.publisher.once("/kev.json", Conduct::CutAfter(6_000));
        assert_eq!(online.update(&[]).status.code(), Some(1));
        online.publisher.asked("/kev.json");
        online.publisher.once("/kev.json", conduct.clone());
        let output = online.place.run(&["intel", "update", "--attempts", "2"]);
        assert!(output.status.success(), "{conduct:?}: {}", said(&output));
        assert_eq!(online.publisher.asked("/kev.json")[0].header("range"), Some("bytes=6000-"));
        assert!(online.status().contains("2026-11-02"));
    }
}

#[test]
fn a_broken_source_does_not_stop_the_others() {
    let online = Online::of("2026-11-01");
    online.put("2026-11-02");
    online.publisher.always("/kev.json", Conduct::Status(503, "x-y: 1"));
    let output = online.update(&[]);
    assert_eq!(output.status.code(), Some(1));
    let status = online.status();
    assert!(status.contains("2026-11-01") && status.contains("2026-11-02"), "{status}");
    let only = online.update(&["--only", "epss"]);
    assert!(only.status.success() && !said(&only).contains("kev"), "{}", said(&only));
    assert_fails(&online.update(&["--only", "nothing"]), 1, &["no source nothing", "kev, epss"]);
}

#[test]
fn a_first_update_that_knows_less_than_the_program_is_not_put_in_place() {
    let online = Online::new();
    online.put("2026-11-02");
    let output = online.update(&[]);
    assert_eq!(output.status.code(), Some(1));
    let why = error(&output);
    assert!(why.contains("would know less than the one in use") && why.contains("NVD"), "{why}");
    assert!(online.status().contains("built into the program"));
}

#[test]
fn other_feeds_of_ones_own_come_too() {
    let online = Online::of("2026-11-01");
    let list = online.place.path(".local/share/wardround/sources.toml");
    let more = |file: &str| online.publisher.url(file);
    let mut text = std::fs::read_to_string(&list).unwrap();
    text.push_str(&format!(
        "[[source]]\nid = 'own'\nmethod = 'files'\nurls = ['{}', '{}']\n",
        more("/nvd.json.gz"),
        more("/advisory.json")
    ));
    std::fs::write(&list, text).unwrap();
    online.publisher.put("/nvd.json.gz", gzip(nvd(1..4, 0, 3).as_bytes()));
    online.publisher.put("/advisory.json", advisory("PM-26-1"));
    let output = online.update(&[]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(online.status().contains("3 products, 1 advisories"), "{}", online.status());
    std::fs::write(&list, "[[source]]\nid = 'own'\nmethod = 'magic'\n").unwrap();
    assert_fails(&online.update(&[]), 1, &["sources.toml", "magic", "docs/intelligence.md"]);
}

#[test]
fn an_update_that_is_killed_leaves_the_old_index_or_the_new_one() {
    let online = Online::of("2026-11-01");
    let started = Instant::now();
    online.put("2026-11-02");
    online.publisher.once("/epss.csv.gz", Conduct::StallsAfter(500));
    kill_after(&online, || !online.publisher.asked("/epss.csv.gz").is_empty());
    assert!(online.status().contains("2026-11-01"), "the index is only built when all was fetched");
    for milliseconds in (0..400).step_by(20) {
        let day = format!("2026-11-{:02}", 3 + milliseconds / 20);
        online.put(&day);
        let begun = Instant::now();
        kill_after(&online, || begun.elapsed() >= Duration::from_millis(milliseconds));
        let status = online.status();
        assert!(status.contains("KEV") && status.contains("2026-11-"), "{status}");
    }
    assert!(started.elapsed() < Duration::from_secs(120));
    online.put("2026-11-24");
    let output = online.update(&[]);
    assert!(output.status.success(), "{}", error(&output));
    assert_eq!(online.status().matches("2026-11-24").count(), 2);
}

/// Starts an update and kills it (SIGKILL) when it is time, or when it has ended by then.
fn kill_after(online: &Online, is_time: impl Fn() -> bool) {
    let mut command = online.place.command(&["intel", "update"]);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    while !is_time() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn two_updates_at_once_do_not_meet() {
    let online = Online::of("2026-11-01");
    online.put("2026-11-02");
    online.publisher.once("/kev.json", Conduct::StallsAfter(500));
    let mut first = online.place.command(&["intel", "update"]);
    first.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut first = first.spawn().unwrap();
    online.publisher.asked("/kev.json");
    while online.publisher.asked("/kev.json").is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_fails(&online.update(&[]), 1, &["another update is running"]);
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(online.update(&[]).status.success());
}
