//! *Import*: drop a list or a capture, see what is understood of it, then keep it or run a round over it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_intake::{Imported, table};
use wardround_model::SourceKind;
use wardround_report::page::{count, day, number};
use wardround_store::{ImportHead, ImportId, Kept, Store, Use};

use crate::asks::{Sent, TOKEN};
use crate::deeds::lists::{self, Answers, MOST_COLUMNS, MOST_ERRORS, NotRead};
use crate::layout::{self, Page, form_token};
use crate::problem::Problem;
use crate::receive;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;
use crate::uploads::{Seems, Upload};

const NEEDS: Needs = Needs::May(Permission::Import);
/// How long sending files may take.
const SENDING: Duration = Duration::from_secs(3_600);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(NEEDS, "/import", show).in_menu(Menu::Import),
        Route::post(NEEDS, "/import", "import.send", send).with_files(SENDING),
        Route::get(NEEDS, "/import/{upload}", preview),
        Route::post(NEEDS, "/import/{upload}", "import.check", check),
        Route::post(NEEDS, "/import/{upload}/keep", "import.keep", keep),
        Route::post(NEEDS, "/import/{upload}/drop", "import.drop", throw_away),
        Route::post(Needs::May(Permission::RunRounds), "/import/{upload}/round", "round.run", run_over),
        Route::post(NEEDS, "/imports/{import}/forget", "import.forget", forget),
    ]
}

async fn show(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    let imports = site.hospital().read(Store::import_list).await?;
    let waiting = site.uploads.of(person.account);
    Ok(layout::page(
        &site,
        &person,
        Some(Menu::Import),
        "Import",
        &html! {
            p { "Give Wardround what you have: a list of computers, leases, software or equipment, or recorded traffic. Nothing is kept before you have seen what it says." }
            (sending(&person))
            (waiting_table(&waiting))
            (kept_table(&person, &imports))
        },
    ))
}

/// The form that takes files.
pub(crate) fn sending(person: &Person) -> Markup {
    html! {
        form class="fields" method="post" action="/import" enctype="multipart/form-data" {
            input type="hidden" name=(TOKEN) value=(person.form_token);
            label {
                "Lists or captures"
                span class="hint" { "CSV, XLSX, JSON, XML or text; pcap or pcapng. Plain or packed with gzip." }
                input type="file" name="file" multiple required;
            }
            div { button { "Look at it" } }
        }
    }
}

fn waiting_table(waiting: &[(String, Arc<Upload>)]) -> Markup {
    html! {
        @if !waiting.is_empty() {
            section aria-labelledby="waiting" {
                h2 id="waiting" { "Waiting for you" }
                p { "These are deleted after an hour." }
                ul { @for (id, upload) in waiting { li { a href={ "/import/" (id) } { (upload.name) } " (" (size(upload.bytes)) ")" } } }
            }
        }
    }
}

fn kept_table(person: &Person, imports: &[ImportHead]) -> Markup {
    html! {
        section aria-labelledby="kept" {
            h2 id="kept" { "Lists that are kept" }
            @if imports.is_empty() { p { "None yet." } }
            @else {
                div class="scroll" tabindex="0" role="region" aria-label="Table" { table {
                    thead { tr { th scope="col" { "No." } th scope="col" { "File" } th scope="col" { "Kind" } th scope="col" { "Tells of" } th scope="col" class="number" { "Rows" } th scope="col" class="number" { "Not read" } th scope="col" { "Rounds" } th scope="col" { span class="aside" { "Forget" } } } }
                    tbody { @for head in imports.iter().rev() { (kept_row(person, head)) } }
                } }
            }
        }
    }
}

fn kept_row(person: &Person, head: &ImportHead) -> Markup {
    let import = &head.import;
    html! {
        tr {
            td { (head.id) }
            th scope="row" { (import.name) }
            td { (import.kind.label()) }
            td class="nowrap" { (day(import.observed_at)) }
            td class="number" { (number(import.rows)) }
            td class="number" { (number(import.rows_failed)) }
            td { @match head.used {
                Use::Used => "use it",
                Use::Replaced(other) => { "use " (other) " instead" },
                Use::Forgotten => "forgotten",
            } }
            td {
                @if head.used != Use::Forgotten {
                    form method="post" action={ "/imports/" (head.id.0) "/forget" } {
                        (form_token(person))
                        button class="quiet" { "Forget" span class="aside" { " " (head.id) } }
                    }
                }
            }
        }
    }
}

async fn send(State(site): State<Site>, person: Person, form: Multipart) -> Result<Response, Problem> {
    let ids = receive::files(&site, &person, form).await?;
    let to = match ids.as_slice() {
        [] => return Err(Problem::Bad("No file was chosen.".to_owned())),
        [only] => format!("/import/{only}"),
        _ => "/import".to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
}

async fn preview(State(site): State<Site>, person: Person, Path(id): Path<String>) -> Result<Page, Problem> {
    looked_at(&site, &person, &id, Answers::default()).await
}

async fn check(
    State(site): State<Site>,
    person: Person,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Page, Problem> {
    looked_at(&site, &person, &id, Answers::from(&sent)?).await
}

async fn looked_at(site: &Site, person: &Person, id: &str, answers: Answers) -> Result<Page, Problem> {
    let upload = lists::waiting_for(site, person, id)?;
    let body = match upload.seems {
        Seems::Capture => capture(person, id, &upload),
        Seems::List => {
            let read = lists::look(site, Arc::clone(&upload), answers.clone()).await?;
            list(person, id, &upload, &answers, &read)
        }
    };
    Ok(layout::page(site, person, Some(Menu::Import), "What this file says", &body))
}

fn capture(person: &Person, id: &str, upload: &Upload) -> Markup {
    html! {
        p { strong { (upload.name) } " is recorded traffic (" (size(upload.bytes)) ")." }
        p { "A round reads it once. Only facts about devices are kept from it, and the file itself is deleted." }
        div class="row" {
            @if person.may(Permission::RunRounds) {
                form method="post" action={ "/import/" (id) "/round" } { (form_token(person)) button { "Run a round over it" } }
            } @else { p { "Your role does not run rounds. Ask somebody who does." } }
            (drop_form(person, id))
        }
    }
}

fn drop_form(person: &Person, id: &str) -> Markup {
    html! {
        form method="post" action={ "/import/" (id) "/drop" } { (form_token(person)) button class="quiet" { "Throw it away" } }
    }
}

fn list(
    person: &Person,
    id: &str,
    upload: &Upload,
    answers: &Answers,
    read: &Result<Imported, NotRead>,
) -> Markup {
    html! {
        p { strong { (upload.name) } " (" (size(upload.bytes)) ")" }
        @match read {
            Err(NotRead(why)) => { (layout::error_summary(Some(why))) }
            Ok(imported) => { (understood(imported)) }
        }
        form class="fields panel" method="post" action={ "/import/" (id) } {
            (form_token(person))
            (answers.fields(read.as_ref().ok()))
            div class="row" {
                // First, so that the key Enter looks again and does not keep.
                button class="quiet" { "Look again with these answers" }
                @if read.as_ref().is_ok_and(|imported| !lists::says_nothing(imported)) {
                    button class="first" formaction={ "/import/" (id) "/keep" } { "Keep it" }
                }
            }
        }
        (drop_form(person, id))
    }
}

fn understood(imported: &Imported) -> Markup {
    let facts = u64::try_from(imported.observations.len()).unwrap_or(u64::MAX);
    html! {
        section class="panel" aria-labelledby="understood" {
            h2 id="understood" { (imported.kind.label()) }
            ul {
                li { "It tells of " (day(imported.observed_at)) "." }
                li { (count(imported.rows, "row", "rows")) " read; " (count(facts, "fact", "facts")) " would be kept." }
                @if imported.values_not_allowed > 0 {
                    li { (count(imported.values_not_allowed, "value", "values")) " left out: too long, or with characters that such a value never has." }
                }
                @if lists::says_nothing(imported) { li { strong { "Nothing in it was understood, so there is nothing to keep." } } }
            }
        }
        @if imported.rows_failed > 0 {
            section aria-labelledby="errors" {
                h2 id="errors" { (count(imported.rows_failed, "row or value", "rows or values")) " could not be read" }
                div class="scroll" tabindex="0" role="region" aria-label="Table" { table {
                    thead { tr { th scope="col" class="number" { "Row" } th scope="col" { "Column" } th scope="col" { "What is wrong" } } }
                    tbody { @for error in imported.errors.iter().take(MOST_ERRORS) {
                        tr { td class="number" { (number(error.row)) } td { (layout::plain(error.column.as_deref().unwrap_or(""))) } td { (layout::plain(&error.message)) } }
                    } }
                } }
                @if imported.rows_failed > 20 { p { "Only the first are shown. The other rows can be kept all the same." } }
            }
        }
    }
}

impl Answers {
    fn fields(&self, imported: Option<&Imported>) -> Markup {
        let kinds = SourceKind::ALL.iter().filter(|kind| kind.is_imported());
        html! {
            h2 { "Say more, where it is needed" }
            label {
                "What kind of list it is"
                select name="kind" {
                    option value="" { "As recognised" }
                    @for kind in kinds { option value=(kind.code()) selected[self.kind == Some(*kind)] { (kind.label()) } }
                }
            }
            label {
                "Which device it is about"
                span class="hint" { "Only for a list that names none: an address, a card or a host name." }
                input name="device" value=(self.device) autocomplete="off" spellcheck="false";
            }
            label {
                "The day that it tells of"
                span class="hint" { "Where the file does not say; else today." }
                input type="date" name="day" value=(self.day_text);
            }
            @if let Some(imported) = imported.filter(|imported| !imported.columns.is_empty()) {
                (self.columns(imported))
            }
        }
    }

    fn columns(&self, imported: &Imported) -> Markup {
        let names = table::field_names();
        let chosen = |heading: &str, read: &Option<String>| -> String {
            let said = self.columns.iter().find(|(said, _)| said == heading).map(|(_, field)| field.clone());
            said.or_else(|| read.clone()).unwrap_or_default()
        };
        html! {
            details open[imported.columns.iter().all(|(_, field)| field.is_none())] {
                summary { "What each column means" }
                div class="scroll" tabindex="0" role="region" aria-label="Table" { table {
                    thead { tr { th scope="col" { "Column" } th scope="col" { "Read as" } } }
                    tbody { @for (heading, read) in imported.columns.iter().take(MOST_COLUMNS) {
                        tr {
                            th scope="row" { (layout::plain(heading)) input type="hidden" name="heading" value=(layout::plain(heading)); }
                            td {
                                @let chosen = chosen(heading, read);
                                select name="field" aria-label={ "Meaning of " (layout::plain(heading)) } {
                                    option value="" { "not read" }
                                    @for name in &names { option value=(name) selected[*name == chosen] { (name) } }
                                }
                            }
                        }
                    } }
                } }
            }
        }
    }
}

async fn keep(
    State(site): State<Site>,
    person: Person,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let kept = lists::keep(&site, &person, &id, &sent).await?;
    let body = html! {
        div class="notice good" { p { (became(kept)) } }
        p { "Rounds use it from now on." }
        div class="row" {
            @if person.may(Permission::RunRounds) {
                form method="post" action="/rounds/run" { (form_token(&person)) button { "Run a round now" } }
            }
            a href="/import" { "Add another list" }
        }
    };
    Ok(layout::page(&site, &person, Some(Menu::Import), "Kept", &body).into_response())
}

fn became(kept: Kept) -> String {
    match kept {
        Kept::New(id, None) => format!("It is kept as {id}."),
        Kept::New(id, Some(before)) => format!("It is kept as {id}, in the place of {before}."),
        Kept::Older(id, other) => {
            format!("It is kept as {id}, as history: {other} tells of a later day, so rounds use that.")
        }
        Kept::AlreadyHere(id) => format!("It is here already as {id}. Nothing was added."),
    }
}

async fn throw_away(
    State(site): State<Site>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    lists::throw_away(&site, &person, &id)?;
    Ok(Redirect::to("/import").into_response())
}

async fn run_over(
    State(site): State<Site>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    match lists::run_over(&site, &person, &id) {
        // While another round runs, the file goes on waiting, and that one is shown.
        Ok(()) | Err(Problem::Busy) => Ok(Redirect::to("/rounds/now").into_response()),
        Err(problem) => Err(problem),
    }
}

async fn forget(State(site): State<Site>, Path(import): Path<i64>) -> Result<Response, Problem> {
    lists::forget(&site, ImportId(import)).await?;
    Ok(Redirect::to("/import").into_response())
}

/// Bytes as people say them.
fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => count(bytes, "byte", "bytes"),
        10_000..10_000_000 => format!("{} kB", number(bytes / 1_000)),
        _ => format!("{} MB", number(bytes / 1_000_000)),
    }
}
