//! What happens, as programs follow it: as it happens, from where they left off, as long as their token works.

use std::io::{BufRead as _, BufReader};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::Value;

use crate::api::{json, problem, shown};
use crate::browser::{Browser, between, set_up};
use crate::running::Running;

/// An event, as it came.
#[derive(Debug, Default)]
struct Event {
    id: String,
    kind: String,
    data: Value,
}

/// A program that follows.
struct Follower(Receiver<Event>);

impl Follower {
    fn of(browser: &Browser, token: &str, last: Option<&str>) -> Self {
        let (status, body) = browser.follow(token, last);
        assert_eq!(status, 200);
        let (sender, receiver) = channel();
        let mut lines = BufReader::new(body).lines().map_while(Result::ok);
        // The first line says that it follows from now on.
        assert_eq!(lines.next().unwrap(), ": here");
        std::thread::spawn(move || {
            let mut event = Event::default();
            for line in lines {
                match line.split_once(": ") {
                    Some(("id", id)) => event.id = id.to_owned(),
                    Some(("event", kind)) => event.kind = kind.to_owned(),
                    Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                    None if line.is_empty() && !event.kind.is_empty() => {
                        let _ = sender.send(std::mem::take(&mut event));
                    }
                    _ => {}
                }
            }
        });
        Self(receiver)
    }

    #[track_caller]
    fn next(&self) -> Event {
        self.0.recv_timeout(Duration::from_secs(20)).expect("an event comes")
    }

    /// What comes up to the first of this kind.
    #[track_caller]
    fn until(&self, kind: &str) -> Vec<Event> {
        let mut events = vec![self.next()];
        while events.last().is_some_and(|event| event.kind != kind) {
            events.push(self.next());
        }
        events
    }

    /// Whether the site ends it within this time.
    fn ends_within(&self, time: Duration) -> bool {
        let started = std::time::Instant::now();
        while started.elapsed() < time {
            if self.0.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Disconnected) {
                return true;
            }
        }
        false
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

#[test]
fn a_round_and_what_people_say_are_told_as_they_happen_and_again_from_where_one_left_off() {
    let (site, ada) = shown();
    let token = ada.make_token("write");
    let follower = Follower::of(&ada, &token, None);
    ada.press("/", "/rounds/run", &[]);
    let events = follower.until("work.changed");
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!((kinds[0], kinds[1]), ("round.started", "round.progress"), "{kinds:?}");
    let kept = follower.until("round.kept");
    let round = &kept.last().unwrap().data;
    assert_eq!((&round["round"], &round["demo"]), (&Value::from("R-2"), &Value::Bool(true)));
    // By a page or by a program: both are told.
    let work = json(&ada.api(&token, "/api/v1/work?state=open&limit=1"));
    let task = work["items"][0]["id"].as_str().unwrap();
    ada.press(&format!("/work/{task}"), &format!("/work/{task}/comment"), &[("text", "By a page.")]);
    let by_page = follower.next();
    assert_eq!((by_page.kind.as_str(), &by_page.data["task"]), ("work.changed", &Value::from(task)));
    assert!(!by_page.data.to_string().contains("By a page."), "an event tells no words");
    ada.send(&token, "POST", &format!("/api/v1/work/{task}/comment"), "{\"text\":\"By a program.\"}", &[]);
    let by_program = follower.next();
    assert_eq!(by_program.data["task"], task);
    let device = work["items"][0]["device"].as_str().unwrap();
    let body = "{\"spares\":1,\"by\":\"network\",\"because\":\"Seen.\"}";
    ada.send(&token, "POST", &format!("/api/v1/devices/{device}/statements"), body, &[]);
    assert_eq!(follower.next().data["devices"][0], device);

    let later = Follower::of(&ada, &token, Some(&by_page.id));
    assert_eq!(later.next().id, by_program.id);
    assert_eq!(later.next().kind, "devices.changed");
    for unknown in ["nonsense", "1-5", ""] {
        let missed = Follower::of(&ada, &ada.make_token("read"), Some(unknown)).next();
        assert_eq!((missed.kind.as_str(), &missed.data["demo"]), ("missed", &Value::Bool(true)), "{unknown}");
    }
    // Another start knows nothing of it.
    let site = site.stopped_and_started_again();
    let ada = Browser::new(&site);
    assert_eq!(Follower::of(&ada, &token, Some(&by_page.id)).next().kind, "missed");
}

#[test]
fn no_more_follow_than_may_and_who_may_not_see_does_not() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let (token, summary) = (ada.make_token("read"), ada.make_token("summary"));
    let following: Vec<Follower> = (0..4).map(|_| Follower::of(&ada, &token, None)).collect();
    let refused = ada.api(&token, "/api/v1/events");
    assert_eq!((refused.status, problem(&refused).as_str()), (429, "wait"));
    assert_eq!(refused.header("retry-after"), "15");
    assert_eq!(ada.api(&summary, "/api/v1/events").status, 403);
    assert_eq!(ada.get("/api/v1/events").status, 401);
    assert_eq!(ada.api(&ada.make_token("read"), "/api/v1/events?x=1").status, 400);
    // Asking for its head alone takes no place and ends at once.
    assert_eq!(ada.send(&ada.make_token("read"), "HEAD", "/api/v1/events", "", &[]).status, 200);
    drop(following);
}

#[test]
fn it_ends_with_the_token_its_owner_and_the_site() {
    let mut site = Running::new();
    let (ada, _) = set_up(&site);
    let page = ada.press("/people", "/people/invite", &[("role", "network")]);
    let ivo = Browser::new(&site);
    ivo.join(&between(&page.text, "<p class=\"code panel\">", "<").unwrap(), "ivo");
    let (of_ada, of_ivo, other) = (ada.make_token("read"), ivo.make_token("read"), ada.make_token("read"));
    let first = Follower::of(&ada, &of_ada, None);
    let second = Follower::of(&ivo, &of_ivo, None);
    let third = Follower::of(&ada, &other, None);
    ada.press("/account/tokens", "/account/tokens/K-1/end", &[]);
    assert!(first.ends_within(Duration::from_secs(5)), "its token was ended");
    ada.press("/people", "/people/2/close", &[]);
    assert!(second.ends_within(Duration::from_secs(5)), "its owner's account was closed");
    assert!(!third.ends_within(Duration::from_millis(300)));
    assert!(site.stop().success());
    assert!(third.ends_within(Duration::from_secs(5)), "the site stopped");
}
