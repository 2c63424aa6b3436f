//! The same said of many devices at once, and taken back with one press: what was said in one go has one moment.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_model::{AssetId, CareRole, Role, Statement, Timestamp};
use wardround_report::page::{count, day_and_time};
use wardround_store::KeptStatement;

use crate::asks::Sent;
use crate::deeds::devices::{self, LONGEST_VALUE, MOST};
use crate::layout::{self, Page, form_token, plain};
use crate::pages::say;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

/// The form that boxes of the list belong to.
pub(crate) const FORM: &str = "many";

pub(crate) fn routes() -> Vec<Route> {
    let may = Needs::May(Permission::Answer);
    vec![
        Route::post(may, "/devices/say", "device.say-many", say_all),
        Route::get(may, "/devices/said/{moment}", show).logged("device.said-many"),
        Route::post(may, "/devices/said/{moment}/take-back", "device.take-back-many", take_back).reserved(),
    ]
}

/// The form below the list of devices; its boxes stand in the list.
pub(crate) fn form(person: &Person) -> Markup {
    let roles = || Role::ALL.iter().filter(|role| **role != Role::Unknown);
    html! {
        details class="say" { summary { "Say the same of several devices" }
            form method="post" action="/devices/say" id=(FORM) class="fields" {
                (form_token(person))
                p class="hint" { "Tick the devices in the list. Fill in what you know. All of it can be taken back with one press." }
                label { "Who looks after them" select name="owner" { option value="" { "No change" } @for role in roles() { option value=(role.code()) { (role.label()) } } } }
                label { "Care area" input name="care-area" maxlength=(LONGEST_VALUE); }
                label { "What they do for patients" select name="care-role" { option value="" { "No change" } @for role in CareRole::ALL { option value=(role.code()) { (role.label()) } } } }
                label { "Others that can take the place of each" input type="number" name="spares" min="0" max="9999"; }
                label { "You speak as" select name="by" required { @for role in roles() { option value=(role.code()) selected[say::usual_role(person.role) == Some(*role)] { (role.label()) } } } }
                label { "Why" span class="hint" { "How you know. No names of patients." } textarea name="because" required maxlength=(Statement::LONGEST) {} }
                div { button { "Keep this" } }
            }
        }
    }
}

/// A box in the list.
pub(crate) fn tick(id: AssetId, title: &str) -> Markup {
    html! { input type="checkbox" form=(FORM) name="device" value={ (id) } aria-label={ "Choose " (plain(title)) }; }
}

async fn say_all(State(site): State<Site>, sent: Sent) -> Result<Response, Problem> {
    let chosen: BTreeSet<AssetId> = sent.all("device").filter_map(devices::id).collect();
    if chosen.is_empty() || chosen.len() > MOST {
        return Err(Problem::Bad(format!("Tick the devices that you mean: from 1 to {MOST}.")));
    }
    let said = devices::say(&site, &chosen, &sent).await?;
    Ok(Redirect::to(&path(said.at)).into_response())
}

/// The page of what was said at a moment.
fn path(at: Timestamp) -> String {
    format!("/devices/said/{}", at.nanoseconds())
}

async fn show(State(site): State<Site>, person: Person, Path(moment): Path<i64>) -> Result<Page, Problem> {
    let at = Timestamp::from_nanoseconds(moment);
    let said = site.hospital().read(move |store| devices::of_moment(store, at)).await?;
    if said.is_empty() {
        return Err(Problem::NotFound);
    }
    Ok(layout::page(
        &site,
        &person,
        Some(Menu::Devices),
        "Said of several devices",
        &told(&person, &said, at),
    ))
}

fn told(person: &Person, said: &[KeptStatement], at: Timestamp) -> Markup {
    let devices: BTreeSet<AssetId> = said.iter().map(|kept| kept.statement.asset).collect();
    let words: BTreeSet<String> = said.iter().map(|kept| say::said(&kept.statement.says)).collect();
    let counts = said.iter().any(|kept| kept.taken_back.is_none());
    let all = count(u64::try_from(devices.len()).unwrap_or(u64::MAX), "device", "devices");
    html! {
        p class="lead" role="status" { @if counts { "Kept for " (all) "." } @else { "Taken back for " (all) "." } }
        p { "Said on " (day_and_time(at)) " UTC. A round counts what was said before it was run." }
        ul { @for words in &words { li { (words) "." } } }
        @if counts {
            form method="post" action={ (path(at)) "/take-back" } { (form_token(person)) button class="quiet" { "Take all of it back" } }
        }
        h2 { "Devices" }
        ul { @for id in &devices { li { a href={ "/devices/" (id) } { (id) } } } }
        p { a href="/devices" { "Back to devices" } }
    }
}

async fn take_back(State(site): State<Site>, Path(moment): Path<i64>) -> Result<Response, Problem> {
    let said_at = Timestamp::from_nanoseconds(moment);
    devices::take_back_all(&site, said_at).await?;
    Ok(Redirect::to(&path(said_at)).into_response())
}
