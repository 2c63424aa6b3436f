//! Asking hosts, as far as pages and programs share it: stopping, and the log as a file.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::asking::LogForm;
use crate::problem::Problem;
use crate::session::Person;
use crate::site::Site;

/// Stops all questions. The run of this site is told at once; then the stop is kept.
pub(crate) async fn stop(site: &Site, person: &Person) -> Result<(), Problem> {
    site.asking.halt();
    let name = person.name.clone();
    site.asking.step(move |asker| asker.stop(&name)).await
}

/// The log as a file to take away; `form` is as addresses have it.
pub(crate) async fn log(site: &Site, form: &str) -> Result<Response, Problem> {
    let (form, kind, name) = match form {
        "text" => (LogForm::Text, "text/plain; charset=utf-8", "asked.txt"),
        "json" => (LogForm::Json, "application/x-ndjson", "asked.jsonl"),
        "pcapng" => (LogForm::Capture, "application/x-pcapng", "asked.pcapng"),
        _ => return Err(Problem::NotFound),
    };
    let bytes = site.asking.step(move |asker| asker.log(form)).await?;
    let kept = format!("attachment; filename=\"{name}\"");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, kept.as_str())], bytes).into_response())
}
