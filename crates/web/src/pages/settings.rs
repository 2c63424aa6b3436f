//! *Settings*: what the hospital is called, when rounds run by themselves, the disk beneath the store, and the demo hospital.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_store::Disk;

use crate::asks::Sent;
use crate::condition::Condition;
use crate::deeds::settings;
use crate::hospital::waiting;
use crate::layout::{self, Page, form_token, plain};
use crate::naming;
use crate::pages::glass;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::schedule::{self, DAYS, Schedule};
use crate::session::Person;
use crate::site::{Site, now};

const NEEDS: Needs = Needs::May(Permission::ChangeSettings);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(NEEDS, "/settings", show).in_menu(Menu::Settings),
        Route::post(NEEDS, "/settings/hospital", "settings.hospital", name),
        Route::post(NEEDS, "/settings/schedule", "settings.schedule", change),
    ]
}

async fn show(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    let chosen = site.home.read(schedule::chosen).await?;
    let folder = site.home.folder().to_owned();
    let disk = waiting(move || Ok(Disk::beneath(&folder))).await?;
    Ok(layout::page(
        &site,
        &person,
        Some(Menu::Settings),
        "Settings",
        &html! {
            @if !site.is_demo() { (hospital(&person, &site.naming.name())) }
            (rounds(&site, &person, chosen.as_ref()))
            section aria-labelledby="notices" {
                h2 id="notices" { "Notices" }
                p { "The site can tell people by mail, and programs by webhook or syslog, what cannot wait until somebody looks. " a href="/settings/notices" { "Who is told" } }
            }
            (glass::section(&site))
            (kept_safe(disk))
            @if !site.is_demo() {
                section aria-labelledby="demo" {
                    h2 id="demo" { "Demo hospital" }
                    p { "While it is shown, your own hospital is untouched, and its rounds wait." }
                    form method="post" action="/demo/show" { (form_token(&person)) button class="quiet" { "Show the demo" } }
                }
            }
        },
    ))
}

/// What keeps from thieves what is known of the hospital's weak places.
fn kept_safe(disk: Disk) -> Markup {
    html! {
        section aria-labelledby="disk" {
            h2 id="disk" { "The disk beneath" }
            @match disk {
                Disk::Encrypted => { p { "The disk that holds all this is encrypted." } }
                Disk::Bare => {
                    div class="notice bad" { p { "The disk that holds all this is not encrypted. Whoever takes it away can read where the hospital is weak. Move the store to an encrypted disk (LUKS on Linux). If this is a disk that encrypts itself, all is well: that can't be seen from here." } }
                }
                Disk::Unknown => { p { "Whether the disk that holds all this is encrypted can't be told from here. Ask whoever runs this computer." } }
            }
            p { "Backups are encrypted in any case: " code { "wardround backup" } "." }
        }
    }
}

fn hospital(person: &Person, name: &str) -> Markup {
    html! {
        section aria-labelledby="hospital" {
            h2 id="hospital" { "Your hospital" }
            form class="fields panel" method="post" action="/settings/hospital" {
                (form_token(person))
                label { "Name" span class="hint" { "It stands on pages and reports." } input name="name" value=(plain(name)) maxlength="200" autocomplete="organization"; }
                div { button { "Save" } }
            }
        }
    }
}

async fn name(State(site): State<Site>, sent: Sent) -> Result<Response, Problem> {
    naming::rename(&site, &sent, Condition::default()).await?;
    Ok(Redirect::to("/settings").into_response())
}

fn rounds(site: &Site, person: &Person, chosen: Option<&Schedule>) -> Markup {
    let usual = Schedule::usual();
    let shown = chosen.unwrap_or(&usual);
    let next = chosen.and_then(|schedule| Some(schedule.local(schedule.next_after(now())?)));
    html! {
        section aria-labelledby="rounds" {
            h2 id="rounds" { "Rounds by themselves" }
            @match &next {
                Some(next) => { p { "The next round is on " strong { (next) } " (" (shown.zone) ")." } }
                None => { p { "Rounds run only when somebody starts one." } }
            }
            p {
                "They read the lists that are kept"
                ", what was heard at the network,"
                @if site.watched.is_some() { " and what is new in the watched folder." }
                @else { " and nothing else. To let them read captures too, start the site with " code { "--watch FOLDER" } "." }
                " One that was missed is run once, as soon as it can be."
            }
            @if !site.is_demo() { p { a href="/settings/interfaces" { "Which interfaces are listened at" } } }
            form class="fields panel" method="post" action="/settings/schedule" {
                (form_token(person))
                label {
                    "Day"
                    select name="day" {
                        @for (_, code, label) in DAYS { option value=(code) selected[shown.day_code() == code && chosen.is_some()] { (label) } }
                        option value="daily" selected[shown.day.is_none() && chosen.is_some()] { "Each day" }
                        option value="off" selected[chosen.is_none()] { "Never" }
                    }
                }
                label { "Time" input type="time" name="time" value=(shown.time_text()) required; }
                label {
                    "Time zone"
                    span class="hint" { "As in Europe/Berlin or America/Chicago. Changes of clocks are followed." }
                    input name="zone" value=(shown.zone) required list="zones" autocomplete="off" spellcheck="false";
                }
                datalist id="zones" { @for zone in zones() { option value=(zone) {} } }
                div { button { "Save" } }
            }
        }
    }
}

/// Names of time zones that people use: an area and a place.
fn zones() -> Vec<String> {
    let names = jiff::tz::db().available().map(|name| name.to_string());
    names.filter(|name| name.contains('/') && !name.starts_with("Etc/")).collect()
}

async fn change(State(site): State<Site>, sent: Sent) -> Result<Response, Problem> {
    settings::schedule(&site, &sent, Condition::default()).await?;
    Ok(Redirect::to("/settings").into_response())
}
