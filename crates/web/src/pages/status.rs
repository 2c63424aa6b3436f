//! What other programs ask: whether the site lives, whether it can serve, its numbers; and its style and script.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use wardround_store::Store;

use crate::ears::Ear;
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
        ("forms_refused_total", "Forms that did not come from our own pages.", &counters.forms_refused),
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
    text += &heard(&site.ears.all());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// What interfaces showed, by their names.
fn heard(ears: &[Ear]) -> String {
    let rows = [
        ("packets_read_total", "Packets that were read."),
        ("packets_lost_total", "Packets that could not be read."),
        ("readers_restarted_total", "Readers that had to be started again."),
    ];
    let mut text = String::new();
    for (at, (name, help)) in rows.iter().enumerate().filter(|_| !ears.is_empty()) {
        let _ = writeln!(text, "# HELP wardround_{name} {help}\n# TYPE wardround_{name} counter");
        for ear in ears {
            let value = [ear.frames, ear.dropped, ear.restarts].get(at).copied().unwrap_or(0);
            // Names that are listed are plain.
            let _ = writeln!(text, "wardround_{name}{{interface=\"{}\"}} {value}", ear.name);
        }
    }
    text
}

pub(crate) async fn not_found(uri: Uri) -> Response {
    api::not_found(&uri).unwrap_or_else(|| Problem::NotFound.into_response())
}
