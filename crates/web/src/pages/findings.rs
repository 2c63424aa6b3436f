//! *Findings*: what is weak, those that say the same together or one by one.

use axum::extract::State;
use maud::{Markup, html};
use wardround_model::{AssetId, CveId, Decision, Role};
use wardround_report::page::{count, number};
use wardround_store::view::{
    FindingCounts, FindingFilter, FindingKind, FindingRow, GroupRow, Page as Rows, RoundView,
};
use wardround_store::{SavedView, StoreError};

use crate::asked::{Asked, Looked};
use crate::deeds::views;
use crate::layout::{self, Page, plain};
use crate::pages::parts::{self, Choice, ROWS, choose};
use crate::pages::saved;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

const PATH: &str = "/findings";

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(Needs::May(Permission::See), PATH, show).in_menu(Menu::Findings)]
}

/// What the page lists.
enum List {
    Groups(Rows<GroupRow>),
    Each(Rows<FindingRow>),
}

/// What the page shows.
struct Findings {
    counts: FindingCounts,
    list: List,
    group: Option<GroupRow>,
}

async fn show(State(site): State<Site>, person: Person, asked: Asked) -> Result<Page, Problem> {
    let (filter, turn) = (filter(&asked), asked.turn());
    let one_by_one = asked.text("list") == "each"
        || filter.asset.is_some()
        || filter.cve.is_some()
        || filter.group.is_some();
    let look = move |view: &RoundView<'_>| -> Result<Findings, StoreError> {
        let list = if one_by_one {
            List::Each(view.findings(&filter, turn, ROWS)?)
        } else {
            List::Groups(view.finding_groups(&filter, turn, ROWS)?)
        };
        let group = filter.group.map_or(Ok(None), |group| view.finding_group(group))?;
        Ok(Findings { counts: view.finding_counts(&filter)?, list, group })
    };
    let saved = saved::of_list(&site, &person, views::List::Findings).await?;
    let body = match asked.look(&site, look).await? {
        Some(looked) => told(&asked, &person, &looked, &saved),
        None => parts::no_round(),
    };
    Ok(layout::page(&site, &person, Some(Menu::Findings), "Findings", &body))
}

fn filter(asked: &Asked) -> FindingFilter {
    let (cve, text) = match asked.text("text").to_uppercase().parse::<CveId>() {
        Ok(cve) => (Some(cve), ""),
        Err(_) => (None, asked.text("text")),
    };
    FindingFilter {
        decision: asked.code("decision", Decision::from_code),
        kind: asked.code("kind", FindingKind::from_code),
        owner: asked.code("owner", Role::from_code),
        asset: asked.code("device", |id| id.strip_prefix("A-")?.parse().ok().map(AssetId)),
        cve,
        group: asked.text("group").parse().ok(),
        text: text.to_owned(),
    }
}

fn told(asked: &Asked, person: &Person, looked: &Looked<Findings>, saved: &[SavedView]) -> Markup {
    let Findings { counts, list, group } = &looked.found;
    html! {
        (parts::of_round(looked))
        (form(asked, counts))
        (saved::section(asked, person, views::List::Findings, saved))
        @if let Some(group) = group {
            p class="lead" { (parts::without_codes(&group.title, usize::try_from(group.cves).unwrap_or(2))) " " a href=(asked.link(PATH, &[("group", "")])) { "Show all again" } }
        }
        p role="status" { strong { (count(counts.total(), "finding", "findings")) } " of " (number(looked.round.findings.total())) "." }
        @match list {
            List::Groups(page) => {
                @if page.rows.is_empty() { (nothing(asked)) } @else { (groups(asked, &page.rows)) }
                (parts::turns(asked, PATH, page))
            }
            List::Each(page) => {
                @if page.rows.is_empty() { (nothing(asked)) } @else { (each(asked, &page.rows)) }
                (parts::turns(asked, PATH, page))
            }
        }
        p class="soft" { "What could not be judged is unknown, not safe: " (count(looked.round.unjudged, "question is", "questions are")) " open." }
    }
}

fn nothing(asked: &Asked) -> Markup {
    html! { p { "No finding is like that. " a href=(asked.of_round(PATH)) { "Show all findings" } } }
}

fn form(asked: &Asked, counts: &FindingCounts) -> Markup {
    let decisions: Vec<Choice> = Decision::ALL
        .iter()
        .rev()
        .map(|decision| Choice::new(decision.code(), decision.label(), Some(counts.of_decision(*decision))))
        .collect();
    let kinds: Vec<Choice> = FindingKind::ALL
        .iter()
        .map(|kind| Choice::new(kind.code(), kind_label(*kind), Some(counts.of_kind(*kind))))
        .collect();
    let owners: Vec<Choice> = Role::ALL
        .iter()
        .map(|role| Choice::new(role.code(), role.label(), Some(counts.of_owner(*role))))
        .filter(|choice| choice.count != Some(0) || choice.code == asked.text("owner"))
        .collect();
    let lists = [Choice::new("", "The same ones together", None), Choice::new("each", "One by one", None)];
    html! {
        search { form method="get" action=(PATH) class="filter" {
            @for name in ["round", "device", "group"] {
                @if asked.has(name) { input type="hidden" name=(name) value=(plain(asked.text(name))); }
            }
            label class="wide" { "Words of the finding, or a CVE number" input type="search" name="text" value=(plain(asked.text("text"))) maxlength="100"; }
            (choose(asked, "decision", "Decision", "All", &decisions))
            (choose(asked, "kind", "Kind", "All kinds", &kinds))
            (choose(asked, "owner", "Looked after by", "Anybody", &owners))
            (choose(asked, "list", "Show", "", &lists))
            div class="row" { button { "Show" } a href=(asked.of_round(PATH)) { "Clear" } }
        } }
    }
}

pub(crate) fn kind_label(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Vulnerability => "published weaknesses",
        FindingKind::Setting => "weak settings",
    }
}

fn groups(asked: &Asked, rows: &[GroupRow]) -> Markup {
    html! {
        div class="scroll" { table class="list" {
            caption class="aside" { "Findings that say the same, together" }
            thead { tr { th scope="col" { "Most urgent" } th scope="col" { "What is weak" } th scope="col" class="number" { "Findings" } th scope="col" class="number" { "Devices" } } }
            tbody { @for row in rows {
                tr {
                    td { (parts::worst(row.worst)) }
                    th scope="row" {
                        a href=(asked.link(PATH, &[("group", &row.group.to_string())])) { (parts::without_codes(&row.title, usize::try_from(row.cves).unwrap_or(2))) }
                        @if row.cves > 1 { br; span class="soft" { (count(row.cves, "published weakness", "published weaknesses")) } }
                    }
                    td class="number" { (number(row.findings)) }
                    td class="number" { (number(row.devices)) }
                }
            } }
        } }
    }
}

fn each(asked: &Asked, rows: &[FindingRow]) -> Markup {
    html! {
        div class="scroll" { table class="list" {
            caption class="aside" { "Findings, one by one" }
            thead { tr { th scope="col" { "Decision" } th scope="col" { "What is weak" } th scope="col" { "Device" } th scope="col" { "How sure" } th scope="col" { "Looked after by" } } }
            tbody { @for row in rows {
                tr {
                    td { (parts::decision(row.decision)) }
                    th scope="row" { a href=(asked.of_round(&format!("/findings/{}", row.id))) { (plain(&row.title)) } }
                    td {
                        @if row.asset_title.is_empty() { code { (row.asset) } }
                        @else { (parts::device(asked, row.asset, &row.asset_title)) }
                    }
                    td { (row.grade.label()) }
                    td { (row.owner.label()) }
                }
            } }
        } }
    }
}
