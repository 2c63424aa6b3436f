//! *Reports*: the board's page, the work sheets and the report of a round, to read and to take away as sealed files.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use wardround_model::{RoundId, Timestamp};
use wardround_remedy::Policy;
use wardround_report::document::seal::{Form, Told, seal};
use wardround_report::document::{self, Document, Kind};
use wardround_report::tell::{Sources, tell};
use wardround_store::{Store, StoreError};
use wardround_triage::Efforts;

use crate::asked::Asked;
use crate::hospital::waiting;
use crate::layout::{self, Page};
use crate::log;
use crate::pages::parts::no_round;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::{Site, now};

/// What the demo hospital is called, so that nobody takes its reports for real.
const DEMO: &str = "Demo: this hospital is made up";

/// The formats, with what each is called on a button.
const FORMS: [(Form, &str); 5] = [
    (Form::Pdf, "PDF"),
    (Form::Html, "Web page"),
    (Form::Xlsx, "Excel"),
    (Form::Csv, "CSV"),
    (Form::Json, "JSON"),
];

pub(crate) fn routes() -> Vec<Route> {
    let (summary, all) = (Needs::May(Permission::SeeSummary), Needs::May(Permission::See));
    vec![
        Route::get(summary, "/reports", choose).in_menu(Menu::Reports),
        Route::get(summary, "/reports/board", read_board).logged("report.board"),
        Route::get(summary, "/reports/board/file", |site, asked| take(site, asked, Kind::Board))
            .logged("report.board"),
        Route::get(all, "/reports/work/file", |site, asked| take(site, asked, Kind::Work))
            .logged("report.work"),
        Route::get(all, "/reports/round/file", |site, asked| take(site, asked, Kind::Round))
            .logged("report.round"),
    ]
}

/// A report, and what its seal keeps.
struct Made {
    document: Document,
    told: Told,
    /// The rounds that it names.
    rounds: Vec<RoundId>,
}

/// Tells a report of the latest round; nothing where there is none yet. One at a time, since it reads two rounds whole.
async fn made(site: &Site, kind: Kind) -> Result<Option<Made>, Problem> {
    let _one_at_a_time = site.listing.acquire().await.map_err(|_| Problem::Fault)?;
    let name = if site.is_demo() { DEMO.to_owned() } else { site.naming.name() };
    let at = now().to_whole_second();
    site.hospital().read(move |store| told(store, kind, at, &name)).await
}

fn told(store: &Store, kind: Kind, at: Timestamp, hospital: &str) -> Result<Option<Made>, StoreError> {
    let Some(id) = store.round_latest()? else { return Ok(None) };
    let round = store.round_load(id)?;
    let before = store.round_before(id)?;
    let before = before.map(|id| store.round_load(id).map(|round| (id, round))).transpose()?;
    let efforts = Efforts::default();
    let work = store.work_load(&efforts)?;
    let worklist = work.worklist(&efforts, &Policy::default(), at);
    let sources = Sources {
        round: (id, &round),
        before: before.as_ref().map(|(id, round)| (*id, round)),
        worklist: &worklist,
        team: None,
        hospital,
    };
    let rounds = before.iter().map(|(id, _)| *id).chain([id]).collect();
    Ok(Some(Made { document: tell(kind, &sources), told: sources.told(kind), rounds }))
}

async fn choose(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    let body = match site.hospital().read(Store::round_latest).await? {
        None => no_round(),
        Some(_) => html! {
            p { "Each file has the dates of its sources and a seal. " code { "wardround report verify" } " tells whether it was changed." }
            (report("board", "The board's page", "One page: how it stands, what threatens patients, what we ask for. It names no device.", true))
            @if person.may(Permission::See) {
                (report("work", "Work sheets", "One sheet a task to take along: steps, checks, the way back, room to sign.", false))
                (report("round", "Report of the round", "What was seen and what was not, and every weak place that was found.", false))
            }
        },
    };
    Ok(layout::page(&site, &person, Some(Menu::Reports), "Reports", &body))
}

fn report(code: &str, name: &str, what: &str, shown: bool) -> Markup {
    html! {
        section class="panel" aria-labelledby=(code) {
            h2 id=(code) { (name) }
            p { (what) @if shown { " " a href={ "/reports/" (code) } { "Read it here" } } }
            (take_away(code))
        }
    }
}

fn take_away(code: &str) -> Markup {
    html! {
        form method="get" action={ "/reports/" (code) "/file" } class="row" {
            @for (form, label) in FORMS { button name="format" value=(form.code()) { (label) } " " }
        }
    }
}

async fn read_board(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    let body = match made(&site, Kind::Board).await? {
        None => no_round(),
        Some(made) => html! {
            p class="soft" { (made.document.subtitle) }
            (document::body(&made.document))
            (take_away("board"))
        },
    };
    Ok(layout::page(&site, &person, Some(Menu::Reports), "The board's page", &body))
}

async fn take(State(site): State<Site>, asked: Asked, kind: Kind) -> Result<Response, Problem> {
    let form = Form::from_code(asked.text("format")).ok_or(Problem::NotFound)?;
    file(&site, kind, form).await
}

/// A report of the latest round as a sealed file.
pub(crate) async fn file(site: &Site, kind: Kind, form: Form) -> Result<Response, Problem> {
    let Some(made) = made(site, kind).await? else { return Err(Problem::NotFound) };
    // What a report names must stay as long as the report does.
    let named = made.rounds.clone();
    let keep = move |store: &mut Store| named.iter().try_for_each(|id| store.round_named(*id));
    site.hospital().write(keep).await?;
    let name = format!("wardround-{}-{}.{}", kind.code(), made.told.round, form.code());
    let site = site.clone();
    let file = waiting(move || sealed(&site, &made, form)).await?;
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(form.media_type())),
        (header::CONTENT_DISPOSITION, named.map_err(|_| Problem::Fault)?),
    ];
    Ok((headers, file).into_response())
}

/// The file with its seal; what the demo says is signed by nobody.
fn sealed(site: &Site, made: &Made, form: Form) -> Result<Vec<u8>, Problem> {
    let document = &made.document;
    let body = match form {
        Form::Pdf => site.printer.pdf(document).map_err(|_| fault("pdf"))?,
        Form::Html => document::html(document).into_bytes(),
        Form::Csv => document::csv(document).into_bytes(),
        Form::Json => document::json(document).map_err(|_| fault("json"))?.into_bytes(),
        Form::Xlsx => document::xlsx(document).map_err(|_| fault("xlsx"))?,
    };
    let key = if site.is_demo() { None } else { Some(&site.keys.report) };
    Ok(seal(body, form, &made.told, &document.digest(), key))
}

fn fault(form: &'static str) -> Problem {
    log::event("report-failed").word("form", form);
    Problem::Fault
}
