//! Saved views: a filter and an order of *Devices* or *Findings* under a name, for oneself or for everyone of the hospital.
//! What becomes of them is decided in [`views`].

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_model::{Area, Decision, DeviceClass, Role};
use wardround_store::view::{DeviceSort, FindingKind, Worst};
use wardround_store::{NewSavedView, SavedView};

use crate::asked::{Asked, with_fields};
use crate::asks::Sent;
use crate::condition::Condition;
use crate::deeds::views::{self, LONGEST_NAME, List, may_change};
use crate::layout::{self, Page, form_token, plain};
use crate::pages::{devices, findings, parts};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

const KEEP: Needs = Needs::May(Permission::KeepViews);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post(KEEP, "/views", "view.save", save),
        Route::get(KEEP, "/views/{view}", show),
        Route::post(KEEP, "/views/{view}/change", "view.change", change),
        Route::post(KEEP, "/views/{view}/delete", "view.delete", delete),
        Route::post(KEEP, "/views/{view}/restore", "view.restore", restore).reserved(),
    ]
}

/// The page of a list.
fn path(list: List) -> &'static str {
    match list {
        List::Devices => "/devices",
        List::Findings => "/findings",
    }
}

/// Its place in the menu.
fn menu(list: List) -> Menu {
    match list {
        List::Devices => Menu::Devices,
        List::Findings => Menu::Findings,
    }
}

/// Where a view leads: to its list, with the fields that the list still knows.
fn address(list: List, view: &NewSavedView) -> String {
    let known = |field: &str| {
        let found = view.fields.iter().find(|(name, _)| name == field);
        found.map_or_else(String::new, |(_, value)| plain(value))
    };
    let fields = list.wanted(known);
    with_fields(path(list), fields.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// The views of a list that this person sees.
pub(crate) async fn of_list(site: &Site, person: &Person, list: List) -> Result<Vec<SavedView>, Problem> {
    let account = person.account;
    site.hospital().read(move |store| store.saved_views(list.code(), account)).await
}

/// The saved views of a list, and the form that saves what it shows now.
pub(crate) fn section(asked: &Asked, person: &Person, list: List, all: &[SavedView]) -> Markup {
    let now = list.wanted(|field| plain(asked.text(field)));
    let may_keep = person.may(Permission::KeepViews);
    html! {
        @if !all.is_empty() || (may_keep && !now.is_empty()) {
            section aria-labelledby="views" {
                h2 class="aside" id="views" { "Saved views" }
                @if !all.is_empty() { p { "Saved views:" } ul { @for saved in all { (line(person, list, saved)) } } }
                @if may_keep && !now.is_empty() { details class="say" { summary { "Save this view" } (save_form(person, list, &now)) } }
            }
        }
    }
}

fn line(person: &Person, list: List, saved: &SavedView) -> Markup {
    let is_own = saved.view.account == person.account;
    html! {
        li {
            a href=(address(list, &saved.view)) { (plain(&saved.view.name)) }
            @if saved.view.is_shared { span class="soft" { @if is_own { " (yours, shared)" } @else { " (shared)" } } }
            @if may_change(person, saved) && person.may(Permission::KeepViews) { " " a href={ "/views/V-" (saved.id) } aria-label={ "Change " (plain(&saved.view.name)) } { "Change" } }
        }
    }
}

fn save_form(person: &Person, list: List, fields: &[(String, String)]) -> Markup {
    html! {
        form method="post" action="/views" class="fields" {
            (form_token(person))
            input type="hidden" name="of" value=(list.code());
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            label { "Save what is shown now as" input name="name" required maxlength=(LONGEST_NAME); }
            label class="check" { input type="checkbox" name="shared" value="yes"; " Everyone of the hospital sees it" }
            div { button { "Save" } }
        }
    }
}

async fn save(State(site): State<Site>, person: Person, sent: Sent) -> Result<Response, Problem> {
    let (list, saved) = views::save(&site, &person, &sent).await?;
    Ok(Redirect::to(&address(list, &saved.view)).into_response())
}

async fn show(State(site): State<Site>, person: Person, Path(view): Path<String>) -> Result<Page, Problem> {
    let saved = views::found(&site, &person, &view).await?;
    let list = List::from_code(&saved.view.list).ok_or(Problem::NotFound)?;
    let title = format!("Saved view: {}", plain(&saved.view.name));
    Ok(layout::page(&site, &person, Some(menu(list)), &title, &told(&person, list, &saved)))
}

fn told(person: &Person, list: List, saved: &SavedView) -> Markup {
    let own = format!("/views/V-{}", saved.id);
    html! {
        @if saved.deleted_at.is_some() {
            p class="lead" role="status" { "This view is deleted." }
            form method="post" action={ (own) "/restore" } { (form_token(person)) button { "Undo" } }
        } @else {
            p { a href=(address(list, &saved.view)) { "Open it" } }
            form method="post" action={ (own) "/change" } class="fields" {
                (form_token(person))
                label { "Name" input name="name" required maxlength=(LONGEST_NAME) value=(plain(&saved.view.name)); }
                label class="check" { input type="checkbox" name="shared" value="yes" checked[saved.view.is_shared]; " Everyone of the hospital sees it" }
                div { button { "Keep" } }
            }
        }
        h2 { "What it sets" }
        dl { @for (name, value) in &saved.view.fields { dt { (label(list, name)) } dd { (plain(&value_label(list, name, value))) } } }
        @if saved.deleted_at.is_none() {
            form method="post" action={ (own) "/delete" } class="apart" { (form_token(person)) button class="quiet" { "Delete this view" } }
        }
        p { a href=(path(list)) { "Back to the list" } }
    }
}

/// What a field is called, as the list calls it.
fn label(list: List, field: &str) -> &'static str {
    match (list, field) {
        (_, "area") => "Part of the hospital",
        (_, "medical") => "Medical devices alone",
        (_, "class" | "kind") => "Kind",
        (List::Devices, "decision") => "Most urgent finding",
        (List::Findings, "decision") => "Decision",
        (_, "network") => "Network",
        (_, "ward") => "Care area",
        (_, "text") => "Words",
        (_, "sort") => "Order",
        (_, "owner") => "Looked after by",
        (_, "list") => "Show",
        (_, "device") => "Device",
        _ => "Another field",
    }
}

/// What a value is called, as the list calls it.
fn value_label(list: List, field: &str, value: &str) -> String {
    let label = match (list, field) {
        (List::Devices, "area") => Area::from_code(value).map(Area::label),
        (List::Devices, "class") => DeviceClass::from_code(value).map(DeviceClass::plural),
        (List::Devices, "decision") => Worst::from_code(value).map(parts::worst_label),
        (List::Devices, "sort") => DeviceSort::from_code(value).map(devices::sort_label),
        (List::Findings, "decision") => Decision::from_code(value).map(Decision::label),
        (List::Findings, "kind") => FindingKind::from_code(value).map(findings::kind_label),
        (List::Findings, "owner") => Role::from_code(value).map(Role::label),
        (List::Findings, "list") => Some("One by one"),
        _ => None,
    };
    label.map_or_else(|| value.to_owned(), str::to_owned)
}

async fn change(
    State(site): State<Site>,
    person: Person,
    Path(view): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let saved = views::change(&site, &person, &view, &sent, Condition::default()).await?;
    Ok(back(saved.id))
}

async fn delete(
    State(site): State<Site>,
    person: Person,
    Path(view): Path<String>,
) -> Result<Response, Problem> {
    Ok(back(views::delete(&site, &person, &view, Condition::default()).await?.id))
}

async fn restore(
    State(site): State<Site>,
    person: Person,
    Path(view): Path<String>,
) -> Result<Response, Problem> {
    Ok(back(views::restore(&site, &person, &view).await?.id))
}

/// To the page of the view.
fn back(id: i64) -> Response {
    Redirect::to(&format!("/views/V-{id}")).into_response()
}
