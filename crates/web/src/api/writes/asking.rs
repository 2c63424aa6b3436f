//! Asking hosts, as far as it is for programs: stopping it. What is asked is planned, approved, begun and allowed again by people alone.

use axum::extract::{Path, State};
use axum::response::Response;

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::operations::Operation;
use super::Done;
use crate::asked::Asked;
use crate::deeds::asking;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::Verb;
use crate::session::Person;
use crate::site::Site;

pub(super) fn operations() -> Vec<Operation> {
    let stop = Operation::change::<Done, _, _>(
        "asking.stop",
        "Stop all questions to hosts, within a second. Only a person allows them again, on the page.",
        Permission::StopAsking,
        (Verb::Post, "/api/v1/asking/stop"),
        &[],
        stop,
    );
    let log = Operation::new::<String, _, _>(
        "asking.log",
        "All that was sent to hosts and what they answered: text, a line of JSON for each event, or a rebuilt capture.",
        Permission::See,
        "/api/v1/asking/log/{form}",
        &[],
        log,
    );
    vec![
        Operation { route: stop.route.stops(), ..stop },
        log.file(&["text/plain", "application/x-ndjson", "application/x-pcapng"]),
    ]
}

async fn stop(State(site): State<Site>, person: Person) -> Result<Answer<Done>, Problem> {
    asking::stop(&site, &person).await?;
    Ok(Answer(Done::yes()))
}

async fn log(State(site): State<Site>, Path(form): Path<String>, asked: Asked) -> Result<Response, Problem> {
    Fields::of(&asked, &[])?;
    asking::log(&site, &form).await
}
