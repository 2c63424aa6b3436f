//! What is told where a page cannot be shown: what happened, and what to do next.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use wardround_store::StoreError;

use crate::{layout, log};

/// Why a request was not done.
#[derive(Debug)]
pub(crate) enum Problem {
    /// There is no such page, device or finding.
    NotFound,
    /// Nobody is signed in.
    NotSignedIn,
    /// No token was shown that works.
    NoToken,
    /// The role does not permit it.
    NotPermitted,
    /// It did not come from one of our own pages, or the page was too old.
    NotFromHere,
    /// What was sent makes no sense; a sentence says why.
    Bad(String),
    /// One field of what was sent makes no sense: its name, and a sentence that says why.
    Field(&'static str, String),
    /// Fields of what a program sent make no sense: where each stands (RFC 6901), and a sentence.
    Fields(Vec<(String, String)>),
    /// It makes sense, but not as things stand; a sentence says why.
    Refused(String),
    /// A round runs already.
    Busy,
    /// What was to be changed is not as it was when the program saw it.
    Changed,
    /// A program must say which version it means to change.
    NoCondition,
    /// A program sent what is no JSON.
    NotJson,
    /// The same key came with another request.
    KeyOfAnother,
    /// The same request with the same key is being done.
    KeyInUse,
    /// Nobody knows what became of the request with this key.
    KeyUnanswered,
    /// More was sent than is taken.
    TooLarge,
    /// It took too long.
    TooSlow,
    /// Too many tries; so many seconds to wait.
    Wait(u64),
    /// It could not be logged, so it was not done.
    NotLogged,
    /// The store could not be read or written.
    Store,
    /// A fault of ours.
    Fault,
}

/// What a problem says, beside the page that says it.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) detail: String,
    /// The status that programs are told.
    pub(crate) status: StatusCode,
    /// What is wrong with which field.
    pub(crate) errors: Vec<(String, String)>,
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let not_found = matches!(
            error,
            StoreError::NoSuchRound { .. }
                | StoreError::NoSuchImport { .. }
                | StoreError::NoSuchStatement { .. }
        );
        if not_found {
            return Self::NotFound;
        }
        log::event("store-failed").store(&error);
        Self::Store
    }
}

impl Problem {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotSignedIn | Self::NoToken => StatusCode::UNAUTHORIZED,
            Self::NotPermitted | Self::NotFromHere => StatusCode::FORBIDDEN,
            Self::Bad(_) | Self::Field(..) | Self::Refused(_) | Self::NotJson => StatusCode::BAD_REQUEST,
            Self::Fields(_) | Self::KeyOfAnother => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Busy | Self::KeyInUse | Self::KeyUnanswered => StatusCode::CONFLICT,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::NoCondition => StatusCode::PRECONDITION_REQUIRED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
            Self::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NotLogged | Self::Store | Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The status in the API, which tells more apart than pages do.
    fn status_for_programs(&self) -> StatusCode {
        match self {
            Self::Field(..) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused(_) => StatusCode::CONFLICT,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            other => other.status(),
        }
    }

    /// What is wrong with which field, in the API: fields of forms are called so there, with `_` for `-`.
    fn errors(&self) -> Vec<(String, String)> {
        match self {
            Self::Field(name, text) => vec![(format!("/{}", name.replace('-', "_")), text.clone())],
            Self::Fields(errors) => errors.clone(),
            _ => Vec::new(),
        }
    }

    /// Its name in the API; it stays the same.
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NotSignedIn => "not-signed-in",
            Self::NoToken => "no-token",
            Self::NotPermitted => "not-permitted",
            Self::NotFromHere => "not-from-here",
            Self::Bad(_) => "bad-request",
            Self::Field(..) | Self::Fields(_) => "fields",
            Self::Refused(_) => "refused",
            Self::Busy => "busy",
            Self::Changed => "changed",
            Self::NoCondition => "no-condition",
            Self::NotJson => "not-json",
            Self::KeyOfAnother => "key-of-another",
            Self::KeyInUse => "key-in-use",
            Self::KeyUnanswered => "key-unanswered",
            Self::TooLarge => "too-large",
            Self::TooSlow => "too-slow",
            Self::Wait(_) => "wait",
            Self::NotLogged => "not-logged",
            Self::Store => "store",
            Self::Fault => "fault",
        }
    }

    fn heading(&self) -> &'static str {
        match self {
            Self::NotFound => "This page is not there",
            Self::NotSignedIn => "Please sign in",
            Self::NoToken => "No token that works",
            Self::NotPermitted => "Your role does not include this",
            Self::NotFromHere => "This form was too old",
            Self::Bad(_) | Self::Field(..) | Self::Fields(_) | Self::NotJson => {
                "That could not be understood"
            }
            Self::Refused(_) => "That cannot be done as things stand",
            Self::Busy => "A round runs already",
            Self::Changed => "It was changed meanwhile",
            Self::NoCondition => "Say which version you mean",
            Self::KeyOfAnother => "This key belongs to another request",
            Self::KeyInUse => "This request is being done",
            Self::KeyUnanswered => "Nobody knows what became of it",
            Self::TooLarge => "That is too large",
            Self::TooSlow => "This took too long",
            Self::Wait(_) => "Please wait a little",
            Self::NotLogged => "Nothing was done",
            Self::Store => "The store could not be used",
            Self::Fault => "Something went wrong",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::NotFound => "It may have been in an earlier round, or the address is mistyped.".to_owned(),
            Self::NotSignedIn => "You are not signed in, or you were away for too long.".to_owned(),
            Self::NoToken => {
                "Send a token that works, as \"Authorization: Bearer wardround_...\". You make one under your own account."
                    .to_owned()
            }
            Self::NotPermitted => "Ask an administrator of the site if you need it.".to_owned(),
            Self::NotFromHere => {
                "Nothing was changed. Go back, load the page again, and send the form once more.".to_owned()
            }
            Self::Bad(text) | Self::Field(_, text) | Self::Refused(text) => text.clone(),
            Self::Fields(_) => "Nothing was changed. Each field that is wrong stands in \"errors\".".to_owned(),
            Self::Busy => "Wait until it is done. Then try again.".to_owned(),
            Self::Changed => {
                "Nothing was changed. Read it again, and send the new \"ETag\" as \"If-Match\".".to_owned()
            }
            Self::NoCondition => {
                "Nothing was changed. Read it first, and send its \"ETag\" as \"If-Match\".".to_owned()
            }
            Self::NotJson => "Send JSON, and say so: \"Content-Type: application/json\".".to_owned(),
            Self::KeyOfAnother => "Nothing was changed. Send a new key with a new request.".to_owned(),
            Self::KeyInUse => "Wait for its answer, or send it again in a while.".to_owned(),
            Self::KeyUnanswered => {
                "The site did not come to answer it, so it was not done again. Look whether it was done. If not, send it with a new key.".to_owned()
            }
            Self::TooLarge => "Nothing was kept. Split the file, or leave out what is not needed.".to_owned(),
            Self::TooSlow => "The site has much to do just now. Try again in a minute.".to_owned(),
            Self::Wait(seconds) => format!(
                "There were too many tries. Wait {} and try again.",
                wardround_report::page::count(*seconds, "second", "seconds")
            ),
            Self::NotLogged => {
                "This could not be written to the log, and what cannot be logged is not done. Is the disk full?".to_owned()
            }
            Self::Store => "The log of the site says why. What was kept before is safe.".to_owned(),
            Self::Fault => "It is a fault of the site. Its log says more. Please report it.".to_owned(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let page = layout::bare(
            self.heading(),
            &maud::html! {
                p { (self.text()) }
                p { a href="/" { "Go to the first page" } }
            },
        );
        let mut response = (self.status(), page).into_response();
        // For the API, which tells the same in another shape.
        let told = Told {
            code: self.code(),
            title: self.heading(),
            detail: self.text(),
            status: self.status_for_programs(),
            errors: self.errors(),
        };
        response.extensions_mut().insert(told);
        if let Self::Wait(seconds) = self
            && let Ok(value) = HeaderValue::try_from(seconds.to_string())
        {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}
