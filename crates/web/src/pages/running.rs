//! A round that runs now: started by a press, watched by anybody, with or without script.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::future::{Either, select};
use futures_util::stream::{self, Stream};
use maud::{Markup, html};
use wardround_report::page::how_long;

use crate::layout::{self, Page};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::rounds::{self, Doing, Job, Running, State as RoundState};
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::{Site, now};

pub(crate) fn routes() -> Vec<Route> {
    let see = Needs::May(Permission::SeeSummary);
    vec![
        Route::post(Needs::May(Permission::RunRounds), "/rounds/run", "round.run", run),
        Route::get(see, "/rounds/now", show),
        Route::get(see, "/rounds/now/events", events).endless(),
    ]
}

async fn run(State(site): State<Site>) -> Result<Response, Problem> {
    // Who presses while one runs is shown that one.
    let _ = rounds::start(&site, Job::default());
    Ok(Redirect::to("/rounds/now").into_response())
}

async fn show(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    let state = site.rounds.watch().borrow().clone();
    let is_running = matches!(state, RoundState::Running(_));
    let body = html! {
        div id="progress" data-events=[is_running.then_some("/rounds/now/events")] aria-live="polite" { (told(&state)) }
    };
    let page = layout::page(&site, &person, Some(Menu::Rounds), "Round", &body);
    Ok(if is_running { page.again_in(3) } else { page })
}

fn told(state: &RoundState) -> Markup {
    html! {
        @match state {
            RoundState::Idle => { p { "No round runs now." } p { a href="/" { "To today" } } }
            RoundState::Running(running) => { (running_now(running)) }
            RoundState::Done(id) => {
                div class="notice good" { p { "Round " (id) " is done and kept." } }
                p { a class="button" href="/" { "See what it found" } }
            }
            RoundState::Failed(why) => {
                div class="notice bad" role="alert" { p { "The round could not be run. " (why) } }
                p { a href="/import" { "Add a list or a capture" } }
            }
        }
    }
}

fn running_now(running: &Running) -> Markup {
    let since = how_long(now().since(running.since));
    html! {
        p class="lead" { (doing(running.doing)) }
        @match running.doing {
            Doing::Reading(Some(part)) => { progress max="100" value=(part) aria-label="Read" { (part) " %" } }
            Doing::Reading(None) | Doing::Judging => { progress aria-label="Working" {} }
        }
        p class="soft" { "It has run for " (since) ". You may leave this page: the round goes on." }
    }
}

fn doing(doing: Doing) -> String {
    match doing {
        Doing::Reading(Some(part)) => format!("Reading: {part} %."),
        Doing::Reading(None) => "Reading.".to_owned(),
        Doing::Judging => "Working out who is there and what is weak.".to_owned(),
    }
}

/// Each change as an event (Server-Sent Events, HTML Living Standard 9.2): a sentence, then `done` once, and the end.
async fn events(State(site): State<Site>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (watch, stopping) = (site.rounds.watch(), site.stopping.subscribe());
    let changes =
        stream::unfold((watch, stopping, Told::Nothing), |(mut watch, mut stopping, told)| async move {
            match told {
                Told::Nothing => {}
                Told::End => return None,
                Told::Progress => {
                    // Who listens does not keep the site from stopping.
                    let changed = std::pin::pin!(watch.changed());
                    let stops = std::pin::pin!(stopping.wait_for(|stops| *stops));
                    if !matches!(select(changed, stops).await, Either::Left((Ok(()), _))) {
                        return None;
                    }
                }
            }
            let state = watch.borrow_and_update().clone();
            let (event, told) = match &state {
                RoundState::Running(running) => (progress(running), Told::Progress),
                // An event without data is none to a browser.
                RoundState::Idle | RoundState::Done(_) | RoundState::Failed(_) => {
                    (Event::default().event("done").data("done"), Told::End)
                }
            };
            Some((Ok(event), (watch, stopping, told)))
        });
    Sse::new(changes).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

/// What a listener was told last.
enum Told {
    Nothing,
    Progress,
    End,
}

fn progress(running: &Running) -> Event {
    let part = match running.doing {
        Doing::Reading(Some(part)) => part.to_string(),
        Doing::Reading(None) | Doing::Judging => String::new(),
    };
    Event::default().event("progress").data(format!("{part}|{}", doing(running.doing)))
}
