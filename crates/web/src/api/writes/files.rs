//! Files of tasks: sent as the body of a request, and handed out as they came.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_remedy::EventId;

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::operations::{Operation, Parameter, any};
use crate::asked::Asked;
use crate::deeds::files::{self, Attaching};
use crate::deeds::tasks;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::Route;
use crate::session::Person;
use crate::site::{Peer, Site};

/// How long sending a file may take.
const SENDING: Duration = Duration::from_secs(600);
const NAMED: &[Parameter] = &[any("name", "What the file is called; its ending says what it is.")];

/// A file was attached.
#[derive(Serialize, JsonSchema)]
struct Attached {
    /// The event of it, by which it is taken back and handed out.
    id: String,
}

pub(super) fn operations() -> Vec<Operation> {
    let may = Permission::Work;
    let path = "/api/v1/work/{task}/files";
    let attach = Operation::of::<Attached>(
        "work.attach",
        "Attach a file to a task: a letter, a photo, a note, of 10 MB at most. No patients in it.",
        may,
        NAMED,
        Route::file(may, path, "work.attach", SENDING, attach),
    );
    let hand_out = Operation::new::<String, _, _>(
        "work.file",
        "A file of a task, as it came.",
        Permission::See,
        "/api/v1/work/{task}/files/{event}",
        &[],
        hand_out,
    );
    vec![attach.answers(StatusCode::CREATED), hand_out.file(&["application/octet-stream"])]
}

async fn attach(
    State(site): State<Site>,
    person: Person,
    peer: Peer,
    Path(text): Path<String>,
    asked: Asked,
    body: Body,
) -> Result<Answer<Attached>, Problem> {
    let name = Fields::of(&asked, NAMED)?.text("name").unwrap_or("file").to_owned();
    let task = tasks::id(&text).ok_or(Problem::NotFound)?;
    let id = Attaching { site, person, peer, task }.keep_sent(&name, body).await?;
    Ok(Answer(Attached { id: id.to_string() }))
}

async fn hand_out(
    State(site): State<Site>,
    Path((task, event)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Problem> {
    Fields::of(&asked, &[])?;
    let task = tasks::id(&task).ok_or(Problem::NotFound)?;
    let event: EventId = event.parse().map_err(|_| Problem::NotFound)?;
    files::hand_out(&site, task, event).await
}
