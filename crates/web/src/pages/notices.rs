//! *Notices*: whom the site tells by itself, how that goes, and the forms for a new receiver.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_notice::{Receiver, Way};
use wardround_report::page::{day_and_time, number};
use wardround_store::{KeptReceiver, Store};

use crate::asks::Sent;
use crate::deeds::receivers::{self, By};
use crate::layout::{self, Page, form_token, plain};
use crate::notices::{self, LONGEST_NAME, MOST};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

const NEEDS: Needs = Needs::May(Permission::ChangeSettings);
const PATH: &str = "/settings/notices";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(NEEDS, PATH, show),
        Route::post(NEEDS, "/settings/notices/mail", "notices.add", |State(site), person, sent| {
            add(site, person, sent, By::Mail)
        }),
        Route::post(NEEDS, "/settings/notices/webhook", "notices.add", |State(site), person, sent| {
            add(site, person, sent, By::Webhook)
        }),
        Route::post(NEEDS, "/settings/notices/syslog", "notices.add", |State(site), person, sent| {
            add(site, person, sent, By::Syslog)
        }),
        Route::post(NEEDS, "/settings/notices/{receiver}/try", "notices.try", try_now),
        Route::post(NEEDS, "/settings/notices/{receiver}/off", "notices.off", off),
        Route::post(NEEDS, "/settings/notices/{receiver}/on", "notices.on", on),
        Route::post(NEEDS, "/settings/notices/{receiver}/remove", "notices.remove", remove),
    ]
}

async fn show(State(site): State<Site>, person: Person, headers: HeaderMap) -> Result<Page, Problem> {
    let receivers = site.home.read(Store::receiver_list).await?;
    let own = own_address(&site, &headers);
    let body = html! {
        p class="lead" { "The site tells by itself what cannot wait until somebody looks." }
        (list(&site, &person, &receivers))
        section aria-labelledby="add" {
            h2 id="add" { "Tell somebody new" }
            @if receivers.len() >= MOST { p { "There are " (MOST) ". Remove one first." } }
            @else {
                (mail_form(&person, &own))
                (webhook_form(&person, &own))
                (syslog_form(&person, &own))
            }
        }
        (what_is_told())
    };
    Ok(layout::page(&site, &person, Some(Menu::Settings), "Notices", &body))
}

/// The address that this browser knows the site by.
fn own_address(site: &Site, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if site.tls { "https" } else { "http" };
    plain(&format!("{scheme}://{host}"))
}

fn list(site: &Site, person: &Person, receivers: &[KeptReceiver]) -> Markup {
    html! {
        section aria-labelledby="told" {
            h2 id="told" { "Who is told" }
            @if receivers.is_empty() { p { "Nobody yet. Add a way below: mail for people, a webhook or syslog for programs." } }
            @for receiver in receivers { (card(site, person, receiver)) }
        }
    }
}

fn card(site: &Site, person: &Person, receiver: &KeptReceiver) -> Markup {
    let id = receiver.id;
    let act = |what: &str, label: &str| {
        html! {
            form method="post" action={ (PATH) "/" (id) "/" (what) } class="inline" {
                (form_token(person))
                button class="quiet" { (label) span class="aside" { " " (plain(&receiver.name)) } }
            }
        }
    };
    html! {
        article class="panel" aria-labelledby={ "receiver-" (id) } {
            h3 id={ "receiver-" (id) } { (plain(&receiver.name)) " " span class="soft" { "(" (kind_label(&receiver.kind)) ", " (id) ")" } }
            p { (where_to(notices::unsealed(site, receiver).as_ref())) }
            (how(receiver))
            div {
                @if receiver.off_at.is_none() { (act("try", "Try now")) " " (act("off", "Switch off")) }
                @else { (act("on", "Switch on")) }
                " " (act("remove", "Remove"))
            }
        }
    }
}

fn kind_label(kind: &str) -> &'static str {
    match kind {
        "mail" => "mail",
        "webhook" => "webhook",
        _ => "syslog",
    }
}

/// Where it is, without secrets: the path of a webhook often is one.
fn where_to(receiver: Option<&Receiver>) -> Markup {
    let Some(receiver) = receiver else {
        return html! { "How it is reached cannot be read with the key of this site. Remove it, and add it anew." };
    };
    let names = if receiver.names {
        "Devices and weaknesses are named."
    } else {
        "No device and no weakness is named."
    };
    html! {
        @match &receiver.way {
            Way::Mail(mail) => { "To " (mail.to.join(", ")) ", by " (mail.host) ":" (mail.port) ". " }
            Way::Webhook(webhook) => { "To " (webhook.host) ":" (webhook.port) ", signed. " }
            Way::Syslog(syslog) => { "To " (syslog.host) ":" (syslog.port) @if syslog.tls { ", over TLS. " } @else { ", without TLS. " } }
        }
        (names)
    }
}

/// How it goes with a receiver.
fn how(receiver: &KeptReceiver) -> Markup {
    html! {
        @if let Some(off_at) = receiver.off_at { p { strong { "Switched off" } " since " (day_and_time(off_at)) " UTC." } }
        @match receiver.told_at {
            Some(at) => { p { "Last told on " (day_and_time(at)) " UTC." } }
            None => { p { "Told nothing yet." } }
        }
        @if let Some((at, why)) = &receiver.trouble {
            div class="notice bad" { p { strong { "Trouble" } " on " (day_and_time(*at)) " UTC: " (plain(why)) @if !why.ends_with('.') { "." } } }
        }
        @if receiver.waiting > 0 { p { "Waiting to be told: " (number(receiver.waiting)) "." } }
        @if receiver.lost > 0 { p { "Never told, because it was too long or too much: " (number(receiver.lost)) "." } }
    }
}

fn what_is_told() -> Markup {
    html! {
        section aria-labelledby="what" {
            h2 id="what" { "What is told" }
            ul {
                li { strong { "At once: " } "new weak places to act on, a weakness that is being exploited and that you have, the emergency account in use." }
                li { strong { "Once a day: " } "what a round changed, a published weakness that you do not have, work that came to be late or is open again, an interface that is not heard, old intelligence." }
            }
            p { "People get the second kind as one mail at seven in the morning, by the clock of the rounds. On a quiet day there is none. Programs get each notice at once." }
            p { "What could not be told is tried again for a week, with longer and longer pauses." }
        }
    }
}

/// What all forms begin with.
fn named(person: &Person) -> Markup {
    html! {
        (form_token(person))
        label { "Name" span class="hint" { "What you call it." } input name="name" required maxlength=(LONGEST_NAME); }
    }
}

/// What all forms end with. `names` is whether devices are named unless somebody says otherwise.
fn shared(own: &str, names: bool) -> Markup {
    html! {
        div class="choice" { label class="check" { input type="checkbox" name="inside" value="yes"; " It is inside the hospital " span class="hint" { "Without this, addresses inside are refused." } } }
        div class="choice" { label class="check" { input type="checkbox" name="names" value="yes" checked[names]; " Name devices and weaknesses " span class="hint" { "Without this, only numbers are told." } } }
        label { "Its certificate" span class="hint" { "As PEM, if it has one that this computer does not trust. Then only this one is trusted." } textarea name="trusted" rows="3" spellcheck="false" autocomplete="off" {} }
        label { "Address of this site" span class="hint" { "For links. Leave it empty for none." } input name="site" value=(own) maxlength="300" autocomplete="off" spellcheck="false"; }
        div { button { "Add it" } }
    }
}

fn mail_form(person: &Person, own: &str) -> Markup {
    html! {
        details {
            summary { "By mail" }
            form class="fields panel" method="post" action="/settings/notices/mail" {
                (named(person))
                label { "To" span class="hint" { "Addresses, with commas between them." } input name="to" required maxlength="2000" autocomplete="off"; }
                label { "From" span class="hint" { "An address that your mail server takes." } input name="from" required maxlength="254" autocomplete="off"; }
                label { "Mail server" input name="host" required maxlength="253" autocomplete="off" spellcheck="false"; }
                label { "Port" input name="port" value="587" required inputmode="numeric" maxlength="5"; }
                label { "Protection" select name="protection" {
                    option value="starttls" { "STARTTLS (port 587)" }
                    option value="tls" { "TLS (port 465)" }
                    option value="none" { "None: only for this computer" }
                } }
                label { "Login" span class="hint" { "If it asks for one." } input name="login" maxlength="500" autocomplete="off" spellcheck="false"; }
                label { "Password of the login" input name="password" type="password" maxlength="500" autocomplete="new-password"; }
                (shared(own, false))
            }
        }
    }
}

fn webhook_form(person: &Person, own: &str) -> Markup {
    html! {
        details {
            summary { "By a webhook" }
            form class="fields panel" method="post" action="/settings/notices/webhook" {
                (named(person))
                label { "Address" span class="hint" { "It begins with https:// and is not shown again." } input name="url" required maxlength="1300" autocomplete="off" spellcheck="false"; }
                (shared(own, true))
            }
        }
    }
}

fn syslog_form(person: &Person, own: &str) -> Markup {
    html! {
        details {
            summary { "By syslog" }
            form class="fields panel" method="post" action="/settings/notices/syslog" {
                (named(person))
                label { "Syslog server" input name="host" required maxlength="253" autocomplete="off" spellcheck="false"; }
                label { "Port" input name="port" value="6514" required inputmode="numeric" maxlength="5"; }
                div class="choice" { label class="check" { input type="checkbox" name="plain" value="yes"; " Without TLS " span class="hint" { "Only for this computer." } } }
                (shared(own, true))
            }
        }
    }
}

async fn add(site: Site, person: Person, sent: Sent, by: By) -> Result<Response, Problem> {
    Ok(match receivers::add(&site, by, &sent).await?.secret {
        Some(secret) => secret_page(&site, &person, &secret).into_response(),
        None => Redirect::to(PATH).into_response(),
    })
}

/// The secret of a new webhook, once.
fn secret_page(site: &Site, person: &Person, secret: &str) -> Page {
    let body = html! {
        div class="notice good" { p { "The webhook is added. Copy its secret now: it is not shown again." } }
        p { code class="code" { (secret) } }
        p { "Each message is signed with it, in the way of Standard Webhooks: the fields " code { "webhook-id" } ", " code { "webhook-timestamp" } " and " code { "webhook-signature" } ". Refuse what is not signed or is older than five minutes." }
        p { a class="button" href=(PATH) { "I have it" } }
    };
    layout::page(site, person, Some(Menu::Settings), "Keep this secret", &body)
}

async fn try_now(
    State(site): State<Site>,
    person: Person,
    Path(text): Path<String>,
) -> Result<Page, Problem> {
    let tried = receivers::try_now(&site, &text).await?;
    let name = plain(&tried.receiver.name);
    let body = html! {
        @match tried.went {
            Ok(note) => {
                div class="notice good" role="status" { p { (name) " was told. Look whether it arrived." } }
                @if let Some(note) = note { p { (plain(&note)) } }
            }
            Err(why) => { div class="notice bad" role="alert" { p { (name) " could not be told: " (plain(&why)) "." } } }
        }
        p { a class="button" href=(PATH) { "Back to notices" } }
    };
    Ok(layout::page(&site, &person, Some(Menu::Settings), "A trial", &body))
}

async fn off(State(site): State<Site>, Path(text): Path<String>) -> Result<Response, Problem> {
    receivers::switch(&site, &text, false).await?;
    Ok(Redirect::to(PATH).into_response())
}

async fn on(State(site): State<Site>, Path(text): Path<String>) -> Result<Response, Problem> {
    receivers::switch(&site, &text, true).await?;
    Ok(Redirect::to(PATH).into_response())
}

async fn remove(State(site): State<Site>, Path(text): Path<String>) -> Result<Response, Problem> {
    receivers::remove(&site, &text).await?;
    Ok(Redirect::to(PATH).into_response())
}
