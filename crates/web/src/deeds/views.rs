//! Saved views: a filter and an order of a list under a name. What is kept is a value for each field that the list has, and nothing
//! else of an address. A view is changed by whoever made it, and by administrators.

use wardround_model::{Area, AssetId, Decision, DeviceClass, Role};
use wardround_store::view::{DeviceSort, FindingKind, Worst};
use wardround_store::{MOST_SAVED_VIEWS, NewSavedView, SavedView, Store, StoreError};

use crate::api;
use crate::asks::Sent;
use crate::condition::Condition;
use crate::layout::plain;
use crate::problem::Problem;
use crate::roles::SiteRole;
use crate::session::Person;
use crate::site::{Site, now};

/// The longest name, in characters.
pub(crate) const LONGEST_NAME: usize = 60;
/// The longest value of a field, in characters; as the lists themselves have it.
const LONGEST_VALUE: usize = 100;

/// A list whose views are saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Devices,
    Findings,
}

impl List {
    pub(crate) const ALL: &[Self] = &[Self::Devices, Self::Findings];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Devices => "devices",
            Self::Findings => "findings",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|list| list.code() == code)
    }

    /// The fields that a view may set.
    pub(crate) fn fields(self) -> &'static [&'static str] {
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
    pub(crate) fn wanted(self, value_of: impl Fn(&str) -> String) -> Vec<(String, String)> {
        let values = self.fields().iter().map(|field| ((*field).to_owned(), value_of(field)));
        values.filter(|(field, value)| !value.is_empty() && self.knows(field, value)).collect()
    }
}

/// Whether this person may change it.
pub(crate) fn may_change(person: &Person, saved: &SavedView) -> bool {
    saved.view.account == person.account || person.role == SiteRole::Administrator
}

fn name_sent(sent: &Sent) -> Result<String, Problem> {
    let name = plain(sent.text("name")).replace(['\n', '\t'], " ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        let text = format!("Give the view a name of 1 to {LONGEST_NAME} letters.");
        return Err(Problem::Field("name", text));
    }
    Ok(name)
}

/// Keeps a view.
pub(crate) async fn save(site: &Site, person: &Person, sent: &Sent) -> Result<(List, SavedView), Problem> {
    let nothing = || Problem::Bad("Choose a filter or an order first, then save it.".to_owned());
    let list = List::from_code(sent.text("of")).ok_or_else(nothing)?;
    let fields = list.wanted(|field| plain(sent.text(field)));
    if fields.is_empty() {
        return Err(nothing());
    }
    let view = NewSavedView {
        account: person.account,
        list: list.code().to_owned(),
        name: name_sent(sent)?,
        is_shared: sent.text("shared") == "yes",
        fields,
    };
    let (new, at) = (view.clone(), now());
    let saved = site.hospital().write(move |store| store.saved_view_save(&new, at)).await?;
    let id = saved.ok_or_else(|| {
        Problem::Refused(format!(
            "You have {MOST_SAVED_VIEWS} views, counting those deleted in the last month. Change one of them."
        ))
    })?;
    Ok((list, SavedView { id, view, deleted_at: None }))
}

/// The view of an address, for somebody who may change it. Of others' own views nobody learns that they are there.
pub(crate) async fn found(site: &Site, person: &Person, view: &str) -> Result<SavedView, Problem> {
    let id = view.strip_prefix("V-").and_then(|id| id.parse().ok()).ok_or(Problem::NotFound)?;
    let saved = site.hospital().read(move |store: &Store| store.saved_view(id)).await?;
    let saved = saved.ok_or(Problem::NotFound)?;
    match may_change(person, &saved) {
        true => Ok(saved),
        false if saved.view.is_shared => Err(Problem::NotPermitted),
        false => Err(Problem::NotFound),
    }
}

/// Calls a view otherwise, and says who sees it.
pub(crate) async fn change(
    site: &Site,
    person: &Person,
    view: &str,
    sent: &Sent,
    condition: Condition,
) -> Result<SavedView, Problem> {
    let (id, name, is_shared) =
        (found(site, person, view).await?.id, name_sent(sent)?, sent.text("shared") == "yes");
    changed(site, id, condition, move |store| store.saved_view_change(id, &name, is_shared)).await
}

/// Deletes a view; that can be undone for a month.
pub(crate) async fn delete(
    site: &Site,
    person: &Person,
    view: &str,
    condition: Condition,
) -> Result<SavedView, Problem> {
    let (id, at) = (found(site, person, view).await?.id, now());
    changed(site, id, condition, move |store| store.saved_view_delete(id, Some(at))).await
}

/// Brings a view back.
pub(crate) async fn restore(site: &Site, person: &Person, view: &str) -> Result<SavedView, Problem> {
    let id = found(site, person, view).await?.id;
    // Also on a full disk: it takes a deletion back.
    let restore = move |store: &mut Store| {
        store.saved_view_delete(id, None)?;
        Ok(store.saved_view(id)?.ok_or(Problem::NotFound))
    };
    site.hospital().write_at_any_rate(restore).await?
}

/// Changes a view that is as it was meant, while nobody else can; how it is then.
async fn changed(
    site: &Site,
    id: i64,
    condition: Condition,
    change: impl FnOnce(&mut Store) -> Result<(), StoreError> + Send + 'static,
) -> Result<SavedView, Problem> {
    let change = move |store: &mut Store| {
        let Some(saved) = store.saved_view(id)? else { return Ok(Err(Problem::NotFound)) };
        if let Err(problem) = api::tag_of_view(&saved).and_then(|tag| condition.check(&tag)) {
            return Ok(Err(problem));
        }
        change(store)?;
        Ok(store.saved_view(id)?.ok_or(Problem::NotFound))
    };
    site.hospital().write(change).await?
}
