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
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
            Self::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NotLogged | Self::Store | Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
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
            Self::Bad(_) => "That could not be understood",
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
            Self::Bad(text) => text.clone(),
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
        let told = Told { code: self.code(), title: self.heading(), detail: self.text() };
        response.extensions_mut().insert(told);
        if let Self::Wait(seconds) = self
            && let Ok(value) = HeaderValue::try_from(seconds.to_string())
        {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}
