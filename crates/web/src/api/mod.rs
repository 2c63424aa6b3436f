//! The API: what pages show and change, for programs, under `/api/v1`.
//!
//! [`operations`] is the one table: routes, the document that describes them (OpenAPI 3.1) and the matrix of who may all come from
//! it. Whoever asks shows a token ([`crate::tokens`]); cookies count for nothing here. Errors are problems of RFC 9457.
//!
//! Not here: the questions to the store, which are those of the pages; what is changed, and when not ([`crate::deeds`]).

mod answer;
mod asked;
mod change;
mod document;
mod fields;
mod follow;
mod keys;
mod operations;
mod reads;
mod shapes;
mod writes;

use std::sync::LazyLock;

pub(crate) use answer::{finish, not_found, problem_of};
pub(crate) use change::change;
pub(crate) use fields::Field;
pub(crate) use operations::tag_of_task;
pub(crate) use writes::hospital::tag_of_name;
pub(crate) use writes::people::tag_of_person;
pub(crate) use writes::settings::{tag_of_interfaces, tag_of_schedule};
pub(crate) use writes::views::tag_of_view;

use crate::routes::{Needs, Route};
use document::document;
use operations::operations;

/// Where all of it is.
pub(crate) const PATH: &str = "/api/v1";
/// The description of it.
const DOCUMENT: &str = "/api/v1/openapi.json";

/// Every operation behind its gate, and the document that describes them, which anybody may read.
pub(crate) fn routes() -> Vec<Route> {
    let document = Route::get(Needs::Public, DOCUMENT, document::show);
    operations().into_iter().map(|operation| operation.route).chain([document]).collect()
}

/// The document, as it is served.
pub(crate) fn described() -> serde_json::Value {
    document(&operations())
}

/// The methods that an address takes; none where it is none.
fn methods_of(path: &str) -> Vec<&'static str> {
    static TABLE: LazyLock<Vec<(&str, &str)>> =
        LazyLock::new(|| routes().iter().map(|route| (route.path, route.method)).collect());
    let mut methods = Vec::new();
    for (_, method) in TABLE.iter().filter(|(known, _)| is_of(known, path)) {
        // Who may read it may also ask for its head alone.
        methods.extend(if *method == "GET" { &["GET", "HEAD"][..] } else { std::slice::from_ref(method) });
    }
    methods
}

/// Whether an address is one of this path.
fn is_of(path: &str, address: &str) -> bool {
    let (mut parts, mut named) = (path.split('/'), address.split('/'));
    loop {
        match (parts.next(), named.next()) {
            (None, None) => return true,
            (Some(part), Some(name)) if part == name || (part.starts_with('{') && !name.is_empty()) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests;
