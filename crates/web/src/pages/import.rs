//! *Import*: drop a list or a capture, see what is understood of it, then keep it or run a round over it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_intake::{About, ImportError, Imported, Mapping, Request, Thing, table};
use wardround_model::{SourceIndex, SourceKind, Timestamp};
use wardround_report::page::{count, day, number};
use wardround_round::{Said, new_import};
use wardround_store::{ImportHead, ImportId, Kept, Store, Use};

use crate::asks::{Sent, TOKEN};
use crate::hospital::waiting;
use crate::layout::{self, Page, form_token};
use crate::problem::Problem;
use crate::receive;
use crate::roles::Permission;
use crate::rounds::{self, Job};
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::{Site, now};
use crate::uploads::{Seems, Upload};

const NEEDS: Needs = Needs::May(Permission::Import);
/// How long sending files may take.
const SENDING: Duration = Duration::from_secs(3_600);
/// Rows that could not be read, of which each is told.
const MOST_ERRORS: usize = 20;
/// Columns of which each is told.
const MOST_COLUMNS: usize = 60;

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
    let upload = site.uploads.find(id, person.account).ok_or(Problem::NotFound)?;
    let body = match upload.seems {
        Seems::Capture => capture(person, id, &upload),
        Seems::List => {
            let (held, said) = (Arc::clone(&upload), answers.clone());
            let _one = site.listing.acquire().await.map_err(|_| Problem::Fault)?;
            let read = waiting(move || Ok(read(&held, &said).map(|(imported, _)| imported))).await?;
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
                @if read.as_ref().is_ok_and(|imported| !(imported.observations.is_empty() && imported.conversations.is_empty())) {
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
                @if imported.observations.is_empty() && imported.conversations.is_empty() { li { strong { "Nothing in it was understood, so there is nothing to keep." } } }
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

/// What a person said beside a file.
#[derive(Clone, Debug, Default)]
struct Answers {
    kind: Option<SourceKind>,
    device: String,
    day: Option<Timestamp>,
    day_text: String,
    columns: Vec<(String, String)>,
}

impl Answers {
    fn from(sent: &Sent) -> Result<Self, Problem> {
        let day_text = sent.text("day").to_owned();
        let day = match day_text.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| Problem::Bad("Write the day as 2026-11-24.".to_owned()))?),
        };
        let pairs = sent.all("heading").zip(sent.all("field"));
        let pairs = pairs.filter(|(heading, field)| !heading.is_empty() && !field.is_empty());
        Ok(Self {
            kind: SourceKind::from_code(sent.text("kind")).filter(|kind| kind.is_imported()),
            device: sent.text("device").chars().take(200).collect(),
            day,
            day_text,
            columns: pairs
                .take(MOST_COLUMNS)
                .map(|(one, other)| (one.to_owned(), other.to_owned()))
                .collect(),
        })
    }

    fn about(&self) -> Option<About> {
        let device = Some(self.device.as_str()).filter(|device| !device.is_empty())?;
        let (ip, mac) = (device.parse().ok(), device.parse().ok());
        let name = (ip.is_none() && mac.is_none()).then(|| device.to_owned());
        Some(About::Thing(Thing { ip, mac, name, ..Thing::default() }))
    }

    fn said(&self) -> Said {
        let columns = self.columns.clone();
        Said {
            about: self.about(),
            mapping: (!columns.is_empty()).then_some(Mapping { columns }),
            mapping_name: None,
            day: self.day,
        }
    }

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

/// Why a file was not read, in a sentence.
struct NotRead(String);

impl From<ImportError> for NotRead {
    fn from(error: ImportError) -> Self {
        let text = error.to_string();
        // The command line's words have fields here.
        let words = [
            ("; say what it is with --as KIND", ". Say below what kind of list it is."),
            ("; say so with --for ADDRESS, --for NAME or --for-model MAKER MODEL", ". Say below which."),
        ];
        Self(words.iter().fold(text, |text, (from, to)| text.replace(from, to)))
    }
}

/// Reads a list, with its bytes.
fn read(upload: &Upload, answers: &Answers) -> Result<(Imported, Vec<u8>), NotRead> {
    let file = std::fs::File::open(upload.path());
    let bytes = file.and_then(wardround_intake::unpack);
    let bytes = bytes.map_err(|_| NotRead("The file is damaged: it does not unpack.".to_owned()))?;
    let said = answers.said();
    let imported = wardround_intake::import(&request(upload, &bytes, answers, &said))?;
    Ok((imported, bytes))
}

fn request<'a>(upload: &'a Upload, bytes: &'a [u8], answers: &Answers, said: &'a Said) -> Request<'a> {
    Request {
        name: &upload.name,
        bytes,
        kind: answers.kind,
        about: said.about.clone(),
        source: SourceIndex(0),
        observed_at: said.day.unwrap_or(upload.at),
        mapping: said.mapping.as_ref(),
    }
}

async fn keep(
    State(site): State<Site>,
    person: Person,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let answers = Answers::from(&sent)?;
    let upload = site.uploads.find(&id, person.account).ok_or(Problem::NotFound)?;
    let hospital = site.hospital();
    let one = site.listing.acquire().await.map_err(|_| Problem::Fault)?;
    let kept = waiting(move || {
        let (imported, bytes) = read(&upload, &answers).map_err(|NotRead(why)| Problem::Bad(why))?;
        if imported.observations.is_empty() && imported.conversations.is_empty() {
            return Err(Problem::Bad("Nothing in it was understood, so nothing was kept.".to_owned()));
        }
        let said = answers.said();
        let new = new_import(&said, &request(&upload, &bytes, &answers, &said), &imported, now());
        Ok(hospital
            .change(|store| store.import_save(&new, &imported.observations, &imported.conversations))?)
    })
    .await?;
    drop(one);
    site.uploads.take(&id, person.account);
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
    site.uploads.take(&id, person.account).ok_or(Problem::NotFound)?;
    Ok(Redirect::to("/import").into_response())
}

async fn run_over(
    State(site): State<Site>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let upload = site.uploads.find(&id, person.account).filter(|upload| upload.seems == Seems::Capture);
    let upload = upload.ok_or(Problem::NotFound)?;
    let started = rounds::start(&site, Job { uploads: vec![upload], ..Job::default() });
    // While another round runs, the file goes on waiting.
    if started.is_ok() {
        site.uploads.take(&id, person.account);
    }
    Ok(Redirect::to("/rounds/now").into_response())
}

async fn forget(State(site): State<Site>, Path(import): Path<i64>) -> Result<Response, Problem> {
    let at = now();
    site.hospital().write(move |store| store.import_forget(ImportId(import), at)).await?;
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
