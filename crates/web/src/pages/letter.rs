//! *Letter*: what a device's maker is asked, to be printed on the hospital's own paper.

use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};
use wardround_report::page::{self, count};

use crate::deeds::tasks;
use crate::desk::LetterRow;
use crate::layout::{self, Page, plain};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::{Site, now};

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(Needs::May(Permission::See), "/work/{task}/letter", show).logged("task.letter")]
}

async fn show(State(site): State<Site>, person: Person, Path(text): Path<String>) -> Result<Page, Problem> {
    let id = tasks::id(&text).ok_or(Problem::NotFound)?;
    let desk = site.hospital().desk(&site.policy).await?;
    let row = desk.row(id).ok_or(Problem::NotFound)?;
    let (kind, at) = (Arc::clone(&row.kind), now());
    let letter = site.hospital().letter(&site.policy, kind, at).await?;
    let answer_by = desk.policy().answer_by(at);
    let body = html! {
        p class="screen" {
            "For " (count(u64::try_from(letter.devices.len()).unwrap_or(u64::MAX), "device", "devices")) ". "
            "It stands so: " (plain(&page::work::letter_state(&letter.state, letter.overdue))) ". "
            "Print it on your own paper. It names no address and no place. " a href={ "/work/" (row.id) } { "Back to the task" }
        }
        pre class="letter" tabindex="0" { (plain(&letter.text(answer_by))) }
    };
    Ok(layout::page(&site, &person, Some(Menu::Work), "Letter to a maker", &body))
}

/// A letter as a line of a list.
pub(crate) fn line(letter: &LetterRow) -> Markup {
    let devices = count(u64::try_from(letter.devices).unwrap_or(u64::MAX), "device", "devices");
    html! {
        li {
            @match letter.task {
                Some(task) => { a href={ "/work/" (task) "/letter" } { (plain(&letter.kind)) } }
                None => { (plain(&letter.kind)) }
            }
            ", " (devices) ": " (plain(&page::work::letter_state(&letter.state, letter.overdue))) "."
        }
    }
}
