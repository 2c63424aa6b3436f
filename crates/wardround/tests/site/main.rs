//! The site as browsers meet it: the real program on a loopback port, over TLS with its own certificate.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod api;
mod api_changes;
mod api_events;
mod api_keys;
mod api_people;
mod api_reads;
mod asking;
mod audit;
mod browser;
mod exported;
mod files;
mod forms;
mod glass;
#[path = "../../../triage/src/phrases/tests/grade.rs"]
mod grade;
mod hostile;
mod listening;
mod mirror;
mod named_models;
mod naming;
mod notices;
mod people;
mod published;
mod read_servers;
mod reading;
mod reports;
mod rounds;
mod running;
mod saved;
mod views;
mod ways;
mod work;
