//! What stands before every handler: who asks, whether they may, whether the form is ours, and the log.

use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::api::{self, Field};
use crate::asks::{LARGEST_FORM, Sent, TOKEN};
use crate::audit::{self, Became, Entry};
use crate::cookie;
use crate::layout::plain;
use crate::problem::Problem;
use crate::routes::{Brings, Needs};
use crate::session::{self, Person};
use crate::site::{Peer, Site, count};
use crate::{log, tokens};

/// What a route asks of whoever comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gate {
    pub(crate) needs: Needs,
    pub(crate) brings: Brings,
    /// What it is called in the log, where it is logged here.
    pub(crate) logged: Option<&'static str>,
    /// Whether it is done also where the log cannot be written: then the reserved journal has it.
    pub(crate) is_reserved: bool,
    /// Whether its answer, or what is sent to it, is secret: then what is kept for a repeated request is sealed.
    pub(crate) is_secret: bool,
    /// Whether it only stops something: that is done first and logged then, also where it cannot be.
    pub(crate) stops: bool,
    /// How long it may take; nothing where it goes on as long as somebody listens.
    pub(crate) patience: Option<Duration>,
    /// What a program may send.
    pub(crate) fields: &'static [Field],
    /// The status where a change of a program was made.
    pub(crate) success: StatusCode,
}

/// How long a stop waits for its line in the log.
const STOP_LOGGED: Duration = Duration::from_secs(1);
/// How long a request may take, unless its route says otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

impl Gate {
    /// Of a route that brings nothing and is not logged.
    pub(crate) const fn new(needs: Needs) -> Self {
        let (brings, patience) = (Brings::Nothing, Some(PATIENCE));
        Self {
            needs,
            brings,
            logged: None,
            is_reserved: false,
            is_secret: false,
            stops: false,
            patience,
            fields: &[],
            success: StatusCode::OK,
        }
    }
}

/// Lets a request through to its handler, or says why not.
pub(crate) async fn keep(
    State((site, gate)): State<(Site, Gate)>,
    params: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    count(&site.counters.requests);
    let subject = params.iter().map(|(_, value)| value).collect::<Vec<_>>().join(" ");
    let is_page = request.method() == Method::GET;
    let reads = is_page || request.method() == Method::HEAD;
    let is_api = matches!(gate.needs, Needs::Token(_));
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let peer = request.extensions().get::<Peer>().copied();
    let passed = pass(&site, gate, &subject, request, next);
    let answered = match gate.patience {
        Some(patience) => tokio::time::timeout(patience, passed).await.unwrap_or(Err(Problem::TooSlow)),
        None => passed.await,
    };
    let mut response = match answered {
        Ok(response) => response,
        // Who comes from outside is shown the way in.
        Err(Problem::NotSignedIn) if is_page => Redirect::to("/sign-in").into_response(),
        Err(problem) => {
            let is_ours = problem.status().is_server_error();
            count(if is_ours { &site.counters.failed } else { &site.counters.refused });
            if matches!(problem, Problem::NotFromHere) {
                tell_form(&site, gate, peer);
            }
            problem.into_response()
        }
    };
    if is_api {
        response = api::finish(response, reads, known.as_ref()).await;
    }
    response
}

/// Writes down that a form did not come from our own pages: somebody may be lured. Not in the log of people, which a page of another
/// site could fill then.
fn tell_form(site: &Site, gate: Gate, peer: Option<Peer>) {
    count(&site.counters.forms_refused);
    if let Some(peer) = peer.filter(|_| site.counters.form_told.may()) {
        log::event("form-not-from-here")
            .word("action", gate.logged.unwrap_or("page"))
            .address(peer.address());
    }
}

async fn pass(
    site: &Site,
    gate: Gate,
    subject: &str,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let peer = *request.extensions().get::<Peer>().ok_or(Problem::Fault)?;
    if matches!(gate.brings, Brings::Form | Brings::Json) {
        request = with_body(request).await?;
    }
    // A program shows its token itself, so that no page of another site can make a browser send it.
    if request.method() == Method::POST
        && !matches!(gate.needs, Needs::Token(_))
        && !is_from_here(request.headers(), cookie::is_secure(request.headers(), site.tls))
    {
        return Err(Problem::NotFromHere);
    }
    let person = match gate.needs {
        Needs::Collector => {
            admit_collector(site, peer, request.headers())?;
            None
        }
        Needs::Token(_) => tokens::find(site, request.headers()).await?,
        Needs::Public | Needs::SignedIn | Needs::May(_) => session::find(site, request.headers()).await?,
    };
    admit(site, gate, subject, person.as_ref(), peer).await?;
    if let Some(person) =
        person.as_ref().filter(|_| gate.brings != Brings::Nothing && !gate.stops && !gate.is_reserved)
    {
        site.pace.take(person.account, Instant::now())?;
    }
    if gate.brings == Brings::Json {
        let (action, person) = (gate.logged.ok_or(Problem::Fault)?, person.ok_or(Problem::NoToken)?);
        let entry = Entry::new(action, Became::Asked).by(Some(&person), peer.address()).about(subject);
        return api::change(site, gate, person, entry, request, next).await;
    }
    if gate.brings == Brings::Form {
        let held = person.as_ref().filter(|_| gate.needs != Needs::Public);
        request = with_form(request, held).await?;
    }
    let entry = gate.logged.map(|action| {
        let became = if gate.brings == Brings::Nothing { Became::Done } else { Became::Asked };
        let entry = Entry::new(action, became).by(person.as_ref(), peer.address()).about(subject);
        if gate.is_reserved { entry.reserved() } else { entry }
    });
    if let Some(entry) = entry.as_ref().filter(|_| !gate.stops) {
        audit::add(site, entry.clone()).await?;
    }
    if let Some(person) = person {
        request.extensions_mut().insert(person);
    }
    let mut response = told_as_page(next.run(request).await);
    if response.status() == StatusCode::OK {
        *response.status_mut() = gate.success;
    }
    if let Some(entry) = entry.filter(|_| gate.brings != Brings::Nothing) {
        let failed = response.status().is_client_error() || response.status().is_server_error();
        let became = if failed { Became::Failed } else { Became::Done };
        let entry = entry.became(became);
        if gate.stops {
            log_stop(site, entry).await;
        } else {
            audit::add(site, entry).await?;
        }
    }
    Ok(response)
}

/// Logs what was stopped. The answer does not wait for a store that has much to do, and no failure takes the stop back.
async fn log_stop(site: &Site, entry: Entry) {
    let site = site.clone();
    let logging = tokio::spawn(async move {
        if audit::add(&site, entry).await.is_err() {
            log::event("stop-not-logged");
        }
    });
    let _ = tokio::time::timeout(STOP_LOGGED, logging).await;
}

/// Whether this person may; what is refused to somebody is logged.
async fn admit(
    site: &Site,
    gate: Gate,
    subject: &str,
    person: Option<&Person>,
    peer: Peer,
) -> Result<(), Problem> {
    match (gate.needs, person) {
        (Needs::Public | Needs::Collector, _) | (Needs::SignedIn, Some(_)) => Ok(()),
        (Needs::Token(_), None) => Err(Problem::NoToken),
        (Needs::SignedIn | Needs::May(_), None) => Err(Problem::NotSignedIn),
        (Needs::May(permission) | Needs::Token(permission), Some(person)) if person.may(permission) => Ok(()),
        (Needs::May(_) | Needs::Token(_), Some(_)) => {
            let action = gate.logged.unwrap_or("page");
            audit::add(site, Entry::new(action, Became::Refused).by(person, peer.address()).about(subject))
                .await?;
            Err(Problem::NotPermitted)
        }
    }
}

fn admit_collector(site: &Site, peer: Peer, headers: &HeaderMap) -> Result<(), Problem> {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = shown.and_then(|shown| shown.strip_prefix("Bearer "));
    let is_right = token.is_some_and(|token| blake3::hash(token.as_bytes()) == site.keys.metrics);
    if peer.address().is_loopback() || is_right { Ok(()) } else { Err(Problem::NotPermitted) }
}

/// Whether a form comes from our own pages, as browsers tell it (Fetch Metadata; else the origin, RFC 6454).
fn is_from_here(headers: &HeaderMap, tls: bool) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), ..) => site == "same-origin",
        (None, Some(origin), Some(host)) => {
            origin.strip_prefix(if tls { "https://" } else { "http://" }) == Some(host)
        }
        _ => false,
    }
}

/// Takes what a request brings before anything is refused. Where a connection is closed with bytes of it unread, the kernel resets it,
/// and whoever asked may never see why (RFC 9112, 9.6).
async fn with_body(request: Request) -> Result<Request, Problem> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST_FORM).await.map_err(|_| Problem::TooLarge)?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Reads the form, and checks that it carries the token of this session.
async fn with_form(request: Request, person: Option<&Person>) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST_FORM).await.map_err(|_| Problem::TooLarge)?;
    let fields: Vec<(String, String)> =
        form_urlencoded::parse(&bytes).map(|(name, value)| (plain(&name), as_sent(&name, &value))).collect();
    let sent = Sent(fields);
    if let Some(person) = person
        && !is_same(sent.exact(TOKEN), &person.form_token)
    {
        return Err(Problem::NotFromHere);
    }
    parts.extensions.insert(sent);
    Ok(Request::from_parts(parts, Body::empty()))
}

/// A password is taken letter by letter as it came, and never shown (ASVS 5.0 6.2.8); of all else, what turns its order round goes.
fn as_sent(name: &str, value: &str) -> String {
    if ["password", "new"].contains(&name) { value.to_owned() } else { plain(value) }
}

/// What the framework refuses by itself, such as a number that is none, gets a page like everything else.
pub(crate) fn told_as_page(response: Response) -> Response {
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if response.status().is_client_error() && !is_page {
        let text = "The address or the form says something that makes no sense here.";
        return Problem::Bad(text.to_owned()).into_response();
    }
    response
}

/// Compares in constant time.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    blake3::hash(one.as_bytes()) == blake3::hash(other.as_bytes())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_password_is_taken_as_it_was_typed() {
        assert_eq!(as_sent("password", "lamp\u{200f}river"), "lamp\u{200f}river");
        assert_eq!(as_sent("text", "lamp\u{200f}river"), "lamp\u{fffd}river");
    }

    #[test]
    fn forms_of_other_pages_are_refused() {
        let check = |fields: &[(&'static str, &'static str)], tls| {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            is_from_here(&headers, tls)
        };
        assert!(check(&[("sec-fetch-site", "same-origin"), ("origin", "null")], true));
        assert!(!check(&[("sec-fetch-site", "same-site"), ("origin", "https://a:1"), ("host", "a:1")], true));
        assert!(!check(&[("sec-fetch-site", "none")], true));
        assert!(check(&[("origin", "https://a:1"), ("host", "a:1")], true));
        assert!(!check(&[("origin", "http://a:1"), ("host", "a:1")], true));
        assert!(!check(&[("origin", "https://b:1"), ("host", "a:1")], true));
        assert!(!check(&[("origin", "null"), ("host", "a:1")], true));
        assert!(!check(&[("host", "a:1")], true));
    }
}
