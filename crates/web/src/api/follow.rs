//! Following what happens: events as they come (Server-Sent Events), from where a program left off, as long as its token works.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, Sse};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tokio::time::Instant;

use super::asked::Fields;
use super::operations::Operation;
use crate::asked::Asked;
use crate::events::{Following, Happened, Next, Told};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::session::Person;
use crate::site::Site;
use crate::tokens;

/// Where a program left off.
pub(super) const LAST: &str = "last-event-id";
/// How often a program that follows hears that the site is there, and its token is looked at again.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long to wait where as many follow as may, in seconds.
const WAIT: u64 = 15;

pub(super) fn operations() -> Vec<Operation> {
    let mut follow = Operation::new::<Told, _, _>(
        "events.follow",
        "What happens, as it happens (Server-Sent Events): the name of each event says what, its data is JSON of this shape.",
        Permission::See,
        "/api/v1/events",
        &[],
        follow,
    );
    follow.route = follow.route.endless();
    follow.content = &["text/event-stream"];
    vec![follow]
}

async fn follow(
    State(site): State<Site>,
    person: Person,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    Fields::of(&asked, &[])?;
    let following = site.events.follow(person.token.ok_or(Problem::Fault)?).ok_or(Problem::Wait(WAIT))?;
    let left_off = headers.get(HeaderName::from_static(LAST)).map(|id| id.to_str().unwrap_or_default());
    // Who names an event that is not known here has missed what came after it.
    let (after, missed) = match left_off.map(|id| site.events.number(id)) {
        None => (site.events.newest(), false),
        Some(None) => (site.events.newest(), true),
        Some(Some(number)) => (number, false),
    };
    let follower = Follower {
        newest: site.events.watch(),
        stopping: site.stopping.subscribe(),
        ended: site.tokens_ended.subscribe(),
        looked: Some(Instant::now()),
        after,
        missed,
        begins: true,
        headers,
        site,
        _following: following,
    };
    Ok(Sse::new(stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok(event), follower))
    })))
}

/// What is told of events that are gone.
fn missed(site: &Site) -> String {
    serde_json::to_string(&Told::missed(site.is_demo())).unwrap_or_default()
}

/// A program that follows.
struct Follower {
    site: Site,
    /// What it came with: its token is looked at again.
    headers: HeaderMap,
    newest: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    ended: watch::Receiver<u64>,
    /// When its token was looked at; nothing where it must be looked at now.
    looked: Option<Instant>,
    /// The number of what it was told last.
    after: u64,
    /// Whether it must be told that events are gone.
    missed: bool,
    /// Whether it was told nothing yet.
    begins: bool,
    _following: Following,
}

impl Follower {
    /// What it is told next; nothing where that is the end.
    async fn next(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.begins) {
            // So that a program knows at once that it follows.
            return Some(Event::default().comment("here").retry(HEARTBEAT));
        }
        loop {
            if *self.stopping.borrow() || !self.may_go_on().await {
                return None;
            }
            if std::mem::take(&mut self.missed) {
                return Some(self.missed_up_to(self.after));
            }
            match self.site.events.after(self.after) {
                Next::Event(event) => return Some(self.told(&event)),
                Next::Missed(gone) => return Some(self.missed_up_to(gone)),
                Next::Nothing => {}
            }
            tokio::select! {
                // Each is looked at anew above.
                _ = self.newest.changed() => {}
                _ = self.ended.changed() => self.looked = None,
                _ = self.stopping.changed() => {}
                () = tokio::time::sleep(HEARTBEAT) => return Some(Event::default().comment("here")),
            }
        }
    }

    fn told(&mut self, event: &Arc<Happened>) -> Event {
        self.after = event.number;
        Event::default().id(self.site.events.id(event.number)).event(event.kind).data(&event.data)
    }

    fn missed_up_to(&mut self, number: u64) -> Event {
        self.after = number;
        Event::default().id(self.site.events.id(number)).event("missed").data(missed(&self.site))
    }

    /// Whether its token still works and lets it follow.
    async fn may_go_on(&mut self) -> bool {
        let was_looked = self.looked.is_some_and(|looked| looked.elapsed() < HEARTBEAT);
        if was_looked && !self.ended.has_changed().unwrap_or(true) {
            return true;
        }
        self.ended.mark_unchanged();
        self.looked = Some(Instant::now());
        let person = tokens::find(&self.site, &self.headers).await;
        person.is_ok_and(|person| person.is_some_and(|person| person.may(Permission::See)))
    }
}
