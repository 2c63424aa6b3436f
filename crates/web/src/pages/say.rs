//! What people say of a device: its owner, care area, spares and so on, kept with role, day and reason, and taken back.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_model::{CareRole, DeviceClass, Role, Says, Statement, VexStatus};
use wardround_report::page::{count, day};
use wardround_store::KeptStatement;
use wardround_store::view::DeviceRow;

use crate::asks::Sent;
use crate::deeds::devices::{self, LONGEST_VALUE};
use crate::layout::{form_token, plain};
use crate::problem::Problem;
use crate::roles::{Permission, SiteRole};
use crate::routes::{Needs, Route};
use crate::session::Person;
use crate::site::Site;

pub(crate) fn routes() -> Vec<Route> {
    let may = Needs::May(Permission::Answer);
    vec![
        Route::post(may, "/devices/{device}/say", "device.say", say),
        Route::post(may, "/devices/{device}/take-back/{statement}", "device.take-back", take_back).reserved(),
    ]
}

/// What was said of a device since, and a form to say more.
pub(crate) fn section(person: &Person, row: &DeviceRow, kept: &[KeptStatement]) -> Markup {
    html! {
        section aria-labelledby="said" {
            h2 id="said" { "What people said of it" }
            @if kept.is_empty() { p { "Nothing yet." } }
            @else {
                ul { @for one in kept { (line(person, row, &one.statement)) } }
                p class="soft" { "A round counts what was said before it was run." }
            }
            @if person.may(Permission::Answer) { (form(person, row)) }
        }
    }
}

fn line(person: &Person, row: &DeviceRow, statement: &Statement) -> Markup {
    let path = format!("/devices/{}/take-back/{}", row.id, statement.id);
    html! {
        li {
            (said(&statement.says)) ". " (plain(&statement.because)) " "
            span class="soft" { "(" (statement.by.label()) ", " (day(statement.at)) @if let Some(until) = statement.until { ", until " (day(until)) } ")" }
            @if person.may(Permission::Answer) {
                form method="post" action=(path) class="inline" {
                    (form_token(person))
                    button class="quiet" { "Take back" span class="aside" { " " (statement.id) } }
                }
            }
        }
    }
}

/// What is said, in words.
pub(crate) fn said(says: &Says) -> String {
    match says {
        Says::Vex { cve, status, .. } => format!("{cve}: {}", status.label()),
        Says::Class(class) => format!("It is a {}", class.label()),
        Says::CareRole(role) => format!("It {}", role.label()),
        Says::CareArea(area) => format!("It serves {}", plain(area)),
        Says::Spares(0) => "Nothing can take its place".to_owned(),
        Says::Spares(spares) => format!("{} can take its place", count((*spares).into(), "other", "others")),
        Says::Owner(role) => format!("Looked after by: {}", role.label()),
        Says::MakerPosition { position, document } => {
            format!("A change is {} ({})", position.label(), plain(document))
        }
        Says::OffPatients(when) => format!("It is off patients: {}", plain(when)),
        Says::Retired => "It does not count any more".to_owned(),
    }
}

fn form(person: &Person, row: &DeviceRow) -> Markup {
    let roles = || Role::ALL.iter().filter(|role| **role != Role::Unknown);
    html! {
        details class="say" { summary { "Say something of this device" }
            form method="post" action=(format!("/devices/{}/say", row.id)) class="fields" {
                (form_token(person))
                p class="hint" { "Fill in what you know. Each answer is kept with your role, the day and the reason, and can be taken back." }
                label { "Who looks after it" select name="owner" { option value="" { "No change" } @for role in roles() { option value=(role.code()) { (role.label()) } } } }
                label { "Care area" input name="care-area" maxlength=(LONGEST_VALUE); }
                label { "What it does for patients" select name="care-role" { option value="" { "No change" } @for role in CareRole::ALL { option value=(role.code()) { (role.label()) } } } }
                label { "Others that can take its place" input type="number" name="spares" min="0" max="9999"; }
                label { "What kind of device it is" select name="class" { option value="" { "No change" } @for class in DeviceClass::ALL { option value=(class.code()) { (class.label()) } } } }
                label { "A published weakness (CVE number)" input name="cve" placeholder="CVE-2024-12345" maxlength="20"; }
                label { "Is that weakness there?" select name="status" { @for status in VexStatus::ALL { option value=(status.code()) { (status.label()) } } } }
                label { "You speak as" select name="by" required { @for role in roles() { option value=(role.code()) selected[usual_role(person.role) == Some(*role)] { (role.label()) } } } }
                label { "Why" span class="hint" { "How you know. No names of patients." } textarea name="because" required maxlength=(Statement::LONGEST) {} }
                label { "Until" span class="hint" { "Leave it empty if it does not end by itself." } input type="date" name="until"; }
                div { button { "Keep this" } }
            }
        }
    }
}

/// The role that somebody of this role of the site speaks in, unless they choose another.
pub(crate) fn usual_role(role: SiteRole) -> Option<Role> {
    match role {
        SiteRole::Biomedical => Some(Role::Biomedical),
        SiteRole::Network => Some(Role::Network),
        SiteRole::Compliance => Some(Role::Compliance),
        _ => None,
    }
}

async fn say(State(site): State<Site>, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let asset = devices::id(&text).ok_or(Problem::NotFound)?;
    devices::say(&site, &BTreeSet::from([asset]), &sent).await?;
    Ok(Redirect::to(&format!("/devices/{asset}#said")).into_response())
}

async fn take_back(
    State(site): State<Site>,
    Path((text, statement)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let asset = devices::id(&text).ok_or(Problem::NotFound)?;
    devices::take_back(&site, devices::statement(&statement).ok_or(Problem::NotFound)?).await?;
    Ok(Redirect::to(&format!("/devices/{asset}#said")).into_response())
}
