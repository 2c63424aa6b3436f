//! Files that are sent, and lists that are kept.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_intake::Imported;
use wardround_model::SourceKind;
use wardround_store::{ImportHead, ImportId, Kept as Became, Store, Use};

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::fields::{Field, Kind};
use super::super::operations::{Operation, Parameter, any};
use super::Done;
use super::rounds::Progress;
use crate::asked::Asked;
use crate::asks::Sent;
use crate::deeds::lists::{self, Answers, MOST_ERRORS, NotRead};
use crate::layout::plain;
use crate::problem::Problem;
use crate::receive;
use crate::roles::Permission;
use crate::routes::{Route, Verb};
use crate::session::Person;
use crate::site::Site;
use crate::uploads::{Seems, Upload};

/// How long sending a file may take.
const SENDING: Duration = Duration::from_secs(3_600);
/// The longest text of a file that is told, in characters.
const LONGEST: usize = 300;
const NAMED: &[Parameter] = &[any("name", "What the file is called.")];
const ANSWERS: &[Field] = &[
    Field::may("kind", "What kind of list it is; absent: as recognised.", Kind::Code(kinds)),
    Field::may(
        "device",
        "For a list that names no device: an address, a card or a host name.",
        Kind::Line(200),
    ),
    Field::may("day", "The day that it tells of, where the file does not say; absent: today.", Kind::Day),
    Field::may(
        "columns",
        "What columns mean: heading to field, where they were not recognised.",
        Kind::Pairs(Some(("heading", "field"))),
    ),
];

fn kinds() -> Vec<&'static str> {
    SourceKind::ALL.iter().filter(|kind| kind.is_imported()).map(|kind| kind.code()).collect()
}

/// A file that waits: for an hour, or until it is kept, read by a round or thrown away.
#[derive(Serialize, JsonSchema)]
struct Waiting {
    /// Its id.
    id: String,
    name: String,
    bytes: u64,
    /// `capture` (recorded traffic) or `list`.
    seems: &'static str,
}

impl Waiting {
    fn of(id: &str, upload: &Upload) -> Self {
        let seems = match upload.seems {
            Seems::Capture => "capture",
            Seems::List => "list",
        };
        Self { id: id.to_owned(), name: upload.name.clone(), bytes: upload.bytes, seems }
    }
}

/// Files that wait, the oldest first.
#[derive(Serialize, JsonSchema)]
struct AllWaiting {
    items: Vec<Waiting>,
}

/// What a list says. Nothing of it is kept yet.
#[derive(Serialize, JsonSchema)]
struct Understood {
    kind: &'static str,
    /// The day that it tells of.
    observed_at: String,
    rows: u64,
    /// Facts that would be kept.
    facts: u64,
    /// Conversations that would be kept.
    conversations: u64,
    rows_failed: u64,
    /// Values that were left out, since they could name a person or break a page.
    values_not_allowed: u64,
    /// The first rows that could not be read.
    errors: Vec<RowError>,
    /// Its columns and what they are read as.
    columns: Vec<Column>,
}

/// A row that could not be read.
#[derive(Serialize, JsonSchema)]
struct RowError {
    row: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    detail: String,
}

/// A column of a table.
#[derive(Serialize, JsonSchema)]
struct Column {
    heading: String,
    /// What it is read as; absent: it is not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl From<&Imported> for Understood {
    fn from(from: &Imported) -> Self {
        let errors = from.errors.iter().take(MOST_ERRORS).map(|error| RowError {
            row: error.row,
            column: error.column.as_deref().map(short),
            detail: short(&error.message),
        });
        let columns = from.columns.iter().take(lists::MOST_COLUMNS);
        let column = |(heading, field): &(String, Option<String>)| Column {
            heading: plain(heading),
            field: field.clone(),
        };
        let size = |length| u64::try_from(length).unwrap_or(u64::MAX);
        Self {
            kind: from.kind.code(),
            observed_at: from.observed_at.to_string(),
            rows: from.rows,
            facts: size(from.observations.len()),
            conversations: size(from.conversations.len()),
            rows_failed: from.rows_failed,
            values_not_allowed: from.values_not_allowed,
            errors: errors.collect(),
            columns: columns.map(column).collect(),
        }
    }
}

/// A text of a file, as it is told.
fn short(text: &str) -> String {
    plain(text).chars().take(LONGEST).collect()
}

/// What became of a list that was to be kept.
#[derive(Serialize, JsonSchema)]
struct Kept {
    /// Its id, such as "I-3".
    import: String,
    /// `new`, `older` (it is history: `other` tells of a later day) or `here` (it was here already).
    became: &'static str,
    /// The list in whose place it stands, or that stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<String>,
}

impl From<Became> for Kept {
    fn from(from: Became) -> Self {
        let (import, became, other) = match from {
            Became::New(id, before) => (id, "new", before),
            Became::Older(id, other) => (id, "older", Some(other)),
            Became::AlreadyHere(id) => (id, "here", None),
        };
        Self { import: import.to_string(), became, other: other.map(|other| other.to_string()) }
    }
}

/// A list that is kept.
#[derive(Serialize, JsonSchema)]
struct Listed {
    /// Its id, such as "I-3".
    id: String,
    name: String,
    kind: &'static str,
    /// The day that it tells of.
    observed_at: String,
    rows: u64,
    rows_failed: u64,
    /// `used`, `replaced` or `forgotten`.
    state: &'static str,
}

impl From<&ImportHead> for Listed {
    fn from(from: &ImportHead) -> Self {
        Self {
            id: from.id.to_string(),
            name: plain(&from.import.name),
            kind: from.import.kind.code(),
            observed_at: from.import.observed_at.to_string(),
            rows: from.import.rows,
            rows_failed: from.import.rows_failed,
            state: match from.used {
                Use::Used => "used",
                Use::Replaced(_) => "replaced",
                Use::Forgotten => "forgotten",
            },
        }
    }
}

/// Lists that are kept, the latest first.
#[derive(Serialize, JsonSchema)]
struct AllListed {
    items: Vec<Listed>,
}

pub(super) fn operations() -> Vec<Operation> {
    let may = Permission::Import;
    let send = Operation::of::<Waiting>(
        "uploads.send",
        "Send a list or recorded traffic. It waits for an hour; nothing of it is kept yet.",
        may,
        NAMED,
        Route::file(may, "/api/v1/uploads", "uploads.send", SENDING, send),
    )
    .answers(StatusCode::CREATED);
    vec![
        send,
        Operation::new::<AllWaiting, _, _>(
            "uploads.list",
            "Files that you sent and that wait.",
            may,
            "/api/v1/uploads",
            &[],
            waiting,
        ),
        Operation::change::<Understood, _, _>(
            "uploads.look",
            "See what a list says: a dry run.",
            may,
            (Verb::Post, "/api/v1/uploads/{upload}/look"),
            ANSWERS,
            look,
        ),
        Operation::change::<Kept, _, _>(
            "uploads.keep",
            "Keep a list: rounds use it from then on.",
            may,
            (Verb::Post, "/api/v1/uploads/{upload}/keep"),
            ANSWERS,
            keep,
        ),
        Operation::change::<Progress, _, _>(
            "uploads.round",
            "Run a round over recorded traffic.",
            Permission::RunRounds,
            (Verb::Post, "/api/v1/uploads/{upload}/round"),
            &[],
            run_over,
        )
        .answers(StatusCode::ACCEPTED),
        Operation::change::<Done, _, _>(
            "uploads.drop",
            "Throw a file away.",
            may,
            (Verb::Delete, "/api/v1/uploads/{upload}"),
            &[],
            throw_away,
        ),
        Operation::new::<AllListed, _, _>(
            "imports.list",
            "Lists that are kept, the latest first.",
            may,
            "/api/v1/imports",
            &[],
            list,
        ),
        Operation::change::<Done, _, _>(
            "imports.forget",
            "Forget a list: rounds use it no longer.",
            may,
            (Verb::Post, "/api/v1/imports/{import}/forget"),
            &[],
            forget,
        ),
    ]
}

async fn send(
    State(site): State<Site>,
    person: Person,
    asked: Asked,
    body: Body,
) -> Result<Answer<Waiting>, Problem> {
    let name = Fields::of(&asked, NAMED)?.text("name").unwrap_or("file").to_owned();
    let id = receive::file(&site, &person, name, body).await?;
    let upload = lists::waiting_for(&site, &person, &id)?;
    if upload.bytes == 0 {
        lists::throw_away(&site, &person, &id)?;
        return Err(Problem::Bad("The file is empty. Send it as the body of the request.".to_owned()));
    }
    Ok(Answer(Waiting::of(&id, &upload)))
}

async fn waiting(
    State(site): State<Site>,
    person: Person,
    asked: Asked,
) -> Result<Answer<AllWaiting>, Problem> {
    Fields::of(&asked, &[])?;
    let all = site.uploads.of(person.account);
    Ok(Answer(AllWaiting { items: all.iter().map(|(id, upload)| Waiting::of(id, upload)).collect() }))
}

async fn look(
    State(site): State<Site>,
    person: Person,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Answer<Understood>, Problem> {
    let (answers, upload) = (Answers::from(&sent)?, lists::waiting_for(&site, &person, &id)?);
    if upload.seems == Seems::Capture {
        return Err(Problem::Refused("This is recorded traffic. Run a round over it.".to_owned()));
    }
    match lists::look(&site, upload, answers).await? {
        Ok(imported) => Ok(Answer((&imported).into())),
        Err(NotRead(why)) => Err(Problem::Refused(why)),
    }
}

async fn keep(
    State(site): State<Site>,
    person: Person,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Answer<Kept>, Problem> {
    Ok(Answer(lists::keep(&site, &person, &id, &sent).await?.into()))
}

async fn run_over(
    State(site): State<Site>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Answer<Progress>, Problem> {
    lists::run_over(&site, &person, &id)?;
    Ok(Answer(Progress::now(&site)))
}

async fn throw_away(
    State(site): State<Site>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Answer<Done>, Problem> {
    lists::throw_away(&site, &person, &id)?;
    Ok(Answer(Done::yes()))
}

async fn list(State(site): State<Site>, asked: Asked) -> Result<Answer<AllListed>, Problem> {
    Fields::of(&asked, &[])?;
    let all = site.hospital().read(Store::import_list).await?;
    Ok(Answer(AllListed { items: all.iter().rev().map(Into::into).collect() }))
}

async fn forget(State(site): State<Site>, Path(import): Path<String>) -> Result<Answer<Done>, Problem> {
    let id: ImportId = import.parse().map_err(|_| Problem::NotFound)?;
    lists::forget(&site, id).await?;
    Ok(Answer(Done::yes()))
}
