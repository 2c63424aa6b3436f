//! Answers: JSON with a digest that tells whether it changed (RFC 9110 section 8.8.3), or a problem (RFC 9457).

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use super::PATH;
use crate::problem::{Problem, Told};

/// The most bytes of one answer: a page of the largest list is far below.
const LARGEST: usize = 16 << 20;

/// Something that is told as JSON.
pub(crate) struct Answer<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
            Err(_) => Problem::Fault.into_response(),
        }
    }
}

/// The same, with the tag of what it changed.
pub(crate) struct Tagged<T>(pub(crate) String, pub(crate) T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let Self(tag, value) = self;
        let mut response = Answer(value).into_response();
        if let Ok(tag) = HeaderValue::try_from(tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// The tag of something, as reading it tells it.
pub(crate) fn tag_of(value: &impl Serialize) -> Result<String, Problem> {
    Ok(tag(&serde_json::to_vec(value).map_err(|_| Problem::Fault)?))
}

fn tag(bytes: &[u8]) -> String {
    let digest = blake3::hash(bytes).to_hex();
    format!("\"{}\"", digest.get(..32).unwrap_or(&digest))
}

/// The problem that a response tells, if it does.
pub(crate) fn problem_of(response: &Response) -> Option<&Told> {
    response.extensions().get()
}

/// Tells a problem in the API's shape, and a good answer with its digest; where whoever asks has it already, only that.
pub(crate) async fn finish(response: Response, reads: bool, known: Option<&HeaderValue>) -> Response {
    if let Some(told) = problem_of(&response) {
        return problem(told, response.headers().get(header::RETRY_AFTER));
    }
    if !response.status().is_success() {
        return Problem::Fault.into_response();
    }
    // What was changed has its tag already, and what goes on as long as somebody listens has none.
    let is_stream =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    // Neither has a file to take away: it tells the moment at which it was made, so that no two are the same.
    let is_file = response.headers().contains_key(header::CONTENT_DISPOSITION);
    if !reads || is_stream || is_file {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else { return Problem::Fault.into_response() };
    let tag = tag(&bytes);
    let is_known = known.and_then(|known| known.to_str().ok()).is_some_and(|known| names(known, &tag));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Whether a list of tags names this one (RFC 9110 section 13.1.2: compared weakly).
fn names(list: &str, tag: &str) -> bool {
    let mut tags = list.split(',').map(|one| one.trim());
    tags.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

fn problem(told: &Told, wait: Option<&HeaderValue>) -> Response {
    let mut body = json!({
        "type": format!("urn:wardround:problem:{}", told.code),
        "title": told.title,
        "status": told.status.as_u16(),
        "detail": told.detail,
    });
    if !told.errors.is_empty()
        && let Some(body) = body.as_object_mut()
    {
        let error = |(pointer, detail): &(String, String)| json!({ "pointer": pointer, "detail": detail });
        body.insert("errors".to_owned(), told.errors.iter().map(error).collect());
    }
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    let mut response = (told.status, kind, body.to_string()).into_response();
    if told.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    response
}

/// What is told of an address that is none: by its own problem beneath [`PATH`]; nothing elsewhere.
pub(crate) fn not_found(uri: &Uri) -> Option<Response> {
    let is_here = uri.path().strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if !is_here {
        return None;
    }
    let methods = super::methods_of(uri.path());
    let (status, code, title) = if methods.is_empty() {
        (StatusCode::NOT_FOUND, "not-found", "There is nothing here")
    } else {
        (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "It cannot be used so")
    };
    let detail = format!("{PATH}/openapi.json tells what can be asked, and how.");
    let mut response = problem(&Told { code, title, detail, status, errors: Vec::new() }, None);
    if let Ok(allow) = HeaderValue::try_from(methods.join(", "))
        && !methods.is_empty()
    {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        assert!(names("\"a\"", "\"a\"") && names("\"b\", W/\"a\"", "\"a\"") && names("*", "\"a\""));
        assert!(!names("\"b\"", "\"a\"") && !names("a", "\"a\""));
    }
}
