//! Somebody's own account: another password, new recovery codes.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_model::Timestamp;
use wardround_report::page::day_and_time;

use crate::account;
use crate::asks::Sent;
use crate::layout::{self, form_token};
use crate::problem::Problem;
use crate::routes::{Needs, Route};
use crate::session::Person;
use crate::site::{Peer, Site};

use super::join::recovery_list;

const WRONG: &str = "Password and code do not fit together. Nothing was changed.";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(Needs::SignedIn, "/account", show),
        Route::post(Needs::SignedIn, "/account/password", "account.password", change_password),
        Route::post(Needs::SignedIn, "/account/sessions", "account.sessions", end_others),
        Route::post(Needs::SignedIn, "/account/recovery", "account.recovery", renew_recovery),
    ]
}

async fn show(State(site): State<Site>, person: Person) -> Result<Response, Problem> {
    page(&site, &person, None).await
}

async fn page(site: &Site, person: &Person, error: Option<&str>) -> Result<Response, Problem> {
    let account = person.account;
    let sessions = site.home.read(move |store| store.session_list(account)).await?;
    let status = if error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let body = html! {
        p { "You are " strong { (person.name) } ". Your role is " (person.role.label()) "." }
        p { a href="/account/tokens" { "Tokens for programs" } }
        (layout::error_summary(error))
        section aria-labelledby="password" {
            h2 id="password" { "Another password" }
            p { "You are signed out everywhere else." }
            form class="fields panel" method="post" action="/account/password" {
                (form_token(person))
                (proof())
                label {
                    "New password"
                    span class="hint" { "Twelve characters or more. Four plain words will do." }
                    input name="new" type="password" required minlength="12" autocomplete="new-password";
                }
                div { button { "Change it" } }
            }
        }
        (signed_in(person, &sessions))
        section aria-labelledby="recovery" {
            h2 id="recovery" { "New recovery codes" }
            p { "The old ones work no longer." }
            form class="fields panel" method="post" action="/account/recovery" {
                (form_token(person))
                (proof())
                div { button { "Make new codes" } }
            }
        }
    };
    Ok((status, layout::page(site, person, None, "Your account", &body)).into_response())
}

/// Where somebody is signed in: when each session began, and which is this one. Addresses are not kept with them.
fn signed_in(person: &Person, sessions: &[(String, Timestamp, Timestamp)]) -> Markup {
    html! {
        section aria-labelledby="sessions" {
            h2 id="sessions" { "Where you are signed in" }
            ul { @for (digest, made, seen) in sessions {
                li { "Since " (day_and_time(*made)) " UTC, last used " (day_and_time(*seen)) " UTC" @if *digest == person.session { ": " strong { "here" } } "." }
            } }
            @if sessions.len() > 1 {
                form class="fields panel" method="post" action="/account/sessions" {
                    (form_token(person))
                    (proof())
                    div { button { "Sign out everywhere else" } }
                }
            }
        }
    }
}

async fn end_others(
    State(site): State<Site>,
    person: Person,
    peer: Peer,
    sent: Sent,
) -> Result<Response, Problem> {
    if !account::is_owner(&site, &person, &sent, peer.address()).await? {
        return page(&site, &person, Some(WRONG)).await;
    }
    let (account, own) = (person.account, person.session.clone());
    site.home.write(move |store| store.session_end_all(account, &own)).await?;
    Ok(Redirect::to("/account#sessions").into_response())
}

/// What shows that it is the owner who sits there.
fn proof() -> Markup {
    html! {
        label { "Your password now" input name="password" type="password" required autocomplete="current-password"; }
        label { "The six digits of now, or a recovery code" input name="code" required autocomplete="one-time-code" spellcheck="false"; }
    }
}

async fn change_password(
    State(site): State<Site>,
    person: Person,
    peer: Peer,
    sent: Sent,
) -> Result<Response, Problem> {
    if !account::is_owner(&site, &person, &sent, peer.address()).await? {
        return page(&site, &person, Some(WRONG)).await;
    }
    if let Some(why) = account::change_password(&site, &person, sent.exact("new")).await? {
        return page(&site, &person, Some(why)).await;
    }
    let body = html! { div class="notice good" { p { "Your password is changed." } } p { a href="/" { "To today" } } };
    Ok(layout::page(&site, &person, None, "Your account", &body).into_response())
}

async fn renew_recovery(
    State(site): State<Site>,
    person: Person,
    peer: Peer,
    sent: Sent,
) -> Result<Response, Problem> {
    if !account::is_owner(&site, &person, &sent, peer.address()).await? {
        return page(&site, &person, Some(WRONG)).await;
    }
    let codes = account::renew_recovery(&site, &person).await?;
    Ok(layout::page(&site, &person, None, "Keep these codes", &recovery_list(&codes)).into_response())
}
