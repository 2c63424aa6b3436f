//! What other programs ask: whether the site lives, whether it can serve, its numbers; and its style and script.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::{Method, Uri, header};
use axum::response::{IntoResponse, Response};
use wardround_store::Store;

use crate::problem::Problem;
use crate::routes::{Needs, Route};
use crate::site::Site;
use crate::{api, assets};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(Needs::Public, "/healthz", async || "ok\n"),
        Route::get(Needs::Public, "/readyz", ready),
        Route::get(Needs::Collector, "/metrics", metrics),
        Route::get(Needs::Public, "/assets/{name}", assets::show),
    ]
}

/// Ready when the store can be read. Anybody may ask, so nothing is written.
async fn ready(State(site): State<Site>) -> Result<&'static str, Problem> {
    site.home.read(Store::round_latest).await?;
    Ok("ready\n")
}

/// Prometheus text format 0.0.4.
async fn metrics(State(site): State<Site>) -> Result<Response, Problem> {
    let counters = &site.counters;
    let rows = [
        ("requests_total", "Requests.", &counters.requests),
        ("requests_refused_total", "Requests that were refused.", &counters.refused),
        ("requests_failed_total", "Requests that failed.", &counters.failed),
        ("sign_ins_total", "Sign-ins.", &counters.sign_ins),
        ("sign_ins_failed_total", "Sign-ins that failed.", &counters.sign_ins_failed),
        ("rounds_total", "Rounds that were run.", &counters.rounds),
    ];
    let mut text = String::new();
    for (name, help, counter) in rows {
        let value = counter.load(Ordering::Relaxed);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "# HELP wardround_{name} {help}\n# TYPE wardround_{name} counter\nwardround_{name} {value}"
        );
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

pub(crate) async fn not_found(method: Method, uri: Uri) -> Response {
    api::not_found(&method, &uri).unwrap_or_else(|| Problem::NotFound.into_response())
}
