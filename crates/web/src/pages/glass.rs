//! *Emergency account*: the form that opens it, and what everybody sees of it afterwards.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_report::page::day_and_time;

use crate::asks::Sent;
use crate::audit::{self, Became, Entry};
use crate::codes::hex;
use crate::glass::{self, journal::JournalError};
use crate::hospital::waiting;
use crate::layout::{self, Page, plain};
use crate::problem::Problem;
use crate::routes::{Needs, Route};
use crate::site::{Peer, Site, now};
use crate::{cookie, log, session};

const PATH: &str = "/break-glass";
/// Letters of why it is opened.
const LONGEST_REASON: usize = 120;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(Needs::Public, PATH, form),
        // It must work also where the log cannot be written. Its journal has that it was opened in any case, and nothing of what
        // did not fit, so that nobody can fill it from outside.
        Route::post(Needs::Public, PATH, "break-glass.open", open).logs_itself(),
    ]
}

async fn form() -> Page {
    page(None)
}

fn page(error: Option<&str>) -> Page {
    let body = html! {
        p { "For an emergency: nobody who may can sign in, or the disk is full. The code lies in a sealed envelope. It opens once, for four hours, and everybody sees that it was opened." }
        (layout::error_summary(error))
        form class="fields" method="post" action=(PATH) {
            label { "Code from the envelope" input name="code" required maxlength="80" autocomplete="off" autocapitalize="characters" spellcheck="false"; }
            label { "Why" span class="hint" { "Your name, and what happened." } input name="because" required maxlength=(LONGEST_REASON) autocomplete="off"; }
            div { button { "Open it" } }
        }
        p { a href="/sign-in" { "Sign in as usual" } }
    };
    layout::bare("Emergency account", &body)
}

async fn open(
    State(site): State<Site>,
    peer: Peer,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Problem> {
    let because = plain(sent.text("because"));
    if because.is_empty() || because.chars().count() > LONGEST_REASON {
        return Err(Problem::Bad("Say who you are and why you open it, in a few words.".to_owned()));
    }
    let token = hex(&site.keys.random::<32>().map_err(|_| Problem::Fault)?);
    let (code, from) = (sent.text("code").to_owned(), peer.address().to_string());
    let (opener, digest) = (site.clone(), session::digest(&token));
    // Reading the journal takes a while, and anybody may ask.
    let _one_of_few = site.hashing.acquire().await.map_err(|_| Problem::Fault)?;
    let opened =
        waiting(move || Ok(opener.glass.unseal(&opener.keys, &code, &from, &because, digest, now()))).await?;
    let became = if matches!(opened, Ok(true)) { Became::Done } else { Became::Failed };
    let entry = Entry::new("break-glass.open", became).by(None, peer.address());
    if audit::add(&site, entry).await.is_err() {
        log::event("not-logged").word("action", "break-glass");
    }
    match opened {
        Ok(true) => {
            log::event("break-glass").address(peer.address());
            let value = cookie::set(&token, cookie::is_secure(&headers, site.tls)).ok_or(Problem::Fault)?;
            let mut response = Redirect::to("/").into_response();
            response.headers_mut().insert(header::SET_COOKIE, value);
            Ok(response)
        }
        Ok(false) => {
            log::event("break-glass-failed").address(peer.address());
            let text = "The code does not fit, was used, or none was made.";
            Ok((StatusCode::BAD_REQUEST, page(Some(text))).into_response())
        }
        Err(error) => {
            drop(log::event("break-glass-journal").word("failed", why(&error)));
            Err(Problem::NotLogged)
        }
    }
}

fn why(error: &JournalError) -> &'static str {
    match error {
        JournalError::File { .. } => "file",
        JournalError::Full { .. } => "full",
        JournalError::Changed { .. } => "changed",
        JournalError::Key(_) => "key",
    }
}

/// What stands on every page after it was opened, until it was made anew.
pub(crate) fn warning(site: &Site) -> Markup {
    html! {
        @match site.glass.state(&site.keys) {
            glass::State::Opened(at) => {
                div class="notice bad" role="alert" {
                    p {
                        strong { "The emergency account was opened" } " on " (day_and_time(at)) " UTC"
                        @if glass::is_open(at, now()) { ", and may be in use now." } @else { ". It is closed by now." }
                        " If nobody told you, ask at once. It must be made anew: " code { "wardround break-glass" } "."
                    }
                }
            }
            glass::State::Unreadable => {
                div class="notice bad" role="alert" { p { strong { "The journal of the emergency account was changed or can't be read. " } code { "wardround audit verify" } " says more." } }
            }
            glass::State::Missing | glass::State::Sealed(_) => {}
        }
    }
}

/// How it stands, for *Settings*.
pub(crate) fn section(site: &Site) -> Markup {
    html! {
        section aria-labelledby="glass" {
            h2 id="glass" { "Emergency account" }
            @match site.glass.state(&site.keys) {
                glass::State::Missing => { p { "There is none. If nobody can sign in, or the disk is full, it opens the site once. Make it with " code { "wardround break-glass" } ", and put its code into a sealed envelope." } }
                glass::State::Sealed(at) => { p { "Its code was made on " (day_and_time(at)) " UTC and was not used." } }
                glass::State::Opened(at) => { p { "It was opened on " (day_and_time(at)) " UTC. Make it anew with " code { "wardround break-glass" } "." } }
                glass::State::Unreadable => { p { "Its journal was changed or can't be read." } }
            }
        }
    }
}
