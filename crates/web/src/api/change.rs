//! A change that a program asks for: read, held against its key, logged, made, and answered. It is made to its end also when the
//! program goes away meanwhile.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

use super::keys::{self, Begun, Held};
use super::{fields, problem_of};
use crate::asks::LARGEST_FORM;
use crate::audit::{self, Became, Entry};
use crate::gate::{Gate, told_as_page};
use crate::problem::Problem;
use crate::session::Person;
use crate::site::Site;

/// Makes a change that this person may make.
pub(crate) async fn change(
    site: &Site,
    gate: Gate,
    person: Person,
    entry: Entry,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    if parts.uri.query().is_some_and(|query| !query.is_empty()) {
        return Err(Problem::Bad("A change takes no fields in its address.".to_owned()));
    }
    let bytes = to_bytes(body, LARGEST_FORM).await.map_err(|_| Problem::TooLarge)?;
    let key = keys::of(&parts.headers)?;
    parts.extensions.insert(fields::read(&parts.headers, &bytes, gate.fields)?);
    let asked =
        key.map(|key| (key, keys::request(&site.keys, &parts.method, &parts.uri, &parts.headers, &bytes)));
    parts.extensions.insert(person.clone());
    let request = Request::from_parts(parts, Body::empty());
    let made = tokio::spawn(once(site.clone(), gate, person, entry, asked, request, next));
    made.await.unwrap_or(Err(Problem::Fault))
}

/// Makes it, unless it was made before under the same key: then what was answered is answered again.
async fn once(
    site: Site,
    gate: Gate,
    person: Person,
    entry: Entry,
    asked: Option<(String, String)>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let held = match asked {
        None => None,
        Some((key, asked)) => match keys::begin(&site, &person, &key, asked, gate.is_secret).await? {
            Begun::New(held) => Some(held),
            Begun::Again(answer) => {
                audit::add(&site, entry.became(Became::Repeated)).await?;
                return Ok(answer);
            }
        },
    };
    make(site, gate, entry, held, request, next).await
}

async fn make(
    site: Site,
    gate: Gate,
    entry: Entry,
    held: Option<Held>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if let Err(problem) = audit::add(&site, entry.clone().became(Became::Asked)).await {
        if let Some(held) = held {
            held.forget().await?;
        }
        return Err(problem);
    }
    let mut response = told_as_page(next.run(request).await);
    if response.status().is_success() {
        *response.status_mut() = gate.success;
    } else {
        *response.status_mut() = problem_of(&response).map_or(response.status(), |told| told.status);
    }
    let became = if response.status().is_success() { Became::Done } else { Became::Failed };
    if let Some(held) = held {
        response = held.keep(response).await?;
    }
    audit::add(&site, entry.became(became)).await?;
    Ok(response)
}
