//! The API: what pages show, for programs, under `/api/v1`. It reads, and changes nothing yet.
//!
//! [`operations`] is the one table: routes, the document that describes them (OpenAPI 3.1) and the matrix of who may all come from
//! it. Whoever asks shows a token ([`crate::tokens`]); cookies count for nothing here. Errors are problems of RFC 9457.
//!
//! Not here: the questions to the store, which are those of the pages.

mod answer;
mod asked;
mod document;
mod operations;
mod shapes;

pub(crate) use answer::{finish, not_found};

use crate::routes::{Needs, Route};
use document::document;
use operations::operations;

/// Where all of it is.
pub(crate) const PATH: &str = "/api/v1";

/// Every operation behind its gate, and the document that describes them, which anybody may read.
pub(crate) fn routes() -> Vec<Route> {
    let document = Route::get(Needs::Public, "/api/v1/openapi.json", document::show);
    operations().into_iter().map(|operation| operation.route).chain([document]).collect()
}

/// The document, as it is served.
pub(crate) fn described() -> serde_json::Value {
    document(&operations())
}

#[cfg(test)]
mod tests;
