//! The log: who asked for what.

use axum::extract::{Query, State};
use maud::html;
use serde::Deserialize;
use wardround_report::page::day_and_time;

use crate::layout::{self, Page};
use crate::logged;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

/// Entries on one page.
const ON_A_PAGE: u32 = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(Needs::May(Permission::SeeAudit), "/audit", show)
            .in_menu(Menu::Audit)
            .logged("audit.list"),
    ]
}

#[derive(Deserialize)]
struct Asked {
    before: Option<i64>,
}

async fn show(State(site): State<Site>, person: Person, Query(asked): Query<Asked>) -> Result<Page, Problem> {
    let entries = site.home.read(move |store| store.audit_before(asked.before, ON_A_PAGE)).await?;
    let earlier = entries.last().map(|entry| entry.id).filter(|id| *id > 1);
    Ok(layout::page(
        &site,
        &person,
        Some(Menu::Audit),
        "Log",
        &html! {
            p { "What people asked of this site, the latest first. Nothing can be changed in it unseen: " code { "wardround audit verify" } " checks it." }
            div class="scroll" tabindex="0" role="region" aria-label="Table" { table {
                thead { tr { th scope="col" class="number" { "No." } th scope="col" { "When (UTC)" } th scope="col" { "Who" } th scope="col" { "From" } th scope="col" { "What" } th scope="col" { "Of what" } th scope="col" { "Became" } } }
                tbody {
                    @for entry in &entries {
                        tr {
                            td class="number" { (entry.id) }
                            td class="nowrap" { (day_and_time(entry.said.at)) }
                            td { @if let Some((_, name)) = &entry.said.who { (name) } }
                            td { (entry.said.address.as_deref().unwrap_or("")) }
                            td { (logged::words(&entry.said.action)) }
                            td { (entry.said.subject) }
                            td { (entry.said.outcome) }
                        }
                    }
                }
            } }
            @if let Some(before) = earlier { p { a href={ "/audit?before=" (before) } { "Earlier entries" } } }
        },
    ))
}
