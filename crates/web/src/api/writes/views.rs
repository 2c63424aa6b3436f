//! Saved views.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use wardround_store::SavedView;

use super::super::answer::{Answer, Tagged, tag_of};
use super::super::asked::Fields;
use super::super::fields::{Field, Kind};
use super::super::operations::{Conditional, Operation, Parameter};
use crate::asked::Asked;
use crate::asks::Sent;
use crate::condition::Condition;
use crate::deeds::views::{self, LONGEST_NAME, List};
use crate::layout::plain;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::Verb;
use crate::session::Person;
use crate::site::Site;

const NAME: Field = Field::must("name", "What it is called.", Kind::Line(LONGEST_NAME));
const SHARED: Field = Field::may("shared", "Whether everyone of the hospital sees it.", Kind::Flag);
const OF: &str = "Of this list.";

fn lists() -> Vec<&'static str> {
    List::ALL.iter().map(|list| list.code()).collect()
}

const NEW: &[Field] = &[
    Field::must("of", OF, Kind::Code(lists)),
    NAME,
    SHARED,
    Field::must("fields", "The fields of the list that it sets, as its page has them.", Kind::Pairs(None)),
];
const CHANGED: &[Field] = &[NAME, SHARED];
const LISTED: &[Parameter] = &[Parameter::one_of("of", OF, lists)];

/// A filter and an order of a list, under a name.
#[derive(Serialize, JsonSchema)]
struct View {
    /// Its id, such as "V-3".
    id: String,
    /// Of which list.
    of: String,
    name: String,
    /// Whether everyone of the hospital sees it.
    shared: bool,
    /// Whether it was deleted; that can be undone for a month.
    deleted: bool,
    /// The fields of the list that it sets.
    fields: BTreeMap<String, String>,
}

impl From<&SavedView> for View {
    fn from(saved: &SavedView) -> Self {
        let fields = saved.view.fields.iter();
        Self {
            id: format!("V-{}", saved.id),
            of: saved.view.list.clone(),
            name: plain(&saved.view.name),
            shared: saved.view.is_shared,
            deleted: saved.deleted_at.is_some(),
            fields: fields.map(|(name, value)| (name.clone(), plain(value))).collect(),
        }
    }
}

/// Saved views, by name.
#[derive(Serialize, JsonSchema)]
struct Views {
    items: Vec<View>,
}

/// The tag of a view, as reading it tells it.
pub(crate) fn tag_of_view(saved: &SavedView) -> Result<String, Problem> {
    tag_of(&View::from(saved))
}

fn told(saved: &SavedView) -> Result<Tagged<View>, Problem> {
    Ok(Tagged(tag_of_view(saved)?, saved.into()))
}

pub(super) fn operations() -> Vec<Operation> {
    let (may, path) = (Permission::KeepViews, "/api/v1/views/{view}");
    vec![
        Operation::new::<Views, _, _>(
            "views.list",
            "The saved views that you see: your own, and those that are shared.",
            may,
            "/api/v1/views",
            LISTED,
            list,
        ),
        Operation::new::<View, _, _>(
            "views.get",
            "One saved view that you may change.",
            may,
            path,
            &[],
            show,
        ),
        Operation::change::<View, _, _>(
            "views.save",
            "Save a view.",
            may,
            (Verb::Post, "/api/v1/views"),
            NEW,
            save,
        )
        .answers(StatusCode::CREATED)
        .unless_changed(Conditional::Never),
        Operation::change::<View, _, _>(
            "views.change",
            "Call a view otherwise, and say who sees it.",
            may,
            (Verb::Put, path),
            CHANGED,
            change,
        )
        .unless_changed(Conditional::Must),
        Operation::change::<View, _, _>(
            "views.delete",
            "Delete a view.",
            may,
            (Verb::Delete, path),
            &[],
            delete,
        )
        .unless_changed(Conditional::Must),
        Operation::change::<View, _, _>(
            "views.restore",
            "Bring a view back that was deleted.",
            may,
            (Verb::Post, "/api/v1/views/{view}/restore"),
            &[],
            restore,
        ),
    ]
}

async fn list(State(site): State<Site>, person: Person, asked: Asked) -> Result<Answer<Views>, Problem> {
    let wanted = Fields::of(&asked, LISTED)?.code("of", List::from_code)?;
    let account = person.account;
    let mut items: Vec<View> = Vec::new();
    for list in List::ALL.iter().filter(|list| wanted.is_none_or(|wanted| wanted == **list)) {
        let found = site.hospital().read(move |store| store.saved_views(list.code(), account)).await?;
        items.extend(found.iter().map(View::from));
    }
    Ok(Answer(Views { items }))
}

async fn show(
    State(site): State<Site>,
    person: Person,
    Path(view): Path<String>,
    asked: Asked,
) -> Result<Answer<View>, Problem> {
    Fields::of(&asked, &[])?;
    Ok(Answer((&views::found(&site, &person, &view).await?).into()))
}

async fn save(State(site): State<Site>, person: Person, sent: Sent) -> Result<Tagged<View>, Problem> {
    be_fields_of(&sent)?;
    told(&views::save(&site, &person, &sent).await?.1)
}

/// A page passes over fields that a list does not have; a program is told.
fn be_fields_of(sent: &Sent) -> Result<(), Problem> {
    let Some(list) = List::from_code(sent.text("of")) else { return Ok(()) };
    let known = list.wanted(|field| plain(sent.text(field)));
    let set = sent.0.iter().map(|(name, _)| name.as_str());
    let wrong = set.filter(|name| !["of", "name", "shared"].contains(name));
    let wrong = wrong.filter(|name| known.iter().all(|(field, _)| field != name));
    let why = "The list has no such field, or the field no such value.";
    let errors: Vec<_> = wrong
        .take(20)
        .map(|name| (format!("/fields/{}", name.replace('~', "~0").replace('/', "~1")), why.to_owned()))
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Problem::Fields(errors)) }
}

async fn change(
    State(site): State<Site>,
    person: Person,
    Path(view): Path<String>,
    condition: Condition,
    sent: Sent,
) -> Result<Tagged<View>, Problem> {
    let condition = condition.required()?;
    told(&views::change(&site, &person, &view, &sent, condition).await?)
}

async fn delete(
    State(site): State<Site>,
    person: Person,
    Path(view): Path<String>,
    condition: Condition,
) -> Result<Tagged<View>, Problem> {
    let condition = condition.required()?;
    told(&views::delete(&site, &person, &view, condition).await?)
}

async fn restore(
    State(site): State<Site>,
    person: Person,
    Path(view): Path<String>,
) -> Result<Tagged<View>, Problem> {
    told(&views::restore(&site, &person, &view).await?)
}
