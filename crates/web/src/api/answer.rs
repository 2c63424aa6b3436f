//! Answers: JSON with a digest that tells whether it changed (RFC 9110 section 8.8.3), or a problem (RFC 9457).

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
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

/// Tells a problem in the API's shape, and a good answer with its digest; where whoever asks has it already, only that.
pub(crate) async fn finish(response: Response, known: Option<&HeaderValue>) -> Response {
    if let Some(told) = response.extensions().get::<Told>() {
        return problem(response.status(), told, response.headers().get(header::RETRY_AFTER));
    }
    if response.status() != StatusCode::OK {
        return Problem::Fault.into_response();
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else { return Problem::Fault.into_response() };
    let digest = blake3::hash(&bytes).to_hex();
    let tag = format!("\"{}\"", digest.get(..32).unwrap_or(&digest));
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

fn problem(status: StatusCode, told: &Told, wait: Option<&HeaderValue>) -> Response {
    let body = json!({
        "type": format!("urn:wardround:problem:{}", told.code),
        "title": told.title,
        "status": status.as_u16(),
        "detail": told.detail,
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    let mut response = (status, kind, body.to_string()).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    response
}

/// What is told of an address that is none: by its own problem beneath [`PATH`]; nothing elsewhere.
pub(crate) fn not_found(method: &Method, uri: &Uri) -> Option<Response> {
    let is_here = uri.path().strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if !is_here {
        return None;
    }
    let reads = *method == Method::GET || *method == Method::HEAD;
    let (status, code, title) = if reads {
        (StatusCode::NOT_FOUND, "not-found", "There is nothing here")
    } else {
        (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "It can only be read")
    };
    let detail = format!("{PATH}/openapi.json tells what can be asked, and how.");
    let mut response = problem(status, &Told { code, title, detail }, None);
    if !reads {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
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
