//! Signing in and out.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_store::Store;

use crate::account::{self, SignedIn};
use crate::asks::Sent;
use crate::problem::Problem;
use crate::routes::{Needs, Route};
use crate::session::{self, Person};
use crate::site::{Peer, Site};
use crate::{cookie, glass, layout, log};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(Needs::Public, "/sign-in", form),
        Route::post(Needs::Public, "/sign-in", "sign-in", sign_in).logs_itself(),
        // Leaving must work also where it cannot be logged.
        Route::post(Needs::SignedIn, "/sign-out", "sign-out", sign_out).logs_itself(),
    ]
}

async fn form(State(site): State<Site>, person: Option<Person>) -> Result<Response, Problem> {
    if person.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    if site.home.read(Store::account_list).await?.is_empty() {
        return Ok(Redirect::to("/join").into_response());
    }
    Ok(layout::bare("Sign in", &fields("", None)).into_response())
}

fn fields(name: &str, error: Option<&str>) -> Markup {
    html! {
        (layout::error_summary(error))
        form class="fields" method="post" action="/sign-in" {
            label { "Name" input name="name" value=(name) required autocomplete="username" autocapitalize="none" spellcheck="false" autofocus[name.is_empty()]; }
            label { "Password" input name="password" type="password" required autocomplete="current-password"; }
            label {
                "Code"
                span class="hint" { "The six digits that your phone shows now, or one of your recovery codes." }
                input name="code" required autocomplete="one-time-code" autocapitalize="characters" spellcheck="false";
            }
            div { button { "Sign in" } }
        }
        p class="soft" { "Is this an emergency, and nobody can sign in? " a href="/break-glass" { "Open the emergency account" } "." }
        p class="soft" { "Were you given a one-time code to join? " a href="/join" { "Join here" } "." }
    }
}

async fn sign_in(
    State(site): State<Site>,
    peer: Peer,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Problem> {
    match account::sign_in(&site, &sent, peer.address()).await? {
        SignedIn::No => {
            log::event("sign-in-failed").address(peer.address());
            let text = "Name, password and code do not fit together. Check all three.";
            let page = layout::bare("Sign in", &fields(sent.text("name"), Some(text)));
            Ok((StatusCode::UNAUTHORIZED, page).into_response())
        }
        SignedIn::Yes(account) => {
            log::event("sign-in").account(account).address(peer.address());
            enter(&site, &headers, account, Redirect::to("/").into_response()).await
        }
    }
}

/// Begins a session with a new token, whatever token came, and ends that one's session.
pub(super) async fn enter(
    site: &Site,
    headers: &HeaderMap,
    account: wardround_store::AccountId,
    mut response: Response,
) -> Result<Response, Problem> {
    if let Some(before) = session::find(site, headers).await? {
        site.home.write(move |store| store.session_end(&before.session)).await?;
    }
    let token = session::begin(site, account).await?;
    let value = cookie::set(&token, cookie::is_secure(headers, site.tls)).ok_or(Problem::Fault)?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}

async fn sign_out(
    State(site): State<Site>,
    person: Person,
    peer: Peer,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    use crate::audit::{self, Became, Entry};
    if person.account == glass::ACCOUNT {
        site.glass.leave();
        return Ok(left(&site, &headers));
    }
    let session = person.session.clone();
    site.home.write_at_any_rate(move |store| store.session_end(&session)).await?;
    let entry = Entry::new("sign-out", Became::Done).by(Some(&person), peer.address());
    if audit::add(&site, entry).await.is_err() {
        log::event("not-logged").word("action", "sign-out").account(person.account);
    }
    Ok(left(&site, &headers))
}

/// What a browser gets that leaves.
fn left(site: &Site, headers: &HeaderMap) -> Response {
    let mut response = Redirect::to("/sign-in").into_response();
    if let Some(value) = cookie::take_back(cookie::is_secure(headers, site.tls)) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    // Nothing of what was shown stays in the browser (W3C Clear Site Data; ASVS 5.0 14.3.1).
    let everything = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), everything);
    response
}
