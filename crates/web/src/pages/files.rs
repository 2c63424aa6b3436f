//! *Files* of a task: letters of makers, photos, screenshots; and the same of all tasks at a device.

use std::time::Duration;

use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_remedy::{Attachment, Event, EventId, LARGEST_FILE, MOST_FILES, Task, What};
use wardround_report::page::{day, work::size};

use crate::asks::TOKEN;
use crate::deeds::files::{self, Attaching};
use crate::deeds::tasks;
use crate::layout::plain;
use crate::problem::Problem;
use crate::receive::Form;
use crate::roles::Permission;
use crate::routes::{Needs, Route};
use crate::session::Person;
use crate::site::{Peer, Site};

/// How long sending files may take.
const SENDING: Duration = Duration::from_secs(600);
/// What a browser offers to choose from.
const ACCEPT: &str = ".pdf,.png,.jpg,.jpeg,.heic,.txt,.log,.csv,.json,.eml,.docx,.xlsx,.pptx,.odt,.ods";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post(Needs::May(Permission::Work), "/work/{task}/files", "task.attach", attach)
            .with_files(SENDING),
        Route::get(Needs::May(Permission::See), "/work/{task}/files/{event}", hand_out)
            .logged("task.download"),
    ]
}

async fn attach(
    State(site): State<Site>,
    person: Person,
    peer: Peer,
    Path(text): Path<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    let form = Form::open(&person, form).await?;
    let task = tasks::id(&text).ok_or(Problem::NotFound)?;
    let attaching = Attaching { site, person, peer, task };
    if attaching.keep_all(form).await? == 0 {
        return Err(Problem::Refused("No file was chosen.".to_owned()));
    }
    Ok(Redirect::to(&format!("/work/{task}#files")).into_response())
}

async fn hand_out(
    State(site): State<Site>,
    Path((task, event)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let task = tasks::id(&task).ok_or(Problem::NotFound)?;
    let event: EventId = event.parse().map_err(|_| Problem::NotFound)?;
    files::hand_out(&site, task, event).await
}

/// The files of a task, and the form for more.
pub(crate) fn of_task(person: &Person, task: &Task<'_>) -> Markup {
    let files: Vec<(&Event, &Attachment)> = task.files().collect();
    let may = person.may(Permission::Work);
    html! {
        @if may || !files.is_empty() {
            section aria-labelledby="files" class=[files.is_empty().then_some("screen")] {
                h2 id="files" { "Files" }
                @if files.is_empty() { p { "None yet." } }
                @else { ul { @for (said, file) in files { (line(said, file)) } } }
                @if may { (form(person, task)) }
            }
        }
    }
}

/// The files of all tasks at a device.
pub(crate) fn of_device(events: &[Event]) -> Markup {
    html! {
        @if !events.is_empty() {
            section aria-labelledby="documents" {
                h2 id="documents" { "Documents" }
                ul { @for said in events.iter().rev() { @if let What::Attached(file) = &said.what { (line(said, file)) } } }
                p class="soft" { "These are the files of the work on this device. Others are added on the page of a task." }
            }
        }
    }
}

fn line(said: &Event, file: &Attachment) -> Markup {
    html! {
        li {
            @if file.is_gone { (plain(file.name.as_str())) ", taken out for good" }
            @else { a href={ "/work/" (said.task) "/files/" (said.id) } download { (plain(file.name.as_str())) } " (" (size(file.bytes)) ")" }
            ", from " (plain(said.by.as_str())) " on " (day(said.at)) "."
            details class="plain screen" { summary { "Check that it is the same" } p { "SHA-256 " code { (file.sha256) } } }
        }
    }
}

fn form(person: &Person, task: &Task<'_>) -> Markup {
    html! {
        div class="decide screen" { details {
            summary { "Add files" }
            form class="fields" method="post" action={ "/work/" (task.id()) "/files" } enctype="multipart/form-data" {
                input type="hidden" name=(TOKEN) value=(person.form_token);
                label {
                    "Letters, photos, notes"
                    span class="hint" { "PDF, pictures, text or Office files without macros, up to " (LARGEST_FILE >> 20) " MB each and " (MOST_FILES) " for a task. No patients in them." }
                    input type="file" name="file" multiple required accept=(ACCEPT);
                }
                div { button { "Add them" } }
            }
        } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_offers_what_is_taken() {
        assert_eq!(ACCEPT.replace('.', "").replace(',', ", "), wardround_remedy::endings());
    }
}
