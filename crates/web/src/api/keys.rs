//! Keys of programs that make a request safe to send again (draft-ietf-httpapi-idempotency-key-header): the same request with the
//! same key changes nothing twice, and is answered as before, for a day and also after the site was killed.
//!
//! A key belongs to its token. It is written down before the change is made. Only what was done is kept: a request that was refused
//! changed nothing, so its key is free again.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use wardround_store::{KeptAnswer, KeyState, NewKey};

use crate::codes;
use crate::hospital::locked;
use crate::keys::Keys;
use crate::problem::Problem;
use crate::session::Person;
use crate::site::{Site, now};

/// The header that brings a key.
pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header that says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest key, in characters.
const LONGEST: usize = 100;
/// What a key looks like, for the description.
pub(crate) const PATTERN: &str = "^[-A-Za-z0-9_.:]{1,100}$";
/// The largest answer that is kept.
const LARGEST: usize = 64 * 1024;
/// How long to wait where too many keys are kept, in seconds.
const WAIT: u64 = 3_600;

/// The key of a request, where it brings one: a string of RFC 9651, or the same without its quotes.
pub(crate) fn of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(&KEY) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if bare.is_empty() || bare.len() > LONGEST || !bare.bytes().all(is_plain) {
        let text =
            format!("An Idempotency-Key has 1 to {LONGEST} letters, digits, \"-\", \"_\", \".\" or \":\".");
        return Err(Problem::Bad(text));
    }
    Ok(Some(bare.to_owned()))
}

/// All that makes a request this one. Its digest has a key that is not in the store, since a request may hold a password.
pub(crate) fn request(keys: &Keys, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> String {
    let condition = headers.get(header::IF_MATCH).map_or(&b""[..], HeaderValue::as_bytes);
    let mut hasher = keys.hasher("request of a program");
    for part in [method.as_str().as_bytes(), uri.path().as_bytes(), condition, body] {
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes()).update(part);
    }
    hasher.finalize().to_hex().to_string()
}

/// What is to be done with a request that came with a key.
pub(crate) enum Begun {
    /// It is done, and the key is held meanwhile.
    New(Held),
    /// It was done, and was answered so.
    Again(Response),
}

/// A key whose request is being done.
pub(crate) struct Held {
    site: Site,
    key: String,
    /// Whether what was answered is secret.
    is_secret: bool,
}

impl Drop for Held {
    fn drop(&mut self) {
        locked(&self.site.keys_in_use).remove(&self.key);
    }
}

/// Writes the key down, or says what is known of it.
pub(crate) async fn begin(
    site: &Site,
    person: &Person,
    key: &str,
    request: String,
    is_secret: bool,
) -> Result<Begun, Problem> {
    let token = person.token.ok_or(Problem::Fault)?;
    let key = codes::digest("idempotency", &format!("{token} {key}"));
    if !locked(&site.keys_in_use).insert(key.clone()) {
        return Err(Problem::KeyInUse);
    }
    let held = Held { site: site.clone(), key: key.clone(), is_secret };
    let new = NewKey { key, token, request };
    match site.home.write(move |store| store.answer_begin(&new, now())).await? {
        KeyState::New => Ok(Begun::New(held)),
        KeyState::OfAnother => Err(Problem::KeyOfAnother),
        KeyState::Unanswered => Err(Problem::KeyUnanswered),
        KeyState::Full => Err(Problem::Wait(WAIT)),
        KeyState::Answered(answer) if is_secret => Ok(Begun::Again(replayed(unsealed(site, answer)?))),
        KeyState::Answered(answer) => Ok(Begun::Again(replayed(answer))),
    }
}

/// What secret answers are sealed for.
const PURPOSE: &str = "answer to a program";

/// An answer that was kept sealed; with another key of the site nobody knows it any more.
fn unsealed(site: &Site, answer: KeptAnswer) -> Result<KeptAnswer, Problem> {
    let body = site.keys.unseal(PURPOSE, &answer.body).and_then(|body| String::from_utf8(body).ok());
    Ok(KeptAnswer { body: body.ok_or(Problem::KeyUnanswered)?, ..answer })
}

fn replayed(answer: KeptAnswer) -> Response {
    let Ok(status) = StatusCode::from_u16(answer.code) else { return Problem::Fault.into_response() };
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], answer.body).into_response();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    if let Some(tag) = answer.tag.and_then(|tag| HeaderValue::try_from(tag).ok()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

impl Held {
    /// Keeps what was answered; forgets the key where the request was refused, and leaves it where nobody knows what became of it.
    pub(crate) async fn keep(self, response: Response) -> Result<Response, Problem> {
        if response.status().is_client_error() {
            self.forget().await?;
            return Ok(response);
        }
        if !response.status().is_success() {
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, LARGEST).await.map_err(|_| Problem::Fault)?;
        let tag = parts.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let kept = match self.is_secret {
            true => self.site.keys.seal(PURPOSE, &body).map_err(|_| Problem::Fault)?,
            false => text(&body)?,
        };
        let answer = KeptAnswer { code: parts.status.as_u16(), tag, body: kept };
        let key = self.key.clone();
        self.site.home.write(move |store| store.answer_keep(&key, &answer)).await?;
        Ok(Response::from_parts(parts, Body::from(body)))
    }

    /// Forgets the key: nothing was done.
    pub(crate) async fn forget(&self) -> Result<(), Problem> {
        let key = self.key.clone();
        self.site.home.write(move |store| store.answer_forget(&key)).await
    }
}

fn text(body: &Bytes) -> Result<String, Problem> {
    String::from_utf8(body.to_vec()).map_err(|_| Problem::Fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_short_plain_word_with_or_without_quotes() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(KEY, HeaderValue::from_str(text).unwrap());
            of(&headers)
        };
        assert_eq!(of("\"8e03978e-40d5\"").unwrap().as_deref(), Some("8e03978e-40d5"));
        assert_eq!(of("8e03978e-40d5").unwrap().as_deref(), Some("8e03978e-40d5"));
        assert!(super::of(&HeaderMap::new()).unwrap().is_none());
        for wrong in ["", "\"\"", "\"a", "a b", "a;b=1", &"a".repeat(LONGEST + 1)] {
            assert!(matches!(of(wrong), Err(Problem::Bad(_))), "{wrong}");
        }
    }

    #[test]
    fn another_body_address_or_condition_is_another_request() {
        let folder = tempfile::tempdir().unwrap();
        let keys = |name: &str| Keys::open(&folder.path().join(name)).unwrap();
        let (own, other) = (keys("own"), keys("other"));
        let request = |method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]| {
            request(&own, method, uri, headers, body)
        };
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        let mut headers = HeaderMap::new();
        let first = request(&Method::POST, &uri("/a"), &headers, b"{}");
        assert_eq!(first, request(&Method::POST, &uri("/a"), &headers, b"{}"));
        // Who has the store alone can't try passwords against it.
        assert_ne!(first, super::request(&other, &Method::POST, &uri("/a"), &headers, b"{}"));
        assert_ne!(first, request(&Method::PUT, &uri("/a"), &headers, b"{}"));
        assert_ne!(first, request(&Method::POST, &uri("/b"), &headers, b"{}"));
        assert_ne!(first, request(&Method::POST, &uri("/a"), &headers, b"{ }"));
        headers.insert(header::IF_MATCH, HeaderValue::from_static("\"x\""));
        assert_ne!(first, request(&Method::POST, &uri("/a"), &headers, b"{}"));
    }
}
