//! Saved views: a filter and an order of *Devices* or *Findings* under a name, for oneself or for everyone of the hospital.
//! What is kept is a value for each field that the list has, and nothing else of an address.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_model::{Area, AssetId, Decision, DeviceClass, Role};
use wardround_store::view::{DeviceSort, FindingKind, Worst};
use wardround_store::{MOST_SAVED_VIEWS, NewSavedView, SavedView, Store};

use crate::asked::{Asked, with_fields};
use crate::asks::Sent;
use crate::layout::{self, Page, form_token, plain};
use crate::pages::{devices, findings, parts};
use crate::problem::Problem;
use crate::roles::{Permission, SiteRole};
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::{Site, now};

const KEEP: Needs = Needs::May(Permission::KeepViews);
/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// The longest value of a field, in characters; as the lists themselves have it.
const LONGEST_VALUE: usize = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post(KEEP, "/views", "view.save", save),
        Route::get(KEEP, "/views/{view}", show),
        Route::post(KEEP, "/views/{view}/change", "view.change", change),
        Route::post(KEEP, "/views/{view}/delete", "view.delete", delete),
        Route::post(KEEP, "/views/{view}/restore", "view.restore", restore),
    ]
}

/// A list whose views are saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Devices,
    Findings,
}

impl List {
    fn code(self) -> &'static str {
        match self {
            Self::Devices => "devices",
            Self::Findings => "findings",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Devices, Self::Findings].into_iter().find(|list| list.code() == code)
    }

    fn path(self) -> &'static str {
        match self {
            Self::Devices => "/devices",
            Self::Findings => "/findings",
        }
    }

    fn menu(self) -> Menu {
        match self {
            Self::Devices => Menu::Devices,
            Self::Findings => Menu::Findings,
        }
    }

    /// The fields that a view may set.
    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Devices => &["area", "medical", "class", "decision", "network", "ward", "text", "sort"],
            Self::Findings => &["decision", "kind", "owner", "list", "text", "device"],
        }
    }

    /// Whether the list knows this value of a field.
    fn knows(self, field: &str, value: &str) -> bool {
        match (self, field) {
            (Self::Devices, "area") => Area::from_code(value).is_some(),
            (Self::Devices, "medical") => value == "yes",
            (Self::Devices, "class") => DeviceClass::from_code(value).is_some(),
            (Self::Devices, "decision") => Worst::from_code(value).is_some(),
            (Self::Devices, "sort") => DeviceSort::from_code(value).is_some(),
            (Self::Findings, "decision") => Decision::from_code(value).is_some(),
            (Self::Findings, "kind") => FindingKind::from_code(value).is_some(),
            (Self::Findings, "owner") => Role::from_code(value).is_some(),
            (Self::Findings, "list") => value == "each",
            (Self::Findings, "device") => {
                value.strip_prefix("A-").is_some_and(|id| id.parse().map(AssetId).is_ok())
            }
            _ => value.chars().count() <= LONGEST_VALUE,
        }
    }

    /// The fields of a question that a view may set, with their values.
    fn wanted(self, value_of: impl Fn(&str) -> String) -> Vec<(String, String)> {
        let values = self.fields().iter().map(|field| ((*field).to_owned(), value_of(field)));
        values.filter(|(field, value)| !value.is_empty() && self.knows(field, value)).collect()
    }
}

/// Where a view leads: to its list, with the fields that the list still knows.
fn address(list: List, view: &NewSavedView) -> String {
    let known = |field: &str| {
        let found = view.fields.iter().find(|(name, _)| name == field);
        found.map_or_else(String::new, |(_, value)| plain(value))
    };
    let fields = list.wanted(known);
    with_fields(list.path(), fields.iter().map(|(name, value)| (name.as_str(), value.as_str())))
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

/// A view is changed by whoever made it, and by administrators.
fn may_change(person: &Person, saved: &SavedView) -> bool {
    saved.view.account == person.account || person.role == SiteRole::Administrator
}

fn name_sent(sent: &Sent) -> Result<String, Problem> {
    let name = plain(sent.text("name")).replace(['\n', '\t'], " ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Problem::Bad(format!("Give the view a name of 1 to {LONGEST_NAME} letters.")));
    }
    Ok(name)
}

async fn save(State(site): State<Site>, person: Person, sent: Sent) -> Result<Response, Problem> {
    let nothing = || Problem::Bad("Choose a filter or an order first, then save it.".to_owned());
    let list = List::from_code(sent.text("of")).ok_or_else(nothing)?;
    let fields = list.wanted(|field| plain(sent.text(field)));
    if fields.is_empty() {
        return Err(nothing());
    }
    let new = NewSavedView {
        account: person.account,
        list: list.code().to_owned(),
        name: name_sent(&sent)?,
        is_shared: sent.text("shared") == "yes",
        fields,
    };
    let to = address(list, &new);
    let (at, many) = (
        now(),
        format!(
            "You have {MOST_SAVED_VIEWS} views, counting those deleted in the last month. Change one of them."
        ),
    );
    let saved = site.hospital().write(move |store| store.saved_view_save(&new, at)).await?;
    saved.map(|_| Redirect::to(&to).into_response()).ok_or(Problem::Bad(many))
}

/// The view of an address, for somebody who may change it. Of others' own views nobody learns that they are there.
async fn found(site: &Site, person: &Person, view: &str) -> Result<SavedView, Problem> {
    let id = view.strip_prefix("V-").and_then(|id| id.parse().ok()).ok_or(Problem::NotFound)?;
    let saved = site.hospital().read(move |store: &Store| store.saved_view(id)).await?;
    let saved = saved.ok_or(Problem::NotFound)?;
    match may_change(person, &saved) {
        true => Ok(saved),
        false if saved.view.is_shared => Err(Problem::NotPermitted),
        false => Err(Problem::NotFound),
    }
}

async fn show(State(site): State<Site>, person: Person, Path(view): Path<String>) -> Result<Page, Problem> {
    let saved = found(&site, &person, &view).await?;
    let list = List::from_code(&saved.view.list).ok_or(Problem::NotFound)?;
    let title = format!("Saved view: {}", plain(&saved.view.name));
    Ok(layout::page(&site, &person, Some(list.menu()), &title, &told(&person, list, &saved)))
}

fn told(person: &Person, list: List, saved: &SavedView) -> Markup {
    let path = format!("/views/V-{}", saved.id);
    html! {
        @if saved.deleted_at.is_some() {
            p class="lead" role="status" { "This view is deleted." }
            form method="post" action={ (path) "/restore" } { (form_token(person)) button { "Undo" } }
        } @else {
            p { a href=(address(list, &saved.view)) { "Open it" } }
            form method="post" action={ (path) "/change" } class="fields" {
                (form_token(person))
                label { "Name" input name="name" required maxlength=(LONGEST_NAME) value=(plain(&saved.view.name)); }
                label class="check" { input type="checkbox" name="shared" value="yes" checked[saved.view.is_shared]; " Everyone of the hospital sees it" }
                div { button { "Keep" } }
            }
        }
        h2 { "What it sets" }
        dl { @for (name, value) in &saved.view.fields { dt { (label(list, name)) } dd { (plain(&value_label(list, name, value))) } } }
        @if saved.deleted_at.is_none() {
            form method="post" action={ (path) "/delete" } class="apart" { (form_token(person)) button class="quiet" { "Delete this view" } }
        }
        p { a href=(list.path()) { "Back to the list" } }
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
    let saved = found(&site, &person, &view).await?;
    let (name, is_shared) = (name_sent(&sent)?, sent.text("shared") == "yes");
    site.hospital().write(move |store| store.saved_view_change(saved.id, &name, is_shared)).await?;
    Ok(back(saved.id))
}

async fn delete(
    State(site): State<Site>,
    person: Person,
    Path(view): Path<String>,
) -> Result<Response, Problem> {
    let (saved, at) = (found(&site, &person, &view).await?, now());
    site.hospital().write(move |store| store.saved_view_delete(saved.id, Some(at))).await?;
    Ok(back(saved.id))
}

async fn restore(
    State(site): State<Site>,
    person: Person,
    Path(view): Path<String>,
) -> Result<Response, Problem> {
    let saved = found(&site, &person, &view).await?;
    site.hospital().write(move |store| store.saved_view_delete(saved.id, None)).await?;
    Ok(back(saved.id))
}

/// To the page of the view.
fn back(id: i64) -> Response {
    Redirect::to(&format!("/views/V-{id}")).into_response()
}
