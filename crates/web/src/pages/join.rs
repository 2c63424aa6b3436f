//! Joining with a one-time code: the first administrator, and everybody who was invited since.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use qrcode::QrCode;
use qrcode::render::svg;
use wardround_store::Store;

use crate::account::{self, Join, Offer};
use crate::asks::Sent;
use crate::codes::grouped;
use crate::problem::Problem;
use crate::routes::{Needs, Route};
use crate::site::{Peer, Site};
use crate::{layout, log, totp};

use super::sign_in::enter;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(Needs::Public, "/join", form),
        Route::post(Needs::Public, "/join", "join", join).logs_itself(),
    ]
}

async fn form(State(site): State<Site>, headers: HeaderMap) -> Result<Response, Problem> {
    let offer = account::offer(&site, None)?;
    show(&site, &headers, &offer, &Sent::default(), None).await
}

async fn show(
    site: &Site,
    headers: &HeaderMap,
    offer: &Offer,
    sent: &Sent,
    error: Option<&str>,
) -> Result<Response, Problem> {
    let is_first = site.home.read(Store::account_list).await?.is_empty();
    let title = if is_first { "Set up Wardround" } else { "Join" };
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("wardround");
    let body = fields(offer, host, is_first, sent, error)?;
    let status = if error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok((status, layout::bare(title, &body)).into_response())
}

fn fields(
    offer: &Offer,
    host: &str,
    is_first: bool,
    sent: &Sent,
    error: Option<&str>,
) -> Result<Markup, Problem> {
    // Without the port: an app shows it, and people tell sites apart by their names.
    let host =
        host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    let host: String =
        host.chars().filter(|c| c.is_ascii_alphanumeric() || ".-".contains(*c)).take(80).collect();
    let uri = totp::uri(&offer.secret, &host);
    Ok(html! {
        (layout::error_summary(error))
        @if is_first { p { "Make the first account. It is an administrator: it can invite others." } }
        form class="fields" method="post" action="/join" {
            input type="hidden" name="offer" value=(offer.sealed);
            label {
                "One-time code"
                span class="hint" {
                    @if is_first { "The program shows it where it was started." }
                    @else { "From the administrator who invited you." }
                }
                input name="invitation" value=(sent.text("invitation")) required autocomplete="off" autocapitalize="characters" spellcheck="false" class="code";
            }
            label {
                "Your name here"
                span class="hint" { "What you will sign in with, such as maria.lopez." }
                input name="name" value=(sent.text("name")) required autocomplete="username" autocapitalize="none" spellcheck="false";
            }
            label {
                "Password"
                span class="hint" { "Twelve characters or more. Four plain words will do, and a password manager is welcome." }
                input name="password" type="password" required minlength="12" autocomplete="new-password";
            }
            section class="panel" aria-labelledby="factor" {
                h2 id="factor" { "Second factor" }
                p { "A password can be stolen. So you also need an app on your phone that shows six new digits every half minute. Any authenticator app will do." }
                div class="qr" { (picture(&uri)?) }
                p { "Scan the picture with the app, or type this key into it:" br; span class="code" { (grouped(&offer.secret)) } }
                details { summary { "The same as a link, for a password manager" } p { code { (uri) } } }
                label {
                    "The six digits it shows now"
                    input name="code" required inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,8}";
                }
            }
            div { button { "Make the account" } }
        }
    })
}

/// The link as a QR code (ISO/IEC 18004), drawn here: nothing is fetched.
fn picture(uri: &str) -> Result<Markup, Problem> {
    let code = QrCode::new(uri.as_bytes()).map_err(|_| Problem::Fault)?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    // Without the XML declaration, which has no place inside a page.
    let start = drawn.find("<svg").ok_or(Problem::Fault)?;
    let svg = drawn.get(start..).ok_or(Problem::Fault)?;
    Ok(layout::own_picture(&svg.replacen("<svg", "<svg role=\"img\" aria-label=\"The key as a QR code\"", 1)))
}

async fn join(
    State(site): State<Site>,
    peer: Peer,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Problem> {
    match account::join(&site, &sent, peer.address()).await? {
        Join::No(why) => {
            let offer = account::offer(&site, Some(sent.text("offer")))?;
            show(&site, &headers, &offer, &sent, Some(why)).await
        }
        Join::Yes(account, recovery) => {
            log::event("joined").account(account).address(peer.address());
            let page = layout::bare("Keep these codes", &kept(&recovery)).into_response();
            enter(&site, &headers, account, page).await
        }
    }
}

fn kept(recovery: &[String]) -> Markup {
    html! {
        div class="notice good" { p { "Your account is ready, and you are signed in." } }
        (recovery_list(recovery))
    }
}

/// Recovery codes, for the one time that they are shown.
pub(super) fn recovery_list(recovery: &[String]) -> Markup {
    html! {
        p { "If you lose your phone, one of these codes takes the place of the six digits. Each works once. Print them or write them down now: " strong { "they are not shown again" } "." }
        ul class="codes code" { @for code in recovery { li { (code) } } }
        p { a class="button" href="/" { "I have kept them" } }
    }
}
